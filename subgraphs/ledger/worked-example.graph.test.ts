import type { Principal } from '../../kernel/context/principal';
import { newId, type PartnerId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import {
  ACCRUE,
  inputsAt,
  RECORD,
  REDEEM,
  RELEASE_PENDING,
  RETURN,
  REVERSE,
  SET_CLOCK,
  TRANSFER,
  type Document,
} from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, type Answer } from './testkit/ledger-graph';

// The worked example of the settlement model: three brands, three members, a month. Its figures were derived by hand.
const plain = aRuleBook({
  pointsValidityDays: 730,
  expiry: { kind: 'END_OF_PERIOD', period: 'QUARTER', warningDays: [] },
});
const c = newId('ptr');
const [first, second] = plain.brands;
const [a, b] = first < second ? [first, second] : [second, first];
const price = { reimbursementMicros: 8_000n };
const earning = { validFrom: new Date('2020-01-01T00:00:00Z'), points: 1n, perAmountMinor: 100n, pendingDays: 0 };
const graph = LedgerGraph.forThisFile(ledgerDefinition, {
  ...plain,
  partners: [a, b, c].map((id, n) => ({ id, code: 'ABC'[n]!, canIssue: true, canRedeem: true, status: 'ACTIVE' })),
  contracts: [
    aContract(a, { ...price, feeMicros: 500n }),
    aContract(b, { ...price, feeMicros: 500n }),
    aContract(c, { ...price, settlementModel: 'AT_ISSUANCE', issuanceMicros: 8_500n, breakageShareBps: 5_000 }),
  ],
  earningRules: [a, b, c].map((partnerId) => ({ ...earning, id: newId('rul'), partnerId })),
});
const admin = graph.admin();
const [keyOfA, keyOfB, keyOfC] = [a, b, c].map((id) => graph.partner(id)) as [Principal, Principal, Principal];
const enrol = () => graph.enrol({ [a]: 'OPEN', [b]: 'OPEN', [c]: 'OPEN' });
const [m1, m2, m3] = [enrol(), enrol(), enrol()];

