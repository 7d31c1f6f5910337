import { uuidOf, type Id } from '../../../../kernel/values/id';
import type { MemberId, PartnerId } from '../../../../kernel/values/id';
import { shownPoints } from '../../core/points/posting';
import type { DecidedOutcome, PlannedDocument, PlannedTransaction } from './apply.store';
import { commandHash } from './posting.store';
import { termsId } from './terms.store';

/** Ids on the wire and in rules carry a prefix, rows hold the bare UUID. */
export const uuidOrNull = (id: Id | null): string | null => (id === null ? null : uuidOf(id));
const ownerOf = (owner: string | null) => uuidOrNull(owner as MemberId | PartnerId | null);
/** Bytes as JSON carries them to a `bytea` column. */
const bytes = (buffer: Buffer): string => `\\x${buffer.toString('hex')}`;

export function journalRow(one: PlannedTransaction): object {
  const { plan, after, before, intent } = one;
  const { available, pending, held, arrears, qualifying } = after.balances;
  return {
    ...after.key,
    seq: after.seq,
    programme_id: uuidOf(one.programmeId),
    kind: plan.kind,
    cause_seq: one.causeSeq,
    partner_id: uuidOrNull(plan.partnerId),
    external_ref: plan.externalRef,
    reason: plan.reason,
    peer_wallet: plan.peer?.wallet ?? null,
    cycle_id: one.cycleId,
    rule_book_version: one.ruleBookVersion,
    points: shownPoints(plan),
    available_after: available,
    pending_after: pending,
    held_after: held,
    arrears_after: arrears,
    qualifying_after: qualifying,
    tier_before: before.tier.code,
    tier_after: after.tier.code,
    caller: one.caller,
    command_hash: intent === null ? null : commandHash({ caller: one.caller, ...intent }).toString('hex'),
    body_hash: intent === null ? null : bytes(intent.bodyHash),
    occurred_at: plan.occurredAt,
    recorded_at: one.recordedAt,
    chain: after.chain === null ? null : bytes(after.chain),
  };
}

export function entryRows({ plan, after }: PlannedTransaction): object[] {
  return plan.entries.map(({ debit, credit, amount, lotSeq }, n) => ({
    ...after.key,
    seq: after.seq,
    n,
    debit_kind: debit.kind,
    debit_owner: ownerOf(debit.owner),
    credit_kind: credit.kind,
    credit_owner: ownerOf(credit.owner),
    amount,
    lot_seq: lotSeq,
  }));
}

export function lotRows({ plan, after }: PlannedTransaction): object[] {
  return plan.issued.map((lot) => ({
    ...after.key,
    lot_seq: lot.lotSeq,
    seq: after.seq,
    issuer_id: uuidOrNull(lot.issuerId),
    quantity: lot.quantity,
    terms_id: termsId(lot.terms),
    earned_at: lot.earnedAt,
    expires_at: lot.expiresAt,
    parent_wallet: lot.parent?.wallet ?? null,
    parent_lot_seq: lot.parent?.lotSeq ?? null,
  }));
}

/** A later expiry that must be known again when points of the lot come back; where expiry rolls it is a fact of every activity. */
export function extensionRows({ plan, after }: PlannedTransaction): object[] {
  const isKept = plan.kind === 'EXTENSION' || plan.kind === 'REVERSAL' || plan.kind === 'REINSTATEMENT';
  return plan.restated.flatMap(({ lotSeq, expiresAt }) =>
    isKept && expiresAt !== null ? [{ ...after.key, lot_seq: lotSeq, seq: after.seq, expires_at: expiresAt }] : [],
  );
}

export function claimRows({ plan, after, cycleId, currency }: PlannedTransaction): object[] {
  return plan.claims.map((claim, n) => ({
    ...after.key,
    seq: after.seq,
    n,
    entry_n: claim.entry,
    cycle_id: cycleId,
    debtor_id: uuidOrNull(claim.debtorId),
    creditor_id: uuidOrNull(claim.creditorId),
    kind: claim.kind,
    micros: claim.micros,
    lot_seq: claim.lotSeq,
    points: claim.points,
    contract_version: claim.contractVersion,
    currency,
    hub_account: claim.hubAccount?.kind ?? null,
    hub_owner: uuidOrNull(claim.hubAccount?.owner ?? null),
  }));
}

export function moneyRows({ plan, after, cycleId, currency, programmeId }: PlannedTransaction): object[] {
  return plan.money.map((move, n) => ({
    ...after.key,
    seq: after.seq,
    n,
    entry_n: move.entry,
    programme_id: uuidOf(programmeId),
    cycle_id: cycleId,
    debit_kind: move.debit.kind,
    debit_owner: uuidOrNull(move.debit.owner),
    credit_kind: move.credit.kind,
    credit_owner: uuidOrNull(move.credit.owner),
    micros: move.micros,
    lot_seq: move.lotSeq,
    currency,
  }));
}

export function purchaseRows({ plan: { purchase }, after, programmeId }: PlannedTransaction): object[] {
  if (purchase === undefined) return [];
  return [
    {
      ...after.key,
      seq: after.seq,
      programme_id: uuidOf(programmeId),
      partner_id: uuidOf(purchase.partnerId),
      external_ref: purchase.externalRef,
      amount_minor: purchase.amountMinor,
      currency: purchase.currency,
      branch: purchase.branch,
      channel: purchase.channel,
      lines: purchase.lines,
      rule_id: purchase.ruleId,
      points: purchase.points,
      occurred_at: purchase.occurredAt,
    },
  ];
}

export function returnRows({ plan: { returned }, after }: PlannedTransaction): object[] {
  if (returned === undefined) return [];
  const { purchaseSeq, amountMinor, clawedBack } = returned;
  return [
    { ...after.key, purchase_seq: purchaseSeq, seq: after.seq, amount_minor: amountMinor, clawed_back: clawedBack },
  ];
}

export function reversalRows({ plan: { reversed }, after }: PlannedTransaction): object[] {
  if (reversed === undefined) return [];
  return [{ ...after.key, redemption_seq: reversed.redemptionSeq, seq: after.seq, points: reversed.points }];
}

export function awardRows({ plan: { award }, after }: PlannedTransaction): object[] {
  if (award === undefined) return [];
  const { partnerId, action, occasion, occurredAt } = award;
  return [{ ...after.key, partner_id: uuidOf(partnerId), action, occasion, seq: after.seq, occurred_at: occurredAt }];
}

export function documentRow({ hash, programmeId, partnerId, kind, externalRef, key, seq }: PlannedDocument): object {
  return {
    hash: hash.toString('hex'),
    programme_id: uuidOf(programmeId),
    partner_id: uuidOf(partnerId),
    kind,
    external_ref: externalRef,
    ...key,
    seq,
  };
}

export function refusalRow({ key, hash, bodyHash, refusal }: DecidedOutcome): object {
  return { ...key, command_hash: hash.toString('hex'), body_hash: bytes(bodyHash), refusal };
}
