import type { Principal } from '../../kernel/context/principal';
import { inTransaction } from '../../kernel/db/transaction';
import { newId, type Id, type PartnerId } from '../../kernel/values/id';
import { insertConfirmed } from './data/documents/bank-entry.store';
import { ledgerDefinition } from './main';
import { bankStatement, type MadeEntry } from './testkit/bank-statement';
import type { Document } from './testkit/documents';
import { GraphMarch, marchRules } from './testkit/graph-march';
import { expectTheBookToAddUp, LedgerGraph, type Answer } from './testkit/ledger-graph';
import { ublFaults } from './testkit/ubl-check';

// The worked example of the settlement model, C paid in złoty: A is owed 6.57 EUR, B owes 1.46 EUR, C owes 43.94 PLN.
const rules = marchRules();
const graph = LedgerGraph.forThisFile(ledgerDefinition, rules);
const march = new GraphMarch(graph, rules);
const { admin } = march;
const [a, b, c] = rules.abc;
const IBAN = 'PL61109010140000071219812874';

const details = (partnerId: PartnerId | null) => ({
  ...{ partnerId, version: 1, validFrom: '2026-01-01T00:00:00.000Z', legalName: `Party ${partnerId ?? 'H'}` },
  ...{ street: null, city: 'Łódź', postCode: null, country: 'PL', vatId: 'PL5260001246', iban: IBAN, bic: 'WBKPPLPP' },
  ...{ mandateId: 'M-1', mandateSignedOn: '2026-01-01', creditorSchemeId: 'PL48ZZZ0A00000001', isSelfBilled: false },
});
let cycleId: string;
beforeAll(async () => {
  for (const id of [null, a, b, c])
    graph.feeds.partners.announce('partners.settlement_details.set.v1', rules.programmeId, details(id));
  await march.play();
  const zloty = { currency: 'PLN', rate: '4.2575', source: 'ECB', rateId: 'ecb-2026-03-31', partnerIds: [c] };
  cycleId = await march.close('NETTED', { rates: [zloty] });
});

const IMPORT = `mutation ($input: ImportBankStatementInput!) { answer: importBankStatement(input: $input) { __typename
  ... on Refusal { code message } ... on ImportBankStatementSuccess { replayed seen matched { endToEndId mismatch }
    unmatched { endToEndId amount mismatch } settledCycles { id state } } } }` as Document;
const read = (content: string, who: Principal = admin, idempotencyKey: string = newId('req')): Promise<Answer> =>
  graph.run(who, IMPORT, { idempotencyKey, content });
const outcomes = ({ matched, unmatched, seen, settledCycles }: Answer) => ({
  matched: matched.map(({ endToEndId }: Answer) => endToEndId),
  unmatched: unmatched.map(({ endToEndId, mismatch }: Answer) => `${endToEndId} ${mismatch}`),
  ...{ seen, settled: settledCycles.map(({ state }: Answer) => state) },
});
const LIST = `query ($id: ID!) { settlementDocuments(cycleId: $id, first: 100) { nodes { id fileName kind format } } }`;
const CONTENT = 'query ($id: ID!) { settlementDocument(id: $id) { content } }';
async function textsOf(isMeant: (document: { kind: string; format: string }) => boolean): Promise<[string, string][]> {
  const { nodes } = (await graph.ask(admin, LIST, { id: cycleId })).data.settlementDocuments;
  const texts: [string, string][] = [];
  for (const { id, fileName } of nodes.filter(isMeant)) {
    const { content } = (await graph.ask(admin, CONTENT, { id })).data.settlementDocument;
    texts.push([fileName, Buffer.from(content ?? '', 'base64').toString('utf8')]);
  }
  return texts;
}

const toA: MadeEntry = { endToEndId: 'STL-2-A', amount: '6.57', direction: 'DBIT', bankRef: 'R-1' };
const fromB: MadeEntry = { endToEndId: 'STL-2-B', amount: '1.46', direction: 'CRDT', bankRef: 'R-2' };
const fromC: MadeEntry = { endToEndId: 'STL-2-C', amount: '43.94', currency: 'PLN', direction: 'CRDT', bankRef: 'R-3' };

describe('the papers of the worked example', () => {
  it('order each net once, in the currency its partner is paid in', async () => {
    const orders = ['CREDIT_TRANSFERS', 'DIRECT_DEBITS'];
    const twins = await textsOf(({ kind, format }) => orders.includes(kind) && format === 'CSV');
    const rows = twins.map(([fileName, text]) => {
      const [id, , , , amount, currency] = (text.split('\r\n')[1] ?? '').split(',');
      return [fileName, id, amount, currency];
    });
    expect(rows).toEqual([
      ['pain.001-2-EUR.csv', 'STL-2-A', '6.57', 'EUR'],
      ['pain.008-2-EUR.csv', 'STL-2-B', '1.46', 'EUR'],
      ['pain.008-2-PLN.csv', 'STL-2-C', '43.94', 'PLN'],
    ]);
    const invoices = await textsOf(({ format }) => format === 'UBL');
    expect(invoices).toHaveLength(9);
    expect(invoices.flatMap(([, text]) => ublFaults(Buffer.from(text)))).toEqual([]);
  });
});

