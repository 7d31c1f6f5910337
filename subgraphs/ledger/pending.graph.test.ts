import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import {
  ACCRUE,
  CANCEL_PENDING,
  CLAW_BACK,
  inputsAt,
  RECORD,
  REDEEM,
  RELEASE_PENDING,
  RETURN,
  SET_CLOCK,
} from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const plain = aRuleBook();
const [baker, florist] = plain.brands;
/** Points of the baker wait 14 days and cost a fee when they are released. */
const book = {
  ...plain,
  contracts: [aContract(baker, { feeMicros: 500n }), aContract(florist)],
  earningRules: plain.earningRules.map((rule) => (rule.partnerId === baker ? { ...rule, pendingDays: 14 } : rule)),
};
const waiting = aRuleBook();
const clocked = { ...waiting, earningRules: waiting.earningRules.map((rule) => ({ ...rule, pendingDays: 14 })) };
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, clocked);
const { sale, spend, bringBack, ofLot, accrue } = inputsAt(NOW);
const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];
const enrol = () => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
const tierOf = async (memberId: string) => {
  const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
    ... on Member { tier { code qualifyingPoints } } } }`;
  const { data } = await graph.ask(graph.admin(), query, { representations: [{ __typename: 'Member', id: memberId }] });
  return data._entities[0].tier;
};

describe('pending points', () => {
  it('are promised, cannot be spent, and count towards the tier from the start', async () => {
    const buyer = enrol();
    const earned = await graph.run(bakerKey, RECORD, sale(buyer, 60_000n));
    expect(earned).toMatchObject({ earned: '600', account: { available: '0', pending: '600' } });
    expect(earned.lots).toMatchObject([{ quantity: '600', issuer: { id: baker } }]);
    expect(await tierOf(buyer)).toEqual({ code: 'SILVER', qualifyingPoints: '600' });
    const short = await graph.run(floristKey, REDEEM, spend(buyer, '1'));
    expect(short).toMatchObject({ code: 'LEDGER_INSUFFICIENT_POINTS', missingPoints: '1' });
    expect(await graph.story(buyer)).toEqual(['PENDING 600']);
  });

  it('are on each line of the statement as it left them, so that it explains a return of some as well', async () => {
    const buyer = enrol();
    const bought = await graph.run(bakerKey, RECORD, sale(buyer, 12_000n));
    await graph.run(bakerKey, RETURN, bringBack(bought.purchase.externalRef, 2_000n));
    const second = await graph.run(bakerKey, RECORD, sale(buyer, 3_000n));
    await graph.run(bakerKey, RELEASE_PENDING, ofLot(bought.lots[0].id));
    await graph.run(floristKey, RECORD, sale(buyer, 500n));
    await graph.run(bakerKey, CANCEL_PENDING, ofLot(second.lots[0].id));
    const earlier = { occurredAt: '2026-03-09T12:00:00Z' };
    await graph.run(bakerKey, RECORD, sale(buyer, 700n, earlier));
    const linesOf = async (by: string) => {
      const look = `pending statement(first: 9, by: ${by}) { nodes { kind points pendingAfter } }`;
      const { pending, statement } = await graph.lookAt(buyer, look);
      expect(pending).toBe('7');
      return statement.nodes
        .map(({ kind, points, pendingAfter }: Answer) => `${kind} ${points} ${pendingAfter}`)
        .reverse();
    };
    const first = [
      'PENDING 120 120',
      'CLAWBACK 0 100',
      'PENDING 30 130',
      'RELEASE 100 30',
      'EARN 5 30',
      'CANCEL -30 0',
    ];
    expect(await linesOf('RECORDED')).toEqual([...first, 'PENDING 7 7']);
    expect((await linesOf('EFFECTIVE')).slice(0, 2)).toEqual(['PENDING 7 7', 'PENDING 120 127']);
  });

  it('are spendable once released, by their issuer or the operator, and only then is a fee owed', async () => {
    for (const who of [bakerKey, graph.admin()]) {
      const buyer = enrol();
      const { lots } = await graph.run(bakerKey, RECORD, sale(buyer, 2_000n));
      const feeOf = async () => {
        const query = `select coalesce(sum(micros), 0)::int as fee from claim where kind = 'PROGRAMME_FEE'`;
        return (await graph.database.pool.query<{ fee: number }>(query)).rows[0]?.fee ?? 0;
      };
      const before = await feeOf();
      const released = await graph.run(who, RELEASE_PENDING, ofLot(lots[0].id));
      expect(released).toMatchObject({
        lot: { id: lots[0].id, quantity: '20', remaining: '20' },
        account: { version: '2', available: '20', pending: '0' },
      });
      expect((await feeOf()) - before).toBe(10_000);
      expect(await graph.run(floristKey, REDEEM, spend(buyer, '20'))).toMatchObject({ account: { available: '0' } });
      expect(await graph.story(buyer)).toEqual(['PENDING 20', 'RELEASE 20', 'REDEEM -20']);
    }
  });

  it('are released by themselves after their days, by the programme’s calendar', async () => {
    const { programmeId } = clocked;
    const [brand] = clocked.brands;
    const admin = graph.admin('ada', programmeId);
    const buyer = graph.enrol({ [brand]: 'OPEN' }, programmeId);
    await graph.run(graph.partner(brand, { programmeId }), RECORD, sale(buyer, 1_000n));
    await graph.run(admin, SET_CLOCK, { now: '2026-03-24T11:59:59.999Z' });
    expect(await graph.story(buyer, programmeId)).toEqual(['PENDING 10']);
    await graph.run(admin, SET_CLOCK, { now: '2026-03-24T12:00:00Z' });
    expect(await graph.story(buyer, programmeId)).toEqual(['PENDING 10', 'RELEASE 10']);
    const { statement } = await graph.lookAt(buyer, 'statement(first: 1) { nodes { recordedAt } }', programmeId);
    expect(statement.nodes).toEqual([{ recordedAt: '2026-03-24T12:00:00.000Z' }]);
  });

  it('are gone once cancelled, with what they counted towards the tier', async () => {
    const buyer = enrol();
    const { lots } = await graph.run(bakerKey, RECORD, sale(buyer, 60_000n));
    expect(await graph.run(bakerKey, CANCEL_PENDING, ofLot(lots[0].id))).toMatchObject({
      account: { version: '2', available: '0', pending: '0' },
    });
    expect(await tierOf(buyer)).toMatchObject({ qualifyingPoints: '0' });
    const late = await graph.run(bakerKey, RELEASE_PENDING, ofLot(lots[0].id));
    expect(late).toMatchObject({ code: 'LEDGER_LOT_NOT_PENDING', retryable: false });
  });

  it('are taken first when their purchase comes back, whole or in part', async () => {
    const buyer = enrol();
    const { purchase, lots } = await graph.run(bakerKey, RECORD, sale(buyer, 1_000n));
    const back = await graph.run(bakerKey, RETURN, bringBack(purchase.externalRef, 400n));
    expect(back).toMatchObject({ clawedBack: '4', arrearsOpened: '0', account: { pending: '6', arrears: '0' } });
    await graph.run(bakerKey, RELEASE_PENDING, ofLot(lots[0].id));
    const rest = await graph.run(bakerKey, CLAW_BACK, ofLot(lots[0].id, { points: '6', reason: 'recall' }));
    expect(rest).toMatchObject({ clawedBack: '6', account: { available: '0' } });
  });

  it('are released or cancelled once, of a lot of the caller’s own', async () => {
    const buyer = enrol();
    const { lot } = await graph.run(bakerKey, ACCRUE, accrue(buyer, '10', { pending: true }));
    const spendable = (await graph.run(floristKey, ACCRUE, accrue(buyer, '10'))).lot;
    for (const mutation of [RELEASE_PENDING, CANCEL_PENDING]) {
      expect(await graph.run(floristKey, mutation, ofLot(lot.id))).toMatchObject({ code: 'NOT_FOUND' });
      for (const wrong of ['lot_x', '', `${lot.id.slice(0, -1)}9`, enrol()])
        expect(await graph.run(bakerKey, mutation, ofLot(wrong))).toMatchObject({ code: 'NOT_FOUND' });
      const none = await graph.run(floristKey, mutation, ofLot(spendable.id));
      expect(none).toMatchObject({ code: 'LEDGER_LOT_NOT_PENDING' });
    }
    await graph.run(bakerKey, RELEASE_PENDING, ofLot(lot.id));
    const again = { ...ofLot(lot.id), idempotencyKey: newId('req') };
    expect(await graph.run(bakerKey, CANCEL_PENDING, again)).toMatchObject({ code: 'LEDGER_LOT_NOT_PENDING' });
  });

  it('fill arrears when they are released', async () => {
    const buyer = enrol();
    const { purchase } = await graph.run(floristKey, RECORD, sale(buyer, 1_000n));
    await graph.run(bakerKey, REDEEM, spend(buyer, '10'));
    await graph.run(floristKey, RETURN, bringBack(purchase.externalRef, 1_000n));
    const { lots, account } = await graph.run(bakerKey, RECORD, sale(buyer, 1_500n));
    expect(account).toMatchObject({ pending: '15', arrears: '10' });
    expect(await graph.run(bakerKey, RELEASE_PENDING, ofLot(lots[0].id))).toMatchObject({
      account: { available: '5', pending: '0', arrears: '0' },
    });
  });
});

expectTheBookToAddUp(graph);
