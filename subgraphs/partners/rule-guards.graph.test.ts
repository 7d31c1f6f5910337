import type { Principal } from '../../kernel/context/principal';
import { describeFindings, runInvariants } from '../../kernel/db/invariants';
import type { PartnerId, ProgrammeId } from '../../kernel/values/id';
import { partnersDefinition } from './main';
import { anAdminOf, freshKey } from './testkit/builders';
import { PartnersGraph } from './testkit/partners-graph';

const FACTS = '... on RebateAboveLimit { rebateBps limitBps } ... on ArbitrageLoop { loop }';
const SET = `... on PurchaseRuleSuccess { rule { id code version } } ${FACTS}`;
const RATED = `... on SetEarningRuleSuccess { earningRule { version } } ${FACTS}`;
const PROPOSAL = `proposal { id operation code change version rebateBps limitBps contentHash state proposedBy decidedBy }`;
const PROPOSED = `... on ProposeRuleSuccess { replayed ${PROPOSAL} } ... on ArbitrageLoop { loop }`;
const APPROVED = `... on ApproveRuleSuccess { replayed ruleBookVersion ${PROPOSAL} }`;

let graph: PartnersGraph;
beforeAll(async () => {
  graph = await PartnersGraph.open(partnersDefinition);
});
afterAll(() => graph.close());

const validFrom = '2026-03-01T00:00:00Z';
const rate = (partnerId: string, points: string, change: object = {}) => ({
  ...{ partnerId, points, perAmountMinor: '100', validFrom: '2026-01-01T00:00:00Z' },
  ...change,
});
const aRule = (partnerId: string, change: object = {}) => ({
  ...{ partnerId, code: `r${freshKey()}`, name: 'Online', validFrom },
  effect: { kind: 'RATE', points: '10', perAmountMinor: '100' },
  ...change,
});
const aCampaign = (partnerId: string, change: object = {}) =>
  aRule(partnerId, { effect: { kind: 'BONUS', points: '20' }, phase: 'FULL', purpose: 'EARNING', ...change });
const keyed = (input: object) => ({ idempotencyKey: freshKey(), ...input });
const found = (change: object = {}) => graph.found({ rebateLimitBps: 1_000, ...change });
const second = (programmeId: ProgrammeId): Principal => ({ kind: 'finance', programmeId, subject: 'fay' });

