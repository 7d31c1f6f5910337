import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import {
  ACCRUE,
  CAPTURE,
  EXTEND,
  HOLD,
  inputsAt,
  RECORD,
  REDEEM,
  REINSTATE,
  RELEASE_HOLD,
  REVERSE,
  SET_CLOCK,
} from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

/** Points live through the 30th day after they were earned; one that comes back expired lives three days more. */
const book = aRuleBook({ pointsValidityDays: 30, reversalGraceDays: 3 });
const [baker, florist] = book.brands;
const rolling = aRuleBook({ pointsValidityDays: 30, expiry: { kind: 'ROLLING', period: 'YEAR', warningDays: [] } });
const quarterly = aRuleBook({
  pointsValidityDays: 1,
  expiry: { kind: 'END_OF_PERIOD', period: 'QUARTER', warningDays: [] },
});
const clocked = aRuleBook({ pointsValidityDays: 30 });
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, rolling, quarterly, clocked);
const { sale, spend, setAside, capture, ofLot, accrue, reverse } = inputsAt(NOW);
const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];
const enrol = () => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
/** 10 March and 30 days, in Warsaw. */
const EXPIRES = '2026-04-09T22:00:00.000Z';
const give = async (memberId: string, points: string, change = {}): Promise<Answer> =>
  (await graph.run(bakerKey, ACCRUE, accrue(memberId, points, change))).lot;
const extend = (lotId: string, expiresAt: string) => ofLot(lotId, { expiresAt, reason: 'storm' });
const reinstate = (lotId: string, change = {}) =>
  ofLot(lotId, { expiresAt: '2027-01-01T00:00:00Z', reason: 'outage', ...change });

/** A member of a programme, with ten points. */
async function aBuyerIn({ brands: [shop], programmeId }: typeof book, occurredAt: string) {
  const buyer = graph.enrol({ [shop]: 'OPEN' }, programmeId);
  await graph.run(graph.partner(shop, { programmeId }), RECORD, sale(buyer, 1_000n, { occurredAt }));
  return buyer;
}

describe('points that expire', () => {
  it('can be spent through their last day, and not a moment longer', async () => {
    const buyer = enrol();
    const { lots } = await graph.run(bakerKey, RECORD, sale(buyer, 1_000n));
    expect(lots).toMatchObject([{ expiresAt: EXPIRES }]);
    expect(await graph.lookAt(buyer, 'expiring(first: 3) { at points }')).toEqual({
      expiring: [{ at: EXPIRES, points: '10' }],
    });
    graph.clock.set(new Date(Date.parse(EXPIRES) - 1));
    expect(await graph.run(floristKey, REDEEM, spend(buyer, '4'))).toMatchObject({ account: { available: '6' } });
    graph.clock.set(new Date(EXPIRES));
    const late = await graph.run(floristKey, REDEEM, spend(buyer, '1'));
    expect(late).toMatchObject({ code: 'LEDGER_INSUFFICIENT_POINTS', missingPoints: '1' });
  });

  it('do not expire while they are on hold: a capture takes them', async () => {
    const buyer = enrol();
    await graph.run(bakerKey, RECORD, sale(buyer, 1_000n));
    const { hold } = await graph.run(floristKey, HOLD, setAside(buyer, '8', { expiresAt: '2026-06-01T00:00:00Z' }));
    graph.clock.set(new Date(EXPIRES));
    expect(await graph.run(floristKey, CAPTURE, capture(hold.id))).toMatchObject({ redemption: { points: '8' } });
    expect(await graph.story(buyer)).toEqual(['EARN 10', 'HOLD -8', 'EXPIRY -2', 'CAPTURE 0']);
  });

  it('expire as they come back out of a hold that outlived them', async () => {
    const buyer = enrol();
    await graph.run(bakerKey, RECORD, sale(buyer, 1_000n));
    const { hold } = await graph.run(floristKey, HOLD, setAside(buyer, '10', { expiresAt: '2026-06-01T00:00:00Z' }));
    graph.clock.set(new Date(EXPIRES));
    const { idempotencyKey } = capture(hold.id);
    const released = await graph.run(floristKey, RELEASE_HOLD, { idempotencyKey, holdId: hold.id });
    expect(released).toMatchObject({ hold: { state: 'RELEASED' }, account: { available: '0', held: '0' } });
    expect((await graph.story(buyer)).slice(-2)).toEqual(['HOLD_RELEASE 10', 'EXPIRY -10']);
  });

  it('come back by a reversal with days of grace', async () => {
    const buyer = enrol();
    await graph.run(bakerKey, RECORD, sale(buyer, 1_000n));
    const { redemption } = await graph.run(floristKey, REDEEM, spend(buyer, '10'));
    graph.clock.set(new Date('2026-05-01T10:00:00Z'));
    expect(await graph.run(floristKey, REVERSE, reverse(redemption.id))).toMatchObject({
      account: { available: '10' },
    });
    expect(await graph.lookAt(buyer, 'expiring(first: 3) { at points }')).toEqual({
      expiring: [{ at: '2026-05-04T10:00:00.000Z', points: '10' }],
    });
  });

  it('expire at the end of a period, where the programme says so', async () => {
    const [shop] = quarterly.brands;
    const { programmeId } = quarterly;
    const buyer = graph.enrol({ [shop]: 'OPEN' }, programmeId);
    const { lots } = await graph.run(graph.partner(shop, { programmeId }), RECORD, sale(buyer, 1_000n));
    expect(lots).toMatchObject([{ expiresAt: '2026-03-31T22:00:00.000Z' }]);
  });

  it('live on with every activity, where expiry rolls', async () => {
    const [shop] = rolling.brands;
    const { programmeId } = rolling;
    const till = graph.partner(shop, { programmeId });
    const buyer = graph.enrol({ [shop]: 'OPEN' }, programmeId);
    await graph.run(till, RECORD, sale(buyer, 1_000n));
    graph.clock.set(new Date('2026-03-20T12:00:00Z'));
    await graph.run(till, REDEEM, spend(buyer, '1', { occurredAt: '2026-03-20T12:00:00Z' }));
    const { expiring } = await graph.lookAt(buyer, 'expiring(first: 3) { at points }', programmeId);
    expect(expiring).toEqual([{ at: '2026-04-19T22:00:00.000Z', points: '9' }]);
  });
});

