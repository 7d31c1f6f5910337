import { newId, uuidOf, type MemberId } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { memberScopedId } from './core/points/scoped-id';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { ACCRUE, CLAW_BACK, inputsAt, RECORD, REDEEM, RETURN } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const plain = aRuleBook({ singleApprover: false, pointsValidityDays: 30 });
const [bakery, books] = plain.brands;
const open = aRuleBook({ arrearsLimitPoints: points(0n), pointsValidityDays: 90 });
const paidFirst = { settlementModel: 'AT_ISSUANCE', issuanceMicros: 12_000n } as const;
/** Its first brand pays at issuance from February on. */
const strict = {
  ...open,
  contracts: [
    ...open.brands.map((partnerId) => aContract(partnerId, { feeMicros: 500n })),
    aContract(open.brands[0], { ...paidFirst, version: 2, validFrom: new Date('2026-02-01T00:00:00Z') }),
  ],
};
const graph = LedgerGraph.forThisFile(ledgerDefinition, plain, strict);
const RESULT = `{ __typename ... on Refusal { code } ... on BuyOutSuccess { buyOutId contentHash proposed isDone accounts replayed } }`;
const ask = (who: ReturnType<typeof graph.admin>, name: string, input: object): Promise<Answer> => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) ${RESULT} }`;
  return graph.run(who, mutation as never, { idempotencyKey: newId('req'), ...input });
};
const wish = { partnerId: bakery, agreedBreakageBps: 1_000, reason: 'a new contract' };
const at = inputsAt(NOW);

it('pays the fund for what is outstanding, by two persons, once, and leaves every point covered', async () => {
  const members = [1, 2, 3].map(() => graph.enrol({ [bakery]: 'OPEN', [books]: 'OPEN' }));
  for (const member of members) await graph.run(graph.partner(bakery), RECORD, at.sale(member, 10_000n));
  // What another partner pays for in part is not the issuer's alone to buy: it stays, and nobody waits for it.
  const shared = graph.enrol({ [bakery]: 'OPEN' });
  const funding = [bakery, books].map((partnerId) => ({ partnerId, bps: 5_000 }));
  await graph.run(graph.admin(), ACCRUE, at.accrue(shared, '10', { issuerId: bakery, funding }));
  expect(await ask(graph.admin(), 'buyOutLots', wish)).toMatchObject({ code: 'LEDGER_BUY_OUT_NOT_AGREED' });
  const funded = aContract(bakery, { version: 2, settlementModel: 'AT_ISSUANCE', issuanceMicros: 12_000n });
  graph.announce({ ...plain, version: 2n, contracts: [aContract(books), funded] });
  let proposal = await ask(graph.admin(), 'buyOutLots', wish);
  while (proposal.code !== undefined) proposal = await ask(graph.admin(), 'buyOutLots', wish);
  expect(proposal).toMatchObject({ proposed: true, isDone: false, accounts: 0 });
  const { buyOutId, contentHash } = proposal;
  const approve = (who: ReturnType<typeof graph.admin>, hash = contentHash) =>
    ask(who, 'approveBuyOut', { buyOutId, contentHash: hash });
  expect((await approve(graph.admin())).code).toBe('LEDGER_SELF_APPROVAL');
  expect((await approve(graph.finance(), 'another')).code).toBe('LEDGER_CYCLE_CONTENT_CHANGED');
  expect((await approve(graph.partner(bakery) as never)).code).toBe('FORBIDDEN');
  expect(await approve(graph.finance())).toMatchObject({ proposed: false, isDone: true, accounts: 3 });
  expect(await approve(graph.finance())).toMatchObject({ isDone: true, accounts: 0 });

  const spent = await graph.run(graph.partner(books), REDEEM, at.spend(members[0]!, '40'));
  expect(spent.redemption.draws).toHaveLength(1);
  const { rows } = await graph.database.pool.query(
    `select kind, sum(micros)::int as micros from claim where debtor_id is not null group by kind`,
  );
  // 300 points at 0.01, less a tenth; books is paid out of the fund.
  expect(rows).toEqual([{ kind: 'BUY_OUT', micros: 2_700_000 }]);
});

describe('points bought out', () => {
  const { programmeId, brands } = strict;
  const [issuer, other] = brands;
  const admin = graph.admin('ada', programmeId);
  const till = graph.partner(issuer, { programmeId });
  /** A member who bought for 100 points, all of which were bought out since; and the receipt. */
  async function boughtOut(): Promise<{ member: MemberId; receipt: string }> {
    const member = graph.enrol({ [issuer]: 'OPEN', [other]: 'OPEN' }, programmeId);
    // In January it still paid at redemption.
    const early = at.sale(member, 10_000n, { occurredAt: '2026-01-15T00:00:00Z' });
    const { purchase } = await graph.run(till, RECORD, early);
    const { buyOutId, contentHash } = await ask(admin, 'buyOutLots', { ...wish, partnerId: issuer });
    expect(await ask(admin, 'approveBuyOut', { buyOutId, contentHash })).toMatchObject({ isDone: true, accounts: 1 });
    return { member, receipt: purchase.externalRef };
  }
  const lotOf = (member: MemberId, n: bigint) => memberScopedId('lot', uuidOf(member), n);
  const takeBack = (member: MemberId, n: bigint, points: string) =>
    graph.run(admin, CLAW_BACK, at.ofLot(lotOf(member, n), { points, reason: 'a mistake' }));
  const bringBack = (receipt: string) => graph.run(till, RETURN, at.bringBack(receipt, 10_000n));
  async function owedFor(member: MemberId): Promise<string[]> {
    const { rows } = await graph.database.pool.query(
      `select kind || ' ' || sum(micros) as owed from claim where wallet = $1 group by kind order by kind`,
      [uuidOf(member)],
    );
    return rows.map(({ owed }) => owed);
  }
  /** The fee of 0.0005 a point, and a cent less a tenth: all of it goes back. */
  const ALL_BACK = ['BUY_OUT 900000', 'ISSUANCE_REFUND -900000', 'PROGRAMME_FEE 50000', 'PROGRAMME_FEE_CREDIT -50000'];

  it('leaves goods that can be brought back, also where nobody may be left owing points', async () => {
    const { member, receipt } = await boughtOut();
    expect(await bringBack(receipt)).toMatchObject({
      ...{ clawedBack: '100', arrearsOpened: '0', account: { available: '0', arrears: '0' } },
    });
    expect(await owedFor(member)).toEqual(ALL_BACK);
  });

  it('are taken back once, of the lot they were earned in or of the one that continues it', async () => {
    const { member, receipt } = await boughtOut();
    expect(await takeBack(member, 2n, '70')).toMatchObject({ clawedBack: '70', account: { available: '30' } });
    expect(await takeBack(member, 1n, '31')).toMatchObject({ code: 'LEDGER_CLAWBACK_EXCEEDS_LOT', leftPoints: '30' });
    expect(await bringBack(receipt)).toMatchObject({ clawedBack: '30', account: { available: '0', arrears: '0' } });
    expect(await takeBack(member, 2n, '1')).toMatchObject({ code: 'LEDGER_CLAWBACK_EXCEEDS_LOT', leftPoints: '0' });
    expect(await owedFor(member)).toEqual(ALL_BACK);
  });

  it('that expired are not owed when the goods come back', async () => {
    const { member, receipt } = await boughtOut();
    graph.clock.set(new Date('2026-05-01T12:00:00Z'));
    expect(await bringBack(receipt)).toMatchObject({ clawedBack: '0', account: { available: '0', arrears: '0' } });
    expect(await owedFor(member)).toEqual(['BUY_OUT 900000', 'PROGRAMME_FEE 50000']);
  });
});

expectTheBookToAddUp(graph);