describe('a rule that brings back more than one person may decide', () => {
  it('is refused with how much it is: ten points a dollar are 10 %, eleven are more', async () => {
    const { admin, partnerId } = await found();
    expect(await graph.change(admin, 'setEarningRule', rate(partnerId, '10'), RATED)).toMatchObject({
      earningRule: { version: 1 },
    });
    const more = { effect: { kind: 'RATE', points: '11', perAmountMinor: '100' } };
    const refused = { code: 'PARTNERS_REBATE_ABOVE_LIMIT', limitBps: 1_000 };
    expect(await graph.change(admin, 'setPurchaseRule', aRule(partnerId, more), SET)).toMatchObject({
      ...refused,
      rebateBps: 1_100,
    });
    const unbounded = aCampaign(partnerId);
    expect(await graph.change(admin, 'createCampaign', unbounded, SET)).toMatchObject({ ...refused, rebateBps: null });
    const next = rate(partnerId, '11', { validFrom });
    expect(await graph.change(admin, 'setEarningRule', next, RATED)).toMatchObject({ ...refused, rebateBps: 1_100 });
    // What does not raise anything is no matter of the limit.
    expect(await graph.change(admin, 'setPurchaseRule', aRule(partnerId), SET)).toMatchObject({ rule: { version: 1 } });
  });

  it('is set when another person approves what was looked at, once', async () => {
    const { admin, partnerId, programmeId } = await found();
    const setPurchaseRule = keyed(
      aRule(partnerId, { effect: { kind: 'RATE', points: '20', perAmountMinor: '100' }, capPoints: '500' }),
    );
    const { proposal } = await graph.change(admin, 'proposeRule', { setPurchaseRule }, PROPOSED);
    expect(proposal).toMatchObject({
      ...{
        operation: 'setPurchaseRule',
        version: 1,
        rebateBps: 2_000,
        limitBps: 1_000,
        state: 'OPEN',
        proposedBy: 'ada',
      },
      change: { capPoints: '500', effect: { kind: 'RATE', points: '20' } },
    });
    const approve = (who: Principal, change: object = {}) =>
      graph.change(who, 'approveRule', { partnerId, contentHash: proposal.contentHash, ...change }, APPROVED);
    for (const same of [admin, { kind: 'finance', programmeId, subject: 'ada' } as const]) {
      expect(await approve(same)).toMatchObject({ code: 'PARTNERS_SELF_APPROVAL' });
    }
    const other = await approve(second(programmeId), { contentHash: '0'.repeat(64) });
    expect(other).toMatchObject({ code: 'PARTNERS_PROPOSAL_CHANGED' });
    expect((await graph.lastBook(programmeId)).purchaseRules).toEqual([]);
    const idempotencyKey = freshKey();
    const done = await approve(second(programmeId), { idempotencyKey });
    expect(done).toMatchObject({ replayed: false, proposal: { state: 'APPROVED', decidedBy: 'fay' } });
    expect((await graph.lastBook(programmeId)).purchaseRules).toMatchObject([
      { capPoints: '500', effect: { points: '20', perAmountMinor: '100' }, from: '2026-03-01T00:00:00.000Z' },
    ]);
    expect(await approve(second(programmeId), { idempotencyKey })).toEqual({ ...done, replayed: true });
    expect(await approve(second(programmeId))).toMatchObject({ code: 'PARTNERS_PROPOSAL_CHANGED' });
    const asked = `query ($id: ID!) { partner(id: $id) { ruleProposals { state decidedBy } } }`;
    const { data } = await graph.ask(admin, asked, { id: partnerId });
    expect(data.partner.ruleProposals).toEqual([{ state: 'APPROVED', decidedBy: 'fay' }]);
  });

  it.each([
    ['createCampaign', (id: PartnerId) => aCampaign(id, { budgetPoints: '100', validUntil: '2026-04-01T00:00:00Z' })],
    ['setEarningRule', (id: PartnerId) => rate(id, '50')],
  ])('may be a %s', async (operation, input) => {
    const { admin, partnerId, programmeId } = await found();
    const { proposal } = await graph.change(admin, 'proposeRule', { [operation]: keyed(input(partnerId)) }, PROPOSED);
    const approval = { partnerId, contentHash: proposal.contentHash };
    expect(await graph.change(second(programmeId), 'approveRule', approval, APPROVED)).toMatchObject({
      proposal: { state: 'APPROVED' },
    });
  });

  it('is not approved when what holds has changed since, was replaced or taken back', async () => {
    const { admin, partnerId, programmeId } = await found();
    const change = aRule(partnerId, { effect: { kind: 'MULTIPLIER', bps: 20_000 } });
    await graph.change(admin, 'setEarningRule', rate(partnerId, '6'), RATED);
    const propose = async () =>
      (await graph.change(admin, 'proposeRule', { setPurchaseRule: keyed(change) }, PROPOSED)).proposal;
    const approve = ({ contentHash }: { contentHash: string }) =>
      graph.change(second(programmeId), 'approveRule', { partnerId, contentHash }, APPROVED);
    const first = await propose();
    await graph.change(admin, 'setEarningRule', rate(partnerId, '7', { validFrom: '2026-02-01T00:00:00Z' }), RATED);
    expect(await approve(first)).toMatchObject({ code: 'PARTNERS_PROPOSAL_CHANGED' });
    const again = await propose();
    expect([first.rebateBps, again.rebateBps]).toEqual([1_200, 1_400]);
    const taken = { partnerId, contentHash: again.contentHash };
    expect(
      await graph.change(admin, 'withdrawRule', taken, '... on WithdrawRuleSuccess { proposal { state } }'),
    ).toMatchObject({
      proposal: { state: 'WITHDRAWN' },
    });
    expect(await approve(again)).toMatchObject({ code: 'PARTNERS_PROPOSAL_CHANGED' });
  });

  it('is proposed as exactly one change, by an admin', async () => {
    const { admin, partnerId, programmeId } = await found();
    const setEarningRule = keyed(rate(partnerId, '5'));
    const both = { setEarningRule, setPurchaseRule: keyed(aRule(partnerId)) };
    for (const wrong of [{}, both]) {
      expect(await graph.change(admin, 'proposeRule', wrong, PROPOSED)).toMatchObject({
        code: 'INVALID_INPUT',
        field: 'input',
      });
    }
    expect(await graph.change(second(programmeId), 'proposeRule', {}, PROPOSED)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await graph.change(second(programmeId), 'proposeRule', { setEarningRule }, PROPOSED)).toMatchObject({
      code: 'FORBIDDEN',
    });
  });

  it('is one person’s where the programme has no limit', async () => {
    const { admin, partnerId } = await graph.found();
    expect(await graph.change(admin, 'createCampaign', aCampaign(partnerId), SET)).toMatchObject({
      rule: { version: 1 },
    });
  });
});

