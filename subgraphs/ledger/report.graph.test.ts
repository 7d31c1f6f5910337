import { newId, type MemberId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { inputsAt, RECORD, REDEEM, RETURN, SET_CLOCK, type Document } from './testkit/documents';
import { LedgerGraph, type Answer } from './testkit/ledger-graph';

const plain = aRuleBook({ pointsValidityDays: 90 });
const [a, b] = plain.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, {
  ...plain,
  contracts: [a, b].map((id) => aContract(id, { reimbursementMicros: 8_000n })),
});
const admin = graph.admin();
const [keyOfA, keyOfB] = [a, b].map((id) =>
  graph.partner(id, { scopes: ['statements:read', 'points:earn', 'points:redeem'] }),
);
const enrol = () => graph.enrol({ [a]: 'OPEN', [b]: 'OPEN' });
const members = Array.from({ length: 5 }, enrol) as MemberId[];

const LIABILITY = `query ($through: String!, $issuerId: ID, $after: String) { 
  pointLiability(through: $through, issuerId: $issuerId, first: 2, after: $after) {
  nodes { issuer { id } vintage figures { members issued redeemed clawedBack
   expired outstanding expectedRedeemed expectedRateBps basis reason } }
  pageInfo { hasNextPage endCursor } } }`;
const ROLL = `query ($from: String!, $through: String!, $issuerId: ID) { 
  contractLiability(from: $from, through: $through, issuerId: $issuerId) {
  issuer { id } figures { opening { amountMinor } allocated { amountMinor } recognised { amountMinor } breakage { amountMinor }
    changeOfEstimate { amountMinor } closing { amountMinor } } } }`;
const RATE = `__typename ... on Refusal { code } ... on InvalidInput { field }
  ... on RedemptionRateSuccess { replayed rate { id vintage rateBps issuer { id } proposedBy approvedBy } }`;
const PROPOSE =
  `mutation ($input: ProposeRedemptionRateInput!) { answer: proposeRedemptionRate(input: $input) { ${RATE} } }` as Document;
const APPROVE =
  `mutation ($input: ApproveRedemptionRateInput!) { answer: approveRedemptionRate(input: $input) { ${RATE} } }` as Document;
const COALITION = `query ($id: ID!) { coalitionIndicators(cycleId: $id) { redeemed crossBrand crossBrandBps gross { amountMinor }
  netPaid { amountMinor } nettingEfficiencyBps netFlows { from { id } to { id } points value { amountMinor } } } }`;

async function on(day: string) {
  const at = new Date(`${day}T12:00:00Z`);
  await graph.run(admin, SET_CLOCK, { now: at.toISOString() });
  return inputsAt(at);
}
const done = async (answer: Promise<Answer>): Promise<Answer> => {
  const it = await answer;
  expect(it.code).toBeUndefined();
  return it;
};
const minors = (figures: Answer) =>
  Object.fromEntries(Object.entries(figures).map(([name, money]) => [name, Number((money as Answer).amountMinor)]));

beforeAll(async () => {
  // January: each of five members earns 1,000 at A. February: the first redeems 400 at B and returns 300 euros' worth of goods;
  // March: the second earns 200 at B. May: what is left of January has expired.
  let at = await on('2026-01-10');
  const sales = await Promise.all(members.map((member) => done(graph.run(keyOfA!, RECORD, at.sale(member, 100_000n)))));
  at = await on('2026-02-10');
  await done(graph.run(keyOfB!, REDEEM, at.spend(members[0]!, '400')));
  await done(graph.run(keyOfA!, RETURN, at.bringBack(sales[0].purchase.externalRef, 30_000n)));
  at = await on('2026-03-10');
  await done(graph.run(keyOfB!, RECORD, at.sale(members[1]!, 20_000n)));
  await on('2026-05-20');
});

const liability = async (who: Parameters<LedgerGraph['ask']>[0], through: string, issuerId: string | null = null) =>
  (await graph.ask(who, LIABILITY, { through, issuerId })).data.pointLiability;

describe('points by issuer and month of earning', () => {
  it('are what was issued less redeemed, taken back and expired, at the end of any month', async () => {
    const of = async (through: string) => (await liability(admin, through, a)).nodes[0].figures;
    const none = { expectedRateBps: 10_000, basis: 'NONE', reason: null };
    expect(await of('2026-01')).toEqual({
      ...{ members: '5', issued: '5000', redeemed: '0', clawedBack: '0', expired: '0', outstanding: '5000' },
      ...{ ...none, expectedRedeemed: '5000' },
    });
    expect(await of('2026-02')).toEqual({
      ...{ members: '5', issued: '5000', redeemed: '400', clawedBack: '300', expired: '0', outstanding: '4300' },
      ...{ ...none, expectedRedeemed: '4700' },
    });
    expect(await of('2026-05')).toMatchObject({ expired: '4300', outstanding: '0', expectedRedeemed: '400' });
    expect((await liability(admin, '2025-12')).nodes).toEqual([]);
  });

  it('are shown to a partner about its own points, and never about fewer than five members', async () => {
    const own = (await liability(keyOfA!, '2026-02')).nodes;
    expect(own.map(({ issuer, vintage }: Answer) => [issuer.id, vintage])).toEqual([[a, '2026-01']]);
    expect(own[0].figures.issued).toBe('5000');
    expect((await liability(keyOfB!, '2026-03')).nodes).toEqual([
      { issuer: { id: b }, vintage: '2026-03', figures: null },
    ]);
    expect((await liability(admin, '2026-03', b)).nodes[0].figures.issued).toBe('200');
    expect((await graph.ask(keyOfA!, LIABILITY, { through: '2026-02', issuerId: b })).codes).toEqual(['NOT_FOUND']);
    expect((await graph.ask(graph.member(members[0]!), LIABILITY, { through: '2026-02' })).codes).toEqual([
      'FORBIDDEN',
    ]);
  });

  it('are told page by page, and for months only', async () => {
    const all = await liability(admin, '2026-03');
    expect(all.nodes).toHaveLength(2);
    expect(all.pageInfo.hasNextPage).toBe(false);
    expect((await graph.ask(admin, LIABILITY, { through: '2026-13' })).codes).toEqual(['INVALID_INPUT']);
  });
});

