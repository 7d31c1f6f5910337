import type { Principal } from '../../kernel/context/principal';
import { openLog } from '../../kernel/telemetry/log';
import { newId } from '../../kernel/values/id';
import { walletKeyOf } from './core/points/wallet';
import { stopAccounts } from './app/verify/stop-wrong-accounts';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { sale } = inputsAt(NOW);
const log = openLog('test', 'silent');

const STOPS = `subscription ($after: BigInt, $epoch: ID) { change: accountFreezesChanged(after: $after, epoch: $epoch) {
  standing newest { memberId found version releasedAt } version previousVersion epoch isSnapshot } }`;
const UNFREEZE = `mutation ($input: UnfreezeAccountInput!) { answer: unfreezeAccount(input: $input) {
  ... on UnfreezeAccountSuccess { freeze { memberId releasedBy } } } }`;

async function watch(who: Principal, variables: Record<string, unknown> = {}) {
  const stream = await graph.link.subscribe(graph.requestOf(who as never, STOPS, variables));
  const first = async (): Promise<Answer> => JSON.parse(JSON.stringify((await stream.next()).value));
  return { first, next: async () => (await first()).data.change, end: () => stream.return?.() };
}
const stop = (memberId: ReturnType<typeof graph.enrol>, seq: bigint | null) =>
  stopAccounts({ database: graph.database, log }, [{ key: walletKeyOf(memberId), found: 'chain', seq }]);

describe('stops of accounts', () => {
  it('are told to the desk when one is made and when it ends, and a reader goes on where it was cut off', async () => {
    const member = graph.enrol({ [baker]: 'OPEN' });
    const another = graph.enrol({ [baker]: 'OPEN' });
    for (const one of [member, another]) await graph.run(graph.partner(baker), RECORD, sale(one, 100n));
    const live = await watch(graph.admin());
    expect(await live.next()).toMatchObject({ standing: 0, newest: [], version: '0', isSnapshot: true });
    await stop(member, 1n);
    const made = await live.next();
    expect(made).toMatchObject({
      standing: 1,
      newest: [{ memberId: member, found: 'chain', version: '1', releasedAt: null }],
      ...{ version: '1', previousVersion: '0', isSnapshot: false },
    });
    await stop(member, 1n);
    await live.end();
    await stop(another, null);
    const input = { idempotencyKey: newId('req'), memberId: member, reason: 'put right by hand' };
    expect(await graph.run(graph.admin(), UNFREEZE as never, input)).toMatchObject({ freeze: { memberId: member } });
    // Seen twice it was one stop: one more and one ended since.
    const again = await watch(graph.admin(), { after: made.version, epoch: made.epoch });
    expect(await again.next()).toMatchObject({
      standing: 1,
      newest: [{ memberId: another, found: 'chain', version: null }],
      ...{ version: '3', previousVersion: '1', isSnapshot: false },
    });
    await again.end();
  });

  it('are told to nobody else', async () => {
    for (const who of [graph.partner(baker), graph.member(graph.enrol({ [baker]: 'OPEN' }))]) {
      expect((await (await watch(who as never)).first()).errors[0].extensions.code).toBe('NOT_FOUND');
    }
  });

  expectTheBookToAddUp(graph);
});
