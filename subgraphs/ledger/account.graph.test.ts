import { Client } from 'pg';
import type { MemberId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD, RECORD_ALL, REDEEM } from './testkit/documents';
import type { Links } from './testkit/known-members';
import { expectTheBookToAddUp, LedgerGraph, nobody, NOW } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker, florist] = book.brands;
const elsewhere = aRuleBook();
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, elsewhere);
const { sale, spend } = inputsAt(NOW);
const OPEN = { [baker]: 'OPEN', [florist]: 'OPEN' } as const;
const enrol = (links: Links = OPEN) => graph.enrol(links);

describe('an account', () => {
  it('is for its member, partners it opened itself to and the admin; to others it is not there', async () => {
    const buyer = enrol({ [baker]: 'OPEN' });
    await graph.run(graph.partner(baker), RECORD, sale(buyer, 700n));
    for (const who of [graph.member(buyer), graph.partner(baker), graph.admin()]) {
      expect(await graph.accountOf(who, buyer)).toMatchObject({ available: '7' });
      expect(await graph.entities(who, 'Account', [buyer])).toEqual([{ memberId: buyer, available: '7' }]);
    }
    const others = [
      graph.member(enrol()),
      graph.partner(florist),
      graph.partner(baker, { scopes: ['points:earn'] }),
      nobody,
    ];
    for (const who of [...others, { ...graph.admin(), programmeId: elsewhere.programmeId }]) {
      expect(await graph.accountOf(who, buyer)).toBeNull();
      expect(await graph.entities(who, 'Account', [buyer])).toEqual([null]);
    }
  });

  it('shows 1,250 points of a cent each as 12.50, whatever else is asked', async () => {
    const VALUE = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Account {
      available value { amountMinor currency } } } }`;
    const buyers = [enrol(), enrol()];
    const till = graph.partner(baker);
    await graph.run(till, RECORD, sale(buyers[0]!, 125_000n));
    await graph.run(till, RECORD, sale(buyers[1]!, 50n));
    const representations = buyers.map((memberId) => ({ __typename: 'Account', memberId }));
    const spy = jest.spyOn(Client.prototype, 'query');
    try {
      const { data } = await graph.ask(graph.admin(), VALUE, { representations });
      expect(data._entities).toEqual([
        { available: '1250', value: { amountMinor: '1250', currency: 'EUR' } },
        { available: '0', value: { amountMinor: '0', currency: 'EUR' } },
      ]);
      const texts = spy.mock.calls.map(([query]) => JSON.stringify(query));
      expect(texts.filter((text) => text.includes('ledger.programmeClock.load'))).toHaveLength(1);
    } finally {
      spy.mockRestore();
    }
  });

  it.each([1, 50])('by reference costs the same statements for %i', async (count) => {
    const buyers = Array.from({ length: count }, () => enrol());
    await graph.run(
      graph.partner(baker),
      RECORD_ALL,
      buyers.map((id) => sale(id, 100n)),
    );
    const spy = jest.spyOn(Client.prototype, 'query');
    try {
      const accounts = await graph.entities(graph.partner(baker), 'Account', buyers);
      expect(accounts).toEqual(buyers.map((memberId) => ({ memberId, available: '1' })));
      const texts = spy.mock.calls.map(([query]) => JSON.stringify(query));
      const names = texts.flatMap((text) => /ledger\.(account|directory|member)[.\w]*/.exec(text)?.[0] ?? []);
      expect(names.filter((name) => name === 'ledger.account.findWallets')).toHaveLength(1);
      expect(names).toHaveLength(3);
    } finally {
      spy.mockRestore();
    }
  });

  const PAGE = `query ($representations: [_Any!]!, $first: Int!, $after: String) {
    _entities(representations: $representations) { ... on Account { statement(first: $first, after: $after) {
      nodes { version kind points balanceAfter } pageInfo { hasNextPage endCursor } } } } }`;
  interface Listed {
    statement: { nodes: { version: string }[]; pageInfo: { endCursor: string; hasNextPage: boolean } };
  }
  const page = (id: MemberId, variables: object) =>
    graph.ask(graph.member(id), PAGE, { representations: [{ __typename: 'Account', memberId: id }], ...variables });

  it('lists its statement newest first, page after page without gap or repeat', async () => {
    const buyer = enrol();
    for (const euros of [1n, 2n, 3n, 4n]) await graph.run(graph.partner(baker), RECORD, sale(buyer, euros * 100n));
    await graph.run(graph.partner(florist), REDEEM, spend(buyer, '6'));
    const lines: { version: string }[] = [];
    for (let after: string | null = null, more = true; more;) {
      const { statement }: Listed = (await page(buyer, { first: 2, after })).data._entities[0];
      lines.push(...statement.nodes);
      ({ endCursor: after, hasNextPage: more } = statement.pageInfo);
    }
    expect(lines.map(({ version }) => version)).toEqual(['5', '4', '3', '2', '1']);
    expect(lines[0]).toEqual({ version: '5', kind: 'REDEEM', points: '-6', balanceAfter: '4' });
  });

  it('refuses a cursor that was changed or written for another member, and a page of no length', async () => {
    const [buyer, other] = [enrol(), enrol()];
    for (const id of [buyer, buyer, other, other]) await graph.run(graph.partner(baker), RECORD, sale(id, 100n));
    const cursorOf = async (id: MemberId): Promise<string> =>
      (await page(id, { first: 1 })).data._entities[0].statement.pageInfo.endCursor;
    const own = await cursorOf(buyer);
    expect((await page(buyer, { first: 1, after: own })).codes).toEqual([]);
    for (const after of [`x${own}`, `${own}x`, await cursorOf(other), 'x', ''])
      expect((await page(buyer, { first: 1, after })).codes).toEqual(['INVALID_INPUT']);
    for (const first of [0, -1, 101]) expect((await page(buyer, { first })).codes).toEqual(['INVALID_INPUT']);
  });

  it('tells what it had by an instant of recording', async () => {
    const buyer = enrol();
    await graph.run(graph.partner(baker), RECORD, sale(buyer, 1_000n));
    graph.clock.set(new Date('2026-03-12T12:00:00Z'));
    await graph.run(graph.partner(florist), REDEEM, spend(buyer, '4'));
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) { ... on Account {
      before: balanceAt(at: "2026-03-10T11:59:59.999Z") on: balanceAt(at: "2026-03-10T12:00:00Z")
      between: balanceAt(at: "2026-03-12T11:59:59.999Z") after: balanceAt(at: "2026-03-12T13:00:00+01:00") } } }`;
    const representations = [{ __typename: 'Account', memberId: buyer }];
    const { data } = await graph.ask(graph.member(buyer), query, { representations });
    expect(data._entities).toEqual([{ before: '0', on: '10', between: '10', after: '6' }]);
  });
});