describe('the contract liability', () => {
  const roll = async (
    who: Parameters<LedgerGraph['ask']>[0],
    from: string,
    through: string,
    issuerId: string | null = a,
  ) => (await graph.ask(who, ROLL, { from, through, issuerId })).data.contractLiability[0]?.figures ?? null;

  it('rolls forward month by month, at 0.008 a point', async () => {
    // 5,000 points are 40.00; 300 taken back 2.40; 400 redeemed 3.20; 4,300 expired 34.40.
    expect(minors(await roll(admin, '2026-01', '2026-01'))).toEqual({
      ...{ opening: 0, allocated: 4_000, recognised: 0, breakage: 0, changeOfEstimate: 0, closing: 4_000 },
    });
    expect(minors(await roll(admin, '2026-02', '2026-02'))).toEqual({
      ...{ opening: 4_000, allocated: -240, recognised: 320, breakage: 0, changeOfEstimate: 0, closing: 3_440 },
    });
    expect(minors(await roll(admin, '2026-03', '2026-05'))).toEqual({
      ...{ opening: 3_440, allocated: 0, recognised: 0, breakage: 0, changeOfEstimate: 3_440, closing: 0 },
    });
  });

  it('is a partner’s own, and hidden when it is about too few', async () => {
    expect(minors(await roll(keyOfA!, '2026-01', '2026-05', null)).allocated).toBe(3_760);
    expect(await roll(keyOfB!, '2026-01', '2026-05', null)).toBeNull();
    expect((await graph.ask(admin, ROLL, { from: '2026-03', through: '2026-01' })).codes).toEqual(['INVALID_INPUT']);
  });
});

describe('a rate in place of the estimate', () => {
  const proposal = (change: object = {}) => ({
    ...{
      idempotencyKey: newId('req'),
      issuerId: b,
      vintage: '2026-03',
      rateBps: 8_000,
      reason: 'a campaign',
      ...change,
    },
  });
  const approve = (rateId: string) => ({ idempotencyKey: newId('req'), rateId });

  it('counts from the month another person approves it, with its reason', async () => {
    const asked = proposal();
    const { rate } = await done(graph.run(admin, PROPOSE, asked));
    expect((await graph.run(admin, PROPOSE, asked)).replayed).toBe(true);
    expect((await liability(admin, '2026-05', b)).nodes[0].figures.basis).toBe('NONE');
    const approved = await done(graph.run(graph.finance(), APPROVE, approve(rate.id)));
    expect(approved.rate).toMatchObject({ rateBps: 8_000, issuer: { id: b }, proposedBy: 'ada', approvedBy: 'fay' });
    expect((await liability(admin, '2026-05', b)).nodes[0].figures).toMatchObject({
      ...{ expectedRedeemed: '160', expectedRateBps: 8_000, basis: 'OVERRIDE', reason: 'a campaign' },
    });
    expect((await liability(admin, '2026-04', b)).nodes[0].figures.basis).toBe('NONE');
    expect((await graph.run(graph.finance(), APPROVE, approve(rate.id))).code).toBe('LEDGER_REDEMPTION_RATE_APPROVED');
    const list = '{ redemptionRates(first: 5) { nodes { id } } }';
    expect((await graph.ask(graph.finance(), list)).data.redemptionRates.nodes).toEqual([{ id: rate.id }]);
    expect((await graph.ask(keyOfA!, list)).data.redemptionRates.nodes).toEqual([]);
  });

  it('is refused to everybody but an admin, and for what is no month, rate or issuer', async () => {
    expect((await graph.run(keyOfA!, PROPOSE, proposal())).code).toBe('FORBIDDEN');
    expect((await graph.run(keyOfA!, APPROVE, approve(newId('rdr')))).code).toBe('FORBIDDEN');
    expect((await graph.run(graph.finance(), APPROVE, approve(newId('rdr')))).code).toBe('NOT_FOUND');
    expect((await graph.run(admin, PROPOSE, proposal({ vintage: '2026-2' }))).field).toBe('input.vintage');
    expect((await graph.run(admin, PROPOSE, proposal({ rateBps: 10_001 }))).field).toBe('input.rateBps');
    expect((await graph.run(admin, PROPOSE, proposal({ issuerId: newId('ptr') }))).code).toBe('NOT_FOUND');
  });
});

describe('the indicators of the coalition', () => {
  it('say how much is burned at other brands and on balance where', async () => {
    const { data } = await graph.ask(admin, '{ currentCycle { id } }');
    const { coalitionIndicators } = (await graph.ask(admin, COALITION, { id: data.currentCycle.id })).data;
    expect(coalitionIndicators).toMatchObject({ redeemed: '400', crossBrand: '400', crossBrandBps: 10_000 });
    expect(coalitionIndicators.netFlows).toEqual([
      { from: { id: a }, to: { id: b }, points: '400', value: { amountMinor: '320' } },
    ]);
    expect((await graph.ask(keyOfA!, COALITION, { id: data.currentCycle.id })).codes).toEqual(['FORBIDDEN']);
  });
});
