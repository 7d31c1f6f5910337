import type { Refusal } from '../../../../kernel/errors/refusal';
import type { Id, MemberId, PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import type { Points } from '../../../../kernel/values/points';
import type { PostingRule } from '../movements/carry-out';
import { planClawback } from '../movements/clawback';
import { planDirectAccrual } from '../movements/direct-accrual';
import { refuse } from '../refusals';
import { isRefusal } from '../../../../kernel/errors/refusal';

/** What an operator's correction does: gives points as an apology, adds points, or takes points of one lot away. */
export type AdjustmentKind = 'GOODWILL' | 'CREDIT' | 'DEBIT';
export type AdjustmentState = 'PROPOSED' | 'APPROVED' | 'REJECTED' | 'REFUSED';

/** What is asked for; the approval is bound to exactly this. */
export interface AdjustmentContent {
  readonly memberId: MemberId;
  readonly kind: AdjustmentKind;
  readonly points: Points;
  /** Who pays when the points are spent; null: the operator. */
  readonly sponsorId: PartnerId | null;
  /** The lot a DEBIT takes from. */
  readonly lotSeq: bigint | null;
  readonly expiresAt: Date | null;
  /** The operator's own account the cost goes to. */
  readonly costCentre: string;
  readonly reason: string;
}

/** A correction that one person proposes and another approves. */
export interface Adjustment extends AdjustmentContent {
  readonly id: Id<'adj'>;
  readonly programmeId: ProgrammeId;
  readonly state: AdjustmentState;
  readonly contentHash: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  /** The version that posted it. */
  readonly postedSeq: bigint | null;
  /** Why the ledger refused it after approval. */
  readonly refusedCode: string | null;
}

/**
 * Whether a person may decide about an adjustment.
 *
 * @returns LEDGER_SELF_APPROVAL, LEDGER_ADJUSTMENT_DECIDED or LEDGER_ADJUSTMENT_CONTENT_CHANGED; null when they may
 */
export function whyNotDecided(
  adjustment: Adjustment,
  by: { readonly person: string; readonly contentHash: string; readonly mayApproveOwn: boolean },
): Refusal | null {
  if (adjustment.contentHash !== by.contentHash) {
    return refuse('LEDGER_ADJUSTMENT_CONTENT_CHANGED', 'What would be approved is not what was proposed.');
  }
  if (adjustment.proposedBy === by.person && !by.mayApproveOwn) {
    return refuse('LEDGER_SELF_APPROVAL', 'Another person must approve this adjustment.');
  }
  return adjustment.state === 'PROPOSED'
    ? null
    : refuse('LEDGER_ADJUSTMENT_DECIDED', `The adjustment is ${adjustment.state}.`);
}

/**
 * Posting rule of an approved adjustment: an accrual paid by its sponsor when spent, or a clawback; never an edit.
 *
 * @param isGift whether another member gave the points of the lot it takes from
 */
export function adjustmentRule(adjustment: AdjustmentContent, { isGift }: { isGift: boolean }): PostingRule {
  const { points, reason, lotSeq, sponsorId } = adjustment;
  if (adjustment.kind === 'DEBIT') {
    return (wallet, facts) => {
      const plan = planClawback(wallet, { lotSeq: lotSeq ?? 0n, points, issuerId: null, isGift, reason }, facts);
      return isRefusal(plan) ? plan : { ...plan, kind: 'ADJUSTMENT' };
    };
  }
  return (wallet, facts) =>
    planDirectAccrual(
      wallet,
      {
        kind: adjustment.kind === 'GOODWILL' ? 'GOODWILL' : 'ADJUSTMENT',
        issuerId: sponsorId,
        points,
        occurredAt: facts.now,
        expiresAt: adjustment.expiresAt,
        isPending: false,
        funding: null,
        externalRef: null,
        reason,
      },
      facts,
    );
}
