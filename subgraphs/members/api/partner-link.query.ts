import { FieldResolver, Resolver, Root } from 'type-graphql';
import type { PartnerLink } from '../core/partner-link';
import { PartnerLinkType } from './member.type';
import { PartnerStub } from './partner.stub';

/** Where a partner link leads. */
@Resolver(() => PartnerLinkType)
export class PartnerLinkQuery {
  @FieldResolver(() => PartnerStub, { nullable: true, description: 'The partner.' })
  partner(@Root() { partnerId }: PartnerLink): PartnerStub {
    return { id: partnerId };
  }
}
