import { uuidOf } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { CAPTURE, HOLD, inputsAt, RECORD, REDEEM, REVERSE } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker, florist] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { capture, reverse, sale, setAside, spend } = inputsAt(NOW);
const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];
const euros = (amountMinor: string) => ({ money: { amountMinor, currency: 'EUR' } });
async function buyer(points: bigint) {
  const id = graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
  await graph.run(bakerKey, RECORD, sale(id, points * 100n));
  return id;
}

describe('points plus money', () => {
  it('are one redemption: the points are drawn and paid for, the money is written down and owed to nobody', async () => {
    const member = await buyer(100n);
    const input = spend(member, '30', euros('1999'));
    const first = await graph.run(floristKey, REDEEM, input);
    expect(first).toMatchObject({
      redemption: {
        ...{ points: '30', money: { amountMinor: '1999', currency: 'EUR' }, moneyReversed: { amountMinor: '0' } },
        draws: [{ points: '30', claim: { amountMinor: '30' } }],
      },
      account: { available: '70' },
    });
    expect(await graph.run(floristKey, REDEEM, input)).toEqual({ ...first, replayed: true });
    const dearer = { ...input, ...euros('2000') };
    expect(await graph.run(floristKey, REDEEM, dearer)).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    const owed = `select sum(micros)::int as micros from claim where wallet = $1 and debtor_id is not null`;
    const { rows } = await graph.database.pool.query(owed, [uuidOf(member)]);
    expect(rows).toEqual([{ micros: 300_000 }]);
  });

  it('out of a hold are said when it is captured', async () => {
    const member = await buyer(50n);
    const { hold } = await graph.run(floristKey, HOLD, setAside(member, '40'));
    const taken = await graph.run(floristKey, CAPTURE, capture(hold.id, { points: '25', ...euros('500') }));
    expect(taken).toMatchObject({ redemption: { points: '25', money: { amountMinor: '500' } } });
    const undone = await graph.run(floristKey, REVERSE, reverse(taken.redemption.id));
    expect(undone).toMatchObject({ redemption: { reversed: '25', moneyReversed: { amountMinor: '500' } } });
  });

  it('go back in proportion, and to the last cent with the last point', async () => {
    const member = await buyer(3n);
    const { redemption } = await graph.run(floristKey, REDEEM, spend(member, '3', euros('1000')));
    const back: string[] = [];
    for (let n = 0; n < 3; n += 1) {
      const answer = await graph.run(floristKey, REVERSE, reverse(redemption.id, { points: '1' }));
      back.push(answer.redemption.moneyReversed.amountMinor);
    }
    expect(back).toEqual(['333', '666', '1000']);
  });

  it.each([
    ['LEDGER_CURRENCY_NOT_ACCEPTED', { money: { amountMinor: '5', currency: 'USD' } }],
    ['INVALID_INPUT', euros('0')],
    ['INVALID_INPUT', euros('-1')],
    ['INVALID_INPUT', euros('1000000000001')],
  ])('are refused with %s for %j, redeemed or captured', async (code, money) => {
    const member = await buyer(10n);
    expect(await graph.run(floristKey, REDEEM, spend(member, '4', money))).toMatchObject({ code });
    const { hold } = await graph.run(floristKey, HOLD, setAside(member, '4'));
    expect(await graph.run(floristKey, CAPTURE, capture(hold.id, money))).toMatchObject({ code });
    expect(await graph.lookAt(member, 'available held')).toEqual({ available: '6', held: '4' });
  });

  it('are nothing where no money was said', async () => {
    const member = await buyer(10n);
    expect(await graph.run(floristKey, REDEEM, spend(member, '4', { money: null }))).toMatchObject({
      redemption: { money: null, moneyReversed: null },
    });
  });
});

expectTheBookToAddUp(graph);
