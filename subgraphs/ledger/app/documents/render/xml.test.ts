import { newId } from '../../../../../kernel/values/id';
import { invoiceOf, type Invoice } from '../../../core/documents/invoice';
import type { PartyDetails } from '../../../core/documents/party-details';
import { paymentFile, paymentPaper, paymentsOf } from '../../../core/documents/payments';
import type { Party } from '../../../core/settlement/directional-total';
import { schemaFaults, xmlSchema } from '../../../testkit/schema-check';
import { ublFaults } from '../../../testkit/ubl-check';
import { renderCsv } from './render-csv';
import { renderCreditTransfer, renderDirectDebit } from './render-payments';
import { renderUbl } from './render-ubl';

const [a, b] = [newId('ptr'), newId('ptr')];
const cycle = {
  ...{ id: newId('cyc'), number: 3, currency: 'EUR', issuedAt: new Date('2026-04-01T08:00:00Z') },
  ...{ opensAt: new Date('2026-02-28T23:00:00Z'), cutOffAt: new Date('2026-03-31T22:00:00Z') },
};
const details = (partnerId: Party): PartyDetails => ({
  ...{ partnerId, version: 1, validFrom: new Date('2026-01-01T00:00:00Z') },
  ...{
    legalName: partnerId === a ? 'شركة النور & <أبناؤها>' : 'Łódź "B" sp. z o.o.\u0007',
    street: null,
    city: 'Łódź',
  },
  ...{ postCode: null, country: 'PL', vatId: 'PL5260001246', iban: 'PL61109010140000071219812874', bic: null },
  ...{ mandateId: 'M-1', mandateSignedOn: '2026-01-01', creditorSchemeId: 'PL48ZZZ0A00000001', isSelfBilled: false },
});

const townless = (party: Party): PartyDetails => ({ ...details(party), city: null });

describe('payments for the bank', () => {
  const nets = [
    { partyId: a, netMinor: 657n },
    { partyId: b, netMinor: -146n },
  ];
  const file = (way: 'CREDIT_TRANSFER' | 'DIRECT_DEBIT', currency = 'EUR', detailsOf = details) => {
    const inCurrency = nets.map((net) => ({ ...net, currency }));
    const payments = paymentsOf(cycle, inCurrency, (id) => (id === a ? 'A' : 'B'));
    return paymentFile(payments, { cycle, way, currency, executeOn: '2026-04-22', detailsOf });
  };
  const transfer = renderCreditTransfer(file('CREDIT_TRANSFER'));
  const debit = renderDirectDebit(file('DIRECT_DEBIT'));

  for (const [what, name, written] of [
    ['to net creditors', 'pain.001.001.09', transfer],
    ['to net creditors in zlotys', 'pain.001.001.09', renderCreditTransfer(file('CREDIT_TRANSFER', 'PLN'))],
    ['from net debtors', 'pain.008.001.08', debit],
    ['from net debtors in zlotys', 'pain.008.001.08', renderDirectDebit(file('DIRECT_DEBIT', 'PLN'))],
    ['of parties without a town', 'pain.008.001.08', renderDirectDebit(file('DIRECT_DEBIT', 'EUR', townless))],
  ] as const) {
    const schema = xmlSchema(`${name}.xsd`);
    (schema === undefined ? it.skip : it)(`${what} are valid ${name}, and the schema does find faults`, async () => {
      expect(await schemaFaults(written, schema!)).toEqual([]);
      const broken = written.toString('utf8').replace(/<PmtMtd>[A-Z]+</, '<PmtMtd>GIFT<');
      expect(await schemaFaults(broken, schema!)).not.toEqual([]);
    });
  }

  it('carry name, amount and EndToEndId of each, and the same in their twins', () => {
    for (const part of [
      '<EndToEndId>STL-3-A</EndToEndId>',
      '<InstdAmt Ccy="EUR">6.57</InstdAmt>',
      '<CtrlSum>6.57</CtrlSum>',
    ])
      expect(transfer.toString('utf8')).toContain(part);
    expect(transfer.toString('utf8')).toContain('شركة النور &amp; &lt;أبناؤها&gt;');
    const [, row] = renderCsv(paymentPaper(file('CREDIT_TRANSFER')))
      .toString('utf8')
      .split('\r\n');
    expect(row).toBe('STL-3-A,شركة النور & <أبناؤها>,PL61109010140000071219812874,,6.57,EUR,2026-04-22,M-1,2026-01-01');
  });

  it('have names no longer than a bank carries, whole signs of them, and an address with its town or none', () => {
    const long = (party: Party) => ({ ...details(party), legalName: `${'x'.repeat(69)}𝔛${'y'.repeat(9)}`, city: null });
    for (const text of [
      renderCreditTransfer(file('CREDIT_TRANSFER', 'EUR', long)).toString('utf8'),
      renderDirectDebit(file('DIRECT_DEBIT', 'EUR', long)).toString('utf8'),
    ]) {
      const names = [...text.matchAll(/<Nm>(.*?)<\/Nm>/g)].map(([, name]) => name);
      expect(names).toEqual(Array(3).fill(`${'x'.repeat(69)}𝔛`));
      expect(text).not.toContain('PstlAdr');
    }
  });

  it('go by the schemes of SEPA in euro, and in no other currency', () => {
    const written = (currency: string) => [
      renderCreditTransfer(file('CREDIT_TRANSFER', currency)).toString('utf8'),
      renderDirectDebit(file('DIRECT_DEBIT', currency)).toString('utf8'),
    ];
    for (const text of written('EUR')) for (const part of ['<Cd>SEPA</Cd>', 'SLEV']) expect(text).toContain(part);
    for (const text of written('PLN')) {
      for (const part of ['<Cd>SEPA</Cd>', 'SLEV', 'B2B']) expect(text).not.toContain(part);
      expect(text).toContain('<ChrgBr>SHAR</ChrgBr>');
    }
  });

  it('from net debtors name the mandate and the collector, and drop signs no XML may hold', () => {
    const text = debit.toString('utf8');
    for (const part of ['pain.008.001.08', '<MndtId>M-1</MndtId>', '<DtOfSgntr>2026-01-01</DtOfSgntr>'])
      expect(text).toContain(part);
    for (const part of ['<InstdAmt Ccy="EUR">1.46</InstdAmt>', '<Id>PL48ZZZ0A00000001</Id>', '<Cd>B2B</Cd>'])
      expect(text).toContain(part);
    expect(text).not.toContain('\u0007');
    // Elements of a collection in the order pain.008.001.08 gives them.
    const order = [
      'PmtInfId',
      'PmtMtd',
      'NbOfTxs',
      'CtrlSum',
      'PmtTpInf',
      'ReqdColltnDt',
      'Cdtr',
      'CdtrAcct',
      'CdtrAgt',
    ];
    const rest = [
      'ChrgBr',
      'CdtrSchmeId',
      'DrctDbtTxInf',
      'PmtId',
      'InstdAmt',
      'DrctDbtTx',
      'DbtrAgt',
      'Dbtr',
      'DbtrAcct',
    ];
    const body = text.slice(text.indexOf('<PmtInf>'));
    const places = [...order, ...rest].map((name) => body.search(new RegExp(`<${name}[ >]`)));
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places).not.toContain(-1);
  });
});

