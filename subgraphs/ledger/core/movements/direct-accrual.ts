import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import type { Points } from '../../../../kernel/values/points';
import type { FundingShare, LotTerms, Party } from '../points/lot';
import { openingMoney } from '../money/issuance-claims';
import { EMPTY_PLAN, type PostingFacts, type PostingPlan } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { notYet } from '../not-yet';
import { refuse } from '../refusals';
import { goodwillTerms, issue, termsOf } from './accrual';
import { mayFund } from './funder';
import { issuingTerms } from './purchase';
import { expiryOf } from './validity';

/** Points given without a purchase: a bonus, goodwill, or an operator's correction. */
export interface DirectAccrual {
  readonly kind: 'EARN' | 'GOODWILL' | 'ADJUSTMENT' | 'OPENING';
  /** Null: the operator, who gives goodwill and corrections only. */
  readonly issuerId: Party;
  readonly points: Points;
  readonly occurredAt: Date;
  /** Null: as the programme's points expire. */
  readonly expiresAt: Date | null;
  readonly isPending: boolean;
  /** Null: the issuer pays alone. */
  readonly funding: readonly FundingShare[] | null;
  readonly externalRef: string | null;
  readonly reason: string;
}

/**
 * Posting rule of points given directly. Goodwill and corrections are paid by whoever gives them, or said to, when they are spent, carry
 * no fee and count towards no tier; a bonus is a lot like any other, funded as agreed. A lot taken over from before the hub is
 * a lot like any other too, but what its issuance cost was paid then: nobody owes anything for it.
 *
 * Refuses, in this order: suspended, cannot issue, no contract, unknown funder, in the future, expires at once.
 */
export function planDirectAccrual(wallet: Wallet, accrual: DirectAccrual, facts: PostingFacts): PostingPlan | Refusal {
  const terms = termsFor(accrual, facts);
  if (isRefusal(terms)) return terms;
  if (accrual.occurredAt > facts.now) return notYet('It', facts.now);
  const expiresAt = accrual.expiresAt ?? expiryOf(accrual.occurredAt, facts.book);
  if (expiresAt !== null && expiresAt <= facts.now) {
    return refuse('LEDGER_EXPIRY_NOT_LATER', 'The points would have expired when they were given.');
  }
  const waits = accrual.isPending || terms.waitsForFunding;
  const { issuerId, points, occurredAt: earnedAt } = accrual;
  const pending = waits ? { releaseAt: null } : null;
  const issued = issue(wallet, { issuerId, points, earnedAt, expiresAt, terms, pending });
  return {
    ...EMPTY_PLAN,
    kind: waits ? 'PENDING' : accrual.kind,
    partnerId: accrual.issuerId,
    externalRef: accrual.externalRef,
    occurredAt: accrual.occurredAt,
    reason: accrual.reason,
    ...issued,
    ...(accrual.kind === 'OPENING' ? openingMoney({ lot: issued.issued[0]!, points }, 0) : {}),
    qualifying: accrual.kind === 'EARN' ? points : 0n,
  };
}

function termsFor(
  { kind, issuerId, occurredAt, funding }: DirectAccrual,
  facts: PostingFacts,
): (LotTerms & { waitsForFunding: boolean }) | Refusal {
  const shares = funding ?? [{ partyId: issuerId, bps: 10_000 }];
  const asGoodwill = (contractVersion: number) => ({
    ...goodwillTerms({ contractVersion, funding: shares }, facts, occurredAt),
    waitsForFunding: false,
  });
  if (issuerId === null) return asGoodwill(0);
  const contract = issuingTerms(issuerId, occurredAt, facts);
  if (isRefusal(contract)) return contract;
  const stranger = funding?.find(({ partyId }) => !mayFund(partyId, occurredAt, facts));
  if (stranger !== undefined)
    return refuse('LEDGER_FUNDER_UNKNOWN', 'A funder has no contract in force at that instant.');
  if (kind === 'GOODWILL' || kind === 'ADJUSTMENT') return asGoodwill(contract.version);
  const terms = termsOf(contract, facts, occurredAt, funding ?? undefined);
  return { ...terms, waitsForFunding: contract.releaseOnFunding && kind === 'EARN' };
}