describe('an extension', () => {
  it('lets what is left of a lot live longer, and leaves a line that says why', async () => {
    const buyer = enrol();
    const { id } = await give(buyer, '10');
    const later = '2026-12-31T23:00:00.000Z';
    expect(await graph.run(graph.admin(), EXTEND, extend(id, later))).toMatchObject({
      lot: { id, remaining: '10', expiresAt: later },
      account: { version: '2', available: '10' },
    });
    const line = 'statement(first: 1) { nodes { kind points balanceAfter reason } }';
    expect((await graph.lookAt(buyer, line)).statement.nodes).toEqual([
      { kind: 'EXTENSION', points: '0', balanceAfter: '10', reason: 'storm' },
    ]);
    graph.clock.set(new Date('2026-12-31T22:59:59.999Z'));
    expect(await graph.run(floristKey, REDEEM, spend(buyer, '10'))).toMatchObject({ redemption: { points: '10' } });
  });

  it('is for a later instant, of a lot of which something is spendable', async () => {
    const buyer = enrol();
    const { id } = await give(buyer, '10', { expiresAt: '2026-04-01T00:00:00Z' });
    for (const expiresAt of ['2026-03-01T00:00:00Z', '2026-03-31T23:59:59Z', '2026-04-01T00:00:00Z']) {
      const answer = await graph.run(graph.admin(), EXTEND, extend(id, expiresAt));
      expect(answer).toMatchObject({ code: 'LEDGER_EXPIRY_NOT_LATER', retryable: false });
    }
    await graph.run(floristKey, REDEEM, spend(buyer, '10'));
    const spent = await graph.run(graph.admin(), EXTEND, extend(id, '2027-01-01T00:00:00Z'));
    expect(spent).toMatchObject({ code: 'LEDGER_LOT_NOT_OPEN' });
    for (const wrong of ['lot_x', `${id.slice(0, -1)}9`])
      expect(await graph.run(graph.admin(), EXTEND, extend(wrong, '2027-01-01T00:00:00Z'))).toMatchObject({
        code: 'NOT_FOUND',
      });
  });

  it('of points that have just expired is refused, before anybody swept them', async () => {
    const buyer = enrol();
    const { id } = await give(buyer, '10');
    graph.clock.set(new Date(EXPIRES));
    const late = await graph.run(graph.admin(), EXTEND, extend(id, '2027-01-01T00:00:00Z'));
    expect(late).toMatchObject({ code: 'LEDGER_LOT_NOT_OPEN' });
  });
});

