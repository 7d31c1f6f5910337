import { closeCycle } from '../../hub/replay/close-cycle';
import { REFUSAL } from '../../hub/client/graph';
import { foundCoalition, purchase, redemption, type Coalition } from './testkit/coalition';
import { SHAPES, type TestHub } from './testkit/hubs';

const RECORD = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) { ${REFUSAL} } }`;
const REDEEM = `mutation Redeem($input: RedeemPointsInput!) { result: redeemPoints(input: $input) { ${REFUSAL} } }`;
const LIST = `query List($id: ID!) { settlementDocuments(cycleId: $id, first: 100) { nodes {
  id kind format fileName contentType waitsFor { isHub } } } }`;
const CONTENT = 'query Content($id: ID!) { settlementDocument(id: $id) { content } }';
const CLOCK = `mutation Clock($input: SetTestClockInput!) { result: setTestClock(input: $input) { ${REFUSAL} } }`;
const STEP = `mutation Step($input: AdvanceSettlementCycleInput!) { result: advanceSettlementCycle(input: $input) {
  ... on SettlementStepSuccess { cycle { state } } ${REFUSAL} } }`;
const PAY = `mutation Pay($input: RecordGuaranteePaymentInput!) { result: recordGuaranteePayment(input: $input) {
  ... on GuaranteePaymentSuccess { guarantees { fund held { amountMinor } } } ${REFUSAL} } }`;
const DECLARE = `mutation Declare($input: DeclareDefaultInput!) { result: declareDefault(input: $input) { ... on DefaultSuccess {
  cycle { defaults { owed { amountMinor } fromDeposit { amountMinor } fromFund { amountMinor }
    shares { party { isHub } amount { amountMinor } } } } } ${REFUSAL} } }`;
const LEAVES = `mutation Leaves($input: PartnerLeavesInput!) { result: partnerLeaves(input: $input) { ${REFUSAL} } }`;
const RUN_OFF = `... on RunOffSuccess { runOff { id state outstanding depositDue { amountMinor } returned { amountMinor } } } ${REFUSAL}`;
const BEGIN = `mutation Begin($input: BeginRunOffInput!) { result: beginRunOff(input: $input) { __typename ${RUN_OFF} } }`;
const END = `mutation End($input: EndRunOffInput!) { result: endRunOff(input: $input) { ${RUN_OFF} } }`;
const STATUS = 'query Status($id: ID!) { partner(id: $id) { status } }';
const PAYMENTS = `query Payments($id: ID!) { settlementCycle(id: $id) { netPositions {
  party { partner { id } } carryIn { amountMinor } payment { amountMinor } } } }`;

interface Listed {
  readonly id: string;
  readonly kind: string;
  readonly format: string;
  readonly fileName: string;
  readonly contentType: string;
  readonly waitsFor: readonly object[];
}

describe.each(Object.entries(SHAPES))('a month that is closed, in %s', (_shape, open) => {
  let hub: TestHub;
  let coalition: Coalition;
  let cycleId: string;
  let memberId: string;
  beforeAll(async () => {
    hub = await open();
    coalition = await foundCoalition(hub);
    const { bakery, books, admin } = coalition;
    memberId = (await coalition.enrol('CARD-9', 'Zofia')).id;
    await bakery.caller.must(RECORD, { input: purchase('P1', memberId, 120) });
    await books.caller.must(REDEEM, { input: redemption('S1', memberId, 50) });
    cycleId = await closeCycle(admin, 'month');
  });
  afterAll(() => hub?.close(), 60_000);

  const listFor = async (caller: Coalition['admin']): Promise<readonly Listed[]> =>
    (await caller.ask<{ settlementDocuments: { nodes: Listed[] } }>(LIST, { id: cycleId })).settlementDocuments.nodes;
  const fetched = (id: string, credential: string | null, method = 'GET') =>
    fetch(`${hub.url}/v1/documents/${encodeURIComponent(id)}`, {
      method,
      headers: credential === null ? {} : { authorization: `Bearer ${credential}` },
    });
  const codeOf = async (answer: Response) => [
    answer.status,
    ((await answer.json()) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code,
  ];

  it('gives each document as a file, under its name and type, to those it is about', async () => {
    const { admin, adminToken, books, bakery } = coalition;
    const mine = (await listFor(books.caller)).filter(({ waitsFor }) => waitsFor.length === 0);
    expect(new Set(mine.map(({ format }) => format))).toEqual(new Set(['CSV', 'XLSX', 'PDF']));
    for (const { id, fileName, contentType } of mine) {
      for (const [caller, credential] of [[books.caller, books.key] as const, [admin, adminToken] as const]) {
        const answer = await fetched(id, credential);
        expect([answer.status, answer.headers.get('content-type')]).toEqual([200, contentType]);
        expect(answer.headers.get('content-disposition')).toContain(`attachment; filename="${fileName}"`);
        expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
        const bytes = Buffer.from(await answer.arrayBuffer());
        expect(answer.headers.get('content-length')).toBe(String(bytes.length));
        const asked = await caller.ask<{ settlementDocument: { content: string } }>(CONTENT, { id });
        expect(bytes.toString('base64')).toBe(asked.settlementDocument.content);
      }
    }
    const [statement] = mine.filter(({ kind }) => kind === 'STATEMENT');
    expect(await codeOf(await fetched(statement!.id, bakery.key))).toEqual([404, 'GATEWAY_NOT_FOUND']);
  });

  it('gives none to those who have no credential, for what is not there, or while it waits for details', async () => {
    const { admin, adminToken, books } = coalition;
    const all = await listFor(admin);
    const id = all[0]!.id;
    expect(await codeOf(await fetched(id, null))).toEqual([401, 'GATEWAY_UNAUTHENTICATED']);
    expect(await codeOf(await fetched(id, 'hub_test_no'))).toEqual([401, 'GATEWAY_UNAUTHENTICATED']);
    expect(await codeOf(await fetched('cyc_1.STATEMENT.x.CSV', adminToken))).toEqual([404, 'GATEWAY_NOT_FOUND']);
    const waiting = all.find(({ format }) => format === 'UBL')!;
    expect(await codeOf(await fetched(waiting.id, books.key))).toEqual([409, 'GATEWAY_DOCUMENT_WAITS']);
    const head = await fetched(id, adminToken, 'HEAD');
    expect([head.status, (await head.arrayBuffer()).byteLength]).toEqual([200, 0]);
  });

  it('is paid by others when a partner does not pay: deposit, fund, and those the cycle pays', async () => {
    const { admin, bakery, books } = coalition;
    const pay = (fund: string, amountMinor: string, bankRef: string) =>
      admin.must<{ guarantees: object[] }>(PAY, {
        input: {
          ...{ idempotencyKey: bankRef, fund, partnerId: bakery.id, direction: 'PAID_IN', amountMinor, bankRef },
          reason: 'agreed',
        },
      });
    await pay('DEPOSIT', '20', 'D-1');
    await pay('DEFAULT_FUND', '10', 'F-1');
    await admin.must(STEP, { input: { idempotencyKey: 'instructed', cycleId, to: 'INSTRUCTED' } });
    await admin.must(CLOCK, { input: { now: new Date(Date.now() + 40 * 86_400_000).toISOString() } });
    const input = { idempotencyKey: 'default', cycleId, partnerId: bakery.id, reason: 'nothing came' };
    const { cycle } = await admin.must<{ cycle: { defaults: object[] } }>(DECLARE, { input });
    const money = (amountMinor: string) => ({ amountMinor });
    expect(cycle.defaults).toEqual([
      {
        ...{ owed: money('50'), fromDeposit: money('20'), fromFund: money('10') },
        shares: [{ party: { isHub: false }, amount: money('20') }],
      },
    ]);
    const settled = await admin.must<{ cycle: object }>(STEP, {
      input: { idempotencyKey: 'settled', cycleId, to: 'SETTLED' },
    });
    expect(settled.cycle).toEqual({ state: 'SETTLED' });
    const next = await closeCycle(admin, 'next');
    const { settlementCycle } = await admin.ask<{
      settlementCycle: { netPositions: { party: { partner: { id: string } | null } }[] };
    }>(PAYMENTS, { id: next });
    expect(settlementCycle.netPositions.filter(({ party }) => party.partner?.id === books.id)).toMatchObject([
      { carryIn: money('-20'), payment: money('-20') },
    ]);
    for (const to of ['INSTRUCTED', 'SETTLED']) {
      await admin.must(STEP, { input: { idempotencyKey: `next ${to}`, cycleId: next, to } });
    }
  });

  it('runs off a leaving partner until it has left', async () => {
    const { admin, bakery, books } = coalition;
    await admin.must(LEAVES, { input: { idempotencyKey: 'leaves', partnerId: bakery.id, reason: 'sold' } });
    const begin = async (key: string) =>
      (
        await admin.ask<{ result: { __typename: string; runOff: { id: string } } }>(BEGIN, {
          input: { idempotencyKey: key, partnerId: bakery.id, agreedBreakageBps: 0, reason: 'sold' },
        })
      ).result;
    let begun = await begin('begin');
    // The ledger hears of it within a moment.
    for (let n = 0; begun.__typename === 'PartnerNotLeaving'; n += 1) begun = await begin(`begin ${n}`);
    expect(begun.runOff).toMatchObject({ state: 'RUNNING', outstanding: '70', depositDue: { amountMinor: '70' } });
    const runOffId = begun.runOff.id;
    await admin.must(PAY, {
      input: {
        ...{ idempotencyKey: 'D-2', fund: 'DEPOSIT', partnerId: bakery.id, direction: 'PAID_IN', amountMinor: '75' },
        ...{ bankRef: 'D-2', reason: 'run-off' },
      },
    });
    await books.caller.must(REDEEM, { input: redemption('S2', memberId, 70) });
    const last = await closeCycle(admin, 'last');
    for (const to of ['INSTRUCTED', 'SETTLED']) {
      await admin.must(STEP, { input: { idempotencyKey: `last ${to}`, cycleId: last, to } });
    }
    const { runOff } = await admin.must<{ runOff: object }>(END, { input: { idempotencyKey: 'end', runOffId } });
    expect(runOff).toMatchObject({ state: 'ENDED', outstanding: '0', returned: { amountMinor: '5' } });
    const { partner } = await admin.ask<{ partner: object }>(STATUS, { id: bakery.id });
    expect(partner).toEqual({ status: 'LEFT' });
  });
});
