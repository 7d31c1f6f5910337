import { decimalOf } from '../../../core/documents/paper';
import type { Invoice, InvoiceLine, InvoiceParty } from '../../../core/documents/invoice';
import { TAX_REASONS, type TaxCategory } from '../../../core/documents/tax-category';
import { xmlOf, type XmlValue } from './xml';

const UBL = 'urn:oasis:names:specification:ubl:schema:xsd';

/**
 * An invoice as UBL 2.1 in the terms of EN 16931: `Invoice` for 380 and 389, `CreditNote` for 381 and 261. Both parties must
 * have given details.
 */
export function renderUbl(invoice: Invoice): Buffer {
  const root = invoice.isCredit ? 'CreditNote' : 'Invoice';
  const money = (minor: bigint): XmlValue => ({
    '@currencyID': invoice.currency,
    '#': decimalOf(minor, invoice.currency),
  });
  const total = money(invoice.totalMinor);
  return xmlOf({
    [root]: {
      '@xmlns': `${UBL}:${root}-2`,
      '@xmlns:cac': `${UBL}:CommonAggregateComponents-2`,
      '@xmlns:cbc': `${UBL}:CommonBasicComponents-2`,
      'cbc:CustomizationID': 'urn:cen.eu:en16931:2017',
      'cbc:ID': invoice.number,
      'cbc:IssueDate': invoice.issuedOn,
      // A credit note has its due day with the payment means.
      'cbc:DueDate': invoice.isCredit ? null : invoice.dueOn,
      [`cbc:${root}TypeCode`]: invoice.type,
      'cbc:DocumentCurrencyCode': invoice.currency,
      'cac:InvoicePeriod': { 'cbc:StartDate': invoice.periodFrom, 'cbc:EndDate': invoice.periodTo },
      'cac:AccountingSupplierParty': partyOf(invoice.seller),
      'cac:AccountingCustomerParty': partyOf(invoice.buyer),
      'cac:PaymentMeans': {
        // UNCL 4461: 97 is clearing between partners, so no account stands here.
        'cbc:PaymentMeansCode': '97',
        'cbc:PaymentDueDate': invoice.isCredit ? invoice.dueOn : null,
      },
      'cac:TaxTotal': { 'cbc:TaxAmount': money(0n), 'cac:TaxSubtotal': subtotalsOf(invoice, money) },
      'cac:LegalMonetaryTotal': {
        'cbc:LineExtensionAmount': total,
        'cbc:TaxExclusiveAmount': total,
        'cbc:TaxInclusiveAmount': total,
        'cbc:PayableAmount': total,
      },
      [`cac:${root}Line`]: invoice.lines.map((line) => lineOf(line, invoice, money)),
    },
  });
}

type MoneyOf = (minor: bigint) => XmlValue;

function subtotalsOf({ lines }: Invoice, money: MoneyOf): XmlValue[] {
  const categories = [...new Set(lines.map(({ taxCategory }) => taxCategory))];
  return categories.map((category) => ({
    'cbc:TaxableAmount': money(
      lines.filter((line) => line.taxCategory === category).reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    ),
    'cbc:TaxAmount': money(0n),
    'cac:TaxCategory': {
      'cbc:ID': category,
      'cbc:Percent': percentOf(category),
      'cbc:TaxExemptionReason': TAX_REASONS[category],
      'cac:TaxScheme': { 'cbc:ID': 'VAT' },
    },
  }));
}

/** What is not subject to VAT has no rate, not even 0 (EN 16931, BR-O-05). */
const percentOf = (category: TaxCategory): string | null => (category === 'O' ? null : '0');

function lineOf(line: InvoiceLine, { isCredit }: Invoice, money: MoneyOf): XmlValue {
  // A price is never negative (BR-27): what goes back has a negative quantity.
  const isBack = line.amountMinor < 0n;
  return {
    'cbc:ID': line.n.toString(),
    'cbc:Note': `${line.points} points, price version ${line.contractVersion}`,
    [isCredit ? 'cbc:CreditedQuantity' : 'cbc:InvoicedQuantity']: { '@unitCode': 'C62', '#': isBack ? '-1' : '1' },
    'cbc:LineExtensionAmount': money(line.amountMinor),
    'cac:Item': {
      'cbc:Name': line.kind,
      'cac:ClassifiedTaxCategory': {
        'cbc:ID': line.taxCategory,
        'cbc:Percent': percentOf(line.taxCategory),
        'cac:TaxScheme': { 'cbc:ID': 'VAT' },
      },
    },
    'cac:Price': { 'cbc:PriceAmount': money(isBack ? -line.amountMinor : line.amountMinor) },
  };
}

function partyOf({ code, name, details }: InvoiceParty): XmlValue {
  const vatId = details?.vatId ?? null;
  return {
    'cac:Party': {
      'cac:PartyIdentification': { 'cbc:ID': code },
      'cac:PartyName': { 'cbc:Name': name },
      'cac:PostalAddress': {
        'cbc:StreetName': details?.street ?? null,
        'cbc:CityName': details?.city ?? null,
        'cbc:PostalZone': details?.postCode ?? null,
        'cac:Country': { 'cbc:IdentificationCode': details?.country ?? null },
      },
      'cac:PartyTaxScheme': vatId === null ? null : { 'cbc:CompanyID': vatId, 'cac:TaxScheme': { 'cbc:ID': 'VAT' } },
      'cac:PartyLegalEntity': { 'cbc:RegistrationName': details?.legalName ?? name },
    },
  };
}
