import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD, REDEEM, SET_CLOCK } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const book = aRuleBook();
const reviewed = aRuleBook({ tierPolicy: { period: 'CALENDAR_YEAR', graceDays: 10, noticeDays: 30 } });
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, reviewed);
const { sale, spend } = inputsAt(NOW);
const [baker] = book.brands;
const till = graph.partner(baker);

const hours = (n: number) => new Date(+NOW + n * 3_600_000).toISOString();
const JUST_BEFORE = new Date(+NOW - 1).toISOString();

/** Earned now and spent a day later; two days later the ledger is told of a purchase made twelve hours from now. */
async function aMemberToldOfLate() {
  const buyer = graph.enrol({ [baker]: 'OPEN' });
  await graph.run(till, RECORD, sale(buyer, 1_000n));
  graph.clock.set(new Date(hours(24)));
  await graph.run(till, REDEEM, spend(buyer, '4', { occurredAt: hours(24) }));
  graph.clock.set(new Date(hours(48)));
  await graph.run(till, RECORD, sale(buyer, 500n, { occurredAt: hours(12) }));
  return buyer;
}

describe('a past', () => {
  it('is asked for as it was recorded, or as it happened', async () => {
    const buyer = await aMemberToldOfLate();
    const instants = [JUST_BEFORE, ...[0, 11, 12, 23, 24, 47, 48].map(hours)];
    const fields = instants.map(
      (at, n) => `r${n}: balanceAt(at: "${at}") e${n}: balanceAt(at: "${at}", by: EFFECTIVE)`,
    );
    const balances = await graph.lookAt(buyer, fields.join(' '));
    const along = (axis: string) => instants.map((_at, n) => balances[`${axis}${n}`] as string);
    expect(along('r')).toEqual(['0', '10', '10', '10', '10', '6', '6', '11']);
    expect(along('e')).toEqual(['0', '10', '10', '15', '15', '11', '11', '11']);
  });

  const lines = (args: string) =>
    `statement(first: 100, ${args}) { nodes { version kind balanceAfter occurredAt recordedAt } }`;
  const told = ({ statement }: Answer) =>
    statement.nodes.map(({ version, kind, balanceAfter }: Answer) => `${version} ${kind} ${balanceAfter}`) as string[];

  it('has a statement of its own, whose balances are those of its order', async () => {
    const buyer = await aMemberToldOfLate();
    const of = async (args: string) => told(await graph.lookAt(buyer, lines(args)));
    expect(await of('by: RECORDED')).toEqual(['3 EARN 11', '2 REDEEM 6', '1 EARN 10']);
    expect(await of(`asOf: "${hours(30)}"`)).toEqual(['2 REDEEM 6', '1 EARN 10']);
    expect(await of('by: EFFECTIVE')).toEqual(['2 REDEEM 11', '3 EARN 15', '1 EARN 10']);
    expect(await of(`by: EFFECTIVE, asOf: "${hours(18)}"`)).toEqual(['3 EARN 15', '1 EARN 10']);
    expect(await of(`by: EFFECTIVE, asOf: "${JUST_BEFORE}"`)).toEqual([]);
  });

  it('equals what its lines add up to, at the instant of each of them', async () => {
    const buyer = await aMemberToldOfLate();
    const { statement } = await graph.lookAt(buyer, lines('by: RECORDED'));
    for (const { recordedAt, balanceAfter } of statement.nodes)
      expect((await graph.lookAt(buyer, `balanceAt(at: "${recordedAt}")`)).balanceAt).toBe(balanceAfter);
    const effective = (await graph.lookAt(buyer, lines('by: EFFECTIVE'))).statement.nodes;
    for (const { occurredAt, balanceAfter } of effective)
      expect((await graph.lookAt(buyer, `balanceAt(at: "${occurredAt}", by: EFFECTIVE)`)).balanceAt).toBe(balanceAfter);
  });

  it.each(['by: RECORDED', 'by: EFFECTIVE', `asOf: "${hours(30)}"`])(
    'is paged without a gap or a repeat: %s',
    async (args) => {
      const buyer = await aMemberToldOfLate();
      const whole = told(await graph.lookAt(buyer, lines(args)));
      const paged: string[] = [];
      for (let after = ''; paged.length < whole.length;) {
        const page = `statement(first: 1, ${args} ${after}) { pageInfo { endCursor } nodes { version kind balanceAfter } }`;
        const answer = await graph.lookAt(buyer, page);
        paged.push(...told(answer));
        after = `after: "${answer.statement.pageInfo.endCursor}"`;
      }
      expect(paged).toEqual(whole);
    },
  );
});

describe('a tier’s history', () => {
  const { programmeId } = reviewed;
  const [shop] = reviewed.brands;
  const shopTill = graph.partner(shop, { programmeId });
  const admin = graph.admin('ada', programmeId);
  /** A rung reached in 2026 is kept through 2027 and ten days of grace, in Warsaw. */
  const REVIEWED = '2028-01-10T23:00:00.000Z';
  const HISTORY = 'tierHistory(first: 10) { nodes { code name kind since until } }';
  const ofMember = async (fields: string, id: string, who = admin): Promise<Answer> => {
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Member { ${fields} } } }`;
    const { data, codes } = await graph.ask(who, query, { representations: [{ __typename: 'Member', id }] });
    expect(codes).toEqual([]);
    return data._entities[0];
  };

  it('says when a member rose and when a review lowered it, the live view too, and is silent to strangers', async () => {
    const buyer = graph.enrol({ [shop]: 'OPEN' }, programmeId);
    await graph.run(shopTill, RECORD, sale(buyer, 60_000n));
    const moves = await graph.link.subscribe(
      graph.requestOf(
        graph.member(buyer, programmeId),
        'subscription ($id: ID!) { tierChanged(memberId: $id) { isSnapshot from { code } to { code } at } }',
        { id: buyer },
      ),
    );
    const move = async (): Promise<Answer> => JSON.parse(JSON.stringify((await moves.next()).value)).data.tierChanged;
    expect(await move()).toEqual({ isSnapshot: true, from: null, to: { code: 'SILVER' }, at: NOW.toISOString() });
    await graph.run(admin, SET_CLOCK, { now: '2028-02-01T00:00:00Z' });
    expect(await ofMember(HISTORY, buyer)).toEqual({
      tierHistory: {
        nodes: [
          { code: 'BASE', name: 'Base', kind: 'TIER_REVIEW', since: REVIEWED, until: null },
          { code: 'SILVER', name: 'Silver', kind: 'EARN', since: NOW.toISOString(), until: REVIEWED },
        ],
      },
    });
    const before = new Date(Date.parse(REVIEWED) - 1).toISOString();
    const at = `then: tierAt(at: "${before}") { code } now: tierAt(at: "${REVIEWED}") { code since }
      never: tierAt(at: "${JUST_BEFORE}") { code }`;
    expect(await ofMember(at, buyer)).toEqual({
      then: { code: 'SILVER' },
      now: { code: 'BASE', since: REVIEWED },
      never: null,
    });
    const stranger = graph.partner(baker, { programmeId });
    expect(await ofMember(`${HISTORY} tierAt(at: "${REVIEWED}") { code }`, buyer, stranger)).toEqual({
      tierHistory: null,
      tierAt: null,
    });
    expect(await move()).toEqual({ isSnapshot: false, from: { code: 'SILVER' }, to: { code: 'BASE' }, at: REVIEWED });
    await moves.return?.();
  });
});

expectTheBookToAddUp(graph);
