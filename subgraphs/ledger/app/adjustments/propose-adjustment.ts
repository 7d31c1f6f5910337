import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { once, type Replayable } from '../../../../kernel/db/command-key';
import { inTransaction } from '../../../../kernel/db/transaction';
import {
  expectThat,
  firstFault,
  idempotencyKeyFault,
  ifGiven,
  textFault,
  wholeFault,
} from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { canonicalHash } from '../../../../kernel/values/canonical';
import { newId, parseId, type MemberId } from '../../../../kernel/values/id';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import type { Adjustment, AdjustmentContent, AdjustmentKind } from '../../core/adjustments/adjustment';
import { parseScopedId } from '../../core/points/scoped-id';
import { partnerIn, type RuleBook } from '../../core/rule-book';
import { insertAdjustment } from '../../data/adjustments/adjustment.store';
import { loadProgrammeNow } from '../../data/programme.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import type { MemberRef } from '../points/member-directory';

export interface ProposeAdjustmentInput {
  readonly idempotencyKey: string;
  readonly member: MemberRef;
  readonly kind: AdjustmentKind;
  readonly points: bigint;
  /** Who pays; absent: the operator. */
  readonly sponsorId?: string | null;
  /** The lot a DEBIT takes from. */
  readonly lotId?: string | null;
  readonly expiresAt?: Date | null;
  readonly costCentre: string;
  readonly reason: string;
}

/** Proposes a correction of a member's points; nothing is posted before another person approves it. Admin. */
export async function proposeAdjustment(
  ledger: Ledger,
  principal: Principal,
  input: ProposeAdjustmentInput,
): Promise<Replayable<{ adjustment: Adjustment }> | Refusal> {
  const fault = proposalFault(input);
  if (fault !== null) return fault;
  if (principal.kind !== 'admin') return forbidden('Only a programme’s admin may propose adjustments.');
  const { programmeId } = principal;
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  const memberId = await ledger.directory.findOfProgramme(programmeId, input.member);
  if (isRefusal(memberId)) return memberId;
  const content = contentOf(memberId, input, book);
  if (isRefusal(content)) return content;
  const { idempotencyKey: key, ...body } = input;
  return inTransaction(ledger.database, (tx) =>
    once(tx, { caller: callerOf(principal), operation: 'proposeAdjustment', key, body }, async () => {
      const proposedAt = (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now();
      const adjustment: Adjustment = {
        ...content,
        id: newId('adj'),
        programmeId,
        state: 'PROPOSED',
        contentHash: canonicalHash({ ...content }).toString('hex'),
        proposedBy: principal.subject,
        proposedAt,
        decidedBy: null,
        decidedAt: null,
        postedSeq: null,
        refusedCode: null,
      };
      await insertAdjustment(tx, adjustment);
      return { adjustment };
    }),
  );
}

function contentOf(memberId: MemberId, input: ProposeAdjustmentInput, book: RuleBook): AdjustmentContent | Refusal {
  const sponsorId = input.sponsorId == null ? null : parseId('ptr', input.sponsorId);
  if (input.sponsorId != null && (sponsorId === null || partnerIn(book, sponsorId) === undefined)) {
    return notFound('partner');
  }
  const lot = input.lotId == null ? null : parseScopedId('lot', input.lotId);
  if (input.lotId != null && lot?.memberId !== memberId) return notFound('lot');
  return {
    memberId,
    kind: input.kind,
    points: points(input.points),
    sponsorId,
    lotSeq: lot?.number ?? null,
    expiresAt: input.expiresAt ?? null,
    costCentre: input.costCentre,
    reason: input.reason,
  };
}

function proposalFault(input: ProposeAdjustmentInput): Refusal | null {
  const takes = input.kind === 'DEBIT';
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    wholeFault('input.points', input.points, { min: 1n, max: POINTS_MAX }),
    expectThat('input.lotId', takes === (input.lotId != null), takes ? 'must name the lot' : 'is for DEBIT only'),
    expectThat('input.sponsorId', !takes || input.sponsorId == null, 'is not for DEBIT: a lot’s funders are known'),
    expectThat('input.expiresAt', !takes || input.expiresAt == null, 'is not for DEBIT'),
    ifGiven(input.sponsorId, (id) => textFault('input.sponsorId', id)),
    textFault('input.costCentre', input.costCentre, 100),
    textFault('input.reason', input.reason, 500),
  );
}
