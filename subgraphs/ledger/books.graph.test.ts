import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD, REDEEM, SET_CLOCK, TRANSFER } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, nobody, NOW, type Answer } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker, florist] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const enrol = () => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
const QUERIES = {
  partyAccounts: 'partyAccounts { book kind party { isHub partner { id } } balance }',
  memberAccounts:
    'memberAccounts(first: 1) { nodes { member { id } available held pending owed { points } } pageInfo { hasNextPage endCursor } }',
  journal: 'journal(first: 100) { nodes { id member { id } version kind causeId occurredAt recordedAt } }',
  lotBook:
    'lotBook(first: 100) { nodes { id member { id } issuer { partner { id } } parentId madeById quantity pending available held } }',
} as const;

describe('the books, to the coalition’s desk', () => {
  const [giver, friend] = [enrol(), enrol()];
  beforeAll(async () => {
    await graph.run(graph.admin(), SET_CLOCK, { now: NOW.toISOString() });
    const { sale, spend, transfer } = inputsAt(NOW);
    await graph.run(graph.partner(baker), RECORD, sale(giver, 10_000n));
    await graph.run(graph.partner(florist), REDEEM, spend(giver, '30'));
    await graph.run(graph.member(giver), TRANSFER, transfer(friend, '20'));
  });
  const read = async (name: keyof typeof QUERIES): Promise<Answer> =>
    (await graph.ask(graph.finance(), `{ ${QUERIES[name]} }`)).data[name];

  it('show every account of parties, and both books sum to zero with the members’', async () => {
    const accounts: Answer[] = await read('partyAccounts');
    const balance = (kind: string) => accounts.filter((one) => one.kind === kind).map((one) => one.balance);
    expect([balance('ISSUED'), balance('REDEEMED')]).toEqual([['-100'], ['30']]);
    expect(new Set(balance('CLEARING'))).toEqual(new Set(['-300000', '300000']));
  });

  it('show members page by page', async () => {
    const first = await read('memberAccounts');
    expect(first).toMatchObject({ nodes: [{ held: '0', pending: '0', owed: [] }], pageInfo: { hasNextPage: true } });
    const after = `memberAccounts(first: 1, after: "${first.pageInfo.endCursor}") { nodes { member { id } available } }`;
    const second = (await graph.ask(graph.admin(), `{ ${after} }`)).data.memberAccounts;
    const all = [...first.nodes, ...second.nodes].map(
      ({ member, available }: Answer) => [member.id, available] as const,
    );
    expect(new Map(all)).toEqual(
      new Map([
        [giver, '50'],
        [friend, '20'],
      ]),
    );
  });

  it('show each lot with the one it was split from and the posting that made it', async () => {
    const { nodes: lots } = await read('lotBook');
    const { nodes: postings } = await read('journal');
    const parent = lots.find((lot: Answer) => lot.member.id === giver);
    const child = lots.find((lot: Answer) => lot.member.id === friend);
    expect(parent).toMatchObject({
      parentId: null,
      quantity: '100',
      available: '50',
      issuer: { partner: { id: baker } },
    });
    expect(child).toMatchObject({ parentId: parent.id, quantity: '20', available: '20' });
    const makerOf = (lot: Answer) => postings.find(({ id }: Answer) => id === lot.madeById);
    expect([makerOf(parent), makerOf(child)]).toMatchObject([{ kind: 'EARN' }, { kind: 'TRANSFER_IN', version: '1' }]);
  });

  it.each(Object.keys(QUERIES) as (keyof typeof QUERIES)[])('are nobody else’s to read: %s', async (name) => {
    for (const who of [nobody, graph.partner(baker), graph.member(giver)])
      expect((await graph.ask(who, `{ ${QUERIES[name]} }`)).codes).toEqual(['FORBIDDEN']);
  });
});

expectTheBookToAddUp(graph);
