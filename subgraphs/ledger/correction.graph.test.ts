import { uuidOf } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import {
  CLAW_BACK,
  DONATE,
  HOLD,
  inputsAt,
  RECORD,
  REDEEM,
  RETURN,
  REVERSE,
  ACCRUE,
  TRANSFER,
} from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker, florist] = book.brands;
/** A programme in which a member may owe five points. */
const strict = aRuleBook({ arrearsLimitPoints: points(5n) });
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, strict);
const { sale, spend, setAside, bringBack, reverse, ofLot, transfer, donate, accrue } = inputsAt(NOW);
const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];
const enrol = () => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
const buy = async (memberId: string, minor: bigint, who = bakerKey) =>
  (await graph.run(who, RECORD, sale(memberId, minor))).purchase.externalRef as string;
const redeem = async (memberId: string, amount: string, who = floristKey) =>
  (await graph.run(who, REDEEM, spend(memberId, amount))).redemption.id as string;

describe('a return', () => {
  it('takes back what was earned; what was spent of it is owed, and the next points fill that first', async () => {
    const buyer = enrol();
    const receipt = await buy(buyer, 1_000n);
    await redeem(buyer, '8');
    expect(await graph.run(bakerKey, RETURN, bringBack(receipt, 1_000n))).toMatchObject({
      ...{ __typename: 'ReturnPurchaseSuccess', clawedBack: '10', arrearsOpened: '8', replayed: false },
      account: { version: '3', available: '0', arrears: '8' },
    });
    expect(await graph.run(floristKey, RECORD, sale(buyer, 1_200n))).toMatchObject({
      earned: '12',
      account: { version: '5', available: '4', arrears: '0' },
    });
    expect(await graph.story(buyer)).toEqual(['EARN 10', 'REDEEM -8', 'CLAWBACK -2', 'EARN 12', 'ARREARS -8']);
  });

  it('in part takes what the rule would not have given for the rest', async () => {
    const buyer = enrol();
    const receipt = await buy(buyer, 1_999n);
    const parts = [99n, 1n, 1_000n, 899n];
    const answers = [];
    for (const part of parts) answers.push(await graph.run(bakerKey, RETURN, bringBack(receipt, part)));
    expect(answers.map(({ clawedBack, account }) => [clawedBack, account.available])).toEqual([
      ['0', '19'],
      ['1', '18'],
      ['10', '8'],
      ['8', '0'],
    ]);
    const over = await graph.run(bakerKey, RETURN, bringBack(receipt, 1n));
    expect(over).toMatchObject({ code: 'LEDGER_RETURN_EXCEEDS_PURCHASE', leftMinor: '0' });
  });

  it.each([
    ['LEDGER_RETURN_EXCEEDS_PURCHASE', { amount: { amountMinor: '1001', currency: 'EUR' } }, { leftMinor: '1000' }],
    ['LEDGER_CURRENCY_NOT_ACCEPTED', { amount: { amountMinor: '100', currency: 'PLN' } }, {}],
    ['LEDGER_OCCURRED_IN_FUTURE', { occurredAt: '2026-03-10T12:00:01Z' }, {}],
    ['NOT_FOUND', { purchaseRef: 'no such receipt' }, {}],
    ['INVALID_INPUT', { amount: { amountMinor: '0', currency: 'EUR' } }, { field: 'input.amount.amountMinor' }],
    ['INVALID_INPUT', { amount: { amountMinor: '1.5', currency: 'EUR' } }, { field: 'input.amount.amountMinor' }],
    ['INVALID_INPUT', { purchaseRef: '' }, { field: 'input.purchaseRef' }],
    ['INVALID_INPUT', { externalRef: '' }, { field: 'input.externalRef' }],
    ['INVALID_INPUT', { occurredAt: 'yesterday' }, { field: 'input.occurredAt' }],
  ])('is refused with %s for %j', async (code, change, facts) => {
    const buyer = enrol();
    const receipt = await buy(buyer, 1_000n);
    const answer = await graph.run(bakerKey, RETURN, bringBack(receipt, 100n, change));
    expect(answer).toMatchObject({ code, retryable: false, ...facts });
    expect(await graph.lookAt(buyer, 'version available')).toEqual({ version: '1', available: '10' });
  });

  it('is of the partner’s own receipt, and has a number of its own', async () => {
    const buyer = enrol();
    const receipt = await buy(buyer, 1_000n);
    expect(await graph.run(floristKey, RETURN, bringBack(receipt, 100n))).toMatchObject({ code: 'NOT_FOUND' });
    const back = bringBack(receipt, 100n);
    await graph.run(bakerKey, RETURN, back);
    const twice = bringBack(receipt, 100n, { externalRef: back.externalRef });
    expect(await graph.run(bakerKey, RETURN, twice)).toMatchObject({ code: 'LEDGER_DOCUMENT_ALREADY_RECORDED' });
  });

  it('is refused when the member would owe more than the programme allows, and decided so for good', async () => {
    const [shop] = strict.brands;
    const who = graph.partner(shop, { programmeId: strict.programmeId });
    const buyer = graph.enrol({ [shop]: 'OPEN' }, strict.programmeId);
    const receipt = await buy(buyer, 1_000n, who);
    await redeem(buyer, '6', who);
    const back = bringBack(receipt, 1_000n);
    const refusal = { code: 'LEDGER_ARREARS_LIMIT_REACHED', limitPoints: '5', replayed: false };
    expect(await graph.run(who, RETURN, back)).toMatchObject(refusal);
    await buy(buyer, 1_000n, who);
    expect(await graph.run(who, RETURN, back)).toMatchObject({ ...refusal, replayed: true });
    expect(await graph.run(who, RETURN, bringBack(receipt, 900n))).toMatchObject({ arrearsOpened: '5' });
  });

  it('is not refused for what other points of the member fill at once', async () => {
    const [shop] = strict.brands;
    const who = graph.partner(shop, { programmeId: strict.programmeId });
    const buyer = graph.enrol({ [shop]: 'OPEN' }, strict.programmeId);
    const receipt = await buy(buyer, 1_000n, who);
    await redeem(buyer, '10', who);
    await buy(buyer, 500n, who);
    expect(await graph.run(who, RETURN, bringBack(receipt, 1_000n))).toMatchObject({
      ...{ clawedBack: '10', arrearsOpened: '10', account: { available: '0', arrears: '5' } },
    });
  });

  it('shows a partner that may only give points nothing of the account', async () => {
    const buyer = graph.enrol({ [baker]: 'CREDIT_ONLY', [florist]: 'OPEN' });
    await buy(buyer, 5_000n, floristKey);
    const receipt = await buy(buyer, 1_000n);
    const answer = await graph.run(bakerKey, RETURN, bringBack(receipt, 1_000n));
    expect(answer).toMatchObject({
      clawedBack: '10',
      account: { version: '0', available: '0', pending: '0', held: '0', arrears: '0' },
    });
    expect(await graph.lookAt(buyer, 'version available')).toEqual({ version: '3', available: '50' });
  });
});

