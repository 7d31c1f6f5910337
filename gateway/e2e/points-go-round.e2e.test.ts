import { mintToken } from '../../hub/client/credentials';
import { closeCycle } from '../../hub/replay/close-cycle';
import { foundCoalition, purchase, redemption, type Coalition } from './testkit/coalition';
import { SHAPES, type TestHub } from './testkit/hubs';

const REFUSAL = '__typename ... on Refusal { code message }';
const ACCOUNT = 'account { version available pending arrears }';
const mutation = (name: string, answers: string, type = name.charAt(0).toUpperCase() + name.slice(1)) =>
  `mutation Ask($input: ${type}Input!) { answer: ${name}(input: $input) { ${REFUSAL} ${answers} } }`;

const RECORD = mutation('recordPurchase', `... on RecordPurchaseSuccess { earned ${ACCOUNT} }`);
const ACCRUE = mutation('postAccrual', `... on PostAccrualSuccess { lot { id } ${ACCOUNT} }`);
const RELEASE = mutation('releasePending', `... on PendingSuccess { lot { remaining } ${ACCOUNT} }`, 'Pending');
const REDEEM = mutation('redeemPoints', `... on RedeemPointsSuccess { redemption { id } ${ACCOUNT} }`);
const RETURN = mutation('returnPurchase', `... on ReturnPurchaseSuccess { clawedBack arrearsOpened ${ACCOUNT} }`);
const TRANSFER = mutation('transferPoints', `... on TransferPointsSuccess { ${ACCOUNT} }`);
const REVERSE = mutation(
  'reverseRedemption',
  `... on ReverseRedemptionSuccess { redemption { points reversed } ${ACCOUNT} }`,
);
const PROPOSE = mutation('proposeAdjustment', '... on AdjustmentSuccess { adjustment { id state contentHash } }');
const APPROVE = mutation(
  'approveAdjustment',
  '... on AdjustmentSuccess { adjustment { state version proposedBy decidedBy } }',
  'DecideAdjustment',
);
const STATEMENT = `{ me { account { version available statement(first: 50) { nodes {
  version kind points balanceAfter partner { name } externalRef reason } } } } }`;
const NETS = `query Nets($id: ID!) { settlementCycle(id: $id) { netPositions { party { partner { id } } net { amountMinor } } } }`;

interface Line {
  readonly version: string;
  readonly kind: string;
  readonly points: string;
  readonly balanceAfter: string;
  readonly partner: { readonly name: string } | null;
  readonly externalRef: string | null;
  readonly reason: string | null;
}

