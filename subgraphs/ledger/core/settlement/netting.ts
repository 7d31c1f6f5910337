import type { Party } from './directional-total';

/** What one party owes another in a cycle, rounded. */
export interface Due {
  readonly debtorId: Party;
  readonly creditorId: Party;
  readonly billedMinor: bigint;
}

/** One party's due for a cycle: positive receives, negative pays. */
export interface NetPosition {
  readonly partyId: Party;
  readonly netMinor: bigint;
}

/**
 * Replaces many dues by one per party: receivable less payable, over rounded totals, so that nets sum to zero by
 * construction. Parties in the order they first appear; the operator last when it is involved.
 */
export function netPositions(dues: readonly Due[]): NetPosition[] {
  const nets = new Map<Party, bigint>();
  for (const { debtorId, creditorId, billedMinor } of dues) {
    nets.set(debtorId, (nets.get(debtorId) ?? 0n) - billedMinor);
    nets.set(creditorId, (nets.get(creditorId) ?? 0n) + billedMinor);
  }
  const positions = [...nets].map(([partyId, netMinor]) => ({ partyId, netMinor }));
  return positions.sort((a, b) => Number(a.partyId === null) - Number(b.partyId === null));
}