describe('a re-instatement', () => {
  it('gives expired points back, with a cause and a life of their own', async () => {
    const buyer = enrol();
    const { id } = await give(buyer, '10');
    graph.clock.set(new Date(EXPIRES));
    expect(await graph.run(graph.admin(), REINSTATE, reinstate(id, { points: '4' }))).toMatchObject({
      lot: { id, remaining: '4', expiresAt: '2027-01-01T00:00:00.000Z' },
      account: { available: '4' },
    });
    expect(await graph.run(graph.admin(), REINSTATE, reinstate(id))).toMatchObject({ account: { available: '10' } });
    const over = await graph.run(graph.admin(), REINSTATE, reinstate(id, { points: '1' }));
    expect(over).toMatchObject({ code: 'LEDGER_REINSTATEMENT_EXCEEDS_EXPIRED', expiredPoints: '0' });
    expect(await graph.story(buyer)).toEqual(['EARN 10', 'EXPIRY -10', 'REINSTATEMENT 4', 'REINSTATEMENT 6']);
  });

  it('finds points that expired a moment ago, before anybody swept them', async () => {
    const buyer = enrol();
    const { id } = await give(buyer, '10');
    graph.clock.set(new Date(EXPIRES));
    expect(await graph.run(graph.admin(), REINSTATE, reinstate(id))).toMatchObject({ account: { available: '10' } });
    expect(await graph.story(buyer)).toEqual(['EARN 10', 'EXPIRY -10', 'REINSTATEMENT 10']);
  });

  it('is of what expired, to an instant that has not passed, and says why', async () => {
    const buyer = enrol();
    const { id } = await give(buyer, '10');
    const none = await graph.run(graph.admin(), REINSTATE, reinstate(id));
    expect(none).toMatchObject({ code: 'LEDGER_REINSTATEMENT_EXCEEDS_EXPIRED', expiredPoints: '0' });
    graph.clock.set(new Date(EXPIRES));
    await graph.run(bakerKey, RECORD, sale(buyer, 0n));
    const over = await graph.run(graph.admin(), REINSTATE, reinstate(id, { points: '11' }));
    expect(over).toMatchObject({ code: 'LEDGER_REINSTATEMENT_EXCEEDS_EXPIRED', expiredPoints: '10' });
    const past = await graph.run(graph.admin(), REINSTATE, reinstate(id, { expiresAt: EXPIRES }));
    expect(past).toMatchObject({ code: 'LEDGER_EXPIRY_NOT_LATER' });
    for (const [field, change] of [
      ['input.points', { points: '0' }],
      ['input.reason', { reason: '' }],
      ['input.expiresAt', { expiresAt: '2027-02-30T00:00:00Z' }],
    ] as const)
      expect(await graph.run(graph.admin(), REINSTATE, reinstate(id, change))).toMatchObject({ field });
    expect(await graph.run(graph.admin(), REINSTATE, reinstate('lot_x'))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('the test clock', () => {
  it('does what falls due on its way, each at its own instant, and moves forward for an admin only', async () => {
    const [shop] = clocked.brands;
    const { programmeId } = clocked;
    const buyer = graph.enrol({ [shop]: 'OPEN' }, programmeId);
    const till = graph.partner(shop, { programmeId });
    await graph.run(till, RECORD, sale(buyer, 1_000n));
    const now = '2027-03-10T12:00:00.000Z';
    for (const who of [till, graph.member(buyer, programmeId), graph.finance('fay', programmeId)])
      expect(await graph.run(who, SET_CLOCK, { now })).toMatchObject({ code: 'FORBIDDEN' });
    const admin = graph.admin('ada', programmeId);
    expect(await graph.run(admin, SET_CLOCK, { now })).toMatchObject({ now });
    const { statement } = await graph.lookAt(
      buyer,
      'statement(first: 1) { nodes { kind points recordedAt } }',
      programmeId,
    );
    expect(statement.nodes).toEqual([{ kind: 'EXPIRY', points: '-10', recordedAt: EXPIRES }]);
    const { hold } = await graph.run(
      till,
      HOLD,
      setAside(await aBuyerIn(clocked, now), '4', { expiresAt: '2027-03-12T09:00:00Z' }),
    );
    await graph.run(admin, SET_CLOCK, { now: '2027-03-12T09:00:00Z' });
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Hold { state } } }';
    const { data } = await graph.ask(till, query, { r: [{ __typename: 'Hold', id: hold.id }] });
    expect(data._entities).toEqual([{ state: 'TIMED_OUT' }]);
    const back = await graph.run(admin, SET_CLOCK, { now: '2026-03-10T12:00:00Z' });
    expect(back).toMatchObject({ code: 'LEDGER_CLOCK_MOVES_BACK', retryable: false });
    const live = { ...clocked, version: 2n, isSandbox: false };
    graph.announce(live);
    for (let code = ''; code !== 'LEDGER_CLOCK_NOT_MOVABLE';) {
      code = (await graph.run(admin, SET_CLOCK, { now: '2027-03-13T12:00:00Z' })).code ?? '';
    }
  });

  it('takes over from wall time, though something fell due that nobody had swept yet', async () => {
    const rules = aRuleBook({ pointsValidityDays: 30 });
    graph.announce(rules);
    const { programmeId } = rules;
    const [shop] = rules.brands;
    const buyer = await aBuyerIn(rules, NOW.toISOString());
    const present = '2026-05-01T00:00:00.000Z';
    graph.clock.set(new Date(present));
    await graph.run(graph.partner(shop, { programmeId }), RECORD, sale(buyer, 100n, { occurredAt: present }));
    const moved = await graph.run(graph.admin('ada', programmeId), SET_CLOCK, { now: '2026-05-02T00:00:00Z' });
    expect(moved).toMatchObject({ now: '2026-05-02T00:00:00.000Z' });
    const { statement } = await graph.lookAt(buyer, 'statement(first: 1) { nodes { points recordedAt } }', programmeId);
    expect(statement.nodes).toEqual([{ points: '-10', recordedAt: present }]);
  });
});

expectTheBookToAddUp(graph);
