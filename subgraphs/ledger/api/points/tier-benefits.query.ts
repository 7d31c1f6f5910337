import { Arg, FieldResolver, Resolver, Root } from 'type-graphql';
import type { TierReading } from '../../app/points/read-account';
import { benefitsIn } from '../../core/tiers/benefits';
import { TierStatusType } from './account.type';

/** What a member's tier brings besides points. */
@Resolver(() => TierStatusType)
export class TierBenefitsQuery {
  @FieldResolver(() => [String], {
    description: 'What members of this tier have besides what they earn, as it is told people.',
  })
  benefits(
    @Arg('language', () => String, {
      nullable: true,
      description:
        'BCP 47 tag; a benefit not told in it comes in the programme’s language, or the first it was told in.',
    })
    language: string | null,
    @Root() { benefits, defaultLanguage }: TierReading,
  ): string[] {
    return benefitsIn(benefits, { language: language ?? null, defaultLanguage });
  }
}