/** The clock moves to a day's noon; what is asked happens then. */
async function on(day: string) {
  const at = new Date(`2026-${day}T12:00:00Z`);
  expect(await graph.run(admin, SET_CLOCK, { now: at.toISOString() })).toMatchObject({
    __typename: 'SetTestClockSuccess',
  });
  return inputsAt(at);
}
const ask = async (who: Principal, mutation: Document, input: object): Promise<Answer> => {
  const answer = await graph.run(who, mutation, input);
  expect(answer.code).toBeUndefined();
  return answer;
};
const drawn = ({ redemption }: Answer) => redemption.draws.map(({ points }: Answer) => points);
const STEP = `__typename ... on Refusal { code message } ... on SettlementStepSuccess { cycle { id state } }`;
async function close(): Promise<string> {
  const step = async (name: string, type: string, input: object) => {
    const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { ${STEP} } }` as Document;
    return (await ask(admin, mutation, { idempotencyKey: newId('req'), ...input })).cycle;
  };
  const { id: cycleId } = await step('cutOffSettlementCycle', 'CutOffSettlementCycleInput', {});
  for (const to of ['DRAFT', 'ISSUED', 'AGREED', 'NETTED'])
    await step('advanceSettlementCycle', 'AdvanceSettlementCycleInput', { cycleId, to });
  return cycleId;
}
const nameOf = ({ partner }: { partner: { id: PartnerId } | null }) =>
  partner === null ? 'H' : 'ABC'[[a, b, c].indexOf(partner.id)];

it('comes out through the graph as it was worked out by hand', async () => {
  // What was there before, both to expire at the end of the month: 250 of A for which no fee is open, and 120 of C, settled
  // in the cycle before.
  let at = await on('02-01');
  const soon = { expiresAt: '2026-03-30T22:00:00Z' };
  await ask(keyOfA, ACCRUE, at.accrue(m3, '250', { ...soon, goodwill: true }));
  await ask(keyOfC, ACCRUE, at.accrue(m3, '120', soon));
  await on('02-28');
  await close();

  at = await on('03-01');
  const t01 = await ask(keyOfA, RECORD, at.sale(m1, 100_000n));
  at = await on('03-02');
  const t02 = await ask(keyOfB, ACCRUE, at.accrue(m1, '500', { pending: true }));
  at = await on('03-03');
  await ask(keyOfC, RECORD, at.sale(m2, 200_000n));
  at = await on('03-05');
  const funding = [
    { partnerId: b, bps: 6_000 },
    { partnerId: a, bps: 4_000 },
  ];
  await ask(admin, ACCRUE, at.accrue(m1, '301', { funding, expiresAt: '2026-09-29T22:00:00Z' }));
  at = await on('03-16');
  await ask(keyOfB, RELEASE_PENDING, at.ofLot(t02.lot.id));
  at = await on('03-18');
  expect(drawn(await ask(keyOfC, REDEEM, at.spend(m1, '1200')))).toEqual(['301', '899']);
  at = await on('03-20');
  expect(drawn(await ask(keyOfA, REDEEM, at.spend(m2, '1500')))).toEqual(['1500']);
  at = await on('03-21');
  const t08 = await ask(keyOfA, REDEEM, at.spend(m1, '500'));
  expect(drawn(t08)).toEqual(['101', '399']);
  at = await on('03-22');
  expect(await ask(keyOfA, RETURN, at.bringBack(t01.purchase.externalRef, 20_000n))).toMatchObject({
    ...{ clawedBack: '200', arrearsOpened: '200', account: { available: '0', arrears: '99' } },
  });
  at = await on('03-24');
  expect(await ask(keyOfC, RECORD, at.sale(m1, 40_000n))).toMatchObject({
    account: { available: '301', arrears: '0' },
  });
  at = await on('03-25');
  await ask(graph.member(m2), TRANSFER, at.transfer(m1, '200'));
  at = await on('03-26');
  await ask(admin, ACCRUE, at.accrue(m2, '50', { goodwill: true, expiresAt: '2026-12-30T23:00:00Z' }));
  at = await on('03-28');
  expect(drawn(await ask(keyOfB, REDEEM, at.spend(m2, '340')))).toEqual(['50', '290']);
  at = await on('03-29');
  await ask(keyOfA, REVERSE, at.reverse(t08.redemption.id, { points: '200' }));
  await on('03-31');

  const lots = 'available lots(first: 9) { nodes { remaining issuer { id } } }';
  expect(await graph.lookAt(m1, lots)).toEqual({
    available: '701',
    lots: {
      nodes: [
        { remaining: '200', issuer: { id: b } },
        { remaining: '200', issuer: { id: c } },
        { remaining: '301', issuer: { id: c } },
      ],
    },
  });
  expect(await graph.lookAt(m2, lots)).toEqual({
    available: '10',
    lots: { nodes: [{ remaining: '10', issuer: { id: c } }] },
  });
  expect(await graph.lookAt(m3, 'available')).toEqual({ available: '0' });
  expect(await graph.story(m3)).toEqual(['GOODWILL 250', 'EARN 120', 'EXPIRY -370']);

  const id = await close();
  const query = `query ($id: ID!) { settlementCycle(id: $id) {
    directionalTotals { debtor { partner { id } } creditor { partner { id } } exactMicros billed { amountMinor } carryMicros }
    netPositions { party { partner { id } } net { amountMinor } } } }`;
  const { settlementCycle } = (await graph.ask(admin, query, { id })).data;
  const totals = settlementCycle.directionalTotals.map((total: Answer) => [
    `${nameOf(total.debtor)}→${nameOf(total.creditor)}`,
    ...[total.exactMicros, total.billed.amountMinor, total.carryMicros].map(Number),
  ]);
  expect(Object.fromEntries(totals.map(([pair, ...figures]: [string, ...number[]]) => [pair, figures]))).toEqual({
    'A→C': [8_155_200, 816, -4_800],
    'B→C': [1_444_800, 144, 4_800],
    'B→A': [2_400_000, 240, 0],
    'H→A': [12_792_000, 1_279, 2_000],
    'A→H': [460_200, 46, 200],
    'H→B': [2_720_000, 272, 0],
    'B→H': [340_300, 34, 300],
    'C→H': [20_400_000, 2_040, 0],
    'H→C': [480_000, 48, 0],
  });
  const nets = settlementCycle.netPositions.map(({ party, net }: Answer) => [nameOf(party), Number(net.amountMinor)]);
  expect(Object.fromEntries(nets)).toEqual({ A: 657, B: -146, C: -1_032, H: 521 });
});

expectTheBookToAddUp(graph);
