import { Arg, Ctx, FieldResolver, Mutation, Resolver, Root } from 'type-graphql';
import { setIntake } from '../app/set-intake';
import type { Intake, NewIntake } from '../core/intake/intake';
import type { Partner } from '../core/partner';
import type { PartnersContext } from './context';
import { IntakeType, SetIntakeInput, SetIntakeResult } from './intake.type';
import { PartnerType } from './partner.type';
import { answer } from './result.type';

/** How customer-data messages of a shop become commands. */
@Resolver(() => PartnerType)
export class IntakeQuery {
  @FieldResolver(() => IntakeType, {
    nullable: true,
    description:
      'How its customer-data messages become commands; null when it takes none. The partner, admin, finance.',
  })
  intake(@Root() partner: Partner, @Ctx() { loaders }: PartnersContext): Promise<Intake | null> {
    return loaders.intake.load(partner.id).then(([latest]) => latest ?? null);
  }

  @Mutation(() => SetIntakeResult, {
    description: 'Sets how a partner’s messages by the Segment spec become commands. Admin, the partner’s staff.',
  })
  setIntake(
    @Arg('input', () => SetIntakeInput, { description: 'The mapping.' }) input: SetIntakeInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('SetIntakeSuccess', input, () => setIntake(setting, principal, readInput(input)));
  }
}

function readInput({ mappings, ...input }: SetIntakeInput): NewIntake {
  const plain = mappings.map(({ type, event, target, places }) => ({
    ...{ type, target },
    event: event ?? null,
    places: Object.fromEntries(Object.entries(places ?? {}).map(([name, place]) => [name, String(place)])),
  }));
  return { ...input, mappings: plain };
}
