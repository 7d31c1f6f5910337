import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import type { MemberId, PartnerId } from '../../../../kernel/values/id';
import { micros } from '../../../../kernel/values/money';
import type { Points } from '../../../../kernel/values/points';
import { refuse } from '../refusals';
import { contractAt, partnerIn, type Contract } from '../rule-book';
import { drawLots, spendableLots, type Draw } from './draw';
import type { AccountKind, Claim, Entry, PostingFacts, PostingPlan } from './posting';
import type { Wallet } from './wallet';

/** A redemption as the redeeming partner sent it. */
export interface Redemption {
  readonly partnerId: PartnerId;
  readonly externalRef: string;
  readonly points: Points;
  readonly occurredAt: Date;
  /** The version the caller decided upon; null when it does not matter. */
  readonly expectedVersion: bigint | null;
}

/** The part of one lot that goes to a redeemer, and whose lot it is. */
export interface SpentLot {
  readonly lotSeq: bigint;
  readonly issuerId: PartnerId;
  readonly points: Points;
}

/**
 * Posting rule of a redemption: AVAILABLE:member → REDEEMED:redeemer, lot by lot in draw order; the issuer of each lot
 * owes the redeemer the reimbursement price in force when the redemption happened.
 *
 * Refuses, in this order: suspended, cannot redeem, no contract, in the future, version changed, insufficient points.
 */
export function planRedemption(wallet: Wallet, redemption: Redemption, facts: PostingFacts): PostingPlan | Refusal {
  const contract = redeemingTerms(redemption.partnerId, redemption.occurredAt, facts);
  if (isRefusal(contract)) return contract;
  if (redemption.occurredAt > facts.now)
    return refuse('LEDGER_OCCURRED_IN_FUTURE', 'The redemption has not happened yet.');
  const { expectedVersion } = redemption;
  if (expectedVersion !== null && expectedVersion !== wallet.seq) {
    return refuse('LEDGER_VERSION_CHANGED', `The account is at version ${wallet.seq}.`, { currentVersion: wallet.seq });
  }
  const draws = drawSpendable(wallet, redemption.points, facts.now);
  if (isRefusal(draws)) return draws;
  const spent = draws.map(({ lot, points }) => ({ lotSeq: lot.lotSeq, issuerId: lot.issuerId, points }));
  return {
    kind: 'REDEEM',
    partnerId: redemption.partnerId,
    externalRef: redemption.externalRef,
    occurredAt: redemption.occurredAt,
    points: -redemption.points,
    entries: spentEntries('AVAILABLE', wallet.memberId, redemption.partnerId, spent),
    claims: redemptionClaims(redemption.partnerId, contract, spent),
    change: { available: -redemption.points },
    lotChanges: draws.map(({ lot, points }) => ({ lot, by: -points })),
  };
}

/** The redeemer's contract at the instant of the redemption; or why it cannot redeem. */
export function redeemingTerms(partnerId: PartnerId, at: Date, { book }: PostingFacts): Contract | Refusal {
  const partner = partnerIn(book, partnerId);
  if (partner !== undefined && partner.status !== 'ACTIVE') {
    return refuse('PARTNERS_PARTNER_SUSPENDED', 'This partner does not redeem points at present.');
  }
  if (partner?.canRedeem === false)
    return refuse('LEDGER_PARTNER_CANNOT_REDEEM', 'This partner does not redeem points.');
  return (
    contractAt(book, partnerId, at) ??
    refuse('LEDGER_PROGRAMME_NOT_READY', 'No contract of this partner is in force at that instant.')
  );
}

/** Draws from what can be spent now; or the refusal that says how many points are missing. */
export function drawSpendable(wallet: Wallet, amount: Points, now: Date): Draw[] | Refusal {
  const drawn = drawLots(spendableLots(wallet.lots, now), amount);
  if ('draws' in drawn) return drawn.draws;
  return refuse('LEDGER_INSUFFICIENT_POINTS', `${drawn.missing} more points are needed.`, {
    missingPoints: drawn.missing,
  });
}

/** One entry for each lot, from the member's account to the redeemer's. */
export function spentEntries(
  from: Extract<AccountKind, 'AVAILABLE' | 'HELD'>,
  memberId: MemberId,
  redeemerId: PartnerId,
  spent: readonly SpentLot[],
): Entry[] {
  return spent.map(({ lotSeq, points }) => ({
    debit: { kind: from, owner: memberId },
    credit: { kind: 'REDEEMED', owner: redeemerId },
    amount: points,
    lotSeq,
  }));
}

/** AT_REDEMPTION: each lot's issuer owes the redeemer; points spent at their own issuer's are owed by nobody. */
export function redemptionClaims(redeemerId: PartnerId, contract: Contract, spent: readonly SpentLot[]): Claim[] {
  return spent.flatMap(({ lotSeq, issuerId, points }, entry): Claim[] =>
    issuerId === redeemerId || contract.reimbursementMicros === 0n
      ? []
      : [
          {
            entry,
            debtorId: issuerId,
            creditorId: redeemerId,
            kind: 'REDEMPTION',
            micros: micros(contract.reimbursementMicros * points),
            lotSeq,
            points,
            contractVersion: contract.version,
          },
        ],
  );
}
