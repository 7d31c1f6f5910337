import { XMLParser } from 'fast-xml-parser';

// What a parser makes of XML has no type of its own.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Xml = any;

const parser = new XMLParser({
  ...{ ignoreAttributes: false, attributeNamePrefix: '@', textNodeName: '#', parseTagValue: false },
  isArray: (name) => ['cac:InvoiceLine', 'cac:CreditNoteLine', 'cac:TaxSubtotal'].includes(name),
});

/** Hundredths, so that sums are exact; the documents checked are in currencies of two places. */
const cents = (amount: Xml): number => Math.round(Number(amount?.['#'] ?? Number.NaN) * 100);

/** The order UBL 2.1 gives the elements of a document that we write; a schema would insist on it. */
const ORDER = [
  ...['cbc:CustomizationID', 'cbc:ID', 'cbc:IssueDate', 'cbc:DueDate', 'cbc:TypeCode', 'cbc:DocumentCurrencyCode'],
  ...['cac:InvoicePeriod', 'cac:AccountingSupplierParty', 'cac:AccountingCustomerParty', 'cac:PaymentMeans'],
  ...['cac:TaxTotal', 'cac:LegalMonetaryTotal', 'cac:Line'],
];

/**
 * The rules of EN 16931 that touch what we write, each by the name it has there, and the order of elements of UBL 2.1. No schema
 * of UBL lies with the project; these rules say what it and the norm's own check would.
 */
