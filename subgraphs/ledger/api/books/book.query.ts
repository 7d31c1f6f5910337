import { Arg, Ctx, ID, Int, Query, Resolver } from 'type-graphql';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import { graphFault, type GraphFaultCode } from '../../../../kernel/graph/fault';
import {
  readJournalBook,
  readLineBook,
  readLotBook,
  readMemberAccounts,
  readPartyAccounts,
  type BookPlace,
  type JournalLineReading,
  type LineOfCycle,
  type LotOfBook,
  type MemberAccounts,
} from '../../app/books/read-books';
import { memberScopedId } from '../../core/points/scoped-id';
import { parseId } from '../../../../kernel/values/id';
import type { LedgerContext } from '../context';
import { lineView, partyOf } from '../settlement/settlement.query';
import {
  CycleLineConnection,
  JournalTransactionConnection,
  LotRecordConnection,
  MemberAccountsConnection,
  PartyAccountType,
} from './book.type';

const FIRST = { description: 'How many; 1 to 100.' };
const AFTER = { nullable: true, description: 'Cursor to begin after.' } as const;

/** A query has no refusals to answer: what is refused is told as an error with the same code. */
function orFault<T extends object>(outcome: T | Refusal): T {
  if (isRefusal(outcome)) throw graphFault(outcome.code as GraphFaultCode, outcome.message);
  return outcome;
}

const placeFrom = (keys: readonly string[] | null): BookPlace | null =>
  keys === null ? null : { wallet: keys[0] ?? '', number: BigInt(keys[1] ?? 0) };

/** The books themselves, for the coalition's desk. */
@Resolver()
export class BookQuery {
  @Query(() => [PartyAccountType], {
    description: 'Accounts of partners and the operator, in both books. Admin, finance.',
  })
  async partyAccounts(@Ctx() { ledger, principal }: LedgerContext): Promise<object[]> {
    const accounts = orFault(await readPartyAccounts(ledger, principal));
    return accounts.map(({ partyId, counterpartyId, ...account }) => ({
      ...account,
      party: partyOf(partyId),
      counterparty: counterpartyId === undefined ? null : partyOf(counterpartyId),
    }));
  }

  @Query(() => MemberAccountsConnection, { description: 'Accounts of members ever posted to. Admin, finance.' })
  async memberAccounts(
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<object>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, 'ledger.memberAccounts');
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const page = { afterWallet: afterKeys?.[0] ?? null, limit };
    const rows = orFault(await readMemberAccounts(ledger, principal, page)).map(accountsView);
    return pageOf({ rows, first, after, cursors, keyOf: ({ wallet }) => [wallet] });
  }

  @Query(() => JournalTransactionConnection, {
    description: 'Every posting, member by member in the order of versions. Admin, finance.',
  })
  async journal(
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<object>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, 'ledger.journal');
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const rows = orFault(await readJournalBook(ledger, principal, { after: placeFrom(afterKeys), limit })).map(
      journalView,
    );
    return pageOf({ rows, first, after, cursors, keyOf: ({ wallet, seq }) => [wallet, `${seq}`] });
  }

  @Query(() => LotRecordConnection, {
    description: 'Every lot, spent ones too, member by member in the order they came. Admin, finance.',
  })
  async lotBook(
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<object>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, 'ledger.lotBook');
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const rows = orFault(await readLotBook(ledger, principal, { after: placeFrom(afterKeys), limit })).map(lotView);
    return pageOf({ rows, first, after, cursors, keyOf: ({ wallet, lotSeq }) => [wallet, `${lotSeq}`] });
  }

  @Query(() => CycleLineConnection, {
    description: 'Every line of a cycle’s statements, pair by pair in their order; none before DRAFT. Admin, finance.',
  })
  async cycleLines(
    @Arg('cycleId', () => ID, { description: 'The cycle.' }) cycle: string,
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<object>> {
    const cycleId = parseId('cyc', cycle);
    if (cycleId === null) throw graphFault('NOT_FOUND', 'There is no such settlement cycle.');
    const cursors = new CursorCodec(ledger.secrets.cursor, `ledger.cycleLines.${cycleId}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const place = afterKeys === null ? null : { pair: Number(afterKeys[0]), n: Number(afterKeys[1]) };
    const rows = orFault(await readLineBook(ledger, principal, { cycleId, after: place, limit })).map(lineOfCycleView);
    return pageOf({ rows, first, after, cursors, keyOf: ({ pair, n }) => [`${pair}`, `${n}`] });
  }
}

function lineOfCycleView(line: LineOfCycle) {
  const { pair, n, debtorId, creditorId } = line;
  return { pair, n, debtor: partyOf(debtorId), creditor: partyOf(creditorId), line: lineView(line) };
}

function accountsView({ memberId, owed, ...accounts }: MemberAccounts) {
  return {
    ...accounts,
    member: { id: memberId },
    owed: owed.map(({ partyId, points }) => ({ creditor: partyOf(partyId), points })),
  };
}

function journalView({ memberId, causeSeq, ...line }: JournalLineReading) {
  return {
    ...line,
    id: memberScopedId('txn', line.wallet, line.seq),
    member: { id: memberId },
    version: line.seq,
    causeId: causeSeq === null ? null : memberScopedId('txn', line.wallet, causeSeq),
  };
}

function lotView({ memberId, issuerId, parent, ...lot }: LotOfBook) {
  return {
    ...lot,
    id: memberScopedId('lot', lot.wallet, lot.lotSeq),
    member: { id: memberId },
    issuer: partyOf(issuerId),
    parentId: parent === null ? null : memberScopedId('lot', parent.wallet, parent.number),
    madeById: memberScopedId('txn', lot.wallet, lot.seq),
  };
}
