import { createHash } from 'node:crypto';
import { shownPoints } from '../../core/points/posting';
import type { PlannedTransaction } from './apply.store';
import { uuidOrNull } from './journal.rows';
import type { Id } from '../../../../kernel/values/id';

/** What a hash covers of one journal transaction: its row and everything recorded with it, as plain values. */
export interface ChainedFacts {
  readonly wallet: string;
  readonly seq: bigint;
  readonly kind: string;
  readonly partner: string | null;
  readonly externalRef: string | null;
  readonly reason: string | null;
  readonly points: bigint;
  /** Available, pending, held, arrears, qualifying. */
  readonly balances: readonly bigint[];
  readonly tier: string | null;
  readonly caller: string;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
  /** Debit kind and owner, credit kind and owner, amount, lot; in order. */
  readonly entries: readonly (readonly (string | bigint | null)[])[];
  /** Debtor, creditor, kind, micro-units, lot; in order. */
  readonly claims: readonly (readonly (string | bigint | null)[])[];
}

/**
 * The link of a wallet's chain: SHA-256 over the link before and the facts of one transaction. Whoever changes a row must
 * change every later link of that member, and the newest one is kept with the wallet and in each seal.
 */
export function linkHash(previous: Buffer | null, facts: ChainedFacts): Buffer {
  const list = [
    facts.wallet,
    facts.seq,
    facts.kind,
    facts.partner,
    facts.externalRef,
    facts.reason,
    facts.points,
    facts.balances,
    facts.tier,
    facts.caller,
    facts.occurredAt.getTime(),
    facts.recordedAt.getTime(),
    facts.entries,
    facts.claims,
  ];
  const hash = createHash('sha256');
  if (previous !== null) hash.update(previous);
  return hash
    .update(JSON.stringify(list, (_name, one: unknown) => (typeof one === 'bigint' ? `${one}` : one)))
    .digest();
}

/** The link of a planned transaction. */
export function chainHash(previous: Buffer | null, { plan, after, caller, recordedAt }: PlannedTransaction): Buffer {
  const { available, pending, held, arrears, qualifying } = after.balances;
  const ownerOf = (owner: string | null) => uuidOrNull(owner as Id | null);
  return linkHash(previous, {
    wallet: after.key.wallet,
    seq: after.seq,
    kind: plan.kind,
    partner: uuidOrNull(plan.partnerId),
    externalRef: plan.externalRef,
    reason: plan.reason,
    points: shownPoints(plan),
    balances: [available, pending, held, arrears, qualifying],
    tier: after.tier.code,
    caller,
    occurredAt: plan.occurredAt,
    recordedAt,
    entries: plan.entries.map(({ debit, credit, amount, lotSeq }) => [
      debit.kind,
      ownerOf(debit.owner),
      credit.kind,
      ownerOf(credit.owner),
      amount,
      lotSeq,
    ]),
    claims: plan.claims.map(({ debtorId, creditorId, kind, micros, lotSeq }) => [
      uuidOrNull(debtorId),
      uuidOrNull(creditorId),
      kind,
      micros,
      lotSeq,
    ]),
  });
}