describe('an arbitrage loop', () => {
  const LOOP = { code: 'PARTNERS_ARBITRAGE_LOOP' };
  const contract = (partnerId: string, change: object = {}) => ({
    ...{ partnerId, validFrom: '2026-01-01T00:00:00Z', reimbursementMicros: '8000', feeMicros: '100', ...change },
  });
  const codeOf = async (who: Principal, id: PartnerId) =>
    (await graph.ask(who, 'query ($id: ID!) { partner(id: $id) { code } }', { id })).data.partner.code as string;

  /** Two partners with contracts: one that sells, one that redeems and pays for the other's campaigns. */
  async function coalition() {
    const { admin, partnerId: seller, programmeId } = await graph.found({ singleApprover: true });
    const payer = await graph.join(admin);
    await graph.change(admin, 'setEarningRule', rate(seller, '1'), RATED);
    const agree = (id: PartnerId, change: object = {}) =>
      graph.change(admin, 'agreeContract', contract(id, change), FACTS_OF_CONTRACT);
    return { admin, seller, payer, programmeId, agree };
  }
  const FACTS_OF_CONTRACT = '... on AgreeContractSuccess { contract { version } } ... on ArbitrageLoop { loop }';
  const joint = (seller: PartnerId, payer: PartnerId, change: object = {}) =>
    aCampaign(seller, {
      funding: [
        { partnerId: seller, bps: 4_000 },
        { partnerId: payer, bps: 6_000 },
      ],
      ...change,
    });

  it('for members, who get back what they pay, is refused however many approve, and named', async () => {
    const { admin, partnerId } = await found();
    const whole = aRule(partnerId, { effect: { kind: 'RATE', points: '100', perAmountMinor: '100' } });
    const refused = await graph.change(admin, 'setPurchaseRule', whole, SET);
    const shop = await codeOf(admin, partnerId);
    expect(refused).toMatchObject({
      ...LOOP,
      loop: [
        `buy at ${shop} and get 100 % back as points (${whole.code})`,
        `spend them at ${shop}`,
        `buy at ${shop} again`,
      ],
    });
    expect(await graph.change(admin, 'proposeRule', { setPurchaseRule: keyed(whole) }, PROPOSED)).toMatchObject(LOOP);
  });

  it('for members is refused though a bonus without a minimum is in the same group, or made way for it', async () => {
    const { admin, partnerId } = await graph.found();
    await graph.change(admin, 'setEarningRule', rate(partnerId, '10'), RATED);
    const bonus = aRule(partnerId, { effect: { kind: 'BONUS', points: '1' }, group: 'g' });
    expect(await graph.change(admin, 'setPurchaseRule', bonus, SET)).toMatchObject({ rule: { version: 1 } });
    const twentyfold = aRule(partnerId, { effect: { kind: 'MULTIPLIER', bps: 200_000 }, group: 'g' });
    expect(await graph.change(admin, 'setPurchaseRule', twentyfold, SET)).toMatchObject(LOOP);
    const inItsPlace = { ...twentyfold, code: bonus.code, validFrom: '2026-04-01T00:00:00Z' };
    expect(await graph.change(admin, 'setPurchaseRule', inItsPlace, SET)).toMatchObject(LOOP);
  });

  it('across partners is refused before the campaign begins, and named: earn here, spend there, return', async () => {
    const { admin, seller, payer, agree } = await coalition();
    await agree(seller);
    await agree(payer);
    const campaign = joint(seller, payer);
    const [shop, other] = [await codeOf(admin, seller), await codeOf(admin, payer)];
    const { loop, code } = await graph.change(admin, 'createCampaign', campaign, SET);
    expect(code).toBe(LOOP.code);
    expect(loop).toHaveLength(3);
    expect(loop[0]).toBe(`buy at ${shop} and earn by ${campaign.code}, which ${other} pays for`);
    expect(loop[1]).toMatch(/^spend the points at C[0-9a-f]+, which is paid 8000 micro-units a point$/);
    expect(loop[2]).toBe(`return the purchase at ${shop}`);
  });

  it.each([
    ['a budget', { budgetPoints: '1000' }],
    ['a teaser, which earns nothing', { phase: 'TEASER' }],
    ['the seller paying all', { funding: null }],
  ])('is closed by %s', async (_, change) => {
    const { admin, seller, payer, agree } = await coalition();
    await agree(seller);
    await agree(payer);
    expect(await graph.change(admin, 'createCampaign', joint(seller, payer, change), SET)).toMatchObject({
      rule: { version: 1 },
    });
  });

  it('is closed by a budget of its purpose, and by points that wait', async () => {
    const { admin, seller, payer, agree } = await coalition();
    await agree(seller);
    await agree(payer);
    await graph.change(admin, 'setPurposeBudget', {
      partnerId: seller,
      purpose: 'LIFECYCLE',
      points: '500',
      period: 'MONTH',
    });
    const ofPurpose = joint(seller, payer, { purpose: 'LIFECYCLE' });
    expect(await graph.change(admin, 'createCampaign', ofPurpose, SET)).toMatchObject({ rule: { version: 1 } });
    await graph.change(
      admin,
      'setEarningRule',
      rate(seller, '1', { pendingDays: 30, validFrom: '2026-02-01T00:00:00Z' }),
      RATED,
    );
    expect(await graph.change(admin, 'createCampaign', joint(seller, payer), SET)).toMatchObject({
      rule: { version: 1 },
    });
    // Points that wait no longer open it again, from the instant they do not.
    const atOnce = rate(seller, '1', { validFrom: '2026-06-01T00:00:00Z' });
    expect(await graph.change(admin, 'setEarningRule', atOnce, RATED)).toMatchObject(LOOP);
  });

  it('that a contract would open is refused with the contract, agreed or proposed', async () => {
    const { admin, seller, payer, agree } = await coalition();
    // Without a contract the seller issues nothing, and a redeemer that is paid nothing gains nothing.
    expect(await graph.change(admin, 'createCampaign', joint(seller, payer), SET)).toMatchObject({
      rule: { version: 1 },
    });
    expect(await agree(seller, { reimbursementMicros: '0' })).toMatchObject({ contract: { version: 1 } });
    expect(await agree(payer)).toMatchObject(LOOP);
    const proposed = await graph.change(admin, 'proposeContract', contract(payer), '... on ArbitrageLoop { loop }');
    expect(proposed).toMatchObject(LOOP);
    expect(await agree(payer, { reimbursementMicros: '0' })).toMatchObject({ contract: { version: 1 } });
  });

  it('is not there where the seller pays more than it could win', async () => {
    const { admin, seller, payer, agree } = await coalition();
    const share = {
      funding: [
        { partnerId: seller, bps: 9_000 },
        { partnerId: payer, bps: 1_000 },
      ],
    };
    // 0.008 · 10 % is less than 90 % of a fee of 0.001.
    await agree(seller, { feeMicros: '1000' });
    await agree(payer);
    expect(await graph.change(admin, 'createCampaign', joint(seller, payer, share), SET)).toMatchObject({
      rule: { version: 1 },
    });
  });
});

it('the limit is what the host founded the programme with', async () => {
  const { programmeId } = await found();
  const { data } = await graph.ask(anAdminOf(programmeId), '{ currentProgramme { rebateLimitBps } }');
  expect(data.currentProgramme).toEqual({ rebateLimitBps: 1_000 });
});

it('what was approved is a version of its rule, by another person', async () => {
  const { pool } = graph.database;
  const findings = async () => describeFindings(await runInvariants(graph.database, partnersDefinition.invariants));
  expect(await findings()).toEqual([]);
  const { rows } = await pool.query<{ count: string }>(`select count(*) from rule_proposal where state = 'APPROVED'`);
  expect(Number(rows[0]?.count)).toBeGreaterThan(2);
  await pool.query(`update rule_proposal set decided_by = proposed_by where state = 'APPROVED'`);
  expect(await findings()).toHaveLength(1);
});
