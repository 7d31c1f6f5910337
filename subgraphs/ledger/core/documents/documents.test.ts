import { newId } from '../../../../kernel/values/id';
import { detailsForPapers, type PartyDetails } from './party-details';
import { documentsOf } from './document-list';
import { dueDay, invoiceOf, type InvoiceParty } from './invoice';
import { decimalOf, decimalOfMicros } from './paper';
import { endToEndIdOf, paymentFile, paymentsOf } from './payments';
import { statementOf, type ClaimGroup, type PaperCycle, type PaperTotal } from './statement';
import type { Party } from '../settlement/directional-total';
import type { SettlementState } from '../settlement/cycle';

const [a, b] = [newId('ptr'), newId('ptr')];
const cycle: PaperCycle & { state: SettlementState } = {
  ...{ id: newId('cyc'), number: 3, currency: 'EUR', state: 'NETTED' },
  opensAt: new Date('2026-02-28T23:00:00Z'),
  cutOffAt: new Date('2026-03-31T22:00:00Z'),
  issuedAt: new Date('2026-04-01T08:00:00Z'),
};
// B owes A what A redeemed of its points, less a reversal, in the worked example: 2.40, of lines 3.19, 0.81 and -1.60.
const total = (pair: number, debtorId: Party, creditorId: Party, billedMinor: bigint): PaperTotal => ({
  ...{ pair, debtorId, creditorId, billedMinor, exactMicros: billedMinor * 10_000n, suspenseMicros: 0n },
  ...{ carryInMicros: 0n, carryMicros: 0n },
});
const totals = [total(0, a, null, 46n), total(1, b, a, 240n), total(2, null, b, -34n)];
const group = (pair: number, kind: string, billedMinor: bigint, contractVersion = 1): ClaimGroup => ({
  ...{ pair, kind, contractVersion, billedMinor, claims: 1n, points: 100n, micros: billedMinor * 10_000n },
});
const groups = [
  group(1, 'REDEMPTION_REVERSAL', -160n),
  group(1, 'REDEMPTION', 400n),
  group(0, 'PROGRAMME_FEE', 46n),
  group(2, 'REDEMPTION', -34n),
];
const details = (partnerId: Party, change: Partial<PartyDetails> = {}): PartyDetails => ({
  ...{ partnerId, version: 1, validFrom: new Date('2026-01-01T00:00:00Z'), legalName: `Party ${partnerId ?? 'H'}` },
  ...{ street: 'Długa 1', city: 'Łódź', postCode: '90-001', country: 'PL', vatId: 'PL5260001246' },
  ...{ iban: 'PL61109010140000071219812874', bic: 'WBKPPLPP', mandateId: 'M-1', mandateSignedOn: '2026-01-01' },
  ...{ creditorSchemeId: 'PL48ZZZ0A00000001', isSelfBilled: false, ...change },
});

describe('a statement', () => {
  it('shows a party its own pairs, by kind, and what it is to receive and pay', () => {
    const statement = statementOf(a, { cycle, totals, groups });
    expect(statement.pairs.map(({ pair }) => pair)).toEqual([0, 1]);
    expect(statement).toMatchObject({ receivableMinor: 240n, payableMinor: 46n, netMinor: 194n });
    expect(
      statement.pairs[1]?.groups.map(({ kind, billedMinor, taxCategory }) => [kind, billedMinor, taxCategory]),
    ).toEqual([
      ['REDEMPTION', 400n, 'E'],
      ['REDEMPTION_REVERSAL', -160n, 'E'],
    ]);
    expect(statement.pairs[0]?.groups[0]?.taxCategory).toBe('AE');
  });

  it('is one story told from two ends: all nets add up to nothing', () => {
    const nets = [a, b, null].map((party) => statementOf(party, { cycle, totals, groups }).netMinor);
    expect(nets.reduce((sum, net) => sum + net)).toBe(0n);
  });
});