export function ublFaults(document: Buffer): string[] {
  const read: Xml = parser.parse(document.toString('utf8'));
  const root = ['Invoice', 'CreditNote'].find((name) => read[name] !== undefined);
  if (root === undefined) return ['neither Invoice nor CreditNote'];
  const it: Xml = read[root];
  const lines: Xml[] = it[`cac:${root}Line`] ?? [];
  const subtotals: Xml[] = it['cac:TaxTotal']?.['cac:TaxSubtotal'] ?? [];
  const total: Xml = it['cac:LegalMonetaryTotal'];
  const parties = ['Supplier', 'Customer'].map((role) => it[`cac:Accounting${role}Party`]?.['cac:Party']);
  const categoryOf = (holder: Xml): string => holder['cbc:ID'];
  const lineCategories = lines.map((line) => categoryOf(line['cac:Item']['cac:ClassifiedTaxCategory']));
  const categories = subtotals.map((one) => categoryOf(one['cac:TaxCategory']));
  const vatIds = parties.map((party) => party?.['cac:PartyTaxScheme']?.['cbc:CompanyID']);
  const isBefore = (a: string, b: string) => ORDER.indexOf(a) < ORDER.indexOf(b);
  const names = Object.keys(it)
    .filter((name) => !name.startsWith('@'))
    .map((name) => name.replace(/:(Invoice|CreditNote)(?=TypeCode|Line)/, ':'));
  const types = root === 'Invoice' ? ['380', '389'] : ['381', '261'];
  const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0);
  const amountsOf = (value: Xml): Xml[] =>
    typeof value !== 'object' ? [] : '@currencyID' in value ? [value] : Object.values(value).flatMap(amountsOf);
  const rules: [string, boolean][] = [
    ['namespace', it['@xmlns'] === `urn:oasis:names:specification:ubl:schema:xsd:${root}-2`],
    [
      'order of UBL 2.1',
      names.every((name, at) => ORDER.includes(name) && (at === 0 || isBefore(names[at - 1]!, name))),
    ],
    ['BR-01 specification', it['cbc:CustomizationID'] === 'urn:cen.eu:en16931:2017'],
    ['BR-02 number', /\S/.test(it['cbc:ID'] ?? '')],
    ['BR-03 issue date', /^\d{4}-\d\d-\d\d$/.test(it['cbc:IssueDate'] ?? '')],
    ['BR-04 type code', types.includes(it[`cbc:${root}TypeCode`])],
    ['BR-05 currency', /^[A-Z]{3}$/.test(it['cbc:DocumentCurrencyCode'] ?? '')],
    [
      'BR-06, BR-07 names',
      parties.every((party) => /\S/.test(party?.['cac:PartyLegalEntity']?.['cbc:RegistrationName'] ?? '')),
    ],
    ['BR-08 to BR-11 addresses', parties.every((party) => /^[A-Z]{2}$/.test(countryOf(party) ?? ''))],
    ['BR-16 a line', lines.length > 0],
    ['BR-21 line ids', new Set(lines.map((line) => line['cbc:ID'])).size === lines.length],
    ['BR-27 prices', lines.every((line) => cents(line['cac:Price']['cbc:PriceAmount']) >= 0)],
    ['line amounts', lines.every((line) => lineAmount(line, root) === cents(line['cbc:LineExtensionAmount']))],
    [
      'BR-CO-10 sum of lines',
      sumOf(lines.map((line) => cents(line['cbc:LineExtensionAmount']))) === cents(total['cbc:LineExtensionAmount']),
    ],
    ['BR-CO-13 without tax', cents(total['cbc:TaxExclusiveAmount']) === cents(total['cbc:LineExtensionAmount'])],
    [
      'BR-CO-14 tax',
      sumOf(subtotals.map((one) => cents(one['cbc:TaxAmount']))) === cents(it['cac:TaxTotal']['cbc:TaxAmount']),
    ],
    [
      'BR-CO-15 with tax',
      cents(total['cbc:TaxInclusiveAmount']) ===
        cents(total['cbc:TaxExclusiveAmount']) + cents(it['cac:TaxTotal']['cbc:TaxAmount']),
    ],
    ['BR-CO-16 payable', cents(total['cbc:PayableAmount']) === cents(total['cbc:TaxInclusiveAmount'])],
    [
      'BR-CO-18 breakdown',
      subtotals.length > 0 && [...new Set(lineCategories)].every((one) => categories.includes(one)),
    ],
    [
      'BR-CO-25 due',
      /^\d{4}-\d\d-\d\d$/.test(it['cbc:DueDate'] ?? it['cac:PaymentMeans']?.['cbc:PaymentDueDate'] ?? ''),
    ],
    ['BR-CO-26 seller known to machines', /\S/.test(parties[0]?.['cac:PartyIdentification']?.['cbc:ID'] ?? '')],
    ['BR-E-02, BR-AE-02 VAT numbers', categories.includes('O') || vatIds.every((id) => /^[A-Z]{2}/.test(id ?? ''))],
    ['BR-O-02 no VAT number', !categories.includes('O') || vatIds.every((id) => id === undefined)],
    ['BR-O-11 nothing beside O', !categories.includes('O') || categories.length === 1],
    [
      'BR-E-05, BR-AE-05 rate',
      subtotals.every(
        (one) => (categoryOf(one['cac:TaxCategory']) === 'O') === (one['cac:TaxCategory']['cbc:Percent'] === undefined),
      ),
    ],
    ['BR-E-08, BR-AE-08 taxable', subtotals.every((one) => taxableOf(one, lines) === cents(one['cbc:TaxableAmount']))],
    [
      'BR-E-10, BR-AE-10 reason',
      subtotals.every((one) => /\S/.test(one['cac:TaxCategory']['cbc:TaxExemptionReason'] ?? '')),
    ],
    [
      'amounts in the document’s currency',
      amountsOf(it).every((amount) => amount['@currencyID'] === it['cbc:DocumentCurrencyCode']),
    ],
  ];
  return rules.filter(([, holds]) => !holds).map(([rule]) => rule);
}

function countryOf(party: Xml): string | undefined {
  return party?.['cac:PostalAddress']?.['cac:Country']?.['cbc:IdentificationCode'];
}

function lineAmount(line: Xml, root: string): number {
  const quantity = line[root === 'Invoice' ? 'cbc:InvoicedQuantity' : 'cbc:CreditedQuantity'];
  return Number(quantity['#']) * cents(line['cac:Price']['cbc:PriceAmount']);
}

function taxableOf(subtotal: Xml, lines: readonly Xml[]): number {
  const category = subtotal['cac:TaxCategory']['cbc:ID'];
  return lines
    .filter((line) => line['cac:Item']['cac:ClassifiedTaxCategory']['cbc:ID'] === category)
    .reduce((sum, line) => sum + cents(line['cbc:LineExtensionAmount']), 0);
}
