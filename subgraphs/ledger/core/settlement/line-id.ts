import { parseId, type Id } from '../../../../kernel/values/id';

/** Where a line stands: its cycle, its pair there, its number in that. */
export interface LinePlace {
  readonly cycleId: Id<'cyc'>;
  readonly pair: number;
  readonly n: number;
}

/** A line's id: whoever holds it knows its cycle, pair and number, so no directory of lines is needed. */
export function lineId({ cycleId, pair, n }: { cycleId: string; pair: number; n: number }): string {
  return `lin_${cycleId.slice(4)}${pair.toString(16).padStart(4, '0')}${n.toString(16).padStart(8, '0')}`;
}

/** Reads a line's id; null when it is none. */
export function parseLineId(text: string): LinePlace | null {
  const match = /^lin_([0-9a-f]{32})([0-7][0-9a-f]{3})([0-7][0-9a-f]{7})$/.exec(text);
  const cycleId = match === null ? null : parseId('cyc', `cyc_${match[1]}`);
  if (match === null || cycleId === null) return null;
  return { cycleId, pair: Number.parseInt(match[2] ?? '', 16), n: Number.parseInt(match[3] ?? '', 16) };
}
