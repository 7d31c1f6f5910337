import { Arg, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from 'type-graphql';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import {
  drawDocument,
  readDocument,
  readDocumentList,
  type SettlementDocument,
} from '../../app/documents/read-documents';
import { FROM_THE_START, readStatement, readStatementClaims } from '../../app/documents/read-statement';
import type { Statement, StatementClaim, StatementPair } from '../../core/documents/statement';
import type { LedgerContext } from '../context';
import { SettlementPartyType } from '../settlement/settlement.type';
import { lineId } from '../../core/settlement/line-id';
import { partyOf } from '../settlement/settlement.query';
import {
  SettlementDocumentConnection,
  SettlementDocumentType,
  SettlementStatementType,
  StatementClaimConnection,
  StatementPairType,
} from './document.type';

const FIRST = { description: 'How many; 1 to 100.' };
const AFTER = { nullable: true, description: 'Cursor to begin after.' } as const;
const CYCLE_ID = { description: 'The cycle’s id.' };

/** Statements and the documents that say them. */
@Resolver()
export class DocumentQuery {
  @Query(() => SettlementStatementType, {
    nullable: true,
    description: 'A party’s statement, from DRAFT on. Partner, staff: their own; admin, finance: anybody’s.',
  })
  async settlementStatement(
    @Arg('cycleId', () => ID, CYCLE_ID) cycleId: string,
    @Arg('partnerId', () => ID, { nullable: true, description: 'Whose; for the desk the operator’s when left out.' })
    partnerId: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object | null> {
    const statement = await readStatement(ledger, principal, { cycleId, partnerId: partnerId ?? null });
    return statement === null ? null : statementView(statement);
  }

  @Query(() => SettlementDocumentConnection, {
    description: 'A cycle’s documents. Partner, staff: those that name them; admin, finance: all, payments included.',
  })
  async settlementDocuments(
    @Arg('cycleId', () => ID, CYCLE_ID) cycleId: string,
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<SettlementDocument>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, `ledger.documents.${cycleId}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const all = await readDocumentList(ledger, principal, cycleId);
    const from = all.findIndex(({ id }) => id === afterKeys?.[0]) + 1;
    const rows = all.slice(from, from + limit);
    return pageOf({ rows, first, after, cursors, keyOf: ({ id }) => [id] });
  }

  @Query(() => SettlementDocumentType, { nullable: true, description: 'One document of a cycle; null if not yours.' })
  settlementDocument(
    @Arg('id', () => ID, { description: 'The document’s id.' }) id: string,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<SettlementDocument | null> {
    return readDocument(ledger, principal, id);
  }
}

/** What is only made when asked for. */
@Resolver(() => SettlementDocumentType)
export class SettlementDocumentFields {
  @FieldResolver(() => [SettlementPartyType], {
    description: 'Who must give settlement details, or a mandate, before it can be drawn up; empty: nobody.',
  })
  waitsFor(@Root() { waitsFor }: SettlementDocument): object[] {
    return waitsFor.map(partyOf);
  }

  @FieldResolver(() => String, {
    nullable: true,
    description: 'The document itself in base64; null while it waits. Ask it of one document at a time.',
  })
  async content(
    @Root() { id }: SettlementDocument,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<string | null> {
    return (await drawDocument(ledger, principal, id))?.toString('base64') ?? null;
  }
}

/** What a statement shows, as it was drawn up. */
interface StatementView {
  readonly statement: Statement;
}

function statementView(statement: Statement): StatementView & object {
  const { cycle, party, receivableMinor, payableMinor, netMinor } = statement;
  const money = (amountMinor: bigint) => ({ amountMinor, currency: cycle.currency });
  return {
    ...{ statement, cycle, party: partyOf(party), receivable: money(receivableMinor) },
    ...{ payable: money(payableMinor), net: money(netMinor) },
  };
}

/** Pairs and claims of a statement. */
@Resolver(() => SettlementStatementType)
export class SettlementStatementFields {
  @FieldResolver(() => [StatementPairType], { description: 'What it owes and is owed, by pair.' })
  pairs(@Root() { statement }: StatementView): object[] {
    const { currency } = statement.cycle;
    return statement.pairs.map((pair) => ({
      ...pair,
      ...{ openingMicros: pair.carryInMicros, closingMicros: pair.carryMicros },
      billed: { amountMinor: pair.billedMinor, currency },
      groups: pair.groups.map((group) => ({ ...group, billed: { amountMinor: group.billedMinor, currency } })),
    }));
  }

  @FieldResolver(() => StatementClaimConnection, { description: 'Its claims one by one, pair by pair.' })
  async claims(
    @Root() { statement }: StatementView,
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger }: LedgerContext,
  ): Promise<Page<object>> {
    const { cycle, party } = statement;
    const cursors = new CursorCodec(ledger.secrets.cursor, `ledger.statement.${cycle.id}.${party ?? ''}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const from = afterKeys === null ? FROM_THE_START : { pair: Number(afterKeys[0]), n: Number(afterKeys[1]) };
    const rows = (await readStatementClaims(ledger, statement, { after: from, limit })).map((claim) => ({
      ...claim,
      lineId: lineId({ cycleId: cycle.id, ...claim }),
      billed: { amountMinor: claim.billedMinor, currency: cycle.currency },
    }));
    return pageOf({ rows, first, after, cursors, keyOf: ({ pair, n }: StatementClaim) => [`${pair}`, `${n}`] });
  }
}

/** The two ends of a pair. */
@Resolver(() => StatementPairType)
export class StatementPairFields {
  @FieldResolver(() => SettlementPartyType, { description: 'Who owes.' })
  debtor(@Root() { debtorId }: StatementPair): object {
    return partyOf(debtorId);
  }

  @FieldResolver(() => SettlementPartyType, { description: 'Who is owed.' })
  creditor(@Root() { creditorId }: StatementPair): object {
    return partyOf(creditorId);
  }
}
