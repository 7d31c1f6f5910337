import { newId, uuidOf } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { ACCRUE, CLAW_BACK, inputsAt, RECORD, REDEEM } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const [closed, shop, funded] = [newId('ptr'), newId('ptr'), newId('ptr')];
const plain = aRuleBook();
const [baker, florist] = plain.brands;
const late = newId('ptr');
const book = {
  ...plain,
  partners: [
    ...plain.partners,
    { id: closed, code: 'P3', canIssue: true, canRedeem: true, status: 'SUSPENDED' as const },
    { id: shop, code: 'P4', canIssue: false, canRedeem: true, status: 'ACTIVE' as const },
    { id: funded, code: 'P6', canIssue: true, canRedeem: false, status: 'ACTIVE' as const },
    { id: late, code: 'P5', canIssue: true, canRedeem: true, status: 'ACTIVE' as const },
  ],
  contracts: [
    ...plain.contracts,
    aContract(closed),
    aContract(shop),
    aContract(funded, { settlementModel: 'AT_ISSUANCE', issuanceMicros: 11_500n }),
  ],
};
/** With real money two persons must agree. */
const live = aRuleBook({ isSandbox: false, singleApprover: false });
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, live);
const { sale, spend, accrue, ofLot } = inputsAt(NOW);
const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];
const enrol = () =>
  graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN', [closed]: 'OPEN', [shop]: 'OPEN', [late]: 'OPEN' });

