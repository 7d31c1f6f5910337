import { uuidOf, type MemberId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { ANSWER_CLAIM, CLAIM_MISSING, inputsAt, RECORD } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { sale, missing, answer } = inputsAt(NOW);
const bakerKey = graph.partner(baker);
const stateOf = async (claimId: string): Promise<{ state: string; settles_as: string | null }> => {
  const find = '/* test.claim */ select state, settles_as from missing_claim where id = $1';
  return (await graph.database.pool.query(find, [uuidOf(claimId as never)])).rows[0];
};
const answered = (claimId: string, accept: boolean): Promise<Answer> =>
  graph.run(bakerKey, ANSWER_CLAIM, answer(claimId, accept));

/** A claim of 10 points of a member who has 1; everything that would post to the member waits until `meanwhile` is done. */
async function acceptedWhile(meanwhile: (claimId: string) => Promise<void>) {
  const member: MemberId = graph.enrol({ [baker]: 'OPEN' });
  await graph.run(bakerKey, RECORD, sale(member, 100n));
  const { claim } = await graph.run(graph.member(member), CLAIM_MISSING, missing(baker, 1_000n));
  const holder = await graph.database.pool.connect();
  try {
    await holder.query('begin');
    await holder.query('/* test.hold */ select 1 from wallet where wallet = $1 for update', [uuidOf(member)]);
    const accepting = answered(claim.id, true);
    while ((await stateOf(claim.id)).settles_as === null) await new Promise((resolve) => setImmediate(resolve));
    await meanwhile(claim.id);
    await holder.query('commit');
    return { accepted: await accepting, ...(await stateOf(claim.id)), story: await graph.story(member) };
  } finally {
    // Whatever failed, nobody waits for this lock any longer.
    await holder.query('rollback');
    holder.release();
  }
}

describe('a claim of missing points', () => {
  it('rejected while it is being credited stays credited, and the rejection is refused', async () => {
    let rejection: Answer;
    const end = await acceptedWhile(async (id) => {
      rejection = await answered(id, false);
    });
    expect(rejection).toMatchObject({ code: 'LEDGER_MISSING_CLAIM_CLOSED', retryable: false });
    expect(end).toMatchObject({ state: 'CREDITED', accepted: { claim: { state: 'CREDITED' } } });
    expect(end.story).toEqual(['EARN 1', 'EARN 10']);
  });

  it('accepted and rejected by many at the same moment ends one way, with points exactly when it was accepted', async () => {
    const member = graph.enrol({ [baker]: 'OPEN' });
    for (let round = 0; round < 5; round++) {
      const { claim } = await graph.run(graph.member(member), CLAIM_MISSING, missing(baker, 1_000n));
      const before = (await graph.story(member)).length;
      await Promise.all([true, false, true, false].map((accept) => answered(claim.id, accept)));
      const paid = (await graph.story(member)).length - before;
      expect([(await stateOf(claim.id)).state, paid]).toEqual(paid === 1 ? ['CREDITED', 1] : ['REJECTED', 0]);
    }
  });

  it('left by an interruption after it was decided is not rejected, and credited when it is accepted again', async () => {
    const member = graph.enrol({ [baker]: 'OPEN' });
    const { claim } = await graph.run(graph.member(member), CLAIM_MISSING, missing(baker, 1_000n));
    const decide = `/* test.decide */ update missing_claim set settles_as = 'CREDITED' where id = $1`;
    await graph.database.pool.query(decide, [uuidOf(claim.id)]);
    expect(await answered(claim.id, false)).toMatchObject({ code: 'LEDGER_MISSING_CLAIM_CLOSED' });
    expect(await answered(claim.id, true)).toMatchObject({ claim: { state: 'CREDITED' } });
    expect(await graph.story(member)).toEqual(['EARN 10']);
  });

  it('negative control: a rejection that does not look at what is being settled leaves it rejected and paid', async () => {
    const close = `/* test.close */ update missing_claim set state = 'REJECTED', closed_at = now() where id = '`;
    const unguarded = (id: string) => `${close}${uuidOf(id as never)}' and state = 'OPEN'`;
    await expect(acceptedWhile((id) => graph.database.asOwner(unguarded(id)).then(() => {}))).rejects.toThrow(
      'settled_is_not_rejected',
    );
    await graph.database.asOwner('alter table missing_claim drop constraint settled_is_not_rejected');
    const end = await acceptedWhile((id) => graph.database.asOwner(unguarded(id)).then(() => {}));
    expect([end.state, end.story]).toEqual(['REJECTED', ['EARN 1', 'EARN 10']]);
  });

  expectTheBookToAddUp(graph);
});
