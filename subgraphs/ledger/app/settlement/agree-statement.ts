import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId } from '../../../../kernel/values/id';
import { refuse } from '../../core/refusals';
import { saveAgreement } from '../../data/settlement/cycle-terms.store';
import { answeringPartner } from './partner-of';
import { cycleFor, inStep, type SettlementLedger } from './step';

export interface AgreeStatementInput {
  readonly idempotencyKey: string;
  readonly cycleId: string;
  /** The cycle's version the partner looked at. */
  readonly version: bigint;
}

/** A partner agrees to its statement as it stands, so that nobody need wait for the end of the window. */
export async function agreeStatement(
  ledger: SettlementLedger,
  principal: Principal,
  input: AgreeStatementInput,
): Promise<Outcome<{ cycleId: string; replayed: boolean }>> {
  const partner = answeringPartner(principal);
  if (partner === null) return forbidden('Only a partner agrees to its statement.');
  const { programmeId, partnerId } = partner;
  const { idempotencyKey, cycleId, version } = input;
  const id = parseId('cyc', cycleId);
  if (id === null) return notFound('settlement cycle');
  const command = {
    ...{ principal, programmeId, operation: 'agreeStatement', idempotencyKey, body: { cycleId, version } },
    stopsPostings: async () => false,
  };
  return inStep(ledger, command, async (tx, { now }) => {
    const cycle = await cycleFor(tx, programmeId, id);
    if (isRefusal(cycle)) return cycle;
    if (cycle.state !== 'ISSUED') {
      return refuse('LEDGER_CYCLE_STEP_NOT_ALLOWED', `A cycle that is ${cycle.state} has no statement to agree to.`);
    }
    if (cycle.version !== version) {
      return refuse('LEDGER_CYCLE_CONTENT_CHANGED', 'The statement has changed since it was looked at.');
    }
    await saveAgreement(tx, id, { partnerId, version, agreedBy: callerOf(principal), agreedAt: now });
    return { cycleId };
  });
}
