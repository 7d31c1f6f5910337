import { closeCycle } from '../../hub/replay/close-cycle';
import { mintToken } from '../../hub/client/credentials';
import type { AnyResult } from '../../kernel/testkit/graph-client';
import { newId } from '../../kernel/values/id';
import { foundCoalition, purchase, redemption, type Coalition } from './testkit/coalition';
import { openAsOne, type TestHub } from './testkit/hubs';
import { LIVE_WAYS, WAYS, type Way } from './testkit/ways';

const ACCRUE = `mutation Accrue($input: PostAccrualInput!) { result: postAccrual(input: $input) {
  __typename ... on PostAccrualSuccess { lot { points: remaining } } ... on Refusal { code } } }`;
const RECORD = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) {
  __typename ... on RecordPurchaseSuccess { earned purchase { occurredAt } } ... on Refusal { code } } }`;
const TWICE = `mutation Twice($input: RecordPurchaseInput!, $other: RecordPurchaseInput!) {
  first: recordPurchase(input: $input) { ...told } second: recordPurchase(input: $input) { ...told }
  third: recordPurchase(input: $other) { ...told } }
  fragment told on RecordPurchaseResult {
    ... on RecordPurchaseSuccess { earned replayed account { available } } ... on Refusal { code } }`;
const REDEEM = `mutation Redeem($input: RedeemPointsInput!) { result: redeemPoints(input: $input) {
  ... on RedeemPointsSuccess { redemption { points } } ... on Refusal { code } } }`;
const ENROL = `mutation Enrol($input: EnrolMemberInput!) { result: enrolMember(input: $input) {
  ... on EnrolMemberSuccess { member { displayName } } ... on InvalidInput { code field } ... on Refusal { code } } }`;

let hub: TestHub;
let coalition: Coalition;
beforeAll(async () => {
  hub = await openAsOne();
  coalition = await foundCoalition(hub);
});
afterAll(() => hub?.close(), 60_000);

describe('points that mean harm', () => {
  let key: string;
  let member: { id: string };
  let intents = 0;
  beforeAll(async () => {
    key = await coalition.directKey(coalition.bakery.id);
    member = await coalition.enrol('VALUES-1');
  });

  const accrue = async (send: Way, points: unknown, rest: object = {}) => {
    const ref = `values ${(intents += 1)}`;
    const occurredAt = new Date(Date.now() - 60_000).toISOString();
    const input = {
      idempotencyKey: ref,
      externalRef: ref,
      points,
      reason: 'test',
      member: { id: member.id },
      occurredAt,
      ...rest,
    };
    return send(hub, { credential: key, document: ACCRUE, variables: { input } });
  };

  describe.each(Object.entries(WAYS))('and come over %s', (_way, send) => {
    it.each([
      '0',
      '-1',
      '1.5',
      '1e400',
      '1,000',
      '9223372036854775808',
      '١٠',
      '۱۰',
      '１０',
      ' 10',
      '0x10',
      10,
      1.5,
      null,
    ])('%j are refused', async (points) => {
      const { data, errors } = await accrue(send, points);
      expect(data?.result?.code ?? errors?.[0]?.extensions?.['code']).toBe('INVALID_INPUT');
    });

    it.each(['1', '2147483648', '9007199254740993'])('%s are taken to the point', async (points) => {
      expect(await accrue(send, points)).toMatchObject({ data: { result: { lot: { points } } } });
    });

    it.each(['2026-02-31T10:00:00Z', '2026-02-01T10:00:00', 'yesterday'])('at %s are refused', async (occurredAt) => {
      const { data, errors } = await accrue(send, '1', { occurredAt });
      expect(data?.result?.code ?? errors?.[0]?.extensions?.['code']).toBe('INVALID_INPUT');
    });
  });
});

describe.each(Object.entries(WAYS))('over %s', (way, send) => {
  const asBakery = (document: string, variables: Record<string, unknown>) =>
    send(hub, { credential: coalition.bakery.key, document, variables });
  const named = (what: string) => `${what} ${way}`;

  it('one key twice in one document is one purchase, and with another body a refusal', async () => {
    const member = await coalition.enrol(named('TWICE'));
    const input = purchase(named('twice'), member.id, 10);
    const other = { ...input, amount: { amountMinor: '9900', currency: 'EUR' } };
    expect((await asBakery(TWICE, { input, other })).data).toEqual({
      first: { earned: '10', replayed: false, account: { available: '10' } },
      second: { earned: '10', replayed: true, account: { available: '10' } },
      third: { code: 'IDEMPOTENCY_MISMATCH' },
    });
  });

  it.each([
    ['2026-03-29T02:30:00+01:00', '2026-03-29T01:30:00.000Z'],
    ['2026-03-29T02:30:00+02:00', '2026-03-29T00:30:00.000Z'],
  ])(
    'a sale at %s, an hour clocks left out, happened at the one instant its offset says',
    async (occurredAt, instant) => {
      const member = await coalition.enrol(named(`CLOCKS ${occurredAt}`));
      const input = { ...purchase(named(occurredAt), member.id, 5), occurredAt };
      const { data } = await asBakery(RECORD, { input });
      expect(data?.result.purchase).toEqual({ occurredAt: instant });
    },
  );

  it('a name longer than names may be is refused by its field, and one of spaces too', async () => {
    for (const [place, displayName] of ['x'.repeat(50_000), '   '].entries()) {
      const identity = { kind: 'CARD', value: named(`NAME ${place}`) };
      const input = { idempotencyKey: named(`name ${place}`), identity, displayName, acceptsTerms: true };
      const { data, errors } = await asBakery(ENROL, { input });
      expect([errors, data?.result]).toEqual([undefined, { code: 'INVALID_INPUT', field: 'input.displayName' }]);
    }
  });
});

describe('a name of 10 MB', () => {
  const input = {
    idempotencyKey: 'huge',
    identity: { kind: 'CARD', value: 'HUGE' },
    displayName: 'x'.repeat(10 * 1024 * 1024),
    acceptsTerms: true,
  };

  it.each(['application/json', 'text/event-stream'])('is not read over HTTP by who asks for %s', async (accept) => {
    const headers = { accept, 'content-type': 'application/json', authorization: `Bearer ${coalition.bakery.key}` };
    const body = JSON.stringify({ query: ENROL, variables: { input } });
    const response = await fetch(`${hub.url}/graphql`, { method: 'POST', headers, body });
    const { errors } = (await response.json()) as AnyResult;
    expect([response.status, errors?.[0]?.extensions?.['code']]).toEqual([413, 'GATEWAY_BODY_TOO_LARGE']);
  });

  it('closes a WebSocket with 1009', async () => {
    const socket = await hub.client().socket();
    await socket.init({ authorization: `Bearer ${coalition.bakery.key}` });
    socket.send({ type: 'subscribe', id: '1', payload: { query: ENROL, variables: { input } } });
    expect((await socket.closed).code).toBe(1009);
  });
});

describe('a credential of another coalition', () => {
  const ASKED = {
    reads: 'query ($id: ID!) { member(ref: { id: $id }) { id displayName account { available } } }',
    spends: `mutation ($id: ID!) { redeemPoints(input: { idempotencyKey: "theft", externalRef: "theft", points: "1",
      member: { id: $id }, occurredAt: "2026-03-01T10:00:00Z" }) { ... on Refusal { code message } } }`,
    gives: `mutation ($id: ID!) { transferPoints(input: { idempotencyKey: "theft", points: "1", to: { id: $id } }) {
      ... on Refusal { code message } } }`,
    watches: 'subscription ($id: ID!) { balanceChanged(memberId: $id) { version account { available } } }',
    'watches the tier of': 'subscription ($id: ID!) { tierChanged(memberId: $id) { version } }',
  } as const;
  let foreign: Coalition;
  let credentials: Readonly<Record<string, string>>;
  let victim: { id: string; token: string };
  beforeAll(async () => {
    foreign = await foundCoalition(hub);
    const stranger = await foreign.enrol('STRANGER');
    const admin = await mintToken(hub.issuer, { role: 'finance', programme: foreign.programmeId });
    credentials = {
      partner: foreign.bakery.key,
      member: stranger.token,
      admin: foreign.adminToken,
      'finance approver': admin,
    };
    victim = await coalition.enrol('VICTIM');
    await coalition.bakery.caller.must(RECORD, { input: purchase('victim', victim.id, 70) });
  });

  const cases = Object.entries(ASKED).flatMap(([what, document]) =>
    Object.entries(document.startsWith('subscription') ? LIVE_WAYS : WAYS).map(
      ([way, send]) => [what, way, { document, send }] as const,
    ),
  );

  it.each(cases)('that %s a member, over %s, is told what it is told of nobody', async (_what, _way, asked) => {
    const { document, send } = asked;
    const told = async (credential: string, id: string) =>
      JSON.stringify(await send(hub, { credential, document, variables: { id } })).replace(/req_[0-9a-f]+/g, 'req');
    const nobody = newId('mem');
    for (const [who, credential] of Object.entries(credentials)) {
      const ofMember = await told(credential, victim.id);
      expect([who, ofMember]).toEqual([who, (await told(credential, nobody)).replaceAll(nobody, victim.id)]);
      expect(ofMember).not.toMatch(/"70"|VICTIM|"version"/);
    }
    // Its own are told more (control), and nothing was taken.
    const own = await send(hub, { credential: victim.token, document: ASKED.reads, variables: { id: victim.id } });
    expect(own.data?.member).toMatchObject({ id: victim.id, account: { available: '70' } });
  });
});

describe('a sale and a redemption dated into a settled cycle', () => {
  const SETTLED = `query ($id: ID!) { settlementCycle(id: $id) { state
    directionalTotals { lines(first: 9) { nodes { id micros originalPeriod } } }
    netPositions { net { amountMinor } } } }`;
  const LINES = 'query ($id: ID!) { cycleLines(cycleId: $id, first: 9) { nodes { line { micros originalPeriod } } } }';

  it('are taken, whichever way they come, and belong to the open cycle: the settled one stays as it was', async () => {
    const { admin, bakery, books } = coalition;
    const member = await coalition.enrol('LATE');
    await bakery.caller.must(RECORD, { input: purchase('in time', member.id, 20) });
    await books.caller.must(REDEEM, { input: redemption('in time', member.id, 20) });
    const settled = await closeCycle(admin, 'the first');
    const before = await admin.ask<object>(SETTLED, { id: settled });
    // An hour before anything of this coalition happened: long settled.
    const occurredAt = new Date(Date.now() - 3_600_000).toISOString();
    for (const [way, send] of Object.entries(WAYS)) {
      const sale = { ...purchase(`late ${way}`, member.id, 30), occurredAt };
      const sold = await send(hub, { credential: bakery.key, document: RECORD, variables: { input: sale } });
      expect(sold.data?.result).toMatchObject({ earned: '30' });
      const spending = { ...redemption(`late ${way}`, member.id, 30), occurredAt };
      const spent = await send(hub, { credential: books.key, document: REDEEM, variables: { input: spending } });
      expect(spent.data?.result).toEqual({ redemption: { points: '30' } });
    }
    const next = await closeCycle(admin, 'the second');
    expect(await admin.ask<object>(SETTLED, { id: settled })).toEqual(before);
    const { cycleLines } = await admin.ask<{ cycleLines: { nodes: unknown[] } }>(LINES, { id: next });
    const line = { micros: '300000', originalPeriod: occurredAt.slice(0, 7) };
    expect(cycleLines.nodes).toEqual(Object.keys(WAYS).map(() => ({ line })));
  });
});
