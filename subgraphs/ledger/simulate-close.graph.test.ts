import { newId, type PartnerId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { ACCRUE, CLAW_BACK, inputsAt, REDEEM, REVERSE, SET_CLOCK } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const plain = aRuleBook();
const [a, b] = plain.brands;
const c = newId('ptr');
const price = { reimbursementMicros: 8_000n };
const graph = LedgerGraph.forThisFile(ledgerDefinition, {
  ...plain,
  partners: [a, b, c].map((id, n) => ({ id, code: 'ABC'[n]!, canIssue: true, canRedeem: true, status: 'ACTIVE' })),
  contracts: [
    aContract(a, { ...price, feeMicros: 500n }),
    aContract(b, price),
    aContract(c, { ...price, settlementModel: 'AT_ISSUANCE', issuanceMicros: 9_000n, breakageShareBps: 5_000 }),
  ],
});
const SIMULATE = `query ($id: ID!, $terms: [TrialTermsInput!]!) { simulateClose(cycleId: $id, terms: $terms) {
  party { partner { id } } asItIsMicros simulatedMicros difference { amountMinor } } }`;

describe('a close under other terms', () => {
  let id: string;
  const member = graph.enrol({ [a]: 'OPEN', [b]: 'OPEN', [c]: 'OPEN' });
  const nets = async (terms: object[]): Promise<Record<string, number[]>> => {
    const { data, codes } = await graph.ask(graph.finance(), SIMULATE, { id, terms });
    expect(codes).toEqual([]);
    const nameOf = (party: { partner: { id: PartnerId } | null }) =>
      party.partner === null ? 'H' : 'ABC'[[a, b, c].indexOf(party.partner.id)]!;
    return Object.fromEntries(
      data.simulateClose.map(({ party, asItIsMicros, simulatedMicros, difference }: Answer) => [
        nameOf(party),
        [asItIsMicros, simulatedMicros, difference.amountMinor].map(Number),
      ]),
    );
  };
  beforeAll(async () => {
    const soon = new Date(NOW.getTime() + 86_400_000);
    await graph.run(graph.admin(), SET_CLOCK, { now: NOW.toISOString() });
    const { accrue, reverse, spend } = inputsAt(NOW);
    const give = (issuerId: PartnerId, points: string, change: object = {}) =>
      graph.run(
        graph.admin(),
        ACCRUE,
        accrue(member, points, { issuerId, funding: [{ partnerId: issuerId, bps: 10_000 }], ...change }),
      );
    // A's 1,000 and C's 100, of which 40 expire; 900 of A's are spent at B, 100 come back, and A takes 50 back.
    const ofA = await give(a, '1000', { expiresAt: '2027-01-01T00:00:00Z' });
    const spent = await graph.run(graph.partner(b), REDEEM, spend(member, '900'));
    await graph.run(graph.admin(), REVERSE, reverse(spent.redemption.id, { points: '100' }));
    await graph.run(graph.admin(), CLAW_BACK, {
      ...{ idempotencyKey: newId('req'), lotId: ofA.lot.id, points: '50', reason: 'returned' },
    });
    await give(c, '40', { expiresAt: soon.toISOString() });
    await give(c, '60');
    await graph.run(graph.admin(), SET_CLOCK, { now: soon.toISOString() });
    id = (await graph.ask(graph.admin(), '{ currentCycle { id } }')).data.currentCycle.id;
  });

  it('is what it is when nothing is changed', async () => {
    // A owes B 800 · 0.008 = 6.4 and the fee of 950 points, 0.475; C paid 0.9 and gets half of 40 · 0.008 back.
    expect(await nets([])).toEqual({
      ...{ A: [-6_875_000, -6_875_000, 0], B: [6_400_000, 6_400_000, 0] },
      ...{ C: [-740_000, -740_000, 0], H: [1_215_000, 1_215_000, 0] },
    });
  });

  it('shows who would gain and who would lose by another price', async () => {
    // B for 0.009: A pays 0.8 more. What C keeps in reserve goes from 0.008 to 0.009, so its share of breakage is 0.18 and not 0.16.
    expect(await nets([{ partnerId: b, reimbursementMicros: '9000' }])).toMatchObject({
      ...{ A: [-6_875_000, -7_675_000, -80], B: [6_400_000, 7_200_000, 80], C: [-740_000, -720_000, 2] },
    });
  });

  it('shows another model, another fee and another share of breakage', async () => {
    // A at issuance for 0.0085: 1,000 less 50 are paid, and the fund pays B.
    const atIssuance = { partnerId: a, settlementModel: 'AT_ISSUANCE', issuanceMicros: '8500' };
    expect(await nets([atIssuance])).toMatchObject({ A: [-6_875_000, -8_075_000, -120], B: [6_400_000, 6_400_000, 0] });
    const others = [
      { partnerId: a, feeMicros: '0' },
      { partnerId: c, breakageShareBps: 10_000 },
    ];
    expect(await nets(others)).toMatchObject({ A: [-6_875_000, -6_400_000, 48], C: [-740_000, -580_000, 16] });
  });

  it('writes nothing, whatever is changed', async () => {
    const before = await graph.written();
    expect(before.length).toBeGreaterThan(20);
    await nets([{ partnerId: a, settlementModel: 'AT_ISSUANCE', issuanceMicros: '8500' }]);
    expect(await graph.written()).toEqual(before);
    await graph.run(graph.partner(a), REDEEM, inputsAt(new Date(NOW.getTime())).spend(member, '1'));
    expect(await graph.written()).not.toEqual(before);
  });

  it('is for the desk alone, and about terms that could be', async () => {
    const ask = async (who: Parameters<LedgerGraph['ask']>[0], terms: object[], cycle = id) =>
      (await graph.ask(who, SIMULATE, { id: cycle, terms })).codes;
    expect(await ask(graph.partner(a), [])).toEqual(['FORBIDDEN']);
    expect(await ask(graph.admin(), [], newId('cyc'))).toEqual(['NOT_FOUND']);
    for (const wrong of [
      { partnerId: newId('ptr') },
      { partnerId: a, settlementModel: 'LATER' },
      { partnerId: a, prefundBps: 10_001 },
      { partnerId: a, settlementModel: 'AT_ISSUANCE' },
      { partnerId: a, reimbursementMicros: '10001' },
      { partnerId: c, issuanceMicros: '7999' },
    ])
      expect(await ask(graph.admin(), [wrong])).toEqual(['INVALID_INPUT']);
  });
});

expectTheBookToAddUp(graph);
