/**
 * How a claim stands to value added tax, as UN/CEFACT 5305 codes. `E`: money for points that may be spent at several
 * suppliers moves no supply and is exempt (Directive 2006/112/EC, Article 30b(2)). `AE`: the programme's fee is a service,
 * taxed by whom it is rendered to. The hub computes no tax: amounts are what was agreed, and these codes say how to book them.
 */
export type TaxCategory = 'E' | 'AE' | 'O';

const SERVICES: ReadonlySet<string> = new Set(['PROGRAMME_FEE', 'PROGRAMME_FEE_CREDIT']);

/** The category of a kind of claim. */
export function taxCategoryOf(kind: string): TaxCategory {
  return SERVICES.has(kind) ? 'AE' : 'E';
}

/** Why nothing is charged, as it stands on an invoice. */
export const TAX_REASONS: Readonly<Record<TaxCategory, string>> = {
  E: 'Payment for multi-purpose vouchers: no supply takes place (Directive 2006/112/EC, Article 30b(2))',
  AE: 'Reverse charge',
  O: 'Not subject to VAT',
};
