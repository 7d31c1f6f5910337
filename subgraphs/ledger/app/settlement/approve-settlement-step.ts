import type { Principal } from '../../../../kernel/context/principal';
import type { Tx } from '../../../../kernel/db/transaction';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId } from '../../../../kernel/values/id';
import { refuse } from '../../core/refusals';
import { approveStep, findProposedStep } from '../../data/settlement/cycle.store';
import { leavingRoom } from './leave-room';
import { contentHashOf, cycleFor, inStep, perform, whyNot, type SettlementLedger, type StepAnswer } from './step';

export interface ApproveSettlementStepInput {
  readonly idempotencyKey: string;
  readonly cycleId: string;
  readonly contentHash: string;
}

/** Performs the step another principal proposed, if what it would do is still what was looked at. */
export async function approveSettlementStep(
  ledger: SettlementLedger,
  principal: Principal,
  input: ApproveSettlementStepInput,
): Promise<Outcome<StepAnswer & { replayed: boolean }>> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') {
    return forbidden('Only a finance approver or another admin of the programme approves steps of a cycle.');
  }
  const { programmeId } = principal;
  const { idempotencyKey, cycleId, contentHash } = input;
  const id = parseId('cyc', cycleId);
  if (id === null) return notFound('settlement cycle');
  const command = {
    principal,
    programmeId,
    operation: 'approveSettlementStep',
    idempotencyKey,
    body: { cycleId, contentHash },
    stopsPostings: async (tx: Tx) => (await findProposedStep(tx, id))?.to === 'CUT_OFF',
  };
  const approval = () =>
    inStep(ledger, command, async (tx, { book, now, postingsStopped }) => {
      const cycle = await cycleFor(tx, programmeId, id);
      if (isRefusal(cycle)) return cycle;
      const proposed = await findProposedStep(tx, cycle.id);
      if (proposed === null) {
        const message = `Nothing is proposed for the cycle; it is ${cycle.state}.`;
        return refuse('LEDGER_CYCLE_STEP_NOT_ALLOWED', message);
      }
      const { to, cutOffAt, terms } = proposed;
      const step = { cycle, to, cutOffAt, terms, book, now };
      // A cut-off proposed since the look before the lock must not be performed without it.
      const isUnlocked = to === 'CUT_OFF' && !postingsStopped;
      if (isUnlocked || proposed.contentHash !== contentHash || (await contentHashOf(tx, step)) !== contentHash) {
        return refuse('LEDGER_CYCLE_CONTENT_CHANGED', 'What would be approved is not what was proposed.');
      }
      // By person and not by role: somebody who is admin and finance approver at once is still one person.
      const approvedBy = principal.subject;
      if (proposed.proposedBy === approvedBy)
        return refuse('LEDGER_SELF_APPROVAL', 'Another person must approve this step.');
      const refusal = (await whyNot(tx, step)) ?? (await perform(tx, step));
      if (refusal !== null) return refusal;
      await approveStep(tx, cycle.id, { to: step.to, approvedBy, approvedAt: now });
      return { cycleId: cycle.id, proposed: false, contentHash };
    });
  return leavingRoom(approval);
}
