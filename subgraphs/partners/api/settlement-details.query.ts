import { Arg, Ctx, FieldResolver, Mutation, Query, Resolver, Root } from 'type-graphql';
import { DateTimeScalar, readable } from '../../../kernel/graph/scalars';
import { setSettlementDetails } from '../app/set-settlement-details';
import { readSettlementDetails } from '../app/read-settlement-details';
import type { Partner } from '../core/partner';
import type { SettlementDetails } from '../core/settlement-details';
import { inForceAt } from '../core/versions';
import type { PartnersContext } from './context';
import { PartnerType } from './partner.type';
import { answer } from './result.type';
import {
  SetSettlementDetailsInput,
  SetSettlementDetailsResult,
  SettlementDetailsType,
} from './settlement-details.type';

const AT = { nullable: true, description: 'The instant; now, when not given.' } as const;

/** Who parties are in law, and where their money goes. */
@Resolver(() => PartnerType)
export class SettlementDetailsQuery {
  @Query(() => SettlementDetailsType, {
    nullable: true,
    description: 'The operator’s own details. Admin, finance; partners and staff without the account.',
  })
  async operatorSettlementDetails(
    @Arg('at', () => DateTimeScalar, AT) at: Date | null,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<SettlementDetails | null> {
    const instant = readable('at', at) ?? setting.clock.now();
    return inForceAt(await readSettlementDetails(setting, principal, [null]), instant);
  }

  @FieldResolver(() => SettlementDetailsType, {
    nullable: true,
    description: 'Who it is in law; account and mandate only for itself and those who run the programme.',
  })
  async settlementDetails(
    @Root() partner: Partner,
    @Arg('at', () => DateTimeScalar, AT) at: Date | null,
    @Ctx() { setting, loaders }: PartnersContext,
  ): Promise<SettlementDetails | null> {
    return inForceAt(await loaders.settlementDetails.load(partner.id), readable('at', at) ?? setting.clock.now());
  }

  @Mutation(() => SetSettlementDetailsResult, {
    description: 'Sets the next version of who a partner or the operator is in law and where its money goes. Admin.',
  })
  setSettlementDetails(
    @Arg('input', () => SetSettlementDetailsInput, { description: 'The details.' }) input: SetSettlementDetailsInput,
    @Ctx() { setting, principal }: PartnersContext,
  ): Promise<object> {
    return answer('SetSettlementDetailsSuccess', input, () => setSettlementDetails(setting, principal, input));
  }
}
