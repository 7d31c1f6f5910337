import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { CAPTURE, HOLD, inputsAt, RECORD, REDEEM } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker, florist] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { sale, spend, setAside } = inputsAt(NOW);
const OPEN = { [baker]: 'OPEN', [florist]: 'OPEN' } as const;
const enrol = () => graph.enrol(OPEN);

describe('a redemption', () => {
  it('draws the points earned first, and shows what their issuers owe', async () => {
    const buyer = enrol();
    await graph.run(graph.partner(florist), RECORD, sale(buyer, 500n));
    await graph.run(graph.partner(baker), RECORD, sale(buyer, 1_000n, { occurredAt: '2026-03-09T12:00:00Z' }));
    const input = spend(buyer, '12');
    const first = await graph.run(graph.partner(florist), REDEEM, input);
    expect(first).toMatchObject({
      redemption: {
        ...{ points: '12', redeemer: { id: florist } },
        draws: [
          { points: '10', claim: { amountMinor: '10', currency: 'EUR' }, lot: { issuer: { id: baker } } },
          { points: '2', claim: null, lot: { issuer: { id: florist } } },
        ],
      },
      account: { version: '3', available: '3' },
      replayed: false,
    });
    expect(await graph.run(graph.partner(florist), REDEEM, input)).toEqual({ ...first, replayed: true });
    expect(await graph.accountOf(graph.admin(), buyer)).toMatchObject({ version: '3', available: '3' });
  });

  it('is whole or not at all: it says how many points are missing', async () => {
    const buyer = enrol();
    await graph.run(graph.partner(baker), RECORD, sale(buyer, 1_000n));
    const short = await graph.run(graph.partner(florist), REDEEM, spend(buyer, '15'));
    expect(short).toMatchObject({ __typename: 'InsufficientPoints', missingPoints: '5' });
    expect(await graph.accountOf(graph.admin(), buyer)).toMatchObject({ version: '1', available: '10' });
  });

  it.each(['0', '-1', '1.5', '1e3', '', '٣', '9223372036854775808'])(
    'of %j points is no redemption',
    async (points) => {
      const buyer = enrol();
      for (const [mutation, input] of [
        [REDEEM, spend(buyer, points)],
        [HOLD, setAside(buyer, points)],
      ] as const)
        expect(await graph.run(graph.partner(baker), mutation, input)).toMatchObject({
          code: 'INVALID_INPUT',
          field: 'input.points',
        });
    },
  );

  it('out of a hold takes a part, and the rest goes back; to another partner the hold does not exist', async () => {
    const buyer = enrol();
    await graph.run(graph.partner(baker), RECORD, sale(buyer, 1_000n));
    const { hold, account } = await graph.run(graph.partner(florist), HOLD, setAside(buyer, '8'));
    expect([hold.state, account.available, account.held]).toEqual(['OPEN', '2', '8']);
    const capture = { idempotencyKey: newId('req'), holdId: hold.id, points: '5', externalRef: newId('txn') };
    expect(await graph.run(graph.partner(baker), CAPTURE, capture)).toMatchObject({ __typename: 'NotFound' });
    expect(await graph.run(graph.partner(florist), CAPTURE, capture)).toMatchObject({
      redemption: { points: '5', draws: [{ points: '5', claim: { amountMinor: '5' } }] },
      account: { available: '5', held: '0' },
    });
    const again = { ...capture, idempotencyKey: newId('req'), externalRef: newId('txn') };
    expect(await graph.run(graph.partner(florist), CAPTURE, again)).toMatchObject({ code: 'LEDGER_HOLD_NOT_OPEN' });
  });
});

expectTheBookToAddUp(graph);