describe('a member in arrears', () => {
  it('spends, sets aside and gives nothing before they are filled', async () => {
    const [buyer, friend] = [enrol(), enrol()];
    const receipt = await buy(buyer, 1_000n);
    await redeem(buyer, '10');
    await graph.run(bakerKey, RETURN, bringBack(receipt, 1_000n));
    const owes = { code: 'LEDGER_MEMBER_IN_ARREARS', arrearsPoints: '10' };
    expect(await graph.run(floristKey, REDEEM, spend(buyer, '1'))).toMatchObject(owes);
    expect(await graph.run(floristKey, HOLD, setAside(buyer, '1'))).toMatchObject(owes);
    expect(await graph.run(graph.member(buyer), TRANSFER, transfer(friend, '1'))).toMatchObject(owes);
    expect(await graph.run(graph.member(buyer), DONATE, donate(florist, '1'))).toMatchObject(owes);
  });

  it('has them filled by a gift', async () => {
    const [buyer, friend] = [enrol(), enrol()];
    const receipt = await buy(buyer, 1_000n);
    await redeem(buyer, '10');
    await graph.run(bakerKey, RETURN, bringBack(receipt, 1_000n));
    await buy(friend, 3_000n);
    await graph.run(graph.member(friend), TRANSFER, transfer(buyer, '12'));
    expect(await graph.lookAt(buyer, 'available arrears')).toEqual({ available: '2', arrears: '0' });
    expect((await graph.story(buyer)).slice(-2)).toEqual(['TRANSFER_IN 12', 'ARREARS -10']);
  });
});

