import { Arg, Ctx, FieldResolver, ID, Int, Mutation, Query, Resolver, Root } from 'type-graphql';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import type { Id } from '../../../../kernel/values/id';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { divideHalfEven } from '../../../../kernel/values/rounding';
import { readCoalition } from '../../app/reports/read-coalition';
import { readContractLiability, readPointLiability, type VintageLiability } from '../../app/reports/read-liability';
import { approveRedemptionRate, proposeRedemptionRate, readRedemptionRates } from '../../app/reports/redemption-rate';
import type { RollForward } from '../../core/reports/contract-liability';
import type { RedemptionRate } from '../../core/reports/redemption-rate';
import type { LedgerContext } from '../context';
import { answer } from '../movements/result.type';
import { PartnerStub, partnerStub } from '../partner.stub';
import {
  ApproveRedemptionRateInput,
  CoalitionIndicatorsType,
  IssuerRollForwardType,
  ProposeRedemptionRateInput,
  RedemptionRateConnection,
  RedemptionRateResult,
  RedemptionRateType,
  VintageLiabilityConnection,
} from './liability.type';
import { orFault } from './report.query';

const FIRST = { description: 'How many; 1 to 100.' };
const AFTER = { nullable: true, description: 'Cursor to begin after.' } as const;
const MONTH = { description: 'A month of the programme’s calendar, such as 2026-03.' };
const ISSUER_ID = { nullable: true, description: 'One issuer’s; for the desk all when left out.' } as const;

const minorOf = (micros: bigint, currency: string) => ({
  amountMinor: divideHalfEven(micros, microsPerMinor(currency as CurrencyCode)),
  currency,
});

/** What is owed to those who hold points, and what of it is revenue. */
@Resolver()
export class LiabilityQuery {
  @Query(() => VintageLiabilityConnection, {
    description: 'Points by issuer and month of earning. Partner, staff: their own; admin, finance: all.',
  })
  async pointLiability(
    @Arg('through', () => String, MONTH) through: string,
    @Arg('issuerId', () => ID, ISSUER_ID) issuerId: string | null,
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<VintageLiability>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, `ledger.pointLiability.${through}.${issuerId ?? ''}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const asked = { through, issuerId: issuerId ?? null };
    const { vintages } = orFault(await readPointLiability(ledger, principal, asked));
    const from = vintages.findIndex((one) => placeOf(one) === afterKeys?.[0]) + 1;
    const rows = vintages.slice(from, from + limit).map(vintageView);
    return pageOf({ rows, first, after, cursors, keyOf: (one) => [placeOf(one)] });
  }

  @Query(() => [IssuerRollForwardType], {
    description: 'How each issuer’s contract liability moved. Partner, staff: their own; admin, finance: all.',
  })
  async contractLiability(
    @Arg('from', () => String, MONTH) from: string,
    @Arg('through', () => String, { description: 'The last month, whole.' }) through: string,
    @Arg('issuerId', () => ID, ISSUER_ID) issuerId: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object[]> {
    const asked = { from, through, issuerId: issuerId ?? null };
    const { currency, issuers } = orFault(await readContractLiability(ledger, principal, asked));
    return issuers.map(({ issuerId: id, isHidden, ...moved }) => ({
      ...{ issuer: partnerStub(id), figures: isHidden ? null : rollForwardView(moved, currency) },
    }));
  }

  @Query(() => CoalitionIndicatorsType, { description: 'How much of a coalition there is in a cycle. Admin, finance.' })
  async coalitionIndicators(
    @Arg('cycleId', () => ID, { description: 'The cycle’s id.' }) cycleId: string,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    const { currency, indicators, flows } = orFault(await readCoalition(ledger, principal, cycleId));
    const { redeemedPoints: redeemed, crossBrandPoints: crossBrand, grossMinor, netPaidMinor } = indicators;
    return {
      ...{ redeemed, crossBrand, crossBrandBps: indicators.crossBrandBps },
      ...{ gross: { amountMinor: grossMinor, currency }, netPaid: { amountMinor: netPaidMinor, currency } },
      nettingEfficiencyBps: indicators.nettingEfficiencyBps,
      netFlows: flows.map(({ fromId, toId, points, micros }) => ({
        ...{ from: partnerStub(fromId), to: partnerStub(toId), points, value: minorOf(micros, currency) },
      })),
    };
  }

  @Query(() => RedemptionRateConnection, {
    description: 'Rates set in place of estimates, newest first. Admin, finance.',
  })
  async redemptionRates(
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<RedemptionRate>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, 'ledger.redemptionRates');
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const before = (afterKeys?.[0] as Id<'rdr'> | undefined) ?? null;
    const rows = await readRedemptionRates(ledger, principal, { before, limit });
    return pageOf({ rows, first, after, cursors, keyOf: ({ id }) => [id] });
  }

  @Mutation(() => RedemptionRateResult, { description: 'Proposes a rate of expected redemption. Admin.' })
  proposeRedemptionRate(
    @Arg('input', () => ProposeRedemptionRateInput, { description: 'The rate.' }) input: ProposeRedemptionRateInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('RedemptionRateSuccess', input, () => proposeRedemptionRate(ledger, principal, input));
  }

  @Mutation(() => RedemptionRateResult, { description: 'Puts a proposed rate in force. Finance, another admin.' })
  approveRedemptionRate(
    @Arg('input', () => ApproveRedemptionRateInput, { description: 'Which.' }) input: ApproveRedemptionRateInput,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return answer('RedemptionRateSuccess', input, () => approveRedemptionRate(ledger, principal, input));
  }
}

/** Whose points a rate is about. */
@Resolver(() => RedemptionRateType)
export class RedemptionRateFields {
  @FieldResolver(() => PartnerStub, { nullable: true, description: 'Whose points; null: the operator’s goodwill.' })
  issuer(@Root() { issuerId }: RedemptionRate): PartnerStub | null {
    return partnerStub(issuerId);
  }
}

const placeOf = ({ issuerId, vintage }: Pick<VintageLiability, 'issuerId' | 'vintage'>): string =>
  `${issuerId ?? ''} ${vintage}`;

function vintageView(one: VintageLiability): VintageLiability & object {
  const { points: expectedRedeemed, rateBps: expectedRateBps, basis, reason } = one.expected;
  const figures = { ...one, expectedRedeemed, expectedRateBps, basis, reason };
  const shown = { issuer: partnerStub(one.issuerId), figures: one.isHidden ? null : figures };
  return { ...one, ...shown };
}

/** Each figure is rounded by itself but the change of estimate, which takes what is left: shown figures add up, too. */
function rollForwardView(moved: RollForward, currency: string): object {
  const money = (micros: bigint) => minorOf(micros, currency);
  const [opening, allocated] = [money(moved.openingMicros), money(moved.allocatedMicros)];
  const [recognised, breakage] = [money(moved.recognisedMicros), money(moved.breakageMicros)];
  const closing = money(moved.closingMicros);
  const released = opening.amountMinor + allocated.amountMinor - closing.amountMinor;
  const changeMinor = released - recognised.amountMinor - breakage.amountMinor;
  return {
    opening,
    allocated,
    recognised,
    breakage,
    changeOfEstimate: { amountMinor: changeMinor, currency },
    closing,
  };
}