describe.each(Object.entries(SHAPES))('a hub in %s', (_shape, open) => {
  let hub: TestHub;
  let coalition: Coalition;
  beforeAll(async () => {
    hub = await open();
    coalition = await foundCoalition(hub);
  });
  afterAll(() => hub?.close(), 60_000);

  /** What a credential is answered to a command that succeeds. */
  async function ask(credential: string, document: string, input: object) {
    const { body } = await hub.client(credential).query(document, { input });
    const answer = body.data?.answer;
    if (answer === undefined || answer.code !== undefined) throw new Error(JSON.stringify(body));
    return answer;
  }

  it('explains on the statement every point that came, went, was owed, given and given back', async () => {
    const { bakery, books, adminToken, programmeId } = coalition;
    const [member, friend] = [await coalition.enrol('ROUND-1', 'Zofia Dąbek'), await coalition.enrol('ROUND-2')];
    const directly = await coalition.directKey(bakery.id);
    const ofMember = { member: { id: member.id }, occurredAt: new Date(Date.now() - 45_000).toISOString() };

    await ask(bakery.key, RECORD, purchase('S-1', member.id, 100));
    const bonus = { idempotencyKey: 'B-1', externalRef: 'B-1', points: '40', pending: true, reason: 'bread week' };
    const { lot } = await ask(directly, ACCRUE, { ...bonus, ...ofMember });
    expect(await ask(bakery.key, RELEASE, { idempotencyKey: 'L-1', lotId: lot.id })).toMatchObject({
      lot: { remaining: '40' },
      account: { available: '140', pending: '0' },
    });
    const spent = await ask(books.key, REDEEM, redemption('R-1', member.id, 120));
    expect(spent).toMatchObject({ account: { available: '20' } });

    const back = { ...purchase('T-1', member.id, 100), purchaseRef: 'S-1', member: undefined };
    expect(await ask(bakery.key, RETURN, back)).toMatchObject({
      ...{ clawedBack: '100', arrearsOpened: '100', account: { available: '0', arrears: '80' } },
    });
    expect(await ask(books.key, RECORD, purchase('S-2', member.id, 150))).toMatchObject({
      account: { available: '70', arrears: '0' },
    });
    const gift = { idempotencyKey: 'G-1', to: { id: friend.id }, points: '30', message: 'sto lat' };
    expect(await ask(member.token, TRANSFER, gift)).toMatchObject({ account: { available: '40' } });
    const undo = { idempotencyKey: 'U-1', redemptionId: spent.redemption.id, points: '50', reason: 'order cancelled' };
    expect(await ask(books.key, REVERSE, undo)).toMatchObject({
      ...{ redemption: { points: '120', reversed: '50' }, account: { available: '90' } },
    });

    const fay = await mintToken(hub.issuer, { role: 'finance', programme: programmeId, subject: 'fay' });
    const { adjustment } = await ask(adminToken, PROPOSE, {
      ...{ idempotencyKey: 'A-1', member: { id: member.id }, kind: 'GOODWILL', points: '10' },
      ...{ costCentre: 'CARE', reason: 'the oven was cold' },
    });
    const decision = { idempotencyKey: 'A-2', adjustmentId: adjustment.id, contentHash: adjustment.contentHash };
    expect(await ask(fay, APPROVE, decision)).toMatchObject({
      adjustment: { state: 'APPROVED', version: '11', decidedBy: 'fay' },
    });

    const { account } = (await hub.client(member.token).query(STATEMENT)).body.data.me;
    const lines: Line[] = account.statement.nodes.toReversed();
    const told = lines.map((line) =>
      [line.kind, line.points, line.balanceAfter, line.partner?.name, line.externalRef, line.reason]
        .filter((part) => part !== null && part !== undefined)
        .join(' · '),
    );
    expect(told).toEqual([
      'EARN · 100 · 100 · Piekarnia · S-1',
      'PENDING · 40 · 100 · Piekarnia · B-1 · bread week',
      'RELEASE · 40 · 140 · Piekarnia',
      'REDEEM · -120 · 20 · مكتبة · R-1',
      'CLAWBACK · 0 · 20 · Piekarnia · T-1',
      'ARREARS · -20 · 0 · Piekarnia',
      'EARN · 150 · 150 · مكتبة · S-2',
      'ARREARS · -80 · 70 · Piekarnia',
      'TRANSFER_OUT · -30 · 40 · sto lat',
      'REVERSAL · 50 · 90 · مكتبة · order cancelled',
      'GOODWILL · 10 · 100 · the oven was cold',
    ]);
    expect(lines.map(({ version }) => Number(version))).toEqual(lines.map((_, n) => n + 1));
    const moved = lines.filter(({ kind }) => kind !== 'PENDING').reduce((sum, { points }) => sum + Number(points), 0);
    expect([account.version, account.available, String(moved)]).toEqual(['11', '100', '100']);
    const theirs = (await hub.client(friend.token).query(STATEMENT)).body.data.me.account;
    expect(theirs.statement.nodes).toMatchObject([{ kind: 'TRANSFER_IN', points: '30', reason: 'sto lat' }]);

    // 1.20 for what was spent at the bookshop, less 0.50 that came back, less 0.80 of its points that filled the arrears.
    const id = await closeCycle(coalition.admin, 'round');
    const { settlementCycle } = await coalition.admin.ask<{ settlementCycle: Nets }>(NETS, { id });
    const nets = settlementCycle.netPositions.map(({ party, net }) => [party.partner?.id, net.amountMinor]);
    expect(Object.fromEntries(nets)).toEqual({ [bakery.id]: '10', [books.id]: '-10' });
  });
});

interface Nets {
  readonly netPositions: readonly { party: { partner: { id: string } | null }; net: { amountMinor: string } }[];
}
