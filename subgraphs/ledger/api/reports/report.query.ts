import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import { graphFault, type GraphFaultCode } from '../../../../kernel/graph/fault';
import { uuidOf, type MemberId } from '../../../../kernel/values/id';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { divideHalfEven } from '../../../../kernel/values/rounding';
import {
  readMemberTotals,
  readPartnerTotals,
  readPointFlows,
  readProgrammeClock,
  type MemberTotal,
} from '../../app/reports/read-reports';
import type { LedgerContext } from '../context';
import { partnerStub } from '../partner.stub';
import { MemberTotalConnection, PartnerTotalType, PointFlowType, ProgrammeClockType } from './report.type';

const CYCLE = { description: 'The cycle’s id.' };

/** A query has no refusals to answer: what is refused is told as an error with the same code. */
export function orFault<T extends object>(outcome: Outcome<T>): T {
  if (isRefusal(outcome)) throw graphFault(outcome.code as GraphFaultCode, outcome.message);
  return outcome;
}

/** What the coalition desk reads of the book. */
@Resolver()
export class ReportQuery {
  @Query(() => [PointFlowType], {
    description: 'Points by issuer and redeemer in a cycle, own brand included. Admin, finance.',
  })
  async pointFlows(
    @Arg('cycleId', () => ID, CYCLE) cycleId: string,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object[]> {
    const { currency, flows } = orFault(await readPointFlows(ledger, principal, cycleId));
    return flows.map(({ issuerId, redeemerId, points, micros }) => ({
      issuer: partnerStub(issuerId),
      redeemer: partnerStub(redeemerId),
      points,
      value: { amountMinor: divideHalfEven(micros, microsPerMinor(currency as CurrencyCode)), currency },
    }));
  }

  @Query(() => [PartnerTotalType], { description: 'Each partner’s cycle as issuer. Admin, finance.' })
  async partnerTotals(
    @Arg('cycleId', () => ID, CYCLE) cycleId: string,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object[]> {
    const { currency, totals } = orFault(await readPartnerTotals(ledger, principal, cycleId));
    return totals.map(({ partnerId, amountMinor, ...total }) => ({
      ...total,
      partner: { id: partnerId },
      amount: { amountMinor, currency },
    }));
  }

  @Query(() => MemberTotalConnection, {
    description: 'Every member with an account, with totals over all time. Admin, finance.',
  })
  async memberTotals(
    @Arg('first', () => Int, { description: 'How many; 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'Cursor to begin after.' }) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<MemberTotal>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, 'ledger.memberTotals');
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const rows = orFault(await readMemberTotals(ledger, principal, { afterWallet: afterKeys?.[0] ?? null, limit }));
    return pageOf({ rows, first, after, cursors, keyOf: ({ memberId }) => [uuidOf(memberId as MemberId)] });
  }

  @Query(() => ProgrammeClockType, {
    nullable: true,
    description: 'The programme’s time; null to callers of no programme.',
  })
  programmeClock(@Ctx() { ledger, principal }: LedgerContext): Promise<object | null> {
    return readProgrammeClock(ledger, principal);
  }
}
