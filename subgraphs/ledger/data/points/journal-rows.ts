import type { Id, MemberId, PartnerId } from '../../../../kernel/values/id';
import { uuidOf } from '../../../../kernel/values/id';
import { shownPoints } from '../../core/points/posting';
import type { DecidedOutcome, DecidedTransaction, PlannedDocument } from './apply.store';
import type { JournalTable } from './journal-tables';
import type { Cells } from './recordset';
import { termsId } from './terms.store';

/** Ids on the wire and in rules carry a prefix, rows hold the bare UUID. */
export const uuidOrNull = (id: Id | null): string | null => (id === null ? null : uuidOf(id));
/** The digits of an id: PostgreSQL reads a UUID without its hyphens as well. */
export const hexOf = (id: Id): string => id.slice(4);
export const hexOrNull = (id: string | null): string | null => (id === null ? null : hexOf(id as MemberId | PartnerId));
/** An instant as a column of instants takes it. */
export const msOf = (at: Date): number => at.getTime();
export const msOrNull = (at: Date | null): number | null => (at === null ? null : at.getTime());

/** The rows that are written of one transaction, by table. */
export type WrittenRows = Readonly<Record<JournalTable, readonly Cells[]>>;

/** Rows of a transaction in the order of the columns; the journal's own row still lacks its chain, which is made of them all. */
export function writtenRows(one: DecidedTransaction): WrittenRows {
  return {
    journal_transaction: [journalRow(one)],
    entry: entryRows(one),
    lot: lotRows(one),
    lot_extension: extensionRows(one),
    claim: claimRows(one),
    money_entry: moneyRows(one),
    purchase: purchaseRows(one),
    purchase_return: returnRows(one),
    redemption_reversal: reversalRows(one),
    award: awardRows(one),
  };
}

function journalRow(one: DecidedTransaction): Cells {
  const { plan, after, before, intent } = one;
  const { available, pending, held, arrears, qualifying } = after.balances;
  return [
    after.key.bucket,
    after.key.wallet,
    after.seq,
    hexOf(one.programmeId),
    plan.kind,
    one.causeSeq,
    hexOrNull(plan.partnerId),
    plan.externalRef,
    plan.reason,
    plan.peer?.wallet ?? null,
    one.cycleId,
    one.ruleBookVersion,
    shownPoints(plan),
    available,
    pending,
    held,
    arrears,
    qualifying,
    before.tier.code,
    after.tier.code,
    one.caller,
    intent === null ? null : intent.hash,
    intent === null ? null : intent.bodyHash,
    msOf(plan.occurredAt),
    msOf(one.recordedAt),
  ];
}

function entryRows({ plan, after: { key, seq } }: DecidedTransaction): Cells[] {
  return plan.entries.map(({ debit, credit, amount, lotSeq }, n) => [
    key.bucket,
    key.wallet,
    seq,
    n,
    debit.kind,
    hexOrNull(debit.owner),
    credit.kind,
    hexOrNull(credit.owner),
    amount,
    lotSeq,
  ]);
}

function lotRows({ plan, after: { key, seq } }: DecidedTransaction): Cells[] {
  return plan.issued.map((lot) => [
    key.bucket,
    key.wallet,
    lot.lotSeq,
    seq,
    hexOrNull(lot.issuerId),
    lot.quantity,
    termsId(lot.terms),
    msOf(lot.earnedAt),
    msOrNull(lot.expiresAt),
    lot.parent?.wallet ?? null,
    lot.parent?.lotSeq ?? null,
  ]);
}

/** A later expiry that must be known again when points of the lot come back; where expiry rolls it is a fact of every activity. */
function extensionRows({ plan, after: { key, seq } }: DecidedTransaction): Cells[] {
  const isKept = plan.kind === 'EXTENSION' || plan.kind === 'REVERSAL' || plan.kind === 'REINSTATEMENT';
  if (!isKept) return [];
  return plan.restated.flatMap(({ lotSeq, expiresAt }): Cells[] =>
    expiresAt === null ? [] : [[key.bucket, key.wallet, lotSeq, seq, msOf(expiresAt)]],
  );
}

function claimRows({ plan, after: { key, seq }, cycleId, currency }: DecidedTransaction): Cells[] {
  return plan.claims.map((claim, n) => [
    key.bucket,
    key.wallet,
    seq,
    n,
    claim.entry,
    cycleId,
    hexOrNull(claim.debtorId),
    hexOrNull(claim.creditorId),
    claim.kind,
    claim.micros,
    claim.lotSeq,
    claim.points,
    claim.contractVersion,
    currency,
    claim.hubAccount?.kind ?? null,
    hexOrNull(claim.hubAccount?.owner ?? null),
  ]);
}

function moneyRows({ plan, after: { key, seq }, cycleId, currency, programmeId }: DecidedTransaction): Cells[] {
  return plan.money.map((move, n) => [
    key.bucket,
    key.wallet,
    seq,
    n,
    move.entry,
    hexOf(programmeId),
    cycleId,
    move.debit.kind,
    hexOrNull(move.debit.owner),
    move.credit.kind,
    hexOrNull(move.credit.owner),
    move.micros,
    move.lotSeq,
    currency,
  ]);
}

function purchaseRows({ plan: { purchase }, after: { key, seq }, programmeId }: DecidedTransaction): Cells[] {
  if (purchase === undefined) return [];
  return [
    [
      key.bucket,
      key.wallet,
      seq,
      hexOf(programmeId),
      hexOf(purchase.partnerId),
      purchase.externalRef,
      purchase.amountMinor,
      purchase.currency,
      purchase.branch,
      purchase.channel,
      purchase.lines === null ? null : json(purchase.lines),
      purchase.ruleId,
      purchase.points,
      msOf(purchase.occurredAt),
    ],
  ];
}

function returnRows({ plan: { returned }, after: { key, seq } }: DecidedTransaction): Cells[] {
  if (returned === undefined) return [];
  return [[key.bucket, key.wallet, returned.purchaseSeq, seq, returned.amountMinor, returned.clawedBack]];
}

function reversalRows({ plan: { reversed }, after: { key, seq } }: DecidedTransaction): Cells[] {
  if (reversed === undefined) return [];
  return [[key.bucket, key.wallet, reversed.redemptionSeq, seq, reversed.points]];
}

function awardRows({ plan: { award }, after: { key, seq } }: DecidedTransaction): Cells[] {
  if (award === undefined) return [];
  const { partnerId, action, occasion, occurredAt } = award;
  return [[key.bucket, key.wallet, hexOf(partnerId), action, occasion, seq, msOf(occurredAt)]];
}

export function documentRow({ hash, programmeId, partnerId, kind, externalRef, key, seq }: PlannedDocument): Cells {
  return [hash, hexOf(programmeId), hexOf(partnerId), kind, externalRef, key.bucket, key.wallet, seq];
}

export function refusalRow({ key, hash, bodyHash, refusal }: DecidedOutcome): Cells {
  return [key.bucket, key.wallet, hash, bodyHash, json(refusal)];
}

/** JSON has no bigint: whole numbers travel as text. */
export function json(value: unknown): string {
  return JSON.stringify(value, (_name, one: unknown) => (typeof one === 'bigint' ? one.toString() : one));
}
