import { newId, newOpaqueId } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { inputsAt, RECORD, RECORD_ALL, REDEEM } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, nobody, NOW } from './testkit/ledger-graph';

const suspended = newId('ptr');
const plain = aRuleBook();
const [baker, florist] = plain.brands;
const [{ code: _code, ...brand }] = plain.partners as [(typeof plain.partners)[number]];
const [reader, capped, indebted, late] = [newId('ptr'), newId('ptr'), newId('ptr'), newId('ptr')];
const others = [
  { id: suspended, code: 'P3', status: 'SUSPENDED' as const },
  { id: reader, code: 'P4', canIssue: false },
  { id: capped, code: 'P5' },
  { id: indebted, code: 'P6' },
  { id: late, code: 'P7' },
];
const issuanceCap = { points: points(10n), period: 'DAY' as const };
const from = new Date('2020-01-01T00:00:00Z');
const book = {
  ...plain,
  partners: [...plain.partners, ...others.map((other) => ({ ...brand, ...other }))],
  contracts: [
    ...[...plain.contracts, aContract(suspended), aContract(reader)],
    ...[aContract(capped, { issuanceCap }), aContract(indebted, { netDebitCapMicros: 100_000n })],
  ],
  earningRules: [
    ...plain.earningRules,
    ...[capped, indebted].map((partnerId) => ({
      ...{ id: newId('rul'), partnerId, validFrom: from, points: 1n, perAmountMinor: 100n, pendingDays: 0 },
    })),
  ],
};
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { sale, spend } = inputsAt(NOW);
const enrol = () => graph.enrol(Object.fromEntries(book.partners.map(({ id }) => [id, 'OPEN' as const])));

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

  it('that has not happened yet is refused with the programme’s own time, which may stand still', async () => {
    const early = sale(enrol(), 100n, { occurredAt: '2026-03-11T12:00:00Z' });
    const answer = await graph.run(graph.partner(baker), RECORD, early);
    expect(answer.message).toBe(
      'The purchase has not happened yet: by the programme’s clock it is 2026-03-10T12:00:00.000Z.',
    );
  });

  it('is refused at a suspended partner, and to everyone but a partner’s key with the scope', async () => {
    const buyer = enrol();
    expect(await graph.run(graph.partner(suspended), RECORD, sale(buyer, 100n))).toMatchObject({
      __typename: 'PartnerSuspended',
    });
    for (const who of [graph.partner(baker, { scopes: ['points:redeem'] }), graph.member(buyer), graph.admin(), nobody])
      expect(await graph.run(who, RECORD, sale(buyer, 100n))).toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([
    ['LEDGER_PARTNER_CANNOT_ISSUE', reader, false],
    ['LEDGER_PROGRAMME_NOT_READY', late, true],
  ])('is refused with %s where points are not given', async (code, partnerId, retryable) => {
    const buyer = enrol();
    const answer = await graph.run(graph.partner(partnerId), RECORD, sale(buyer, 100n));
    expect(answer).toMatchObject({ code, retryable, replayed: false });
  });

  it('is refused beyond the partner’s issuance cap, and says what is left', async () => {
    const [first, second] = [enrol(), enrol()];
    const till = graph.partner(capped);
    expect(await graph.run(till, RECORD, sale(first, 700n))).toMatchObject({ earned: '7' });
    const over = await graph.run(till, RECORD, sale(second, 400n));
    expect(over).toMatchObject({ code: 'LEDGER_ISSUANCE_CAP_REACHED', leftPoints: '3', retryable: false });
    expect(await graph.run(till, RECORD, sale(second, 300n))).toMatchObject({ earned: '3' });
  });

  it('is refused once the partner owes as much as its net-debit cap; its points stay spendable', async () => {
    const buyer = enrol();
    const till = graph.partner(indebted);
    await graph.run(till, RECORD, sale(buyer, 1_500n));
    await graph.run(graph.partner(florist), REDEEM, spend(buyer, '10'));
    const over = await graph.run(till, RECORD, sale(buyer, 100n));
    expect(over).toMatchObject({ code: 'LEDGER_NET_DEBIT_CAP_REACHED', retryable: false });
    expect(await graph.run(graph.partner(florist), REDEEM, spend(buyer, '5'))).toMatchObject({
      account: { available: '0' },
    });
  });

  it('is one of a thousand in a call, and one bad row does not stop the 999 others', async () => {
    const buyers = Array.from({ length: 50 }, enrol);
    const rows = Array.from({ length: 1_000 }, (_, n) => sale(buyers[n % 50]!, 100n));
    rows[501] = sale(buyers[1]!, 100n, { amount: { amountMinor: 'a lot', currency: 'EUR' } });
    const answers = await graph.run(graph.partner(baker), RECORD_ALL, rows);
    expect(answers).toHaveLength(1_000);
    expect(answers[501]).toMatchObject({ code: 'INVALID_INPUT', field: 'input[501].amount.amountMinor' });
    expect(answers.filter(({ earned }: { earned?: string }) => earned === '1')).toHaveLength(999);
    expect(await graph.lookAt(buyers[1]!, 'version available')).toEqual({ version: '19', available: '19' });
    const again = await graph.run(graph.partner(baker), RECORD_ALL, rows);
    expect(again.filter(({ replayed }: { replayed: boolean }) => replayed)).toHaveLength(999);
    expect(await graph.lookAt(buyers[2]!, 'version available')).toEqual({ version: '20', available: '20' });
    const more = await graph.ask(graph.partner(baker), RECORD_ALL, { input: [...rows, sale(buyers[0]!, 100n)] });
    expect(more.codes).toEqual(['INVALID_INPUT']);
  });

  it('that qualifies moves the member up a tier in its own transaction', async () => {
    const buyer = enrol();
    const query = `subscription ($memberId: ID!) { tierChanged(memberId: $memberId) {
      version isSnapshot from { code } to { code qualifyingPoints next { code missingPoints } } } }`;
    const stream = await graph.link.subscribe(graph.requestOf(graph.member(buyer), query, { memberId: buyer }));
    const next = async () => JSON.parse(JSON.stringify((await stream.next()).value)).data.tierChanged;
    expect(await next()).toMatchObject({ isSnapshot: true, to: { code: 'BASE' } });
    await graph.run(graph.partner(baker), RECORD, sale(buyer, 10_000n));
    const { account } = await graph.run(graph.partner(baker), RECORD, sale(buyer, 40_000n));
    expect(await next()).toMatchObject({ version: '1' });
    expect(await next()).toEqual({
      ...{ version: account.version, isSnapshot: false, from: { code: 'BASE' } },
      to: { code: 'SILVER', qualifyingPoints: '500', next: { code: 'GOLD', missingPoints: '500' } },
    });
    await stream.return?.();
  });

  it('once posted is never changed: the database refuses it', async () => {
    await graph.run(graph.partner(baker), RECORD, sale(enrol(), 100n));
    for (const statement of [
      'update entry set amount = 2',
      'delete from journal_transaction',
      'update lot set quantity = 2',
    ])
      await expect(graph.database.asOwner(statement)).rejects.toThrow('LEDGER_APPEND_ONLY');
  });
});

expectTheBookToAddUp(graph);