describe('points given directly', () => {
  it('are the partner’s own lot, spendable at once, at its own cost', async () => {
    const buyer = enrol();
    const given = await graph.run(bakerKey, ACCRUE, accrue(buyer, '30', { expiresAt: '2026-12-31T00:00:00Z' }));
    expect(given).toMatchObject({
      __typename: 'PostAccrualSuccess',
      lot: { quantity: '30', remaining: '30', expiresAt: '2026-12-31T00:00:00.000Z', issuer: { id: baker } },
      account: { version: '1', available: '30' },
    });
    const spent = await graph.run(floristKey, REDEEM, spend(buyer, '30'));
    expect(spent.redemption.draws).toMatchObject([{ points: '30', claim: { amountMinor: '30', currency: 'EUR' } }]);
    const { statement } = await graph.lookAt(
      buyer,
      'statement(first: 2) { nodes { kind points reason partner { id } } }',
    );
    expect(statement.nodes[1]).toEqual({ kind: 'EARN', points: '30', reason: 'spring bonus', partner: { id: baker } });
  });

  it('may be paid by several partners, where the operator says so', async () => {
    const buyer = enrol();
    const funding = [
      { partnerId: florist, bps: 6_000 },
      { partnerId: baker, bps: 4_000 },
    ];
    const { lot } = await graph.run(graph.admin(), ACCRUE, accrue(buyer, '301', { funding }));
    expect(lot).toMatchObject({ issuer: { id: florist } });
    await graph.run(graph.partner(shop), REDEEM, spend(buyer, '301'));
    const { rows } = await graph.database.pool.query(
      'select debtor_id, micros::int from claim where creditor_id = $1 order by micros',
      [uuidOf(shop)],
    );
    expect(rows).toEqual([
      { debtor_id: uuidOf(baker), micros: 1_204_000 },
      { debtor_id: uuidOf(florist), micros: 1_806_000 },
    ]);
  });

  it('as goodwill count towards no tier and are the operator’s when nobody else pays', async () => {
    const buyer = enrol();
    await graph.run(bakerKey, RECORD, sale(buyer, 10_000n));
    const answer = await graph.run(graph.admin(), ACCRUE, accrue(buyer, '900', { goodwill: true }));
    expect(answer).toMatchObject({ lot: { issuer: null, quantity: '900' }, account: { available: '1000' } });
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Member { tier { code qualifyingPoints } } } }`;
    const { data } = await graph.ask(graph.admin(), query, { r: [{ __typename: 'Member', id: buyer }] });
    expect(data._entities[0].tier).toEqual({ code: 'BASE', qualifyingPoints: '100' });
    expect((await graph.story(buyer)).at(-1)).toBe('GOODWILL 900');
  });

  it('as goodwill are paid by those whom the operator named, by their shares', async () => {
    const buyer = enrol();
    const funding = [
      { partnerId: baker, bps: 5_000 },
      { partnerId: florist, bps: 5_000 },
    ];
    const { lot } = await graph.run(graph.admin(), ACCRUE, accrue(buyer, '10', { goodwill: true, funding }));
    expect(lot).toMatchObject({ issuer: { id: baker } });
    await graph.run(graph.partner(shop), REDEEM, spend(buyer, '10'));
    const { rows } = await graph.database.pool.query(
      'select debtor_id, micros::int from claim where wallet = $1 order by debtor_id',
      [uuidOf(buyer)],
    );
    const half = (id: typeof baker) => ({ debtor_id: uuidOf(id), micros: 50_000 });
    expect(rows).toEqual([baker, florist].sort().map(half));
  });

  it('as goodwill of the operator need two persons where the money is real, from the first moment', async () => {
    for (const rules of [live, aRuleBook({ isSandbox: false }), aRuleBook({ singleApprover: false })]) {
      const { programmeId } = rules;
      if (rules !== live) graph.announce(rules);
      const buyer = graph.enrol({ [rules.brands[0]]: 'OPEN' }, programmeId);
      const admin = graph.admin('ada', programmeId);
      const alone = await graph.run(admin, ACCRUE, accrue(buyer, '10', { goodwill: true }));
      expect(alone).toMatchObject({ code: 'LEDGER_APPROVAL_REQUIRED', retryable: false });
      expect(await graph.story(buyer, programmeId)).toEqual([]);
    }
  });

  it.each([
    ['PARTNERS_PARTNER_SUSPENDED', closed, {}],
    ['LEDGER_PARTNER_CANNOT_ISSUE', shop, {}],
    ['LEDGER_PROGRAMME_NOT_READY', late, {}],
    ['LEDGER_OCCURRED_IN_FUTURE', baker, { occurredAt: '2026-03-11T00:00:00Z' }],
    ['LEDGER_EXPIRY_NOT_LATER', baker, { expiresAt: '2026-03-10T12:00:00Z' }],
    ['NOT_FOUND', baker, { member: { id: newId('mem') } }],
    ['FORBIDDEN', baker, { funding: [{ partnerId: florist, bps: 10_000 }] }],
  ])('are refused with %s', async (code, partnerId, change) => {
    const buyer = enrol();
    const answer = await graph.run(graph.partner(partnerId), ACCRUE, accrue(buyer, '10', change));
    expect(answer).toMatchObject({ code, replayed: false });
    expect(await graph.story(buyer)).toEqual([]);
  });

  it('of the operator name funders with a contract, and once each', async () => {
    const buyer = enrol();
    const shares = (...all: [string, number][]) => ({ funding: all.map(([partnerId, bps]) => ({ partnerId, bps })) });
    for (const [second, code] of [
      [closed, 'LEDGER_FUNDER_UNKNOWN'],
      [newId('ptr'), 'LEDGER_FUNDER_UNKNOWN'],
      [late, 'LEDGER_FUNDER_UNKNOWN'],
    ] as const) {
      const input = accrue(buyer, '10', shares([baker, 5_000], [second, 5_000]));
      expect(await graph.run(graph.admin(), ACCRUE, input)).toMatchObject({ code });
    }
    for (const [field, change] of [
      ['input.funding', {}],
      ['input.funding', shares()],
      ['input.funding', shares([baker, 9_999])],
      ['input.funding', shares([baker, 5_000], [baker, 5_000])],
      ['input.funding[1].bps', shares([baker, 10_000], [florist, 0])],
      ['input.funding[0].partnerId', shares(['ptr_x', 10_000])],
      ['input.points', { points: '0' }],
      ['input.reason', { reason: '' }],
      ['input.externalRef', { externalRef: '' }],
      ['input.expiresAt', { expiresAt: 'soon' }],
    ] as const)
      expect(await graph.run(graph.admin(), ACCRUE, accrue(buyer, '10', change))).toMatchObject({
        code: 'INVALID_INPUT',
        field,
      });
  });

  it('have a number of their own with their issuer, whoever gives them', async () => {
    const buyer = enrol();
    for (const [who, change] of [
      [bakerKey, {}],
      [graph.admin(), { funding: [{ partnerId: baker, bps: 10_000 }] }],
    ] as const) {
      const first = accrue(buyer, '10', change);
      expect(await graph.run(who, ACCRUE, first)).toMatchObject({ replayed: false });
      const twice = accrue(buyer, '10', { ...change, externalRef: first.externalRef });
      expect(await graph.run(who, ACCRUE, twice)).toMatchObject({ code: 'LEDGER_DOCUMENT_ALREADY_RECORDED' });
    }
  });

  it('from before the hub bring what was paid for them along, and nobody owes it', async () => {
    const buyer = enrol();
    const [paid, early] = [{ issuerId: funded, opening: true }, '2021-05-06T00:00:00Z'];
    const given = await graph.run(graph.admin(), ACCRUE, accrue(buyer, '120', { ...paid, occurredAt: early }));
    expect(given).toMatchObject({ lot: { quantity: '120', remaining: '120', issuer: { id: funded } } });
    expect(await graph.story(buyer)).toEqual(['OPENING 120']);
    const query = '{ partyAccounts { kind party { partner { id } } balance } }';
    const { partyAccounts } = (await graph.ask(graph.admin(), query)).data;
    const balanceOf = (kind: string, id: string | null) =>
      partyAccounts.find((one: Answer) => one.kind === kind && (one.party.partner?.id ?? null) === id)?.balance;
    // 120 at 0.0115, of which 0.01 are reserved.
    expect(balanceOf('POINT_FUND', funded)).toBe('1200000');
    expect(balanceOf('DEFERRED_MARGIN', funded)).toBe('180000');
    expect(balanceOf('SETTLEMENT_BANK', null)).toBe('-1380000');
    expect(balanceOf('CLEARING', funded)).toBeUndefined();
  });

  it('may be another’s than the payer’s, where the operator says so', async () => {
    const buyer = enrol();
    const terms = { issuerId: baker, funding: [{ partnerId: florist, bps: 10_000 }] };
    expect(await graph.run(graph.admin(), ACCRUE, accrue(buyer, '10', terms))).toMatchObject({
      lot: { issuer: { id: baker } },
    });
  });

  it.each<[string, object]>([
    ['FORBIDDEN', { opening: true }],
    ['FORBIDDEN', { issuerId: florist }],
    ['INVALID_INPUT', { opening: true, goodwill: true }],
    ['INVALID_INPUT', { opening: true, pending: true }],
    ['INVALID_INPUT', { issuerId: 'ptr_x' }],
  ])('that are the operator’s to give are refused a partner with %s', async (code, change) => {
    expect(await graph.run(bakerKey, ACCRUE, accrue(enrol(), '10', change))).toMatchObject({ code });
  });

  it('show a partner that may only give points those alone', async () => {
    const buyer = graph.enrol({ [baker]: 'CREDIT_ONLY', [florist]: 'OPEN' });
    await graph.run(floristKey, RECORD, sale(buyer, 5_000n));
    expect(await graph.run(bakerKey, ACCRUE, accrue(buyer, '10'))).toMatchObject({
      account: { version: '0', available: '10' },
    });
  });

  it('paid for in advance are owed to their issuer when they are taken back, whoever was named to pay', async () => {
    const buyer = enrol();
    const terms = { issuerId: funded, funding: [{ partnerId: florist, bps: 10_000 }] };
    const { lot } = await graph.run(graph.admin(), ACCRUE, accrue(buyer, '10', terms));
    await graph.run(graph.partner(shop), REDEEM, spend(buyer, '10'));
    await graph.run(graph.admin(), CLAW_BACK, ofLot(lot.id, { points: '10', reason: 'fraud' }));
    const { rows } = await graph.database.pool.query('select owed from wallet where wallet = $1', [uuidOf(buyer)]);
    expect(rows[0].owed).toMatchObject([{ creditor: uuidOf(funded), points: '10' }]);
  });
});

expectTheBookToAddUp(graph);
