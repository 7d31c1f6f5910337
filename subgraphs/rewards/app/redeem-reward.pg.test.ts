import { randomBytes } from 'node:crypto';
import type { RequestContext } from '../../../kernel/context/request-context';
import { runInvariants } from '../../../kernel/db/invariants';
import { inTransaction } from '../../../kernel/db/transaction';
import { isRefusal } from '../../../kernel/errors/refusal';
import { openLog } from '../../../kernel/telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../../kernel/testkit/database';
import { FixedClock } from '../../../kernel/values/clock';
import { newId } from '../../../kernel/values/id';
import { VOUCHER_CODE_BYTES } from '../core/voucher-code';
import { rewardsDatabase } from '../data/database';
import { IdentitySeal } from '../data/identity-seal';
import { aMemberOf, anAdminOf, freshKey } from '../testkit/builders';
import { LedgerPeer } from '../testkit/ledger-peer';
import { createReward } from './create-reward';
import { ledgerOver } from './ledger';
import { orderSteps } from './order-steps';
import type { RewardsParts } from './parts';
import { recordRuleBook } from './record-rule-book';
import { redeemReward } from './redeem-reward';

const START = new Date('2026-03-10T12:00:00Z');
const [programmeId, partnerId] = [newId('prg'), newId('ptr')];
const peer = new LedgerPeer();

let database: TestDatabase;
let parts: RewardsParts;
beforeEach(async () => {
  peer.now = START;
  database = await openTestDatabase(rewardsDatabase);
  const [clock, log, seal] = [new FixedClock(START), openLog('test', 'silent'), new IdentitySeal('test')];
  const announced = () => undefined;
  const drawRandom = () => randomBytes(VOUCHER_CODE_BYTES);
  const orders = orderSteps({ database, clock, announced, seal, drawRandom });
  parts = {
    database,
    clock,
    log,
    seal,
    announced,
    orders,
    ledger: ledgerOver(peer, log),
    catchUpPartners: async () => {},
  };
  const partners = [{ partnerId, canRedeem: true, isActive: true }];
  await inTransaction(database, (tx) => recordRuleBook(tx, programmeId, { version: 1n, partners }));
});
afterEach(() => database.drop());

const as = (principal: RequestContext['principal']): RequestContext => ({
  principal,
  requestId: newId('req'),
  deadlineAt: new Date(Date.now() + 10_000),
});

async function aReward(stock: number): Promise<string> {
  const wish = {
    idempotencyKey: freshKey(),
    offeredBy: partnerId,
    name: 'Coffee',
    pricePoints: 10n,
    voucherValidityDays: 30,
    stock,
  };
  const created = await createReward(parts, as(anAdminOf(programmeId)), wish);
  if (isRefusal(created)) throw new Error(created.code);
  return created.reward.id;
}

function take(rewardId: string) {
  const member = aMemberOf(programmeId);
  peer.available.set(member.memberId, 100n);
  return redeemReward(parts, as(member), { idempotencyKey: freshKey(), rewardId, quantity: 1 });
}

const red = async (): Promise<string[]> =>
  (await runInvariants(database, 'subgraphs/rewards/invariants'))
    .filter(({ total }) => total > 0)
    .map(({ name }) => name);

it('sells ten of ten when thirty come at once, and gives the others nothing', async () => {
  const rewardId = await aReward(10);
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => take(rewardId)));
  expect(outcomes.filter((one) => !isRefusal(one))).toHaveLength(10);
  expect(outcomes.filter((one) => isRefusal(one) && one.code === 'REWARDS_REWARD_NOT_AVAILABLE')).toHaveLength(20);
  expect(await red()).toEqual([]);
});

it('leaves the stock to its column’s check when the lock is forgotten: nothing is sold twice even then', async () => {
  const rewardId = await aReward(1);
  await take(rewardId);
  const oneMore = database.pool.query('update reward set stock_left = stock_left - 1 where id = $1', [rewardId]);
  await expect(oneMore).rejects.toThrow('violates check constraint');
});

it('ignores a rule book that is not newer than the one it knows', async () => {
  const rewardId = await aReward(1);
  const suspended = [{ partnerId, canRedeem: true, isActive: false }];
  await inTransaction(database, (tx) => recordRuleBook(tx, programmeId, { version: 1n, partners: suspended }));
  expect(isRefusal(await take(rewardId))).toBe(false);
  await inTransaction(database, (tx) => recordRuleBook(tx, programmeId, { version: 2n, partners: suspended }));
  expect(await take(rewardId)).toMatchObject({ code: 'REWARDS_REWARD_NOT_AVAILABLE' });
});

describe('a corrupted book is found', () => {
  it.each([
    ['captured-order-has-its-vouchers', 'update voucher set issued_at = null'],
    ['voucher-belongs-to-its-orders-member', "update voucher set member_id = 'mem_x'"],
    ['stock-left-is-offered-less-ordered', 'update reward set stock_left = stock_left + 1'],
    ['shown-voucher-was-announced', 'delete from outbox'],
  ])('%s', async (invariant, corruption) => {
    await take(await aReward(5));
    expect(await red()).toEqual([]);
    await database.asOwner(corruption);
    expect(await red()).toEqual([invariant]);
  });
});
