import type { Principal } from '../../kernel/context/principal';
import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { ACCRUE, inputsAt, RECORD, REDEEM, type Document } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const rules = aRuleBook({ disputeWindowDays: 5 });
const [bakery, books] = rules.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, rules);
const [admin, finance] = [graph.admin(), graph.finance()];
const scopes = ['members:read', 'points:earn', 'points:redeem', 'statements:answer'];
const [debtor, creditor] = [graph.partner(bakery, { scopes }), graph.partner(books, { scopes })];
const at = inputsAt(NOW);

function ask(who: Principal, name: string, input: object, success: string, fields: string): Promise<Answer> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
  const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { __typename ... on Refusal { code }
    ... on ${success} { ${fields} } } }`;
  return graph.run(who, mutation as Document, { idempotencyKey: newId('req'), ...input });
}
const step = (name: string, input: object) =>
  ask(admin, name, input, 'SettlementStepSuccess', 'proposed cycle { id state version }');
const SHOWN = 'proposed contentHash dispute { id state outcome owedMicros answer }';
const resolve = (disputeId: string, input: object, who = admin) =>
  ask(who, 'resolveDispute', { disputeId, answer: 'as agreed', ...input }, 'ResolveDisputeSuccess', SHOWN);
const approve = ({ dispute, contentHash }: Answer, who: Principal = finance) =>
  ask(who, 'approveDispute', { disputeId: dispute.id, contentHash }, 'ResolveDisputeSuccess', SHOWN);
const DISPUTES = `query ($id: ID!) { settlementCycle(id: $id) { version disputes { id state outcome }
  directionalTotals { billed { amountMinor } suspenseMicros lines(first: 9) { nodes { id micros outcomeOf } } } } }`;
const cycleOf = async (id: string, who: Principal = admin): Promise<Answer> =>
  (await graph.ask(who, DISPUTES, { id })).data.settlementCycle;
let cycleId: string;
let disputeId: string;
let oweId: string;

beforeAll(async () => {
  const member = graph.enrol({ [bakery]: 'OPEN', [books]: 'OPEN' });
  await graph.run(debtor, RECORD, at.sale(member, 10_000n));
  await graph.run(creditor, REDEEM, at.spend(member, '30'));
  await graph.run(creditor, REDEEM, at.spend(member, '12'));
  // A goodwill lot is the operator's: it owes what is spent of it.
  const guest = graph.enrol({ [books]: 'OPEN' });
  await graph.run(admin, ACCRUE, at.accrue(guest, '50', { goodwill: true }));
  await graph.run(creditor, REDEEM, at.spend(guest, '50'));
  cycleId = (await step('cutOffSettlementCycle', {})).cycle.id;
  for (const to of ['DRAFT', 'ISSUED']) await step('advanceSettlementCycle', { cycleId, to });
  const lineOf = async (micros: string): Promise<string> =>
    (await cycleOf(cycleId)).directionalTotals
      .flatMap(({ lines }: Answer) => lines.nodes)
      .find((line: Answer) => line.micros === micros).id;
  const dispute = (who: Principal, lineId: string) =>
    ask(who, 'disputeStatementLine', { lineId, reason: 'not ours' }, 'DisputeStatementLineSuccess', 'replayed');
  await dispute(debtor, await lineOf('300000'));
  // What the operator owes is disputed by the partner it is owed to.
  expect((await dispute(debtor, await lineOf('500000'))).code).toBe('NOT_FOUND');
  expect((await dispute(admin, await lineOf('500000'))).code).toBe('FORBIDDEN');
  expect(await dispute(creditor, await lineOf('500000'))).toMatchObject({ replayed: false });
  const { disputes } = await cycleOf(cycleId);
  [disputeId, oweId] = disputes.map(({ id }: Answer) => id);
  const { version } = await cycleOf(cycleId);
  for (const who of [debtor, creditor]) {
    await ask(who, 'agreeStatement', { cycleId, version }, 'AgreeStatementSuccess', 'replayed');
  }
  // From here on it takes two persons.
  graph.announce({ ...rules, version: 2n, singleApprover: false });
  await graph.heard(2n);
});

describe('the outcome of a dispute', () => {
  it('waits until the rest of the cycle is agreed', async () => {
    expect((await resolve(disputeId, { outcome: 'REJECT' })).code).toBe('LEDGER_CYCLE_STEP_NOT_ALLOWED');
    const fields = 'contentHash';
    const input = { cycleId, to: 'AGREED' };
    const { contentHash } = await ask(admin, 'advanceSettlementCycle', input, 'SettlementStepSuccess', fields);
    await ask(finance, 'approveSettlementStep', { cycleId, contentHash }, 'SettlementStepSuccess', fields);
  });

  it('is proposed by one person and posted by another, who approves exactly what was proposed', async () => {
    const first = await resolve(disputeId, { outcome: 'REJECT' });
    expect(first).toMatchObject({ proposed: true, dispute: { state: 'PROPOSED', outcome: null, owedMicros: null } });
    expect((await approve(first, admin)).code).toBe('LEDGER_SELF_APPROVAL');
    // The same person in another role is the same person.
    expect((await approve(first, graph.finance('ada'))).code).toBe('LEDGER_SELF_APPROVAL');
    const better = await resolve(disputeId, { outcome: 'PARTIAL', owedMicros: '100000' });
    expect((await approve(first)).code).toBe('LEDGER_CYCLE_CONTENT_CHANGED');
    for (const who of [debtor, creditor]) expect((await approve(better, who)).code).toBe('FORBIDDEN');
    expect((await resolve(disputeId, { outcome: 'REJECT' }, finance as never)).code).toBe('FORBIDDEN');
    const both = await Promise.all([approve(better), approve(better, graph.admin('eve'))]);
    expect(both.map(({ code }) => String(code ?? 'posted')).sort()).toEqual(['LEDGER_DISPUTE_RESOLVED', 'posted']);
    expect((await resolve(disputeId, { outcome: 'REJECT' })).code).toBe('LEDGER_DISPUTE_RESOLVED');
  });

  it('of what the operator owes lets it off what is not owed', async () => {
    const done = await approve(await resolve(oweId, { outcome: 'PARTIAL', owedMicros: '200000' }));
    expect(done).toMatchObject({ dispute: { state: 'RESOLVED', owedMicros: '200000' } });
    const { disputes } = await cycleOf(cycleId, debtor);
    expect(disputes.map(({ id }: Answer) => id)).toEqual([disputeId]);
  });

  it('is told to both partners, and is one line of the open cycle with a link to the dispute', async () => {
    for (const who of [debtor, creditor]) {
      expect((await cycleOf(cycleId, who)).disputes[0]).toEqual({
        ...{ id: disputeId, state: 'RESOLVED', outcome: 'PARTIAL' },
      });
    }
    const input = {};
    const { cycle, contentHash } = await ask(
      admin,
      'cutOffSettlementCycle',
      input,
      'SettlementStepSuccess',
      'contentHash cycle { id }',
    );
    await ask(
      finance,
      'approveSettlementStep',
      { cycleId: cycle.id, contentHash },
      'SettlementStepSuccess',
      'proposed',
    );
    const draft = { cycleId: cycle.id, to: 'DRAFT' };
    const drawn = await ask(admin, 'advanceSettlementCycle', draft, 'SettlementStepSuccess', 'contentHash');
    await ask(
      finance,
      'approveSettlementStep',
      { cycleId: cycle.id, contentHash: drawn.contentHash },
      'SettlementStepSuccess',
      'proposed',
    );
    const lines = (await cycleOf(cycle.id)).directionalTotals.flatMap((total: Answer) => total.lines.nodes);
    expect(lines.map(({ micros, outcomeOf }: Answer) => [micros, outcomeOf])).toEqual([
      ['100000', disputeId],
      ['200000', oweId],
    ]);
  });
});

expectTheBookToAddUp(graph);
