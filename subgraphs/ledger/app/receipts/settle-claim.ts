import type { Refusal } from '../../../../kernel/errors/refusal';
import type { ProgrammeId } from '../../../../kernel/values/id';
import type { PostingRule } from '../../core/movements/carry-out';
import { planPurchase, type Purchase } from '../../core/movements/purchase';
import { claimedPurchase, lateGoodwillRule, type MissingClaim, type Settlement } from '../../core/receipts/receipt';
import { beginSettling, closeClaim, findDueClaims } from '../../data/receipts/missing-claim.store';
import type { Ledger } from '../ledger';
import { programmeNow } from '../programme-now';
import { readPosted } from '../points/post';
import {
  documentOf,
  earningOf,
  intentOf,
  NO_NEEDS,
  walletOf,
  type Earning,
  type PostingOutcome,
} from '../points/posting-command';

/** What settling a claim needs of the ledger. */
export type ClaimLedger = Pick<Ledger, 'database' | 'lanes' | 'clock'>;

/**
 * Credits a claim with its purchase: the partner reported or accepted it. Called again it does nothing more, and nothing when the
 * claim was rejected or is being paid as goodwill.
 *
 * @returns the refusal when it cannot be credited now and may be later: the claim stays open
 */
export async function creditClaim(
  ledger: ClaimLedger,
  claim: MissingClaim,
  purchase: Purchase,
): Promise<Refusal | null> {
  if (!(await beginSettling(ledger.database.pool, claim.id, 'CREDITED'))) return null;
  return settle(ledger, claim, { state: 'CREDITED', rule: creditRule(purchase), earns: earningOf(purchase) });
}

const creditRule =
  (purchase: Purchase): PostingRule =>
  (wallet, facts) =>
    planPurchase(wallet, purchase, facts);

/** Claims settled at a time when their partners are late. */
const AT_ONCE = 100;

/**
 * Pays every claim whose partner did not answer in time, as goodwill at the partner's cost, and credits those whose crediting was
 * interrupted. It may stop anywhere and come again: what is closed is not due any more.
 *
 * @param now the programme's clock must have reached it
 */
export async function settleLateClaims(ledger: ClaimLedger, programmeId: ProgrammeId, now: Date): Promise<void> {
  for (;;) {
    const due = await findDueClaims(ledger.database.pool, programmeId, { now, limit: AT_ONCE });
    if (due.length === 0) return;
    await Promise.all(due.map((claim) => settleLate(ledger, claim)));
  }
}

async function settleLate(ledger: ClaimLedger, claim: MissingClaim): Promise<void> {
  const isUndecided = await beginSettling(ledger.database.pool, claim.id, 'GOODWILL');
  const refusal = isUndecided
    ? await settle(ledger, claim, {
        state: 'GOODWILL',
        rule: lateGoodwillRule(claim),
        earns: earningOf(claimedPurchase(claim)),
      })
    : await creditClaim(ledger, claim, claimedPurchase(claim));
  // An account stopped a moment ago is not due any more. What else would still pass has had days to: it is refused for good, or this
  // claim would be due for ever.
  if (refusal !== null && refusal.code !== 'LEDGER_ACCOUNT_FROZEN') await close(ledger, claim, endOf(refusal));
}

/** Posts under the claim's own id as key, so that an interruption before the claim is closed repeats and never doubles. */
async function settle(
  ledger: ClaimLedger,
  claim: MissingClaim,
  { state, rule, earns }: { state: Settlement; rule: PostingRule; earns: Earning },
): Promise<Refusal | null> {
  const { id, programmeId, memberId, partnerId, externalRef } = claim;
  const outcome = await ledger.lanes.post({
    ...walletOf(memberId),
    programmeId,
    caller: 'ledger',
    intent: intentOf('ledger', { operation: 'settleMissingClaim', idempotencyKey: id, body: id }),
    // Goodwill takes the receipt's number as well: whoever reports the sale afterwards, or did so in between, is not paid for
    // twice.
    document: documentOf(partnerId, 'PURCHASE', externalRef),
    needs: NO_NEEDS,
    others: [],
    opensWallet: true,
    earns,
    plan: rule,
  });
  if (outcome.kind === 'refused' && outcome.refusal.retryable) return outcome.refusal;
  if (outcome.kind === 'refused') await close(ledger, claim, endOf(outcome.refusal));
  else
    await close(ledger, claim, {
      state: (await hasEarned(ledger, claim, outcome)) ? state : 'EARNED_NOTHING',
      reason: null,
    });
  return null;
}

/** Goodwill of no points is none, also where points of the member that were due expired in its posting. */
async function hasEarned(ledger: ClaimLedger, claim: MissingClaim, outcome: PostingOutcome): Promise<boolean> {
  if (outcome.kind === 'posted') return outcome.own.plan.kind !== 'EXPIRY';
  if (outcome.kind === 'replayed') return (await readPosted(ledger, claim, outcome.seq)).line.kind !== 'EXPIRY';
  return false;
}

const endOf = ({ code }: Refusal) => ({ state: 'REFUSED', reason: code }) as const;

async function close(
  ledger: ClaimLedger,
  { id, programmeId }: MissingClaim,
  end: { state: Settlement | 'EARNED_NOTHING' | 'REFUSED'; reason: string | null },
): Promise<void> {
  await closeClaim(ledger.database.pool, id, { ...end, at: await programmeNow(ledger, programmeId) });
}
