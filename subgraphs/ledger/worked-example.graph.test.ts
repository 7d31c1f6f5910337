import { ledgerDefinition } from './main';
import { newId } from '../../kernel/values/id';
import { GraphMarch, marchRules } from './testkit/graph-march';
import { expectTheBookToAddUp, LedgerGraph, type Answer } from './testkit/ledger-graph';

// The worked example of the settlement model: three brands, three members, a month. Its figures were derived by hand.
const plain = marchRules();
const disputed = marchRules({ disputeWindowDays: 10 });
const graph = LedgerGraph.forThisFile(ledgerDefinition, plain, disputed);

const CYCLE = `query ($id: ID!) { settlementCycle(id: $id) { state
  directionalTotals { debtor { partner { id } } creditor { partner { id } } exactMicros suspenseMicros billed { amountMinor } carryMicros
    lines(first: 9) { nodes { id kind micros billed { amountMinor } isDisputed outcomeOf } } }
  netPositions { party { partner { id } } net { amountMinor } payment { amountMinor currency } rate fxDifferenceMicros }
  disputes { id lineId reason state outcome owedMicros postedIn { id } } rates { currency rate source rateId partnerIds } } }`;
const cycleOf = async (march: GraphMarch, id: string, who = march.admin): Promise<Answer> =>
  (await graph.ask(who, CYCLE, { id })).data.settlementCycle;
function totalsOf(march: GraphMarch, { directionalTotals }: Answer): Record<string, number[]> {
  const totals = directionalTotals.map((total: Answer) => [
    `${march.nameOf(total.debtor)}→${march.nameOf(total.creditor)}`,
    [total.exactMicros, total.billed.amountMinor, total.carryMicros].map(Number),
  ]);
  return Object.fromEntries(totals);
}
function netsOf(march: GraphMarch, { netPositions }: Answer): Record<string, number> {
  return Object.fromEntries(
    netPositions.map(({ party, net }: Answer) => [march.nameOf(party), Number(net.amountMinor)]),
  );
}
const TOTALS = {
  'A→C': [8_155_200, 816, -4_800],
  'B→C': [1_444_800, 144, 4_800],
  'B→A': [2_400_000, 240, 0],
  'H→A': [12_792_000, 1_279, 2_000],
  'A→H': [460_200, 46, 200],
  'H→B': [2_720_000, 272, 0],
  'B→H': [340_300, 34, 300],
  'C→H': [20_400_000, 2_040, 0],
  'H→C': [480_000, 48, 0],
};

it('comes out through the graph as it was worked out by hand', async () => {
  const march = new GraphMarch(graph, plain);
  const [m1, m2, m3] = march.members;
  const [, b, c] = plain.abc;
  await march.play();
  const lots = 'available lots(first: 9) { nodes { remaining issuer { id } } }';
  expect(await graph.lookAt(m1, lots, plain.programmeId)).toEqual({
    available: '701',
    lots: {
      nodes: [
        { remaining: '200', issuer: { id: b } },
        { remaining: '200', issuer: { id: c } },
        { remaining: '301', issuer: { id: c } },
      ],
    },
  });
  expect(await graph.lookAt(m2, lots)).toEqual({
    available: '10',
    lots: { nodes: [{ remaining: '10', issuer: { id: c } }] },
  });
  expect(await graph.lookAt(m3, 'available')).toEqual({ available: '0' });
  expect(await graph.story(m3)).toEqual(['GOODWILL 250', 'EARN 120', 'EXPIRY -370']);

  const id = await march.close('NETTED');
  const cycle = await cycleOf(march, id);
  expect(totalsOf(march, cycle)).toEqual(TOTALS);
  expect(netsOf(march, cycle)).toEqual({ A: 657, B: -146, C: -1_032, H: 521 });
});

