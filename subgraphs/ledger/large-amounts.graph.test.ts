import { POINTS_MAX } from '../../kernel/values/points';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { ACCRUE, HOLD, inputsAt, RECORD_ALL, REDEEM, REDEEM_POOL, TRANSFER } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const plain = aRuleBook();
const [baker, florist] = plain.brands;
/** The florist owes a fee for each point that can be spent. */
const book = { ...plain, contracts: [aContract(baker), aContract(florist, { feeMicros: 500n })] };
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { accrue, sale, setAside, spend, transfer } = inputsAt(NOW);
const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];
const enrol = () => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
/** More than half of what 64 bits count: two of them are too many. */
const HALF = `${POINTS_MAX / 2n + 1n}`;
const TOO_LARGE = { __typename: 'AmountTooLarge', code: 'LEDGER_AMOUNT_TOO_LARGE', retryable: false };
async function rich(amount = HALF) {
  const id = enrol();
  await graph.run(bakerKey, ACCRUE, accrue(id, amount));
  return id;
}

describe('points as many as 64 bits count', () => {
  it('are kept to the last one, and one more is refused and decided so', async () => {
    const member = await rich(`${POINTS_MAX}`);
    const one = accrue(member, '1');
    expect(await graph.run(bakerKey, ACCRUE, one)).toMatchObject({ ...TOO_LARGE, replayed: false });
    expect(await graph.run(bakerKey, ACCRUE, one)).toMatchObject({ ...TOO_LARGE, replayed: true });
    expect(await graph.story(member)).toEqual([`EARN ${POINTS_MAX}`]);
    expect(await graph.run(floristKey, HOLD, setAside(member, `${POINTS_MAX}`))).toMatchObject({
      account: { available: '0', held: `${POINTS_MAX}` },
    });
  });

  it('are all a member has together, so that what waits can be released and what is set aside can come back', async () => {
    const member = await rich();
    await graph.run(floristKey, HOLD, setAside(member, HALF));
    for (const change of [{}, { pending: true }]) {
      expect(await graph.run(bakerKey, ACCRUE, accrue(member, HALF, change))).toMatchObject(TOO_LARGE);
    }
  });

  it('are not promised where their release would be a claim past 64 bits', async () => {
    const member = enrol();
    const waiting = accrue(member, HALF, { pending: true });
    expect(await graph.run(floristKey, ACCRUE, waiting)).toMatchObject(TOO_LARGE);
    expect(await graph.run(bakerKey, ACCRUE, waiting)).toMatchObject({ account: { pending: HALF } });
  });

  it('are not given to who would then have more: the giver keeps them', async () => {
    const [ann, ben] = [await rich(), await rich()];
    expect(await graph.run(graph.member(ann), TRANSFER, transfer(ben, HALF))).toMatchObject(TOO_LARGE);
    for (const id of [ann, ben]) expect(await graph.story(id)).toEqual([`EARN ${HALF}`]);
  });

  it('are not spent where the claim would pass 64 bits, alone or together', async () => {
    const [ann, ben] = [await rich(), await rich()];
    expect(await graph.run(floristKey, REDEEM, spend(ann, HALF))).toMatchObject(TOO_LARGE);
    const { member: _, ...together } = spend(ann, HALF);
    const pool = { ...together, members: [{ id: ann }, { id: ben }] };
    expect(await graph.run(floristKey, REDEEM_POOL, pool)).toMatchObject(TOO_LARGE);
    // At home nobody owes anybody anything, so that they can be spent there.
    expect(await graph.run(bakerKey, REDEEM, spend(ann, HALF))).toMatchObject({ account: { available: '0' } });
    expect(await graph.story(ben)).toEqual([`EARN ${HALF}`]);
  });

  it('refused to one purchase of a call leave its neighbours alone', async () => {
    const [full, other] = [await rich(`${POINTS_MAX}`), enrol()];
    const rows = [sale(other, 100n), sale(full, 100n), sale(other, 200n)];
    expect(await graph.run(bakerKey, RECORD_ALL, rows)).toMatchObject([{ earned: '1' }, TOO_LARGE, { earned: '2' }]);
  });
});

expectTheBookToAddUp(graph);