describe('a reversal', () => {
  it('gives back what was drawn last first, and mirrors what was owed', async () => {
    const buyer = enrol();
    await buy(buyer, 500n);
    await buy(buyer, 1_000n, floristKey);
    const redemptionId = await redeem(buyer, '12');
    const [own, foreign] = [florist, baker].map((id) => ({ issuer: { id } }));
    const lots = 'lots(first: 5) { nodes { remaining issuer { id } } }';
    expect(await graph.run(floristKey, REVERSE, reverse(redemptionId, { points: '8' }))).toMatchObject({
      redemption: { id: redemptionId, points: '12', reversed: '8' },
      account: { version: '4', available: '11' },
    });
    expect(await graph.lookAt(buyer, lots)).toEqual({
      lots: {
        nodes: [
          { remaining: '1', ...foreign },
          { remaining: '10', ...own },
        ],
      },
    });
    const rest = reverse(redemptionId);
    expect(await graph.run(graph.admin(), REVERSE, rest)).toMatchObject({
      redemption: { reversed: '12' },
      account: { version: '5', available: '15' },
    });
    const { rows } = await graph.database.pool.query('select sum(micros)::int as owed from claim where wallet = $1', [
      uuidOf(buyer),
    ]);
    expect(rows).toEqual([{ owed: 0 }]);
    const more = await graph.run(floristKey, REVERSE, reverse(redemptionId));
    expect(more).toMatchObject({ code: 'LEDGER_REVERSAL_EXCEEDS_REDEMPTION', leftPoints: '0' });
  });

  it('is of no more than is left, of the redeemer’s own, and says why', async () => {
    const buyer = enrol();
    await buy(buyer, 1_000n);
    const id = await redeem(buyer, '6');
    const over = await graph.run(floristKey, REVERSE, reverse(id, { points: '7' }));
    expect(over).toMatchObject({ code: 'LEDGER_REVERSAL_EXCEEDS_REDEMPTION', leftPoints: '6' });
    expect(await graph.run(bakerKey, REVERSE, reverse(id))).toMatchObject({ code: 'NOT_FOUND' });
    const purchase = id.slice(0, -1) + '1';
    for (const wrong of ['txn_x', purchase, enrol()])
      expect(await graph.run(floristKey, REVERSE, reverse(wrong))).toMatchObject({ code: 'NOT_FOUND' });
    for (const [field, change] of [
      ['input.points', { points: '0' }],
      ['input.points', { points: '-1' }],
      ['input.reason', { reason: '' }],
    ] as const)
      expect(await graph.run(floristKey, REVERSE, reverse(id, change))).toMatchObject({ code: 'INVALID_INPUT', field });
    await graph.run(floristKey, REVERSE, reverse(id, { reason: 'wrong size' }));
    const { statement } = await graph.lookAt(
      buyer,
      'statement(first: 1) { nodes { kind points reason partner { id } } }',
    );
    expect(statement.nodes).toEqual([
      { kind: 'REVERSAL', points: '6', reason: 'wrong size', partner: { id: florist } },
    ]);
  });
});

describe('a clawback', () => {
  const give = async (memberId: string, amount: string) =>
    (await graph.run(bakerKey, ACCRUE, accrue(memberId, amount))).lot.id as string;
  const clawBack = (lotId: string, amount: string, change = {}) =>
    ofLot(lotId, { points: amount, reason: 'given by mistake', ...change });

  it('takes what is left of the lot, and what is spent is owed', async () => {
    const buyer = enrol();
    const lotId = await give(buyer, '10');
    await redeem(buyer, '7');
    const first = await graph.run(bakerKey, CLAW_BACK, clawBack(lotId, '5'));
    expect(first).toMatchObject({ clawedBack: '5', arrearsOpened: '2', account: { available: '0', arrears: '2' } });
    const over = await graph.run(graph.admin(), CLAW_BACK, clawBack(lotId, '6'));
    expect(over).toMatchObject({ code: 'LEDGER_CLAWBACK_EXCEEDS_LOT', leftPoints: '5' });
  });

  it('never takes another issuer’s lot, and is refused where too much would be owed', async () => {
    const buyer = enrol();
    const lotId = await give(buyer, '10');
    expect(await graph.run(floristKey, CLAW_BACK, clawBack(lotId, '5'))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await graph.run(bakerKey, CLAW_BACK, clawBack('lot_x', '5'))).toMatchObject({ code: 'NOT_FOUND' });
    for (const [field, change] of [
      ['input.points', { points: '0' }],
      ['input.reason', { reason: '\u200b' }],
    ] as const)
      expect(await graph.run(bakerKey, CLAW_BACK, clawBack(lotId, '1', change))).toMatchObject({ field });
    const [shop] = strict.brands;
    const who = graph.partner(shop, { programmeId: strict.programmeId });
    const other = graph.enrol({ [shop]: 'OPEN' }, strict.programmeId);
    const { lot } = await graph.run(who, ACCRUE, accrue(other, '10'));
    await redeem(other, '6', who);
    const limit = { code: 'LEDGER_ARREARS_LIMIT_REACHED', limitPoints: '5' };
    expect(await graph.run(who, CLAW_BACK, clawBack(lot.id, '10'))).toMatchObject(limit);
  });

  it('shows a partner that may only give points nothing of the account', async () => {
    const buyer = graph.enrol({ [baker]: 'CREDIT_ONLY', [florist]: 'OPEN' });
    await buy(buyer, 5_000n, floristKey);
    const lotId = await give(buyer, '10');
    const answer = await graph.run(bakerKey, CLAW_BACK, clawBack(lotId, '4'));
    expect(answer).toMatchObject({ clawedBack: '4', account: { version: '0', available: '0' } });
  });
});

expectTheBookToAddUp(graph);
