import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { programmeOf } from '../../../kernel/context/principal';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../kernel/graph/connection';
import { graphFault } from '../../../kernel/graph/fault';
import { DateTimeScalar, readable } from '../../../kernel/graph/scalars';
import { parseId } from '../../../kernel/values/id';
import { mayReadTermsOf } from '../app/authorise';
import { readPartnerPage } from '../app/read-partners';
import type { ActionRule } from '../core/action-rule';
import type { Contract } from '../core/contract';
import type { EarningRule } from '../core/earning-rule';
import type { Partner, PartnerStatus } from '../core/partner';
import type { PartnerKey } from '../core/partner-key';
import { inForceAt } from '../core/versions';
import { rulesInForceAt } from '../core/action-rule';
import type { PartnersContext } from './context';
import { ContractType } from './contract.type';
import {
  ActionRuleType,
  EarningRuleType,
  PartnerConnection,
  PartnerKeyType,
  PartnerStatusName,
  PartnerType,
} from './partner.type';

const AT = { nullable: true, description: 'The instant; now, when not given.' } as const;

/** Partners, read. */
@Resolver(() => PartnerType)
export class PartnerQuery {
  @Query(() => PartnerType, {
    nullable: true,
    description: 'The partner whose key or staff is calling; null for other callers.',
  })
  async currentPartner(@Ctx() { principal, loaders }: PartnersContext): Promise<Partner | null> {
    return principal.kind === 'partner' || principal.kind === 'staff'
      ? loaders.partner.load(principal.partnerId)
      : null;
  }

  @Query(() => PartnerType, { nullable: true, description: 'A partner of the caller’s programme.' })
  async partner(
    @Arg('id', () => ID, { description: 'The partner’s id.' }) id: string,
    @Ctx() { loaders }: PartnersContext,
  ): Promise<Partner | null> {
    const partnerId = parseId('ptr', id);
    return partnerId === null ? null : loaders.partner.load(partnerId);
  }

  @Query(() => PartnerConnection, {
    description: 'The partners of the caller’s programme, in the order of their codes.',
  })
  async partners(
    @Arg('first', () => Int, { description: 'How many; 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'Cursor to begin after.' }) after: string | null,
    @Ctx() { principal, setting, cursorSecret }: PartnersContext,
  ): Promise<Page<Partner>> {
    const programmeId = programmeOf(principal);
    if (programmeId === null) throw graphFault('FORBIDDEN', 'Only those of a programme have partners.');
    const cursors = new CursorCodec(cursorSecret, `partners:${programmeId}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const rows = await readPartnerPage(setting, programmeId, { afterCode: afterKeys?.[0] ?? null, limit });
    return pageOf({ rows, first, after, cursors, keyOf: ({ code }) => [code] });
  }

  @FieldResolver(() => PartnerStatusName, {
    nullable: true,
    description: 'Where it stands; for itself and those who run the programme.',
  })
  status(@Root() partner: Partner, @Ctx() { principal }: PartnersContext): PartnerStatus | null {
    return mayReadTermsOf(principal, partner.id) ? partner.status : null;
  }

  @FieldResolver(() => ContractType, {
    nullable: true,
    description: 'Its contract in force; for itself and those who run the programme.',
  })
  async contract(
    @Root() partner: Partner,
    @Arg('at', () => DateTimeScalar, AT) at: Date | null,
    @Ctx() { setting, loaders }: PartnersContext,
  ): Promise<Contract | null> {
    return inForceAt(await loaders.contracts.load(partner.id), readable('at', at) ?? setting.clock.now());
  }

  @FieldResolver(() => EarningRuleType, {
    nullable: true,
    description: 'Its earning rule in force; for itself and those who run the programme.',
  })
  async earningRule(
    @Root() partner: Partner,
    @Arg('at', () => DateTimeScalar, AT) at: Date | null,
    @Ctx() { setting, loaders }: PartnersContext,
  ): Promise<EarningRule | null> {
    return inForceAt(await loaders.earningRules.load(partner.id), readable('at', at) ?? setting.clock.now());
  }

  @FieldResolver(() => [ActionRuleType], {
    description: 'Its action rules in force, by action; empty for all but itself and those who run the programme.',
  })
  async actionRules(
    @Root() partner: Partner,
    @Arg('at', () => DateTimeScalar, AT) at: Date | null,
    @Ctx() { setting, loaders }: PartnersContext,
  ): Promise<ActionRule[]> {
    return rulesInForceAt(await loaders.actionRules.load(partner.id), readable('at', at) ?? setting.clock.now());
  }

  @FieldResolver(() => [PartnerKeyType], {
    description:
      'Its keys, oldest first, without their texts; empty for all but itself and those who run the programme.',
  })
  async keys(@Root() partner: Partner, @Ctx() { loaders }: PartnersContext): Promise<PartnerKey[]> {
    return loaders.keys.load(partner.id);
  }
}