describe('an account in the past', () => {
  it('had by each of its versions what a replay of its statement comes to', async () => {
    const buyer = enrol();
    const minutes = [0, 1, 2, 3, 4, 5].map((n) => new Date(NOW.getTime() + n * 60_000));
    for (const [n, at] of minutes.entries()) {
      graph.clock.set(at);
      if (n % 3 === 2) await graph.run(graph.partner(florist), REDEEM, spend(buyer, '3'));
      else await graph.run(graph.partner(baker), RECORD, sale(buyer, 400n));
    }
    const asked = minutes.map((at, n) => `at${n}: balanceAt(at: "${at.toISOString()}")`).join(' ');
    const { statement, ...balances } = await graph.lookAt(buyer, `${asked} statement(first: 9) { nodes { points } }`);
    let sum = 0;
    const replayed = statement.nodes.toReversed().map(({ points }: { points: string }) => (sum += Number(points)));
    expect(Object.values(balances).map(Number)).toEqual(replayed);
    expect(replayed).toEqual([4, 8, 5, 9, 13, 10]);
  });
});

describe('a live balance', () => {
  const LIVE = `subscription ($memberId: ID!) { balanceChanged(memberId: $memberId) {
    isSnapshot version previousVersion account { available } cause { kind points externalRef } } }`;

  it('begins with how things stand, then tells every change with its cause', async () => {
    const buyer = enrol();
    await graph.run(graph.partner(baker), RECORD, sale(buyer, 1_000n));
    const stream = await graph.link.subscribe(graph.requestOf(graph.member(buyer), LIVE, { memberId: buyer }));
    const next = async () => JSON.parse(JSON.stringify((await stream.next()).value)).data.balanceChanged;
    expect(await next()).toEqual({
      ...{ isSnapshot: true, version: '1', previousVersion: null, account: { available: '10' }, cause: null },
    });
    const input = spend(buyer, '4');
    await graph.run(graph.partner(florist), REDEEM, input);
    expect(await next()).toEqual({
      ...{ isSnapshot: false, version: '2', previousVersion: '1', account: { available: '6' } },
      cause: { kind: 'REDEEM', points: '-4', externalRef: input.externalRef },
    });
    await stream.return?.();
  });

  it('goes on after what was seen last, and misses nothing', async () => {
    const buyer = enrol();
    const RESUME = `subscription ($memberId: ID!, $after: BigInt, $epoch: ID) {
      balanceChanged(memberId: $memberId, after: $after, epoch: $epoch) {
        isSnapshot version previousVersion epoch cause { points } } }`;
    const open = async (variables: object) => {
      const request = graph.requestOf(graph.member(buyer), RESUME, { memberId: buyer, ...variables });
      const stream = await graph.link.subscribe(request);
      const next = async () => JSON.parse(JSON.stringify((await stream.next()).value)).data.balanceChanged;
      return { next, close: () => stream.return?.() };
    };
    await graph.run(graph.partner(baker), RECORD, sale(buyer, 100n));
    const first = await open({});
    const seen = await first.next();
    await first.close();
    for (const euros of [2n, 3n]) await graph.run(graph.partner(baker), RECORD, sale(buyer, euros * 100n));
    const again = await open({ after: seen.version, epoch: seen.epoch });
    const missed = [await again.next(), await again.next()];
    expect(
      missed.map(({ isSnapshot, version, previousVersion, cause }) => [isSnapshot, version, previousVersion, cause]),
    ).toEqual([
      [false, '2', '1', { points: '2' }],
      [false, '3', '2', { points: '3' }],
    ]);
    await again.close();
    const restored = await open({ after: seen.version, epoch: 'another' });
    expect(await restored.next()).toMatchObject({ isSnapshot: true, version: '3' });
    await restored.close();
  });

  it('is refused to whoever may not read the account, as if there were none', async () => {
    const buyer = enrol({ [baker]: 'OPEN' });
    await graph.run(graph.partner(baker), RECORD, sale(buyer, 100n));
    for (const who of [graph.member(enrol()), graph.partner(florist), nobody]) {
      const stream = await graph.link.subscribe(graph.requestOf(who, LIVE, { memberId: buyer }));
      const { value } = await stream.next();
      expect(value.errors[0].extensions.code).toBe('NOT_FOUND');
      await stream.return?.();
    }
  });
});

expectTheBookToAddUp(graph);
