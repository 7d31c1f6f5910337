import type { Tx } from '../../../../kernel/db/transaction';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import type { SettlementCycle } from '../../core/settlement/cycle';
import type { Party } from '../../core/settlement/directional-total';
import { guaranteeAccount } from '../../core/settlement/guarantee';
import { netPositions, type NetPosition } from '../../core/settlement/netting';
import { paymentsOf } from '../../core/settlement/payment';
import { clearingOf, move, paymentPostings } from '../../core/settlement/postings';
import { runOffDraw } from '../../core/settlement/run-off';
import { loadRates } from '../../data/settlement/cycle-terms.store';
import { inDefault, loadShares } from '../../data/settlement/default.store';
import { moveExposure } from '../../data/settlement/exposure.store';
import { lockGuarantees, moveGuarantee } from '../../data/settlement/guarantee.store';
import { loadLeftUnpaid, loadNets, saveNets } from '../../data/settlement/net.store';
import { listRunOffs, saveDraw } from '../../data/settlement/run-off.store';
import { saveSettlementEntries } from '../../data/settlement/settlement-entry.store';
import { loadTotals } from '../../data/settlement/total.store';

/**
 * Nets a cycle: one position a party, and what it pays or is paid for it. Besides its net that is what earlier cycles left, what
 * it bears of others' defaults, and what the deposit of a leaving partner pays in its place.
 */
export async function net(tx: Tx, cycle: SettlementCycle): Promise<void> {
  const run = (text: string, values: unknown[]) => tx.query(text, values);
  const nets = netPositions(await loadTotals(run, cycle.programmeId, [cycle.id]));
  const carriedIn = await loadLeftUnpaid(tx, cycle.id);
  for (const [party, minor] of await loadShares(tx, cycle.programmeId, cycle.id)) {
    carriedIn.set(party, (carriedIn.get(party) ?? 0n) - minor);
  }
  await drawOnDeposits(tx, cycle, { nets, carriedIn });
  const left = [...carriedIn.keys()].filter((party) => !nets.some(({ partyId }) => partyId === party));
  const all = [...left.map((partyId) => ({ partyId, netMinor: 0n })), ...nets];
  const { payFromMinor } = cycle;
  const rates = await loadRates(tx, [cycle.id]);
  const terms = { currency: cycle.currency as CurrencyCode, payFromMinor, carriedIn, rates };
  await saveNets(tx, cycle.id, paymentsOf(all, terms));
}

/** What a leaving partner would pay its deposit pays, as far as it goes. */
async function drawOnDeposits(
  tx: Tx,
  cycle: SettlementCycle,
  { nets, carriedIn }: { nets: readonly NetPosition[]; carriedIn: Map<Party, bigint> },
): Promise<void> {
  const { id: cycleId, programmeId } = cycle;
  const currency = cycle.currency as CurrencyCode;
  for (const { id, partnerId, state } of await listRunOffs(tx, programmeId)) {
    if (state !== 'RUNNING' && state !== 'ENDING') continue;
    const dueMinor =
      (nets.find(({ partyId }) => partyId === partnerId)?.netMinor ?? 0n) + (carriedIn.get(partnerId) ?? 0n);
    const { depositMinor } = await lockGuarantees(tx, programmeId, partnerId);
    const minor = runOffDraw(dueMinor, depositMinor);
    if (minor === 0n) continue;
    const micros = minor * microsPerMinor(currency);
    carriedIn.set(partnerId, (carriedIn.get(partnerId) ?? 0n) + minor);
    await moveGuarantee(tx, programmeId, { fund: 'DEPOSIT', partnerId, minor: -minor });
    await saveDraw(tx, cycleId, { partnerId, minor });
    const ends = { from: guaranteeAccount('DEPOSIT', partnerId), to: clearingOf(partnerId) };
    const entries = move(ends, micros, { currency, cause: `RUN_OFF ${id}` });
    await saveSettlementEntries(tx, { cycleId, programmeId }, entries);
    await moveExposure(tx, programmeId, [{ partnerId, micros: -micros }]);
  }
}

/** Posts the payments of a cycle that were made: all of them but those that others paid because of a default. */
export async function postPayments(tx: Tx, cycle: SettlementCycle): Promise<void> {
  const { id: cycleId, programmeId } = cycle;
  const currency = cycle.currency as CurrencyCode;
  const defaulted = await inDefault(tx, programmeId, cycleId);
  const payments = (await loadNets(tx, programmeId, [cycleId])).filter(({ partyId }) => !defaulted.has(partyId));
  await saveSettlementEntries(tx, { cycleId, programmeId }, paymentPostings(payments, currency));
  // What a partner has paid it owes no more: its net-debit cap has room again.
  const perMinor = microsPerMinor(currency);
  const paid = payments.flatMap(({ partyId, payMinor }) =>
    partyId === null ? [] : [{ partnerId: partyId, micros: payMinor * perMinor }],
  );
  await moveExposure(tx, programmeId, paid);
}
