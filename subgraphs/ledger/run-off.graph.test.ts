import type { Principal } from '../../kernel/context/principal';
import { newId, type MemberId } from '../../kernel/values/id';
import type { RuleBook } from './core/rule-book';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { ACCRUE, inputsAt, RECORD, REDEEM, type Document } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

// A point is paid with a cent. The bakery leaves with 100 points outstanding; it takes two persons to do anything about money.
const plain = aRuleBook({ singleApprover: false });
const [bakery, books] = plain.brands;
const rules: RuleBook = { ...plain, contracts: [aContract(bakery), aContract(books)] };
/** Its second brand pays half in advance. */
const shared = aRuleBook({ singleApprover: false });
const [cofunder, issuer] = shared.brands;
const inPart: RuleBook = {
  ...shared,
  contracts: [aContract(cofunder), aContract(issuer, { settlementModel: 'HYBRID', prefundBps: 5_000 })],
};
const graph = LedgerGraph.forThisFile(ledgerDefinition, rules, inPart);
const [admin, finance] = [graph.admin(), graph.finance()];
const at = inputsAt(NOW);
let member: MemberId;

const SUCCESSES: Readonly<Record<string, string>> = {
  beginRunOff: 'RunOffSuccess',
  endRunOff: 'RunOffSuccess',
  approveRunOff: 'RunOffSuccess',
  recordGuaranteePayment: 'GuaranteePaymentSuccess',
  approveGuaranteePayment: 'GuaranteePaymentSuccess',
};
const RUN_OFF = `id state partner { id } agreedBreakageBps outstanding liabilityMicros unsettled depositDue { amountMinor currency }
  depositHeld { amountMinor } returned { amountMinor }`;
