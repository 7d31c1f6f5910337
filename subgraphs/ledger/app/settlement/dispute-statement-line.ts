import { callerOf, type Principal } from '../../../../kernel/context/principal';
import type { Tx } from '../../../../kernel/db/transaction';
import { firstFault, textFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Outcome } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { newId } from '../../../../kernel/values/id';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import { billPair, cutPast } from '../../core/settlement/billing';
import type { SettlementCycle } from '../../core/settlement/cycle';
import { disputeRefusal } from '../../core/settlement/dispute';
import { parseLineId } from '../../core/settlement/line-id';
import { refuse } from '../../core/refusals';
import { changeFigures } from '../../data/settlement/cycle.store';
import { insertDispute, tiesInSuspense } from '../../data/settlement/dispute.store';
import { loadCut, loadPairsToBill, moveCut, saveTotals } from '../../data/settlement/total.store';
import { answeringPartner } from './partner-of';
import { cycleFor, inStep, type SettlementLedger } from './step';

const NOT_THEIRS =
  'A line is disputed by the partner it is billed to, one the operator owes by the partner it is owed to.';

export interface DisputeStatementLineInput {
  readonly idempotencyKey: string;
  readonly lineId: string;
  readonly reason: string;
}

/**
 * Puts a line into suspense that its debtor does not agree with, or, where the operator owes it, the partner it is owed to; the rest of
 * its pair is billed without it.
 */
export async function disputeStatementLine(
  ledger: SettlementLedger,
  principal: Principal,
  input: DisputeStatementLineInput,
): Promise<Outcome<{ lineId: string; replayed: boolean }>> {
  const fault = firstFault(textFault('input.reason', input.reason, 500));
  if (fault !== null) return fault;
  const partner = answeringPartner(principal);
  if (partner === null) return forbidden(NOT_THEIRS);
  const line = parseLineId(input.lineId);
  if (line === null) return notFound('statement line');
  const { programmeId, partnerId } = partner;
  const { idempotencyKey, lineId, reason } = input;
  const command = {
    ...{ principal, programmeId, operation: 'disputeStatementLine', idempotencyKey, body: { lineId, reason } },
    stopsPostings: async () => false,
  };
  return inStep(ledger, command, async (tx, { book, now }) => {
    const cycle = await cycleFor(tx, programmeId, line.cycleId);
    if (isRefusal(cycle)) return notFound('statement line');
    const [pair] = await loadPairsToBill(tx, cycle.id, line.pair);
    if (pair === undefined || (pair.debtorId !== partnerId && pair.creditorId !== partnerId)) {
      return notFound('statement line');
    }
    if ((pair.debtorId ?? pair.creditorId) !== partnerId) return forbidden(NOT_THEIRS);
    const refusal = disputeRefusal(cycle, { now, disputeWindowDays: book.disputeWindowDays });
    if (refusal !== null) return refusal;
    const dispute = { id: newId('dsp'), reason, raisedBy: callerOf(principal), raisedAt: now };
    if (!(await insertDispute(tx, line, dispute))) {
      return line.n > pair.lines && pair.suspenseMicros === 0n
        ? notFound('statement line')
        : refuse('LEDGER_LINE_ALREADY_DISPUTED', 'This line is in dispute.');
    }
    await billAnew(tx, cycle, line.pair);
    await changeFigures(tx, cycle.id);
    return { lineId };
  });
}

/** Bills a pair without what is in suspense, and lets the next lines have the units that those would have been raised by. */
async function billAnew(tx: Tx, cycle: SettlementCycle, place: number): Promise<void> {
  const pairs = await loadPairsToBill(tx, cycle.id, place);
  const perMinor = microsPerMinor(cycle.currency as CurrencyCode);
  const billed = pairs.map((pair) => ({ ...pair, bill: billPair(pair, perMinor) }));
  await saveTotals(tx, cycle.id, billed);
  const cut = await loadCut(tx, cycle.id, place);
  if (cut === null) return;
  const ties = await tiesInSuspense(tx, { cycleId: cycle.id, pair: place }, cut.remainder);
  await moveCut(tx, cycle.id, place, cutPast(cut, ties).tie);
}
