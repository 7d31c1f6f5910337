import { minorPerMajor, type CurrencyCode } from '../../../../kernel/values/money';

/** A cell: words, or a figure as a decimal text such as `-1.60`. */
export type Cell = { readonly text: string } | { readonly figure: string };

export interface PaperTable {
  readonly name: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What a document says, before it is CSV, XLSX or PDF. Rows that are figures hold the same text in each. */
export interface Paper {
  readonly title: string;
  readonly facts: readonly (readonly [string, Cell])[];
  readonly tables: readonly PaperTable[];
  readonly notes: readonly string[];
  /** The instant a file says it was made at: the cycle's, so that the same paper is the same bytes on any day. */
  readonly madeAt: Date;
}

export const words = (text: string): Cell => ({ text });
export const figure = (text: string): Cell => ({ figure: text });
export const count = (whole: bigint | number): Cell => ({ figure: whole.toString() });

/** Whole minor units as a decimal of the major unit: -160 of EUR is `-1.60`. */
export function decimalOf(minor: bigint, currency: string): string {
  return scaled(minor, minorPerMajor(currency as CurrencyCode).toString().length - 1);
}

/** Micro-units as a decimal of the major unit, six places. */
export function decimalOfMicros(micros: bigint): string {
  return scaled(micros, 6);
}

function scaled(amount: bigint, places: number): string {
  const sign = amount < 0n ? '-' : '';
  const digits = (amount < 0n ? -amount : amount).toString().padStart(places + 1, '0');
  return places === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}
