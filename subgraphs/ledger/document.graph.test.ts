import type { Principal } from '../../kernel/context/principal';
import { inTransaction } from '../../kernel/db/transaction';
import { LocalLink } from '../../kernel/graph/local-link';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { newId, type PartnerId } from '../../kernel/values/id';
import { openContext } from './api/context';
import type { Ledger } from './app/ledger';
import type { PartyDetails } from './core/documents/party-details';
import { ledgerDatabase } from './data/database';
import { savePartyDetails } from './data/documents/party-details.store';
import { buildLedgerSchema } from './schema';
import { aContract, aRuleBook } from './testkit/book';
import { pdfText } from './testkit/pdf-text';
import { schemaFaults, xmlSchema } from './testkit/schema-check';
import { TestBook } from './testkit/test-book';
import { ublFaults } from './testkit/ubl-check';

const NOW = new Date('2026-03-10T12:00:00Z');
const plain = aRuleBook();
const [bakery, books] = plain.brands;
// Each point costs its issuer half a thousandth besides: 105 points issued are 0.0525 to the operator.
const rules = { ...plain, contracts: plain.brands.map((id) => aContract(id, { feeMicros: 500n })) };
const { programmeId } = rules;
const admin: Principal = { kind: 'admin', programmeId, subject: 'ada' };
const finance: Principal = { kind: 'finance', programmeId, subject: 'fay' };
const staffOf = (partnerId: PartnerId): Principal => ({ kind: 'staff', programmeId, partnerId, subject: 'cleo' });
const keyOf = (partnerId: PartnerId, scopes: string[]): Principal => ({
  ...{ kind: 'partner', programmeId, partnerId, keyId: newId('key'), scopes },
});
const [ann, ben] = [newId('mem'), newId('mem')];
const member: Principal = { kind: 'member', programmeId, memberId: ann };

let database: TestDatabase;
let book: TestBook;
let link: LocalLink;
let cycleId: string;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
  book = await TestBook.open(database, rules, NOW);
  const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
  // Papers ask for nothing else of the ledger: no lanes run here.
  const ledger = {
    database,
    whole: database,
    clock: book.clock,
    secrets,
    book: async () => rules,
    catchUpRules: async () => {},
  };
  link = new LocalLink('ledger', buildLedgerSchema().schema, (request) =>
    openContext(ledger as unknown as Ledger, request),
  );
  await book.buy(ann, bakery, 100n);
  await book.buy(ben, bakery, 5n);
  await book.redeem(ann, books, 30n);
  await book.redeem(ann, books, 12n);
  cycleId = (await step('cutOffSettlementCycle', 'CutOffSettlementCycleInput', {})).id;
  for (const to of ['DRAFT', 'ISSUED', 'AGREED', 'NETTED'])
    await step('advanceSettlementCycle', 'AdvanceSettlementCycleInput', { cycleId, to });
});
afterAll(async () => {
  await book.close();
  await database.drop();
});

async function ask(principal: Principal, query: string, variables: Record<string, unknown> = {}) {
  const context = { principal, requestId: 'req-1', deadlineAt: new Date(Date.now() + 10_000) };
  const { data, errors } = await link.execute({ query, variables, context });
  expect(errors ?? []).toEqual([]);
  return JSON.parse(JSON.stringify(data ?? null));
}
async function step(name: string, type: string, input: object) {
  const mutation = `mutation ($input: ${type}!) { step: ${name}(input: $input) { ... on SettlementStepSuccess { cycle { id } } } }`;
  return (await ask(admin, mutation, { input: { idempotencyKey: newId('req'), ...input } })).step.cycle;
}

const STATEMENT = `query ($cycleId: ID!, $partnerId: ID, $after: String) { settlementStatement(cycleId: $cycleId, partnerId: $partnerId) {
  party { isHub partner { id } } receivable { amountMinor } payable { amountMinor } net { amountMinor }
  pairs { debtor { partner { id } } creditor { partner { id } } openingMicros exactMicros billed { amountMinor } closingMicros
    groups { kind contractVersion taxCategory claims points micros billed { amountMinor } } }
  claims(first: 2, after: $after) { nodes { lineId kind points micros member event } pageInfo { hasNextPage endCursor } } } }`;
const statement = async (who: Principal, partnerId: string | null = null, after: string | null = null) =>
  (await ask(who, STATEMENT, { cycleId, partnerId, after })).settlementStatement;

const LIST = `query ($cycleId: ID!, $after: String) { settlementDocuments(cycleId: $cycleId, first: 5, after: $after) {
  nodes { id kind format fileName contentType waitsFor { partner { id } } } pageInfo { hasNextPage endCursor } } }`;
