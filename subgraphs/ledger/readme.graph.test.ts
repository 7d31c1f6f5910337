import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import {
  APPROVE,
  CAPTURE,
  HOLD,
  inputsAt,
  PROPOSE,
  RECORD,
  REDEEM,
  RETURN,
  REVERSE,
  TRANSFER,
} from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const book = aRuleBook();
const [a, b] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { sale, spend, setAside, capture, bringBack, transfer, reverse, propose, decide } = inputsAt(NOW);
const [keyOfA, keyOfB] = [graph.partner(a), graph.partner(b)];
const enrol = () => graph.enrol({ [a]: 'OPEN', [b]: 'OPEN' });
const standing = ({ version, available, held, arrears }: Record<string, string>) =>
  `v${version}, available ${available}, held ${held}, arrears ${arrears}`;

it('tells in its worked example what the graph answers, line by line', async () => {
  const [member, friend] = [enrol(), enrol()];
  const after: string[] = [];
  const call = async (...[who, mutation, input]: Parameters<LedgerGraph['run']>): Promise<Answer> => {
    const answer = await graph.run(who, mutation, input);
    after.push(answer.account === undefined ? answer.code : standing(answer.account));
    return answer;
  };
  const { purchase } = await call(keyOfA, RECORD, sale(member, 4_999n));
  const second = spend(member, '30');
  const { redemption } = await call(keyOfB, REDEEM, second);
  expect(redemption.draws).toMatchObject([{ points: '30', claim: { amountMinor: '30', currency: 'EUR' } }]);
  expect(await call(keyOfB, REDEEM, spend(member, '20'))).toMatchObject({ missingPoints: '1' });
  const { hold } = await call(keyOfB, HOLD, setAside(member, '19'));
  await call(keyOfB, CAPTURE, capture(hold.id, { points: '10' }));
  expect(await call(keyOfB, REDEEM, second)).toMatchObject({ replayed: true });
  const back = await call(keyOfA, RETURN, bringBack(purchase.externalRef, 4_999n));
  expect(back).toMatchObject({ clawedBack: '49', arrearsOpened: '40' });
  expect(await call(keyOfB, REDEEM, spend(member, '1'))).toMatchObject({ arrearsPoints: '40' });
  await call(keyOfB, RECORD, sale(member, 6_000n));
  await call(graph.member(member), TRANSFER, transfer(friend, '5'));
  expect(await call(keyOfB, REVERSE, reverse(redemption.id, { points: '10' }))).toMatchObject({
    redemption: { points: '30', reversed: '10' },
  });
  const { adjustment } = await graph.run(graph.admin(), PROPOSE, propose(member, 'GOODWILL', { points: '10' }));
  await graph.run(graph.finance(), APPROVE, decide(adjustment));
  after.push(standing(await graph.lookAt(member, 'version available held arrears')));

  expect(after).toEqual([
    'v1, available 49, held 0, arrears 0',
    'v2, available 19, held 0, arrears 0',
    'LEDGER_INSUFFICIENT_POINTS',
    'v3, available 0, held 19, arrears 0',
    'v4, available 9, held 0, arrears 0',
    'v2, available 19, held 0, arrears 0',
    'v5, available 0, held 0, arrears 40',
    'LEDGER_MEMBER_IN_ARREARS',
    'v7, available 20, held 0, arrears 0',
    'v8, available 15, held 0, arrears 0',
    'v9, available 25, held 0, arrears 0',
    'v10, available 35, held 0, arrears 0',
  ]);
  expect(await graph.lookAt(friend, 'available')).toEqual({ available: '5' });
});

expectTheBookToAddUp(graph);
