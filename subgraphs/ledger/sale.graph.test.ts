import { newId, newOpaqueId } from '../../kernel/values/id';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD, RECORD_ALL } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, nobody, NOW } from './testkit/ledger-graph';

const suspended = newId('ptr');
const plain = aRuleBook();
const [baker, florist] = plain.brands;
const [{ code: _code, ...brand }] = plain.partners as [(typeof plain.partners)[number]];
const book = {
  ...plain,
  partners: [...plain.partners, { ...brand, id: suspended, code: 'P3', status: 'SUSPENDED' as const }],
};
const graph = LedgerGraph.forThisFile(book);
const { sale } = inputsAt(NOW);
const enrol = () => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN', [suspended]: 'OPEN' });

describe('a purchase', () => {
  it('earns a point for each whole euro, with its lot and the account as it left it', async () => {
    const buyer = enrol();
    const input = sale(buyer, 1_999n);
    const first = await graph.run(graph.partner(baker), RECORD, input);
    expect(first).toEqual({
      __typename: 'RecordPurchaseSuccess',
      ...{ earned: '19', replayed: false },
      account: { memberId: buyer, version: '1', available: '19', pending: '0', held: '0', arrears: '0' },
      lots: [{ id: expect.any(String), quantity: '19', remaining: '19', expiresAt: null, issuer: { id: baker } }],
      purchase: { externalRef: input.externalRef, amount: { amountMinor: '1999', currency: 'EUR' } },
    });
    await graph.run(graph.partner(baker), RECORD, sale(buyer, 500n));
    expect(await graph.run(graph.partner(baker), RECORD, input)).toEqual({ ...first, replayed: true });
    expect(await graph.accountOf(graph.admin(), buyer)).toMatchObject({ version: '2', available: '24' });
  });

  it('is refused when its key was used for another, and recorded without a lot when it earns nothing', async () => {
    const buyer = enrol();
    const input = sale(buyer, 99n);
    expect(await graph.run(graph.partner(baker), RECORD, input)).toMatchObject({
      earned: '0',
      lots: [],
      account: { version: '1' },
    });
    const other = await graph.run(graph.partner(baker), RECORD, {
      ...input,
      amount: { amountMinor: '9900', currency: 'EUR' },
    });
    expect(other).toMatchObject({ __typename: 'IdempotencyMismatch', code: 'IDEMPOTENCY_MISMATCH' });
    expect(await graph.accountOf(graph.admin(), buyer)).toMatchObject({ version: '1', available: '0' });
  });

  it('among many is refused at its own place, and the others are recorded in their order', async () => {
    const [buyer, stranger] = [enrol(), newOpaqueId('mem')];
    const badPhone = { identity: { kind: 'PHONE', value: 'no number' } };
    const rows = [
      sale(buyer, 100n),
      sale(buyer, 100n, { amount: { amountMinor: '1.5', currency: 'EUR' } }),
      sale(buyer, 200n),
      sale(buyer, 100n, { idempotencyKey: '' }),
      sale(buyer, 100n, { member: badPhone }),
      sale(stranger, 100n),
      sale(buyer, 300n),
    ];
    const answers = await graph.run(graph.partner(baker), RECORD_ALL, rows);
    const [first, second, third] = [answers[0], answers[2], answers[6]];
    expect([first, second, third].map(({ account }) => [account.version, account.available])).toEqual([
      ['1', '1'],
      ['2', '3'],
      ['3', '6'],
    ]);
    expect([1, 3, 4].map((row) => [answers[row].code, answers[row].field])).toEqual([
      ['INVALID_INPUT', 'input[1].amount.amountMinor'],
      ['INVALID_INPUT', 'input[3].idempotencyKey'],
      ['INVALID_INPUT', 'input[4].member.identity.value'],
    ]);
    expect(answers[5]).toMatchObject({ code: 'NOT_FOUND' });
    expect(answers).toHaveLength(rows.length);
  });

  it.each([
    ['LEDGER_OCCURRED_IN_FUTURE', { occurredAt: '2026-03-10T12:00:00.001Z' }],
    ['LEDGER_CURRENCY_NOT_ACCEPTED', { amount: { amountMinor: '100', currency: 'PLN' } }],
    ['INVALID_INPUT', { amount: { amountMinor: '-1', currency: 'EUR' } }],
    ['INVALID_INPUT', { occurredAt: '2026-02-30T12:00:00Z' }],
  ])('is refused with %s for %j', async (code, change) => {
    const buyer = enrol();
    expect(await graph.run(graph.partner(baker), RECORD, sale(buyer, 100n, change))).toMatchObject({
      code,
      retryable: false,
    });
    expect(await graph.accountOf(graph.member(buyer), buyer)).toMatchObject({ version: '0', available: '0' });
  });

  it('is refused at a suspended partner, and to everyone but a partner’s key with the scope', async () => {
    const buyer = enrol();
    expect(await graph.run(graph.partner(suspended), RECORD, sale(buyer, 100n))).toMatchObject({
      __typename: 'PartnerSuspended',
    });
    for (const who of [graph.partner(baker, { scopes: ['points:redeem'] }), graph.member(buyer), graph.admin(), nobody])
      expect(await graph.run(who, RECORD, sale(buyer, 100n))).toMatchObject({ code: 'FORBIDDEN' });
  });
});

expectTheBookToAddUp(graph);