describe('an invoice in UBL', () => {
  const schemas = { Invoice: xmlSchema('UBL-Invoice-2.1.xsd'), CreditNote: xmlSchema('UBL-CreditNote-2.1.xsd') };
  const of = (billedMinor: bigint, amounts: readonly bigint[], change: Partial<PartyDetails> = {}): Invoice => {
    const total = {
      pair: 1,
      debtorId: b,
      creditorId: a,
      billedMinor,
      exactMicros: 0n,
      suspenseMicros: 0n,
      carryInMicros: 0n,
      carryMicros: 0n,
    };
    const groups = amounts.map((amount, at) => ({
      ...{ pair: 1, kind: at === 0 ? 'PROGRAMME_FEE' : 'REDEMPTION', contractVersion: at, claims: 1n, points: 10n },
      ...{ micros: 0n, billedMinor: amount, taxCategory: at === 0 ? ('AE' as const) : ('E' as const) },
    }));
    const partyOf = (id: Party) => ({ id, code: 'C', name: 'n', details: { ...details(id), ...change } });
    return invoiceOf(total, groups, { cycle, timeZone: 'Europe/Warsaw', disputeWindowDays: 14, partyOf })!;
  };

  it.each([
    ['380', of(240n, [400n, -160n])],
    ['381', of(-34n, [-30n, -4n])],
    ['389', of(240n, [240n], { isSelfBilled: true })],
    ['261', of(-34n, [-34n], { isSelfBilled: true })],
    ['380', of(240n, [100n, 140n], { vatId: null })],
  ])('of type %s keeps the rules of EN 16931, and UBL 2.1’s schema where it is given', async (type, invoice) => {
    const written = renderUbl(invoice);
    expect(written.toString('utf8')).toContain(`TypeCode>${type}</`);
    expect(ublFaults(written)).toEqual([]);
    const schema = schemas[invoice.isCredit ? 'CreditNote' : 'Invoice'];
    if (schema !== undefined) expect(await schemaFaults(written, schema)).toEqual([]);
  });

  it.each([
    ['BR-CO-10', '<cbc:LineExtensionAmount currencyID="EUR">4.00<', '<cbc:LineExtensionAmount currencyID="EUR">4.01<'],
    ['BR-04', '>380<', '>999<'],
    ['BR-E-02', '<cbc:CompanyID>PL5260001246</cbc:CompanyID>', ''],
    ['order', '<cbc:ID>STL-3-I2</cbc:ID>', ''],
  ])('would be found out by %s', async (rule, from, to) => {
    const text = renderUbl(of(240n, [400n, -160n])).toString('utf8');
    expect(text).toContain(from);
    const moved = rule === 'order' ? text.replace('</Invoice>', `${from}</Invoice>`) : text;
    const broken = Buffer.from(moved.replace(from, to));
    expect(ublFaults(broken).join(' ')).toContain(rule);
    if (rule === 'order' && schemas.Invoice !== undefined)
      expect(await schemaFaults(broken, schemas.Invoice)).not.toEqual([]);
  });
});