const SHOWN: Readonly<Record<string, string>> = {
  RunOffSuccess: `runOff { ${RUN_OFF} }`,
  GuaranteePaymentSuccess: 'paymentId',
  SettlementStepSuccess: 'cycle { id state }',
};
function ask(who: Principal, name: string, input: object, key: string = newId('req')): Promise<Answer> {
  const success = SUCCESSES[name] ?? 'SettlementStepSuccess';
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { __typename ... on Refusal { code message }
    ... on ${success} { proposed contentHash replayed ${SHOWN[success]} } } }`;
  return graph.run(who, mutation as Document, { idempotencyKey: key, ...input });
}
const runOffs = async (who: Principal) => (await graph.ask(who, `{ runOffs { ${RUN_OFF} } }`)).data.runOffs;
const begin = (partnerId: string, who = admin) =>
  ask(who, 'beginRunOff', { partnerId, agreedBreakageBps: 1_000, reason: 'a new owner' });
const approve = ({ runOff, contentHash }: Answer, who = finance) =>
  ask(who, 'approveRunOff', { runOffId: runOff.id, contentHash });
async function pay(change: object): Promise<Answer> {
  const input = { fund: 'DEPOSIT', partnerId: bakery, direction: 'PAID_IN', bankRef: newId('req'), reason: 'run-off' };
  const answer = await ask(admin, 'recordGuaranteePayment', { ...input, ...change });
  if (answer.code !== undefined) return answer;
  return ask(finance, 'approveGuaranteePayment', { paymentId: answer.paymentId, contentHash: answer.contentHash });
}
async function lead(cycleId: string, states: readonly string[]): Promise<void> {
  for (const to of states) {
    const { contentHash } = await ask(admin, 'advanceSettlementCycle', { cycleId, to });
    expect(await ask(finance, 'approveSettlementStep', { cycleId, contentHash })).toMatchObject({
      cycle: { state: to },
    });
  }
}
/** Cuts the open cycle off and settles it; answers what the bakery pays for it. */
async function settle(): Promise<{ carryIn: string; payment: string } | undefined> {
  const { contentHash, cycle } = await ask(admin, 'cutOffSettlementCycle', {});
  await ask(finance, 'approveSettlementStep', { cycleId: cycle.id, contentHash });
  await lead(cycle.id, ['DRAFT', 'ISSUED', 'AGREED', 'NETTED', 'INSTRUCTED', 'SETTLED']);
  const query = `query ($id: ID!) { settlementCycle(id: $id) { netPositions { party { partner { id } } carryIn { amountMinor }
    payment { amountMinor } } } }`;
  const { netPositions } = (await graph.ask(admin, query, { id: cycle.id })).data.settlementCycle;
  const mine = netPositions.find(({ party }: Answer) => party.partner?.id === bakery);
  return mine && { carryIn: mine.carryIn.amountMinor, payment: mine.payment.amountMinor };
}

it('begins when the partner is leaving: what its points are expected to cost is to be deposited', async () => {
  member = graph.enrol({ [bakery]: 'OPEN', [books]: 'OPEN' });
  await graph.run(graph.partner(bakery), RECORD, at.sale(member, 10_000n));
  expect((await begin(bakery)).code).toBe('LEDGER_PARTNER_NOT_LEAVING');
  const partners = rules.partners.map((one) => (one.id === bakery ? { ...one, status: 'LEAVING' as const } : one));
  graph.announce({ ...rules, version: 2n, partners });
  await graph.heard(2n);
  expect((await begin(newId('ptr'))).code).toBe('NOT_FOUND');
  expect((await begin(bakery, finance)).code).toBe('FORBIDDEN');
  const first = await begin(bakery);
  const proposed = await begin(bakery);
  expect(proposed).toMatchObject({
    proposed: true,
    // 100 points at a cent, a tenth of them never spent.
    runOff: { state: 'PROPOSED', outstanding: '100', liabilityMicros: '1000000', depositDue: { amountMinor: '90' } },
  });
  expect(proposed.runOff.id).toBe(first.runOff.id);
  expect((await approve(proposed, admin)).code).toBe('LEDGER_SELF_APPROVAL');
  expect((await approve({ ...proposed, contentHash: '0' })).code).toBe('LEDGER_CYCLE_CONTENT_CHANGED');
  expect(await approve(proposed)).toMatchObject({ proposed: false, runOff: { state: 'RUNNING' } });
  expect((await approve(proposed)).code).toBe('LEDGER_ALREADY_APPROVED');
  expect((await begin(bakery)).code).toBe('LEDGER_RUN_OFF_BEGUN');
  expect(await pay({ amountMinor: '90' })).toMatchObject({ proposed: false });
  expect((await pay({ amountMinor: '1', direction: 'PAID_OUT' })).code).toBe('LEDGER_RUN_OFF_NOT_ENDED');
});

it('is shown to the partner itself and to those who run the programme', async () => {
  const staffOf = (partnerId: typeof bakery): Principal => ({
    ...{ kind: 'staff', programmeId: rules.programmeId, partnerId, subject: 'sten' },
  });
  for (const who of [admin, finance, staffOf(bakery)]) expect(await runOffs(who)).toHaveLength(1);
  for (const who of [staffOf(books), graph.member(member)]) expect(await runOffs(who)).toEqual([]);
});

it('pays out of the deposit what the partner would have to pay, as far as it goes', async () => {
  await graph.run(graph.partner(books), REDEEM, at.spend(member, '40'));
  expect((await runOffs(admin))[0]).toMatchObject({ outstanding: '60', liabilityMicros: '600000' });
  expect(await settle()).toEqual({ carryIn: '40', payment: '0' });
  expect((await runOffs(admin))[0]).toMatchObject({ depositHeld: { amountMinor: '50' }, unsettled: 0 });
  const end = await ask(admin, 'endRunOff', { runOffId: (await runOffs(admin))[0].id });
  expect(end.code).toBe('LEDGER_RUN_OFF_NOT_ENDED');
  await graph.run(graph.partner(books), REDEEM, at.spend(member, '60'));
  // Nothing is outstanding, but what was spent is still to be settled.
  expect((await ask(admin, 'endRunOff', { runOffId: (await runOffs(admin))[0].id })).code).toBe(
    'LEDGER_RUN_OFF_NOT_ENDED',
  );
  expect(await settle()).toEqual({ carryIn: '50', payment: '-10' });
});

it('ends when nothing is left: the rest of the deposit goes back, and partners is told until it has heard', async () => {
  const runOffId = (await runOffs(admin))[0].id;
  const stale = await ask(admin, 'endRunOff', { runOffId });
  expect(stale).toMatchObject({ proposed: true, runOff: { state: 'ENDING', depositHeld: { amountMinor: '0' } } });
  // The deposit was enough for less than it should have been; what comes in late goes back.
  await pay({ amountMinor: '7' });
  expect((await approve(stale)).code).toBe('LEDGER_CYCLE_CONTENT_CHANGED');
  const proposed = await ask(admin, 'endRunOff', { runOffId });
  expect((await approve(proposed, admin)).code).toBe('LEDGER_SELF_APPROVAL');
  graph.partners.answers = false;
  const key = newId('req');
  const approval = { runOffId, contentHash: proposed.contentHash };
  expect(await ask(finance, 'approveRunOff', approval, key)).toMatchObject({
    ...{ proposed: false, replayed: false },
    runOff: { state: 'ENDED', depositHeld: { amountMinor: '0' }, returned: { amountMinor: '7' } },
  });
  expect(graph.partners.told).toEqual([]);
  graph.partners.answers = true;
  expect(await ask(finance, 'approveRunOff', approval, key)).toMatchObject({ replayed: true });
  expect(graph.partners.told).toMatchObject([{ partnerId: bakery, idempotencyKey: runOffId }]);
  await ask(finance, 'approveRunOff', approval, key);
  expect(graph.partners.told).toHaveLength(1);
  expect((await ask(admin, 'endRunOff', { runOffId })).code).toBe('LEDGER_ALREADY_APPROVED');
});

it('reckons what is paid in advance to its issuer alone, whoever shares its fee', async () => {
  const { programmeId } = inPart;
  const gifted = graph.enrol({ [cofunder]: 'OPEN', [issuer]: 'OPEN' }, programmeId);
  const funding = [
    { partnerId: issuer, bps: 6_000 },
    { partnerId: cofunder, bps: 4_000 },
  ];
  const ada = graph.admin('ada', programmeId);
  for (const pending of [false, true]) {
    await graph.run(ada, ACCRUE, at.accrue(gifted, '10000', { issuerId: issuer, funding, pending }));
  }
  await graph.run(ada, ACCRUE, at.accrue(gifted, '100', { issuerId: cofunder, funding }));
  const partners = inPart.partners.map((one) => ({ ...one, status: 'LEAVING' as const }));
  graph.announce({ ...inPart, version: 2n, partners });
  await graph.heard(2n, programmeId);
  const liabilityOf = async (partnerId: string) => (await begin(partnerId, ada)).runOff.liabilityMicros;
  // 100 points at a cent, of which it pays two fifths.
  expect(await liabilityOf(cofunder)).toBe('400000');
  // Half of 10,000 points at a cent, all of those that wait, and three fifths of 100.
  expect(await liabilityOf(issuer)).toBe('150600000');
});

expectTheBookToAddUp(graph);
