import type { Id, MemberId, PartnerId } from '../../../../kernel/values/id';
import { uuidOf } from '../../../../kernel/values/id';
import { shownPoints } from '../../core/points/posting';
import { explanationText } from './explanation-text';
import type { DecidedOutcome, DecidedTransaction, PlannedDocument } from './apply.store';
import type { JournalTable } from './journal-tables';
import type { Cells } from './cells';
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

/** Where all rows of a transaction stand. */
interface Place {
  readonly bucket: number;
  readonly wallet: string;
  readonly seq: string;
}

/** Whole numbers become text once: they are hashed and sent. */
const whole = (number: bigint): string => number.toString();

/** Rows of a transaction in the order of the columns; the places of the proof, which is made of them all, are still empty. */
export function writtenRows(one: DecidedTransaction): WrittenRows {
  const { key, seq } = one.after;
  const at: Place = { bucket: key.bucket, wallet: key.wallet, seq: whole(seq) };
  return {
    journal_transaction: [journalRow(one, at)],
    entry: entryRows(one, at),
    lot: lotRows(one, at),
    lot_extension: extensionRows(one, at),
    claim: claimRows(one, at),
    money_entry: moneyRows(one, at),
    purchase: purchaseRows(one, at),
    earn_explanation: explanationRows(one, at),
    purchase_return: returnRows(one, at),
    redemption_reversal: reversalRows(one, at),
    award: awardRows(one, at),
    campaign_lot: campaignLotRows(one, at),
    redemption_money: besideRows(one, at),
  };
}

function journalRow(one: DecidedTransaction, at: Place): Cells {
  const { plan, after, before, intent } = one;
  const { available, pending, held, arrears, qualifying } = after.balances;
  return [
    at.bucket,
    at.wallet,
    at.seq,
    hexOf(one.programmeId),
    plan.kind,
    one.causeSeq === null ? null : whole(one.causeSeq),
    hexOrNull(plan.partnerId),
    plan.externalRef,
    plan.reason,
    plan.peer?.wallet ?? null,
    one.cycleId,
    whole(one.ruleBookVersion),
    whole(shownPoints(plan)),
    whole(available),
    whole(pending),
    whole(held),
    whole(arrears),
    whole(qualifying),
    before.tier.code,
    after.tier.code,
    one.caller,
    intent === null ? null : intent.hash,
    intent === null ? null : intent.bodyHash,
    msOf(plan.occurredAt),
    msOf(one.recordedAt),
    null,
    null,
  ];
}

function entryRows({ plan }: DecidedTransaction, at: Place): Cells[] {
  return plan.entries.map(({ debit, credit, amount, lotSeq }, n) => [
    at.bucket,
    at.wallet,
    at.seq,
    n,
    debit.kind,
    hexOrNull(debit.owner),
    credit.kind,
    hexOrNull(credit.owner),
    whole(amount),
    whole(lotSeq),
  ]);
}

function lotRows({ plan }: DecidedTransaction, at: Place): Cells[] {
  return plan.issued.map((lot) => [
    at.bucket,
    at.wallet,
    whole(lot.lotSeq),
    at.seq,
    hexOrNull(lot.issuerId),
    whole(lot.quantity),
    termsId(lot.terms),
    msOf(lot.earnedAt),
    msOrNull(lot.expiresAt),
    lot.parent?.wallet ?? null,
    lot.parent?.lotSeq ?? null,
  ]);
}

/** A later expiry that must be known again when points of the lot come back; where expiry rolls it is a fact of every activity. */
function extensionRows({ plan }: DecidedTransaction, at: Place): Cells[] {
  const isKept = plan.kind === 'EXTENSION' || plan.kind === 'REVERSAL' || plan.kind === 'REINSTATEMENT';
  if (!isKept) return [];
  return plan.restated.flatMap(({ lotSeq, expiresAt }): Cells[] =>
    expiresAt === null ? [] : [[at.bucket, at.wallet, lotSeq, at.seq, msOf(expiresAt)]],
  );
}

function claimRows({ plan, cycleId, currency }: DecidedTransaction, at: Place): Cells[] {
  return plan.claims.map((claim, n) => [
    at.bucket,
    at.wallet,
    at.seq,
    n,
    claim.entry,
    cycleId,
    hexOrNull(claim.debtorId),
    hexOrNull(claim.creditorId),
    claim.kind,
    whole(claim.micros),
    whole(claim.lotSeq),
    whole(claim.points),
    claim.contractVersion,
    currency,
    claim.hubAccount?.kind ?? null,
    hexOrNull(claim.hubAccount?.owner ?? null),
  ]);
}

function moneyRows({ plan, cycleId, currency, programmeId }: DecidedTransaction, at: Place): Cells[] {
  return plan.money.map((move, n) => [
    at.bucket,
    at.wallet,
    at.seq,
    n,
    move.entry,
    hexOf(programmeId),
    cycleId,
    move.debit.kind,
    hexOrNull(move.debit.owner),
    move.credit.kind,
    hexOrNull(move.credit.owner),
    whole(move.micros),
    whole(move.lotSeq),
    currency,
  ]);
}

function purchaseRows({ plan: { purchase }, programmeId }: DecidedTransaction, at: Place): Cells[] {
  if (purchase === undefined) return [];
  return [
    [
      at.bucket,
      at.wallet,
      at.seq,
      hexOf(programmeId),
      hexOf(purchase.partnerId),
      purchase.externalRef,
      whole(purchase.amountMinor),
      purchase.currency,
      purchase.branch,
      purchase.channel,
      purchase.lines === null ? null : json(purchase.lines),
      purchase.ruleId,
      whole(purchase.points),
      msOf(purchase.occurredAt),
    ],
  ];
}

/** Base rates alone need no explanation: the purchase names the rule and what it gave. */
function explanationRows({ plan: { explained } }: DecidedTransaction, at: Place): Cells[] {
  if (explained === undefined) return [];
  const { attributes, explanation } = explained;
  return [[at.bucket, at.wallet, at.seq, attributes === null ? null : json(attributes), explanationText(explanation)]];
}

function returnRows({ plan: { returned } }: DecidedTransaction, at: Place): Cells[] {
  if (returned === undefined) return [];
  return [[at.bucket, at.wallet, returned.purchaseSeq, at.seq, returned.amountMinor, returned.clawedBack]];
}

function reversalRows({ plan: { reversed } }: DecidedTransaction, at: Place): Cells[] {
  if (reversed === undefined) return [];
  return [[at.bucket, at.wallet, reversed.redemptionSeq, at.seq, reversed.points]];
}

function awardRows({ plan: { award } }: DecidedTransaction, at: Place): Cells[] {
  if (award === undefined) return [];
  const { partnerId, action, occasion, occurredAt } = award;
  return [[at.bucket, at.wallet, hexOf(partnerId), action, occasion, at.seq, msOf(occurredAt)]];
}

function campaignLotRows({ plan: { campaignLots, occurredAt } }: DecidedTransaction, at: Place): readonly Cells[] {
  if (campaignLots === undefined) return [];
  return campaignLots.map(({ campaignId, lotSeq, points }) => [
    at.bucket,
    at.wallet,
    whole(lotSeq),
    at.seq,
    hexOrNull(campaignId),
    whole(points),
    msOf(occurredAt),
  ]);
}

function besideRows({ plan: { beside } }: DecidedTransaction, at: Place): Cells[] {
  if (beside === undefined) return [];
  return [[at.bucket, at.wallet, at.seq, whole(beside.amountMinor), beside.currency]];
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