async function documents(who: Principal) {
  const nodes: object[] = [];
  let after: string | null = null;
  do {
    const page: { nodes: object[]; pageInfo: { hasNextPage: boolean; endCursor: string } } = (
      await ask(who, LIST, { cycleId, after })
    ).settlementDocuments;
    nodes.push(...page.nodes);
    after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
  } while (after !== null);
  return nodes as { id: string; fileName: string; format: string; kind: string; waitsFor: object[] }[];
}
const CONTENT = 'query ($id: ID!) { settlementDocument(id: $id) { fileName content } }';
async function contentOf(who: Principal, id: string): Promise<Buffer | null> {
  const { settlementDocument } = await ask(who, CONTENT, { id });
  return settlementDocument?.content ? Buffer.from(settlementDocument.content, 'base64') : null;
}
async function named(who: Principal, fileName: string): Promise<Buffer | null> {
  const one = (await documents(who)).find((document) => document.fileName === fileName);
  return one === undefined ? null : contentOf(who, one.id);
}

const details = (partnerId: PartnerId | null, legalName: string): PartyDetails => ({
  ...{ partnerId, legalName, version: 1, validFrom: new Date('2026-01-01T00:00:00Z'), street: 'Długa 1', city: 'Łódź' },
  ...{ postCode: '90-001', country: 'PL', vatId: 'PL5260001246', iban: 'PL61109010140000071219812874', bic: null },
  ...{ mandateId: 'M-1', mandateSignedOn: '2026-01-01', creditorSchemeId: 'PL48ZZZ0A00000001', isSelfBilled: false },
});
const identify = (...all: PartyDetails[]) =>
  inTransaction(database, async (tx) => {
    for (const one of all) await savePartyDetails(tx, programmeId, one);
  });

describe('a statement in the graph', () => {
  it('shows a partner what it owes and is owed, by kind and price version', async () => {
    const own = await statement(staffOf(bakery));
    expect(own).toMatchObject({ party: { isHub: false, partner: { id: bakery } }, net: { amountMinor: '-47' } });
    expect(own.pairs).toHaveLength(2);
    const toBooks = own.pairs.find((pair: { creditor: { partner: object | null } }) => pair.creditor.partner !== null);
    expect(toBooks).toMatchObject({ exactMicros: '420000', billed: { amountMinor: '42' }, closingMicros: '0' });
    expect(toBooks.groups).toEqual([
      {
        ...{ kind: 'REDEMPTION', contractVersion: 1, taxCategory: 'E', claims: '2', points: '42', micros: '420000' },
        billed: { amountMinor: '42' },
      },
    ]);
    const toHub = own.pairs.find((pair: { creditor: { partner: object | null } }) => pair.creditor.partner === null);
    expect(toHub).toMatchObject({ exactMicros: '52500', billed: { amountMinor: '5' }, closingMicros: '2500' });
  });

  it('pages its claims, and names members for this party alone, the same each time', async () => {
    const first = (await statement(staffOf(bakery))).claims;
    const second = (await statement(staffOf(bakery), null, first.pageInfo.endCursor)).claims;
    const all = [...first.nodes, ...second.nodes];
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage, all.length]).toEqual([true, false, 4]);
    const redeemed = all.filter(({ kind }) => kind === 'REDEMPTION');
    expect(new Set(redeemed.map(({ member: name }) => name)).size).toBe(1);
    const atBooks = (await statement(staffOf(books))).claims.nodes;
    expect(atBooks.map(({ lineId }: { lineId: string }) => lineId)).toEqual(redeemed.map(({ lineId }) => lineId));
    expect(atBooks[0].member).not.toBe(redeemed[0].member);
    expect(JSON.stringify([all, atBooks])).not.toContain(ann.slice(4));
    expect((await statement(admin, bakery)).claims.nodes).toEqual(first.nodes);
  });

  it('is for its own party and the desk, and for nobody else', async () => {
    expect(await statement(staffOf(bakery), books)).toBeNull();
    expect(await statement(keyOf(books, ['members:read']))).toBeNull();
    expect(await statement(member)).toBeNull();
    expect((await statement(keyOf(books, ['statements:read']))).net.amountMinor).toBe('42');
    expect((await statement(finance, books)).net.amountMinor).toBe('42');
    expect(await statement(admin)).toMatchObject({ party: { isHub: true }, net: { amountMinor: '5' } });
    const foreign: Principal = { kind: 'admin', programmeId: newId('prg'), subject: 'ada' };
    expect(await statement(foreign, bakery)).toBeNull();
  });
});

