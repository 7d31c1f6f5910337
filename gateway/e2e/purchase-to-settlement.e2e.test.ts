import { closeCycle } from '../../hub/replay/close-cycle';
import { foundCoalition, purchase, redemption, type Coalition } from './testkit/coalition';
import { SHAPES, type TestHub } from './testkit/hubs';

const RECORD = `mutation Record($input: RecordPurchaseInput!) { recordPurchase(input: $input) {
  __typename ... on RecordPurchaseSuccess { earned account { version available } replayed }
  ... on Refusal { code message retryable replayed } } }`;
const REDEEM = `mutation Redeem($input: RedeemPointsInput!) { redeemPoints(input: $input) {
  __typename ... on RedeemPointsSuccess {
    redemption { points redeemer { id } draws { points lot { issuer { id } } claim { amountMinor } } }
    account { version available } replayed }
  ... on InsufficientPoints { missingPoints } ... on Refusal { code message retryable replayed } } }`;
const WATCH = `subscription Watch($memberId: ID!) { balanceChanged(memberId: $memberId) {
  version previousVersion isSnapshot account { available } member { displayName tier { code } } cause { kind points partner { name } } } }`;
const ENROL = `mutation Enrol($input: EnrolMemberInput!) { enrolMember(input: $input) {
  __typename ... on Refusal { code message } } }`;
const WALLET = '{ me { id displayName account { version available } tier { code } } }';