describe('with a line in dispute and a partner that settles in another currency', () => {
  const REFUSED = '__typename ... on Refusal { code }';
  const LINE = `${REFUSED} ... on DisputeStatementLineSuccess { line { isDisputed billed { amountMinor } } replayed }`;
  const RESOLVED = `${REFUSED} ... on ResolveDisputeSuccess { proposed dispute { state outcome owedMicros postedIn { state } } }`;
  let march: GraphMarch;
  let cycleId: string;
  let lineId: string;
  beforeAll(async () => {
    march = new GraphMarch(graph, disputed);
    await march.play();
    const rate = {
      currency: 'PLN',
      rate: '4.2575',
      source: 'ECB',
      rateId: '2026-03-31',
      partnerIds: [disputed.abc[2]],
    };
    cycleId = await march.close('ISSUED', { rates: [rate] });
    const { directionalTotals } = await cycleOf(march, cycleId);
    lineId = directionalTotals
      .flatMap(({ lines }: Answer) => lines.nodes)
      .find(({ micros }: Answer) => micros === '7192000').id;
  });
  const answerOf = (who: GraphMarch['admin'], name: string, input: object, fields: string) => {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { ${fields} } }`;
    return graph.run(who, mutation as never, { idempotencyKey: newId('req'), ...input });
  };
  const dispute = (who: GraphMarch['admin'], line = lineId) =>
    answerOf(who, 'disputeStatementLine', { lineId: line, reason: 'was sent back' }, LINE);

  it('is disputed by whom it is billed to, once, and by nobody else', async () => {
    const [a, b, c] = march.keys;
    const readsOnly = graph.partner(disputed.abc[0], {
      programmeId: disputed.programmeId,
      scopes: ['statements:read'],
    });
    for (const [who, code] of [
      [b, 'NOT_FOUND'],
      [c, 'FORBIDDEN'],
      [readsOnly, 'FORBIDDEN'],
      [march.admin, 'FORBIDDEN'],
      [graph.member(march.members[0], disputed.programmeId), 'FORBIDDEN'],
    ] as const) {
      expect((await dispute(who)).code).toBe(code);
    }
    expect((await dispute(a, 'lin_x')).code).toBe('NOT_FOUND');
    const outside = `${lineId.slice(0, -8)}00000063`;
    expect((await dispute(a, outside)).code).toBe('NOT_FOUND');
    expect(await dispute(a)).toMatchObject({ line: { isDisputed: true, billed: { amountMinor: '0' } } });
    expect((await dispute(a)).code).toBe('LEDGER_LINE_ALREADY_DISPUTED');
  });

  it('waits in suspense while the rest proceeds, by the agreement of all before the window ends', async () => {
    const early = await answerOf(march.admin, 'advanceSettlementCycle', { cycleId, to: 'AGREED' }, REFUSED);
    expect(early.code).toBe('LEDGER_DISPUTE_WINDOW_OPEN');
    const stale = await answerOf(march.keys[0], 'agreeStatement', { cycleId, version: '1' }, REFUSED);
    expect(stale.code).toBe('LEDGER_CYCLE_CONTENT_CHANGED');
    await march.agree(cycleId);
    await march.lead(cycleId, ['AGREED', 'NETTED']);
    const cycle = await cycleOf(march, cycleId);
    expect(totalsOf(march, cycle)).toEqual({ ...TOTALS, 'A→C': [963_200, 96, 3_200] });
    expect(netsOf(march, cycle)).toEqual({ A: 1_377, B: -146, C: -1_752, H: 521 });
    expect(cycle.disputes).toMatchObject([{ lineId, state: 'OPEN', outcome: null }]);
    const billedOf = ({ lines }: Answer) =>
      lines.nodes.reduce((sum: number, { billed }: Answer) => sum + Number(billed.amountMinor), 0);
    for (const total of cycle.directionalTotals) expect(billedOf(total)).toBe(Number(total.billed.amountMinor));
    const suspense = cycle.directionalTotals.map(({ suspenseMicros }: Answer) => suspenseMicros);
    expect(suspense.filter((micros: string) => micros !== '0')).toEqual(['7192000']);
  });

  it('pays the partner of another currency once, at the locked rate', async () => {
    const cycle = await cycleOf(march, cycleId);
    expect(cycle.rates).toEqual([
      { currency: 'PLN', rate: '4.2575', source: 'ECB', rateId: '2026-03-31', partnerIds: [disputed.abc[2]] },
    ]);
    // −17.52 · 4.2575 = −74.5914
    const ofC = cycle.netPositions.find(({ party }: Answer) => march.nameOf(party) === 'C');
    expect(ofC).toMatchObject({
      payment: { amountMinor: '-7459', currency: 'PLN' },
      ...{ rate: '4.2575', fxDifferenceMicros: '1400' },
    });
    const mine = await cycleOf(march, cycleId, march.keys[0]);
    expect([mine.rates, mine.disputes.length, mine.netPositions.length]).toEqual([[], 1, 1]);
    expect((await cycleOf(march, cycleId, march.keys[1])).disputes).toEqual([]);
  });

  it('comes back as a line of the next cycle by what is decided, and its link says so', async () => {
    const [{ id: disputeId }] = (await cycleOf(march, cycleId)).disputes;
    const decide = (input: object) =>
      answerOf(march.admin, 'resolveDispute', { disputeId, answer: 'half was', ...input }, RESOLVED);
    expect((await decide({ outcome: 'PARTIAL' })).code).toBe('LEDGER_DISPUTE_PART_WRONG');
    expect((await decide({ outcome: 'ACCEPT', owedMicros: '1' })).code).toBe('LEDGER_DISPUTE_PART_WRONG');
    const done = await decide({ outcome: 'PARTIAL', owedMicros: '3596000' });
    expect(done).toMatchObject({
      proposed: false,
      dispute: { state: 'RESOLVED', outcome: 'PARTIAL', owedMicros: '3596000' },
    });
    expect((await decide({ outcome: 'REJECT' })).code).toBe('LEDGER_DISPUTE_RESOLVED');
    const late = await dispute(march.keys[0]);
    expect(late.code).toBe('LEDGER_DISPUTE_WINDOW_CLOSED');
    const next = await march.close('ISSUED');
    const cycle = await cycleOf(march, next);
    expect(totalsOf(march, cycle)['A→C']).toEqual([3_596_000, 360, -800]);
    const lines = cycle.directionalTotals.flatMap(({ lines: { nodes } }: Answer) => nodes);
    expect(lines).toMatchObject([{ kind: 'REDEMPTION', micros: '3596000', outcomeOf: disputeId, isDisputed: false }]);
    await march.agree(next);
    await march.lead(next, ['AGREED', 'NETTED', 'INSTRUCTED', 'SETTLED', 'LOCKED']);
    await march.lead(cycleId, ['INSTRUCTED', 'SETTLED', 'LOCKED']);
    expect((await cycleOf(march, cycleId)).state).toBe('LOCKED');
  });
});

expectTheBookToAddUp(graph);
