import { digest, type Digest } from '../../../../kernel/values/canonical';
import { shownPoints } from '../../core/points/posting';
import type { PlannedTransaction } from './apply.store';
import { uuidOrNull } from './journal-rows';
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
export function linkHash(previous: Digest | null, facts: ChainedFacts): Digest {
  const { partner, externalRef, reason, tier, occurredAt, recordedAt } = facts;
  const fields = [
    ...[previous ?? '', facts.wallet, facts.seq, facts.kind, partner ?? ''],
    ...[
      quoted(externalRef),
      quoted(reason),
      facts.points,
      facts.balances.join(' '),
      quoted(tier),
      quoted(facts.caller),
    ],
    ...[occurredAt.getTime(), recordedAt.getTime(), linesOf(facts.entries), linesOf(facts.claims)],
  ];
  return digest(fields.join('\n'));
}

/** Free text, in quotes, so that no text can be taken for the end of its field. */
function quoted(text: string | null): string {
  return text === null ? '' : JSON.stringify(text);
}

/** Lists of kinds, ids and numbers, none of which holds a space. */
function linesOf(lists: ChainedFacts['entries']): string {
  return lists.map((list) => list.join(' ')).join(';');
}

type ChainedTransaction = Pick<PlannedTransaction, 'plan' | 'after' | 'caller' | 'recordedAt'>;

/** The link of a planned transaction. */
export function chainHash(previous: Digest | null, { plan, after, caller, recordedAt }: ChainedTransaction): Digest {
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
