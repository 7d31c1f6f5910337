import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import { parseId } from '../../../../kernel/values/id';
import {
  readCyclePage,
  readCycles,
  readLines,
  type StoredLine,
  type StoredTotal,
} from '../../app/settlement/read-cycles';
import { memberScopedId } from '../../core/points/scoped-id';
import type { SettlementCycle } from '../../core/settlement/cycle';
import type { Party } from '../../core/settlement/directional-total';
import { lineId } from '../../core/settlement/line-id';
import type { NetPosition } from '../../core/settlement/netting';
import type { LedgerContext } from '../context';
import { PartnerStub } from '../partner.stub';
import { disputeView, StatementDisputeType } from './dispute.type';
import {
  DirectionalTotalType,
  NetPositionType,
  SettlementCycleConnection,
  SettlementCycleType,
  SettlementPartyType,
  SettlementRateType,
  StatementLineConnection,
} from './settlement.type';

const FIRST = { description: 'How many; 1 to 100.' };
const AFTER = { nullable: true, description: 'Cursor to begin after.' } as const;
const NEWEST = 2_147_483_647;

/** Settlement cycles, as far as the reader may see them. */
@Resolver()
export class SettlementQuery {
  @Query(() => SettlementCycleType, {
    nullable: true,
    description: 'One cycle. Partner, staff: their own figures; admin, finance: all.',
  })
  async settlementCycle(
    @Arg('id', () => ID, { description: 'The cycle’s id.' }) id: string,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<SettlementCycle | null> {
    const cycleId = parseId('cyc', id);
    return cycleId === null ? null : ((await readCycles(ledger, principal, [cycleId]))[0] ?? null);
  }

  @Query(() => SettlementCycleType, { nullable: true, description: 'The programme’s open cycle.' })
  async currentCycle(@Ctx() { ledger, principal }: LedgerContext): Promise<SettlementCycle | null> {
    return (await readCyclePage(ledger, principal, { beforeNumber: NEWEST, limit: 1 }))[0] ?? null;
  }

  @Query(() => SettlementCycleConnection, { description: 'The programme’s cycles, newest first.' })
  async settlementCycles(
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<SettlementCycle>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, 'ledger.settlementCycles');
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const rows = await readCyclePage(ledger, principal, { beforeNumber: Number(afterKeys?.[0] ?? NEWEST), limit });
    return pageOf({ rows, first, after, cursors, keyOf: ({ number }) => [`${number}`] });
  }
}

/** What stands on a cycle. */
@Resolver(() => SettlementCycleType)
export class SettlementCycleFields {
  @FieldResolver(() => [DirectionalTotalType], {
    description: 'Totals by pair, from DRAFT on; a partner sees its own pairs.',
  })
  directionalTotals(@Root() { id }: SettlementCycle, @Ctx() { loaders }: LedgerContext): Promise<StoredTotal[]> {
    return loaders.totals.load(id);
  }

  @FieldResolver(() => [NetPositionType], { description: 'Net positions, from NETTED on; a partner sees its own.' })
  async netPositions(@Root() { id, currency }: SettlementCycle, @Ctx() { loaders }: LedgerContext): Promise<object[]> {
    const nets = await loaders.nets.load(id);
    const money = (amountMinor: bigint) => ({ amountMinor, currency });
    return nets.map((net) => ({
      ...net,
      net: money(net.netMinor),
      carryIn: money(net.carryInMinor),
      carryOut: money(net.carryOutMinor),
      payment: { amountMinor: net.payAmountMinor, currency: net.payCurrency },
    }));
  }

  @FieldResolver(() => [StatementDisputeType], {
    description: 'Lines of it that were disputed; a partner sees its own.',
  })
  async disputes(@Root() { id }: SettlementCycle, @Ctx() { loaders }: LedgerContext): Promise<object[]> {
    return (await loaders.disputes.load(id)).map(disputeView);
  }

  @FieldResolver(() => [SettlementRateType], { description: 'Rates locked at its cut-off.' })
  rates(@Root() { id }: SettlementCycle, @Ctx() { loaders }: LedgerContext): Promise<object[]> {
    return loaders.rates.load(id);
  }
}

/** A party as the graph shows it. */
export const partyOf = (partyId: Party): object => ({ isHub: partyId === null, partyId });

/** The two ends of a total, and the lines behind it. */
@Resolver(() => DirectionalTotalType)
export class DirectionalTotalFields {
  @FieldResolver(() => SettlementPartyType, { description: 'Who owes.' })
  debtor(@Root() { debtorId }: StoredTotal): object {
    return partyOf(debtorId);
  }

  @FieldResolver(() => SettlementPartyType, { description: 'Who is owed.' })
  creditor(@Root() { creditorId }: StoredTotal): object {
    return partyOf(creditorId);
  }

  @FieldResolver(() => StatementLineConnection, { description: 'The claims behind it, in posting order.' })
  async lines(
    @Root() total: StoredTotal,
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<object>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, `ledger.lines.${total.cycleId}.${total.pair}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const rows = (await readLines(ledger, principal, { total, afterN: Number(afterKeys?.[0] ?? 0), limit })).map(
      lineView,
    );
    return pageOf({ rows, first, after, cursors, keyOf: ({ n }) => [`${n}`] });
  }

  @FieldResolver(() => MoneyType, { description: 'carryIn + exact, rounded half to even.' })
  billed(@Root() { billedMinor, currency }: StoredTotal): object {
    return { amountMinor: billedMinor, currency };
  }
}

/** A line as the graph shows it. */
export function lineView(line: StoredLine): object & { n: number } {
  const shown = {
    n: line.n,
    id: lineId(line),
    kind: line.kind,
    micros: line.micros,
    billed: { amountMinor: line.billedMinor, currency: line.currency },
    eventId: memberScopedId('txn', line.wallet, line.seq),
    lotId: memberScopedId('lot', line.wallet, line.lotSeq),
    isDisputed: line.isDisputed,
    outcomeOf: line.disputeId,
    originalPeriod: line.originalPeriod,
  };
  return shown;
}

/** Whose position it is. */
@Resolver(() => NetPositionType)
export class NetPositionFields {
  @FieldResolver(() => SettlementPartyType, { description: 'Whose position it is.' })
  party(@Root() { partyId }: NetPosition): object {
    return partyOf(partyId);
  }
}

/** The partner behind a party. */
@Resolver(() => SettlementPartyType)
export class SettlementPartyFields {
  @FieldResolver(() => PartnerStub, { nullable: true, description: 'The partner; null for the operator.' })
  partner(@Root() { partyId }: { partyId: Party }): PartnerStub | null {
    return partyId === null ? null : { id: partyId };
  }
}
