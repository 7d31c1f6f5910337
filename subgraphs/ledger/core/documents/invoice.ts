import { dayOf, startOfDay } from '../../../../kernel/values/instant';
import { decimalOf, count, figure, words, type Paper } from './paper';
import type { PartyDetails } from './party-details';
import type { PaperCycle, PaperTotal, StatementGroup } from './statement';
import { TAX_REASONS, type TaxCategory } from './tax-category';
import type { Party } from '../settlement/directional-total';

/**
 * UNTDID 1001: 380 invoice, 381 credit note; 389 and 261 are the same two drawn up by the debtor in the creditor's name.
 */
export type InvoiceType = '380' | '381' | '389' | '261';

/** One line of an invoice: claims of one kind and price. Positive as a rule; a line that gives back is negative. */
export interface InvoiceLine {
  readonly n: number;
  readonly kind: string;
  readonly contractVersion: number;
  readonly points: bigint;
  readonly taxCategory: TaxCategory;
  readonly amountMinor: bigint;
}

/** A party on an invoice; its details when it has given any. */
export interface InvoiceParty {
  readonly id: Party;
  /** What the programme calls it for machines. */
  readonly code: string;
  readonly name: string;
  readonly details: PartyDetails | null;
}

/** What one directional total is as a document: gross, because netting offsets payments and not invoices. */
export interface Invoice {
  readonly number: string;
  readonly type: InvoiceType;
  /** Whether what is billed goes back: amounts below are those of the credit note, positive. */
  readonly isCredit: boolean;
  /** Who is owed. */
  readonly seller: InvoiceParty;
  /** Who owes. */
  readonly buyer: InvoiceParty;
  readonly currency: string;
  /** Calendar days in the programme's time zone. */
  readonly issuedOn: string;
  readonly dueOn: string;
  readonly periodFrom: string;
  readonly periodTo: string;
  readonly lines: readonly InvoiceLine[];
  readonly totalMinor: bigint;
  readonly madeAt: Date;
}

/** Days between the end of the time to dispute and the payment. */
const PAYMENT_DAYS = 7;

/** The day payments of a cycle are due: a week after lines may be disputed, and never at a week's end. */
export function dueDay(
  { cutOffAt, issuedAt }: PaperCycle,
  { timeZone, disputeWindowDays }: { timeZone: string; disputeWindowDays: number },
): string {
  const from = dayOf(issuedAt ?? cutOffAt, timeZone);
  const due = dayOf(startOfDay(from, timeZone, disputeWindowDays + PAYMENT_DAYS), timeZone);
  const weekday = new Date(`${due}T00:00:00Z`).getUTCDay();
  const later = weekday === 6 ? 2 : weekday === 0 ? 1 : 0;
  return dayOf(startOfDay(due, timeZone, later), timeZone);
}

/**
 * Makes the invoice of a directional total; a negative one is a credit note with its amounts turned round.
 *
 * @param groups of the total; their amounts add up to it
 * @returns null when nothing is billed
 */
export function invoiceOf(
  total: PaperTotal,
  groups: readonly StatementGroup[],
  facts: { cycle: PaperCycle; timeZone: string; disputeWindowDays: number; partyOf: (party: Party) => InvoiceParty },
): Invoice | null {
  if (total.billedMinor === 0n) return null;
  const { cycle, timeZone, partyOf } = facts;
  const isCredit = total.billedMinor < 0n;
  const sign = isCredit ? -1n : 1n;
  const [seller, buyer] = [partyOf(total.creditorId), partyOf(total.debtorId)];
  const isSelfBilled = seller.details?.isSelfBilled ?? false;
  // With O no VAT number may stand on the invoice, and no other category beside it (EN 16931, BR-O-02 and BR-O-11).
  const isTaxable = seller.details?.vatId != null && buyer.details?.vatId != null;
  const lines = groups
    .filter(({ billedMinor }) => billedMinor !== 0n)
    .map(({ kind, contractVersion, points, taxCategory, billedMinor }, index) => ({
      ...{ n: index + 1, kind, contractVersion, points, amountMinor: billedMinor * sign },
      taxCategory: isTaxable ? taxCategory : ('O' as const),
    }));
  return {
    number: `STL-${cycle.number}-I${total.pair + 1}`,
    type: isCredit ? (isSelfBilled ? '261' : '381') : isSelfBilled ? '389' : '380',
    ...{ isCredit, seller, buyer, lines, currency: cycle.currency, totalMinor: total.billedMinor * sign },
    issuedOn: dayOf(cycle.issuedAt ?? cycle.cutOffAt, timeZone),
    dueOn: dueDay(cycle, facts),
    periodFrom: dayOf(cycle.opensAt, timeZone),
    periodTo: dayOf(new Date(Math.max(cycle.opensAt.getTime(), cycle.cutOffAt.getTime() - 1)), timeZone),
    madeAt: cycle.cutOffAt,
  };
}

/** What the type is called on paper. */
const TITLES: Readonly<Record<InvoiceType, string>> = {
  380: 'Invoice',
  381: 'Credit note',
  389: 'Self-billed invoice',
  261: 'Self-billed credit note',
};

/** An invoice as a paper. */
export function invoicePaper(invoice: Invoice): Paper {
  const { seller, buyer, lines, currency } = invoice;
  const categories = [...new Set(lines.map(({ taxCategory }) => taxCategory))];
  return {
    title: `${TITLES[invoice.type]} ${invoice.number}`,
    facts: [
      ['Seller', words(addressOf(seller))],
      ['Buyer', words(addressOf(buyer))],
      ['Issued', words(invoice.issuedOn)],
      ['Due', words(invoice.dueOn)],
      ['Period', words(`${invoice.periodFrom} to ${invoice.periodTo}`)],
      ['Currency', words(currency)],
      ['Tax', figure(decimalOf(0n, currency))],
      ['Total', figure(decimalOf(invoice.totalMinor, currency))],
    ],
    tables: [
      {
        name: 'Lines',
        columns: ['No.', 'Kind', 'Price version', 'Tax', 'Points', 'Amount'],
        rows: lines.map((line) => [
          ...[count(line.n), words(line.kind), count(line.contractVersion), words(line.taxCategory)],
          ...[count(line.points), figure(decimalOf(line.amountMinor, currency))],
        ]),
      },
    ],
    notes: [
      ...categories.map((category) => `Tax ${category}: ${TAX_REASONS[category]}.`),
      'Payable by netting of the cycle; nothing is to be transferred on this document alone.',
    ],
    madeAt: invoice.madeAt,
  };
}

function addressOf({ name, details }: InvoiceParty): string {
  if (details === null) return name;
  const { street, postCode, city, country, vatId } = details;
  const town = [postCode, city].filter((part) => part !== null).join(' ');
  return [name, street, town, country, vatId].filter((part) => part !== null && part !== '').join(', ');
}
