import type { ProgrammeId } from '../../../../kernel/values/id';
import type { PostingRule } from '../../core/movements/carry-out';
import { planPurchase, type Purchase } from '../../core/movements/purchase';
import { lateGoodwillRule, type MissingClaim } from '../../core/receipts/receipt';
import { loadTestClock } from '../../data/programme.store';
import { closeClaim, findDueClaims } from '../../data/receipts/missing-claim.store';
import type { Ledger } from '../ledger';
import { documentOf, intentOf, NO_NEEDS, walletOf, type Earning } from '../points/posting-command';

/** What settling a claim needs of the ledger. */
export type ClaimLedger = Pick<Ledger, 'database' | 'lanes' | 'clock'>;

/** Credits a claim with its purchase: the partner reported or accepted it. Called again it does nothing more. */
export function creditClaim(ledger: ClaimLedger, claim: MissingClaim, purchase: Purchase): Promise<void> {
  const { partnerId, occurredAt, channel } = purchase;
  return settle(ledger, claim, {
    state: 'CREDITED',
    earns: { partnerId, occurredAt, channel },
    rule: (wallet, facts) => planPurchase(wallet, purchase, facts),
  });
}

/** Claims settled at a time when their partners are late. */
const AT_ONCE = 100;

/**
 * Pays every claim whose partner did not answer in time, as goodwill at the partner's cost. It may stop anywhere and come
 * again: what is closed is not due any more.
 *
 * @param now the programme's clock must have reached it
 */
export async function settleLateClaims(ledger: ClaimLedger, programmeId: ProgrammeId, now: Date): Promise<void> {
  for (;;) {
    const due = await findDueClaims(ledger.database.pool, programmeId, { now, limit: AT_ONCE });
    if (due.length === 0) return;
    await Promise.all(due.map((claim) => settle(ledger, claim, { state: 'GOODWILL', rule: lateGoodwillRule(claim) })));
  }
}

/** Posts under the claim's own id as key, so that an interruption before the claim is closed repeats and never doubles. */
async function settle(
  ledger: ClaimLedger,
  claim: MissingClaim,
  { state, rule, earns }: { state: 'CREDITED' | 'GOODWILL'; rule: PostingRule; earns?: Earning },
): Promise<void> {
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
  const at = (await loadTestClock(ledger.database.pool, programmeId)) ?? ledger.clock.now();
  if (outcome.kind === 'refused') {
    if (outcome.refusal.retryable) throw new Error(`settle: ${outcome.refusal.code}`);
    await closeClaim(ledger.database.pool, id, { state: 'REFUSED', reason: outcome.refusal.code, at });
    return;
  }
  await closeClaim(ledger.database.pool, id, { state, reason: null, at });
}