describe('the reports of the worked example', () => {
  it('leave 711 outstanding of 4,621 issued: 3,340 redeemed, 200 taken back, 370 expired', async () => {
    const query = `{ pointLiability(through: "2026-03", first: 100) { nodes {
      figures { issued redeemed clawedBack expired outstanding } } } }`;
    const { nodes } = (await graph.ask(admin, query)).data.pointLiability;
    const sums = ['issued', 'redeemed', 'clawedBack', 'expired', 'outstanding'].map((name) =>
      nodes.reduce((sum: number, { figures }: Answer) => sum + Number(figures[name]), 0),
    );
    expect(sums).toEqual([4_621, 3_340, 200, 370, 711]);
  });

  it('say that 11.78 is paid for 49.19: an efficiency of 76.05 %', async () => {
    const query = `query ($id: ID!) { coalitionIndicators(cycleId: $id) {
      gross { amountMinor } netPaid { amountMinor } nettingEfficiencyBps } }`;
    expect((await graph.ask(admin, query, { id: cycleId })).data.coalitionIndicators).toEqual({
      ...{ gross: { amountMinor: '4919' }, netPaid: { amountMinor: '1178' }, nettingEfficiencyBps: 7_605 },
    });
  });
});

describe('a statement of the bank', () => {
  it('confirms nothing before the payments were instructed', async () => {
    expect(outcomes(await read(bankStatement([toA])))).toMatchObject({
      matched: [],
      unmatched: ['STL-2-A NOT_INSTRUCTED'],
    });
    await march.lead(cycleId, ['INSTRUCTED']);
  });

  it('confirms what it names rightly, and reports the rest with why', async () => {
    const wrong = { ...fromC, amount: '10.32', currency: 'EUR' };
    const entries = [toA, { ...fromB, amount: '1.45' }, wrong, { ...toA, endToEndId: 'RENT', bankRef: 'R-9' }];
    expect(outcomes(await read(bankStatement(entries)))).toEqual({
      matched: ['STL-2-A'],
      unmatched: ['STL-2-B AMOUNT_DIFFERS', 'STL-2-C CURRENCY_DIFFERS', 'RENT UNKNOWN_ID'],
      ...{ seen: 0, settled: [] },
    });
  });

  it('settles the cycle when every payment is confirmed, whichever message said so', async () => {
    const text = bankStatement([toA, fromB, fromC], { notification: true });
    // Twice at once, by two persons: one confirms and settles, the other finds it done.
    const both = await Promise.all([read(text), read(text, graph.finance('fay', rules.programmeId))]);
    const bySeen = both.map(outcomes).sort((one, other) => one.seen - other.seen);
    expect(bySeen).toEqual([
      { matched: ['STL-2-B', 'STL-2-C'], unmatched: [], seen: 1, settled: ['SETTLED'] },
      { matched: [], unmatched: [], seen: 3, settled: [] },
    ]);
  });

  it('confirms a payment once even where nothing waits for the cycle: the table refuses a second entry', async () => {
    const again = { endToEndId: 'STL-2-A', cycleId: cycleId as Id<'cyc'>, partnerId: a, identity: 'another' };
    const confirmed = [{ ...again, amountMinor: 657n, currency: 'EUR', bookedOn: null, bankRef: null }];
    const write = inTransaction(graph.database, (tx) =>
      insertConfirmed(tx, rules.programmeId, { confirmed, by: 'nobody', at: new Date() }),
    );
    await expect(write).rejects.toThrow('bank_entry_pkey');
  });

  it('changes nothing when it is read again, under the same key or another', async () => {
    const key = newId('req');
    const again = bankStatement([toA, fromB, fromC]);
    const nothing = { matched: [], unmatched: [], seen: 3, settled: [] };
    expect(outcomes(await read(again, admin, key))).toEqual(nothing);
    expect(await read(again, admin, key)).toMatchObject({ replayed: true, seen: 3 });
    const twice = { ...fromB, bankRef: 'R-4' };
    expect(outcomes(await read(bankStatement([twice])))).toMatchObject({ unmatched: ['STL-2-B DUPLICATE'] });
    expect((await read(bankStatement([toA]), admin, key)).code).toBe('IDEMPOTENCY_MISMATCH');
  });

  it('is refused when it is none, and to all but admin and finance', async () => {
    expect(await read('<Document/>')).toMatchObject({ code: 'LEDGER_BANK_STATEMENT_UNREADABLE' });
    expect((await read(bankStatement([toA]), march.keys[0])).code).toBe('FORBIDDEN');
    const foreign = graph.admin('ada', newId('prg'));
    expect((await read(bankStatement([toA]), foreign)).code).toBe('LEDGER_PROGRAMME_NOT_READY');
  });
});

expectTheBookToAddUp(graph);