describe('figures on paper', () => {
  it.each([
    [-160n, 'EUR', '-1.60'],
    [5n, 'EUR', '0.05'],
    [-7n, 'JPY', '-7'],
    [1n, 'KWD', '0.001'],
  ])('%s minor units of %s are %s', (minor, currency, text) => expect(decimalOf(minor, currency)).toBe(text));

  it('keep all six places of an exact claim', () => expect(decimalOfMicros(-4_800n)).toBe('-0.004800'));
});

describe('an invoice', () => {
  const partyOf =
    (change: Partial<PartyDetails> | null = {}) =>
    (id: Party): InvoiceParty => ({ id, code: 'C', name: 'x', details: change === null ? null : details(id, change) });
  const facts = { cycle, timeZone: 'Europe/Warsaw', disputeWindowDays: 14 };
  const invoice = (pair: number, change?: Partial<PartyDetails> | null) =>
    invoiceOf(
      totals[pair]!,
      statementOf(totals[pair]!.debtorId, { cycle, totals, groups }).pairs.find((one) => one.pair === pair)!.groups,
      {
        ...facts,
        partyOf: partyOf(change),
      },
    )!;

  it('bills a total by its groups, lines that give back below zero', () => {
    const { lines, ...rest } = invoice(1);
    expect(rest).toMatchObject({ number: 'STL-3-I2', type: '380', totalMinor: 240n, issuedOn: '2026-04-01' });
    expect(rest).toMatchObject({
      periodFrom: '2026-03-01',
      periodTo: '2026-03-31',
      seller: { id: a },
      buyer: { id: b },
    });
    expect(lines.map(({ amountMinor }) => amountMinor)).toEqual([400n, -160n]);
  });

  it('of a negative total is a credit note with its amounts turned round', () => {
    expect(invoice(2)).toMatchObject({ type: '381', isCredit: true, totalMinor: 34n, lines: [{ amountMinor: 34n }] });
  });

  it('is self-billed where the seller agreed to it', () => {
    expect([invoice(1, { isSelfBilled: true }).type, invoice(2, { isSelfBilled: true }).type]).toEqual(['389', '261']);
  });

  it('is outside VAT as a whole when a VAT number is missing', () => {
    expect(invoice(0, { vatId: null }).lines.map(({ taxCategory }) => taxCategory)).toEqual(['O']);
    expect(invoice(0).lines.map(({ taxCategory }) => taxCategory)).toEqual(['AE']);
  });

  it('is not made of nothing', () => {
    expect(invoiceOf(total(9, a, b, 0n), [], { ...facts, partyOf: partyOf() })).toBeNull();
  });

  it('is due a week after the dispute window, and on a working day', () => {
    expect(dueDay(cycle, { timeZone: 'Europe/Warsaw', disputeWindowDays: 14 })).toBe('2026-04-22');
    expect(dueDay(cycle, { timeZone: 'Europe/Warsaw', disputeWindowDays: 3 })).toBe('2026-04-13');
    expect(dueDay(cycle, { timeZone: 'Europe/Warsaw', disputeWindowDays: 4 })).toBe('2026-04-13');
  });
});

describe('payments', () => {
  const nets = [
    { partyId: a, netMinor: 657n, currency: 'EUR' },
    { partyId: b, netMinor: -146n, currency: 'EUR' },
    { partyId: null, netMinor: 521n, currency: 'EUR' },
  ];
  const codeOf = (id: Party) => (id === a ? 'A' : 'B');

  it('are one for each partner with a net, named by cycle and partner; the operator has none of its own', () => {
    expect(paymentsOf(cycle, nets, codeOf)).toEqual([
      { partnerId: a, way: 'CREDIT_TRANSFER', endToEndId: 'STL-3-A', amountMinor: 657n, currency: 'EUR' },
      { partnerId: b, way: 'DIRECT_DEBIT', endToEndId: 'STL-3-B', amountMinor: 146n, currency: 'EUR' },
    ]);
    expect(paymentsOf(cycle, [{ partyId: a, netMinor: 0n, currency: 'EUR' }], codeOf)).toEqual([]);
  });

  it('have a name no longer than a bank carries, and still one each', () => {
    const code = 'X'.repeat(40);
    const names = [a, b].map((id) => endToEndIdOf(12, { id, code }));
    expect(names.map((name) => name.length)).toEqual([35, 35]);
    expect(names[0]).not.toBe(names[1]);
  });

  it('have a name of signs that every bank carries, and still one each', () => {
    const names = ['A_B', 'A-B', `A_${'B'.repeat(38)}`].map((code) => endToEndIdOf(12, { id: a, code }));
    for (const name of names) expect(name).toMatch(/^STL-12-[A-Za-z0-9-]{1,28}$/);
    expect(new Set(names).size).toBe(3);
  });

  it('of one way go into a file whose total is their sum', () => {
    const payments = paymentsOf(cycle, nets, codeOf);
    const file = {
      cycle,
      way: 'CREDIT_TRANSFER',
      currency: 'EUR',
      executeOn: '2026-04-22',
      detailsOf: details,
    } as const;
    expect(paymentFile(payments, file)).toMatchObject({ messageId: 'STL-3-PAY-EUR', totalMinor: 657n });
  });
});

