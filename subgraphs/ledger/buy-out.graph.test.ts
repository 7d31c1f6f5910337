import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { inputsAt, RECORD, REDEEM } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const plain = aRuleBook({ singleApprover: false, pointsValidityDays: 30 });
const [bakery, books] = plain.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, plain);
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

expectTheBookToAddUp(graph);