describe('the documents of a cycle', () => {
  it('wait for details where law or the bank needs them, and are there without them where not', async () => {
    const all = await documents(admin);
    const waiting = all.filter(({ waitsFor }) => waitsFor.length > 0).map(({ format }) => format);
    expect([...new Set(waiting)].sort()).toEqual(['CSV', 'ISO20022', 'UBL']);
    expect(await named(admin, 'pain.001-1-EUR.xml')).toBeNull();
    expect((await named(admin, 'statement-1-P01.pdf'))?.subarray(0, 5).toString()).toBe('%PDF-');
    await identify(details(null, 'Hub S.A.'), details(bakery, 'شركة النور للتجارة'), details(books, '=Książki'));
    expect((await documents(admin)).filter(({ waitsFor }) => waitsFor.length > 0)).toEqual([]);
  });

  it('show a partner its own statement and the invoices that name it, and no payments', async () => {
    const names = (await documents(staffOf(books))).map(({ fileName }) => fileName);
    expect(names).toEqual([
      ...['statement-1-P02.csv', 'statement-1-P02.xlsx', 'statement-1-P02.pdf'],
      ...['invoice-1-P02-P01.csv', 'invoice-1-P02-P01.xlsx', 'invoice-1-P02-P01.pdf', 'invoice-1-P02-P01.ubl.xml'],
    ]);
    expect(await documents(member)).toEqual([]);
    const everything = await documents(admin);
    const foreign = everything.filter(({ fileName }) => !names.includes(fileName));
    expect(foreign.length).toBeGreaterThan(10);
    for (const { id } of foreign) expect(await contentOf(staffOf(books), id)).toBeNull();
  });

  it('tell the partner no account number but its own, and the file no formula', async () => {
    const csv = (await named(staffOf(books), 'statement-1-P02.csv'))!.toString('utf8');
    expect(csv).toContain("Party,'=Książki");
    expect(csv).toContain('Net,0.42');
    expect(csv).toContain("شركة النور للتجارة,'=Książki,0.000000,0.420000,0.000000,0.42,0.000000");
    for (const { id } of await documents(staffOf(books)))
      expect((await contentOf(staffOf(books), id))!.toString('latin1')).not.toContain('1219812874');
    const pdf = pdfText((await named(staffOf(books), 'invoice-1-P02-P01.pdf'))!);
    for (const part of ['Invoice STL-1-I', 'شركة', 'Książki', '0.42']) expect(pdf).toContain(part);
  });

  it('keep the rules of EN 16931 and of the bank', async () => {
    const all = await documents(admin);
    for (const { id } of all.filter(({ format }) => format === 'UBL'))
      expect(ublFaults((await contentOf(admin, id))!)).toEqual([]);
    const transfer = (await named(admin, 'pain.001-1-EUR.xml'))!;
    expect(transfer.toString('utf8')).toContain('<EndToEndId>STL-1-P02</EndToEndId>');
    expect((await named(admin, 'pain.008-1-EUR.xml'))!.toString('utf8')).toContain(
      '<InstdAmt Ccy="EUR">0.47</InstdAmt>',
    );
    for (const [fileName, schemaName] of [
      ['pain.001-1-EUR.xml', 'pain.001.001.09.xsd'],
      ['pain.008-1-EUR.xml', 'pain.008.001.08.xsd'],
      ['invoice-1-P02-P01.ubl.xml', 'UBL-Invoice-2.1.xsd'],
    ] as const) {
      const schema = xmlSchema(schemaName);
      if (schema !== undefined) expect(await schemaFaults((await named(admin, fileName))!, schema)).toEqual([]);
    }
  });

  it('are the same to the last byte when they are drawn up again', async () => {
    const draw = async () => Promise.all((await documents(admin)).map(({ id }) => contentOf(admin, id)));
    const [first, second] = [await draw(), await draw()];
    expect(first.every((one, at) => one !== null && one.equals(second[at]!))).toBe(true);
    expect(first.length).toBe(3 * 3 + 2 * 4 + 4);
  });

  it('are none before the statements are issued, nor of a cycle that is not there', async () => {
    for (const id of ['cyc_1', newId('cyc')]) {
      expect((await ask(admin, LIST, { cycleId: id })).settlementDocuments.nodes).toEqual([]);
      expect(await contentOf(admin, `${id}.STATEMENT.operator.PDF`)).toBeNull();
    }
  });
});
