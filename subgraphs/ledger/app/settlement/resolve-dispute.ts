import type { Principal } from '../../../../kernel/context/principal';
import type { Tx } from '../../../../kernel/db/transaction';
import { firstFault, textFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { canonicalHash } from '../../../../kernel/values/canonical';
import { parseId, uuidOf } from '../../../../kernel/values/id';
import type { CurrencyCode } from '../../../../kernel/values/money';
import { SETTLEMENT_STATES } from '../../core/settlement/cycle';
import { outcomePostings, owedBy, type Dispute, type DisputeOutcome } from '../../core/settlement/dispute';
import { refuse } from '../../core/refusals';
import { approveOutcome, lockDispute, proposeOutcome } from '../../data/settlement/dispute.store';
import { moveExposure } from '../../data/settlement/exposure.store';
import { addOutcomeLine } from '../../data/settlement/roll-up.store';
import { saveSettlementEntries } from '../../data/settlement/settlement-entry.store';
import { cycleFor, inStep, type SettlementLedger, type StepFacts } from './step';

export interface ResolveDisputeInput {
  readonly idempotencyKey: string;
  readonly disputeId: string;
  readonly outcome: DisputeOutcome;
  /** For PARTIAL: what is still owed of the line. */
  readonly owedMicros?: bigint | null;
  /** Told to both partners. */
  readonly answer: string;
}

export interface ApproveDisputeInput {
  readonly idempotencyKey: string;
  readonly disputeId: string;
  readonly contentHash: string;
}

/** What whoever decides is told: whether it still waits for approval, and what would be approved. */
export interface ResolutionAnswer {
  readonly disputeId: string;
  readonly proposed: boolean;
  readonly contentHash: string;
}

/** Proposes how a dispute ends; a sandbox programme with a single approver has it so at once. */
export async function resolveDispute(
  ledger: SettlementLedger,
  principal: Principal,
  input: ResolveDisputeInput,
): Promise<Outcome<ResolutionAnswer & { replayed: boolean }>> {
  const fault = firstFault(textFault('input.answer', input.answer, 500));
  if (fault !== null) return fault;
  if (principal.kind !== 'admin') return forbidden('Only a programme’s admin proposes how a dispute ends.');
  const { programmeId, subject: by } = principal;
  const { idempotencyKey, disputeId, outcome, owedMicros: part = null, answer } = input;
  const id = parseId('dsp', disputeId);
  if (id === null) return notFound('dispute');
  const body = { disputeId, outcome, owedMicros: part, answer };
  const command = {
    ...{ principal, programmeId, operation: 'resolveDispute', idempotencyKey, body },
    stopsPostings: async () => false,
  };
  return inStep(ledger, command, async (tx, facts) => {
    const dispute = await lockDispute(tx, programmeId, id);
    if (dispute === null) return notFound('dispute');
    if (dispute.state === 'RESOLVED') return refuse('LEDGER_DISPUTE_RESOLVED', 'The dispute was resolved before.');
    const owedMicros = owedBy(outcome, dispute.micros, part);
    if (owedMicros === null) {
      return refuse('LEDGER_DISPUTE_PART_WRONG', 'A part lies between nothing and the line; only PARTIAL names one.');
    }
    const early = await whyTooEarly(tx, dispute);
    if (early !== null) return early;
    const contentHash = canonicalHash({ ...body, owedMicros }).toString('hex');
    await proposeOutcome(tx, id, { outcome, owedMicros, answer, contentHash, by, at: facts.now });
    const proposed = !(facts.book.isSandbox && facts.book.singleApprover);
    if (!proposed) await post(tx, { ...dispute, owedMicros }, { by, facts });
    return { disputeId, proposed, contentHash };
  });
}

/** Performs the outcome another person proposed. */
export async function approveDispute(
  ledger: SettlementLedger,
  principal: Principal,
  input: ApproveDisputeInput,
): Promise<Outcome<ResolutionAnswer & { replayed: boolean }>> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') {
    return forbidden('Only a finance approver or another admin of the programme approves how a dispute ends.');
  }
  const { programmeId, subject: by } = principal;
  const { idempotencyKey, disputeId, contentHash } = input;
  const id = parseId('dsp', disputeId);
  if (id === null) return notFound('dispute');
  const command = {
    ...{ principal, programmeId, operation: 'approveDispute', idempotencyKey, body: { disputeId, contentHash } },
    stopsPostings: async () => false,
  };
  return inStep(ledger, command, async (tx, facts) => {
    const dispute = await lockDispute(tx, programmeId, id);
    if (dispute === null) return notFound('dispute');
    if (dispute.state === 'RESOLVED') return refuse('LEDGER_DISPUTE_RESOLVED', 'The dispute was resolved before.');
    if (dispute.state !== 'PROPOSED' || dispute.contentHash !== contentHash) {
      return refuse('LEDGER_CYCLE_CONTENT_CHANGED', 'What would be approved is not what was proposed.');
    }
    if (dispute.proposedBy === by) return refuse('LEDGER_SELF_APPROVAL', 'Another person must approve this outcome.');
    await post(tx, dispute, { by, facts });
    return { disputeId, proposed: false, contentHash };
  });
}

/** What is in suspense is decided once the rest of its cycle is agreed: until then figures could still change under it. */
async function whyTooEarly(tx: Tx, dispute: Dispute) {
  const cycle = await cycleFor(tx, dispute.programmeId, dispute.cycleId as never);
  if (isRefusal(cycle)) return cycle;
  return SETTLEMENT_STATES.indexOf(cycle.state) >= SETTLEMENT_STATES.indexOf('AGREED')
    ? null
    : refuse(
        'LEDGER_CYCLE_STEP_NOT_ALLOWED',
        `The cycle is ${cycle.state}: its disputes are decided once it is AGREED.`,
      );
}

/** The outcome becomes a line of the open cycle, and the money leaves suspense. */
async function post(tx: Tx, dispute: Dispute, { by, facts }: { by: string; facts: StepFacts }): Promise<void> {
  const open = await cycleFor(tx, dispute.programmeId, null);
  if (isRefusal(open)) throw new Error('resolveDispute: the programme has no open cycle');
  await approveOutcome(tx, dispute.id, { by, at: facts.now, cycleId: open.id });
  await addOutcomeLine(tx, uuidOf(dispute.id), uuidOf(open.id as never));
  const letOff = dispute.micros - (dispute.owedMicros ?? 0n);
  const moves = [
    { partnerId: dispute.debtorId, micros: -letOff },
    { partnerId: dispute.creditorId, micros: letOff },
  ];
  await moveExposure(
    tx,
    dispute.programmeId,
    moves.flatMap(({ partnerId, micros }) => (partnerId === null ? [] : [{ partnerId, micros }])),
  );
  const at = { cycleId: open.id, programmeId: dispute.programmeId };
  await saveSettlementEntries(
    tx,
    at,
    outcomePostings(dispute, dispute.owedMicros ?? 0n, open.currency as CurrencyCode),
  );
}
