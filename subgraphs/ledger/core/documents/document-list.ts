import type { SettlementState } from '../settlement/cycle';
import { SETTLEMENT_STATES } from '../settlement/cycle';
import type { Party } from '../settlement/directional-total';
import type { PartyDetails } from './party-details';
import type { Payment, PaymentWay } from './payments';
import type { PaperCycle, PaperTotal } from './statement';

export const DOCUMENT_KINDS = ['STATEMENT', 'INVOICE', 'CREDIT_TRANSFERS', 'DIRECT_DEBITS'] as const;
export type DocumentKind = (typeof DOCUMENT_KINDS)[number];

export const DOCUMENT_FORMATS = ['CSV', 'XLSX', 'PDF', 'UBL', 'ISO20022'] as const;
export type DocumentFormat = (typeof DOCUMENT_FORMATS)[number];

/** What a document is, before it is drawn up. */
export interface SettlementDocument {
  /** The same for as long as the cycle exists; whoever may not see the document does not find it by this. */
  readonly id: string;
  readonly kind: DocumentKind;
  readonly format: DocumentFormat;
  readonly fileName: string;
  readonly contentType: string;
  /** Whose statement it is. */
  readonly party?: Party;
  /** Which total's invoice it is. */
  readonly pair?: number;
  /** Which payments it orders. */
  readonly currency?: string;
  /** Who must give settlement details before it can be drawn up. */
  readonly waitsFor: readonly Party[];
}

const CONTENT_TYPES: Readonly<Record<DocumentFormat, string>> = {
  CSV: 'text/csv; charset=utf-8',
  XLSX: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  PDF: 'application/pdf',
  UBL: 'application/xml',
  ISO20022: 'application/xml',
};
const EXTENSIONS: Readonly<Record<DocumentFormat, string>> = {
  ...{ CSV: 'csv', XLSX: 'xlsx', PDF: 'pdf', UBL: 'ubl.xml', ISO20022: 'xml' },
};

/** Whose documents a reader sees: everybody's with the payments, or one partner's. */
export type Sight = 'all' | Exclude<Party, null>;

/** What a cycle's documents are made of. */
export interface DocumentFacts {
  readonly cycle: PaperCycle & { readonly state: SettlementState };
  /** Of the pairs the reader sees. */
  readonly totals: readonly PaperTotal[];
  /** Empty before NETTED. */
  readonly payments: readonly Payment[];
  readonly codeOf: (party: Party) => string;
  readonly detailsOf: (party: Party) => PartyDetails | null;
}

/**
 * The documents of a cycle that a reader sees: statements from ISSUED on, invoices from AGREED on, when nothing is disputed any
 * more, payments from NETTED on.
 */
export function documentsOf(facts: DocumentFacts, sight: Sight): SettlementDocument[] {
  const { state } = facts.cycle;
  const has = (since: SettlementState) => SETTLEMENT_STATES.indexOf(state) >= SETTLEMENT_STATES.indexOf(since);
  return [
    ...(has('ISSUED') ? statements(facts, sight) : []),
    ...(has('AGREED') ? invoices(facts) : []),
    ...(has('NETTED') && sight === 'all' ? payments(facts) : []),
  ];
}

function statements({ cycle, totals, codeOf }: DocumentFacts, sight: Sight): SettlementDocument[] {
  const parties = [...new Set(totals.flatMap(({ debtorId, creditorId }) => [debtorId, creditorId]))];
  return parties
    .filter((party) => sight === 'all' || party === sight)
    .sort((a, b) => (codeOf(a) < codeOf(b) ? -1 : 1))
    .flatMap((party) => {
      const name = `statement-${cycle.number}-${codeOf(party)}`;
      const subject = party ?? 'operator';
      return (['CSV', 'XLSX', 'PDF'] as const).map((format) => ({
        ...named(cycle, { kind: 'STATEMENT', subject, name, format }),
        ...{ party, waitsFor: [] },
      }));
    });
}

function invoices({ cycle, totals, codeOf, detailsOf }: DocumentFacts): SettlementDocument[] {
  return totals
    .filter(({ billedMinor }) => billedMinor !== 0n)
    .flatMap(({ pair, debtorId, creditorId }) => {
      const name = `invoice-${cycle.number}-${codeOf(creditorId)}-${codeOf(debtorId)}`;
      const missing = [creditorId, debtorId].filter((party) => detailsOf(party) === null);
      return (['CSV', 'XLSX', 'PDF', 'UBL'] as const).map((format) => ({
        ...named(cycle, { kind: 'INVOICE', subject: `${pair}`, name, format }),
        ...{ pair, waitsFor: format === 'UBL' ? missing : [] },
      }));
    });
}

const WAYS: Readonly<Record<PaymentWay, DocumentKind>> = {
  CREDIT_TRANSFER: 'CREDIT_TRANSFERS',
  DIRECT_DEBIT: 'DIRECT_DEBITS',
};

function payments({ cycle, payments: all, detailsOf }: DocumentFacts): SettlementDocument[] {
  return (['CREDIT_TRANSFER', 'DIRECT_DEBIT'] as const).flatMap((way) => {
    const mine = all.filter((payment) => payment.way === way);
    const currencies = [...new Set(mine.map(({ currency }) => currency))].sort();
    return currencies.flatMap((currency) => {
      const parties: Party[] = [
        null,
        ...mine.filter((one) => one.currency === currency).map(({ partnerId }) => partnerId),
      ];
      const waitsFor = parties.filter((party) => !canPay(detailsOf(party), way, party));
      const name = `${way === 'CREDIT_TRANSFER' ? 'pain.001' : 'pain.008'}-${cycle.number}-${currency}`;
      return (['ISO20022', 'CSV'] as const).map((format) => ({
        ...named(cycle, { kind: WAYS[way], subject: currency, name, format }),
        ...{ currency, waitsFor },
      }));
    });
  });
}

/** Whether the bank can be told of a party: it has an account, and for a collection a mandate or the right to collect. */
export function canPay(details: PartyDetails | null, way: PaymentWay, party: Party): details is PartyDetails {
  if (details === null || way === 'CREDIT_TRANSFER') return details !== null;
  return (party === null ? details.creditorSchemeId : details.mandateId) !== null;
}

function named(
  cycle: PaperCycle,
  { kind, subject, name, format }: { kind: DocumentKind; subject: string; name: string; format: DocumentFormat },
) {
  return {
    ...{ kind, format, contentType: CONTENT_TYPES[format], fileName: `${name}.${EXTENSIONS[format]}` },
    id: [cycle.id, kind, subject, format].join('.'),
  };
}

/** The cycle a document's id names; null when it names none. */
export function cycleOfDocument(id: string): string | null {
  return id.split('.').length === 4 ? id.slice(0, id.indexOf('.')) : null;
}