describe.each(Object.entries(SHAPES))('a hub in %s', (_shape, open) => {
  let hub: TestHub;
  let coalition: Coalition;
  beforeAll(async () => {
    hub = await open();
    coalition = await foundCoalition(hub);
  });
  afterAll(() => hub?.close(), 60_000);

  it('shows a purchase at one brand live, lets it be spent at another, and settles what the brands owe', async () => {
    const member = await coalition.enrol('CARD-1', 'Zofia Dąbek');
    const stream = hub.client(member.token).subscribe(WATCH, { memberId: member.id });
    const snapshot = await next(stream);
    expect(snapshot).toMatchObject({
      isSnapshot: true,
      version: '0',
      account: { available: '0' },
      member: { displayName: 'Zofia Dąbek' },
    });

    const bought = await hub.client(coalition.bakery.key).query(RECORD, { input: purchase('T1', member.id, 120) });
    expect(bought.body.data.recordPurchase).toEqual({
      __typename: 'RecordPurchaseSuccess',
      earned: '120',
      account: { version: '1', available: '120' },
      replayed: false,
    });
    expect(await next(stream)).toEqual({
      version: '1',
      previousVersion: '0',
      isSnapshot: false,
      account: { available: '120' },
      member: { displayName: 'Zofia Dąbek', tier: { code: 'SILVER' } },
      cause: { kind: 'EARN', points: '120', partner: { name: 'Piekarnia' } },
    });

    const spent = await hub.client(coalition.books.key).query(REDEEM, { input: redemption('R1', member.id, 50) });
    expect(spent.body.data.redeemPoints).toMatchObject({
      redemption: {
        points: '50',
        redeemer: { id: coalition.books.id },
        draws: [{ points: '50', lot: { issuer: { id: coalition.bakery.id } }, claim: { amountMinor: '50' } }],
      },
      account: { version: '2', available: '70' },
    });
    expect(await next(stream)).toMatchObject({
      version: '2',
      previousVersion: '1',
      account: { available: '70' },
      cause: { kind: 'REDEEM' },
    });
    await stream.return?.();

    const cycleId = await closeCycle(coalition.admin, 'month');
    const query = `query Nets($id: ID!) { settlementCycle(id: $id) {
      state netPositions { party { isHub partner { id } } net { amountMinor currency } } } }`;
    const { settlementCycle } = await coalition.admin.ask<{ settlementCycle: Nets }>(query, { id: cycleId });
    expect(settlementCycle.state).toBe('NETTED');
    const nets = new Map(
      settlementCycle.netPositions.map(({ party, net }) => [party.partner?.id ?? 'hub', net.amountMinor]),
    );
    expect(nets.get(coalition.books.id)).toBe('50');
    expect(nets.get(coalition.bakery.id)).toBe('-50');
    expect([...nets.values()].reduce((total, net) => total + BigInt(net), 0n)).toBe(0n);
  });

  it('finds by the card each member whose enrolment was answered a moment ago', async () => {
    const till = hub.client(coalition.bakery.key);
    const enrolAndBuy = async (value: string): Promise<string> => {
      const identity = { kind: 'CARD', value };
      await till.query(ENROL, { input: { idempotencyKey: `enrol ${value}`, identity, acceptsTerms: true } });
      const input = { ...purchase(`first ${value}`, '', 5), member: { identity } };
      const { recordPurchase } = (await till.query(RECORD, { input })).body.data;
      return recordPurchase.code ?? recordPurchase.account.available;
    };
    const cards = Array.from({ length: 12 }, (_, n) => `AT-ONCE-${n}`);
    expect(await Promise.all(cards.map(enrolAndBuy))).toEqual(cards.map(() => '5'));
    const never = { ...purchase('never', '', 5), member: { identity: { kind: 'CARD', value: 'NEVER-SHOWN' } } };
    expect((await till.query(RECORD, { input: never })).body.data.recordPurchase).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('answers the same intent again with the first outcome, and moves nothing twice', async () => {
    const member = await coalition.enrol('CARD-2');
    const till = hub.client(coalition.bakery.key);
    const first = await till.query(RECORD, { input: purchase('T2', member.id, 10) });
    const input = purchase('T2b', member.id, 10);
    await till.query(RECORD, { input });
    const again = await till.query(RECORD, { input });
    expect(again.body.data.recordPurchase).toMatchObject({ replayed: true, earned: '10' });
    const other = await till.query(RECORD, { input: { ...input, amount: { amountMinor: '9900', currency: 'EUR' } } });
    expect(other.body.data.recordPurchase.code).toBe('IDEMPOTENCY_MISMATCH');
    expect(first.body.data.recordPurchase.replayed).toBe(false);
    const wallet = await hub.client(member.token).query(WALLET);
    expect(wallet.body.data.me.account).toEqual({ version: '2', available: '20' });
  });

  it('refuses with a code and what is needed to act on it', async () => {
    const member = await coalition.enrol('CARD-3');
    await hub.client(coalition.bakery.key).query(RECORD, { input: purchase('T3', member.id, 7) });
    const books = hub.client(coalition.books.key);
    const tooMuch = await books.query(REDEEM, { input: redemption('R3', member.id, 10) });
    expect(tooMuch.body.data.redeemPoints).toMatchObject({
      __typename: 'InsufficientPoints',
      code: 'LEDGER_INSUFFICIENT_POINTS',
      missingPoints: '3',
      retryable: false,
    });
    const nobody = await books.query(REDEEM, { input: redemption('R4', `mem_${'0'.repeat(32)}`, 1) });
    expect(nobody.body.data.redeemPoints.__typename).not.toBe('RedeemPointsSuccess');
    const malformed = await books.query(REDEEM, { input: { ...redemption('R5', member.id, 1), points: '1.5' } });
    expect(malformed.body.data.redeemPoints.code).toBe('INVALID_INPUT');
  });

  it('gives a voucher for points, and takes the points once', async () => {
    const member = await coalition.enrol('CARD-6');
    await hub.client(coalition.bakery.key).query(RECORD, { input: purchase('T6', member.id, 40) });
    const create = `mutation Create($input: CreateRewardInput!) { createReward(input: $input) {
      ... on CreateRewardSuccess { reward { id } } ... on Refusal { code message } } }`;
    const created = await hub
      .client(coalition.bakery.key)
      .query(create, { input: { idempotencyKey: 'W1', name: 'Bread', pricePoints: '30' } });
    const { reward } = created.body.data.createReward;
    const redeem = `mutation Redeem($input: RedeemRewardInput!) { redeemReward(input: $input) {
      __typename ... on RedeemRewardSuccess { vouchers { id code state } account { available held } replayed }
      ... on Refusal { code message } } }`;
    const input = { idempotencyKey: 'V1', rewardId: reward.id };
    const app = hub.client(member.token);
    const first = (await app.query(redeem, { input })).body.data.redeemReward;
    expect(first).toMatchObject({
      __typename: 'RedeemRewardSuccess',
      account: { available: '10', held: '0' },
      replayed: false,
    });
    expect(first.vouchers).toHaveLength(1);
    const again = (await app.query(redeem, { input })).body.data.redeemReward;
    expect(again).toMatchObject({ replayed: true, vouchers: first.vouchers });
    const short = (await app.query(redeem, { input: { ...input, idempotencyKey: 'V2' } })).body.data.redeemReward;
    expect(short.__typename).toBe('InsufficientPoints');
  });

  it('asks a buyer how it was, and takes one answer', async () => {
    const open = `mutation Open($input: OpenSurveyInput!) { openSurvey(input: $input) { __typename ... on Refusal { code message } } }`;
    const opened = await hub
      .client(coalition.adminToken)
      .query(open, { input: { idempotencyKey: 'S1', question: 'Would you recommend us?' } });
    expect(opened.body.data.openSurvey.__typename).toBe('OpenSurveySuccess');
    const member = await coalition.enrol('CARD-7');
    await hub.client(coalition.bakery.key).query(RECORD, { input: purchase('T7', member.id, 5) });
    const app = hub.client(member.token);
    const invitation = await until(async () => {
      const { body } = await app.query('{ myInvitations(first: 1) { nodes { id questions { id } } } }');
      return body.data.myInvitations.nodes[0];
    });
    const answer = `mutation Answer($input: AnswerSurveyInput!) { answerSurvey(input: $input) {
      __typename ... on AnswerSurveySuccess { invitation { answeredAt } } ... on Refusal { code message } } }`;
    const answers = [{ questionId: invitation.questions[0].id, score: 9 }];
    const input = { idempotencyKey: 'A1', invitationId: invitation.id, answers };
    const { body } = await app.query(answer, { input });
    expect(body.data.answerSurvey).toMatchObject({
      __typename: 'AnswerSurveySuccess',
      invitation: { answeredAt: expect.any(String) },
    });
    const twice = await app.query(answer, {
      input: { ...input, idempotencyKey: 'A2', answers: [{ ...answers[0], score: 1 }] },
    });
    expect(twice.body.data.answerSurvey.__typename).not.toBe('AnswerSurveySuccess');
  });

  it('shows nobody what is not theirs', async () => {
    const [member, other] = [await coalition.enrol('CARD-4'), await coalition.enrol('CARD-5')];
    const query = 'query Other($id: ID!) { member(ref: { id: $id }) { id account { available } } }';
    const asOther = await hub.client(other.token).query(query, { id: member.id });
    expect(asOther.body.data?.member ?? null).toBeNull();
    const foreign = await foundCoalition(hub);
    const asForeign = await hub.client(foreign.bakery.key).query(query, { id: member.id });
    expect(asForeign.body.data?.member ?? null).toBeNull();
    const watched = await hub.client(other.token).subscribe(WATCH, { memberId: member.id }).next();
    expect((watched.value as { errors?: unknown[] }).errors).toBeDefined();
    const anonymous = await hub.client().query(WALLET);
    expect(anonymous.body.data?.me ?? null).toBeNull();
    const asMember = await hub.client(member.token).query(RECORD, { input: purchase('T9', member.id, 1_000) });
    expect(asMember.body.data?.recordPurchase?.__typename).not.toBe('RecordPurchaseSuccess');
  });
});

interface Nets {
  readonly state: string;
  readonly netPositions: readonly {
    party: { isHub: boolean; partner: { id: string } | null };
    net: { amountMinor: string };
  }[];
}

interface Message {
  readonly value?: { readonly data?: { readonly balanceChanged?: Record<string, unknown> }; readonly errors?: unknown };
}

async function next(stream: AsyncIterator<unknown>): Promise<Record<string, unknown>> {
  const { value } = (await stream.next()) as Message;
  if (value?.data?.balanceChanged === undefined) throw new Error(`no change, but ${JSON.stringify(value)}`);
  return value.data.balanceChanged;
}

/** Asks again until there is something: what one subgraph announces the next hears a moment later. */
async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (let looks = 0; looks < 400; looks += 1) {
    const found = await look();
    if (found !== undefined && found !== null) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('what was waited for did not come');
}