describe('the documents of a cycle', () => {
  const facts = (state: SettlementState, detailsOf: (party: Party) => PartyDetails | null = details) => ({
    ...{ cycle: { ...cycle, state }, totals, detailsOf },
    codeOf: (party: Party) => (party === null ? 'HUB' : party === a ? 'A' : 'B'),
    payments: paymentsOf(
      cycle,
      [
        { partyId: a, netMinor: 194n, currency: 'EUR' },
        { partyId: b, netMinor: -274n, currency: 'EUR' },
      ],
      (id) => (id === a ? 'A' : 'B'),
    ),
  });
  const kinds = (state: SettlementState, sight: 'all' | typeof a = 'all') => [
    ...new Set(documentsOf(facts(state), sight).map(({ kind }) => kind)),
  ];

  it('come with the cycle: statements when issued, invoices when agreed, payments when netted', () => {
    expect(kinds('DRAFT')).toEqual([]);
    expect(kinds('ISSUED')).toEqual(['STATEMENT']);
    expect(kinds('AGREED')).toEqual(['STATEMENT', 'INVOICE']);
    expect(kinds('NETTED')).toEqual(['STATEMENT', 'INVOICE', 'CREDIT_TRANSFERS', 'DIRECT_DEBITS']);
  });

  it('that order payments are the desk’s alone, and a partner has its own statement only', () => {
    expect(kinds('NETTED', a)).toEqual(['STATEMENT', 'INVOICE']);
    expect(documentsOf(facts('ISSUED'), a).map(({ fileName }) => fileName)).toEqual([
      ...['statement-3-A.csv', 'statement-3-A.xlsx', 'statement-3-A.pdf'],
    ]);
  });

  it('say for whose details they wait', () => {
    const without = facts('NETTED', (party) => (party === b ? details(b, { mandateId: null }) : null));
    const waits = documentsOf(without, 'all').filter(({ format }) => format === 'UBL' || format === 'ISO20022');
    expect(waits.map(({ fileName, waitsFor }) => [fileName, waitsFor])).toEqual([
      ['invoice-3-HUB-A.ubl.xml', [null, a]],
      ['invoice-3-A-B.ubl.xml', [a]],
      ['invoice-3-B-HUB.ubl.xml', [null]],
      ['pain.001-3-EUR.xml', [null, a]],
      ['pain.008-3-EUR.xml', [null, b]],
    ]);
  });

  it('show details of the cut-off, later ones never, and the first there are when there were none', () => {
    const first = details(a);
    const second = details(a, { version: 2, validFrom: new Date('2026-03-15T00:00:00Z') });
    const later = details(a, { version: 3, validFrom: new Date('2026-05-01T00:00:00Z') });
    expect(detailsForPapers([later, second, first], cycle.cutOffAt)?.version).toBe(2);
    expect(detailsForPapers([later], cycle.cutOffAt)?.version).toBe(3);
    expect(detailsForPapers([], cycle.cutOffAt)).toBeNull();
  });
});
