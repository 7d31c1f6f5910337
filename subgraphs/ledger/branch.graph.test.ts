import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, KEEP_SALE, RECORD } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const plain = aRuleBook();
const [baker, florist] = plain.brands;
const [opensAt, closedAt] = [new Date('2026-02-01T00:00:00Z'), new Date('2026-03-01T00:00:00Z')];
const branches = [
  { code: 'MALL', channels: ['TILL', 'APP'], opensAt, closedAt: null },
  { code: 'OLD', channels: ['TILL'], opensAt, closedAt },
];
const partners = plain.partners.map((partner) => (partner.id === baker ? { ...partner, branches } : partner));
const graph = LedgerGraph.forThisFile(ledgerDefinition, { ...plain, partners });
const { sale, unclaimed } = inputsAt(NOW);
const record = (at: object, who = baker) =>
  graph.run(graph.partner(who), RECORD, { ...sale(graph.enrol({ [who]: 'OPEN' }), 1_000n), ...at });

describe('a purchase', () => {
  it('names branch and channel, and is recorded with both', async () => {
    expect(await record({ branch: 'MALL', channel: 'TILL' })).toMatchObject({ earned: '10' });
    const read = '/* test.purchase */ select branch, channel from purchase';
    expect((await graph.database.pool.query(read)).rows).toEqual([{ branch: 'MALL', channel: 'TILL' }]);
  });

  it.each([
    ['a branch never declared', { branch: 'NOWHERE' }],
    ['a branch that was closed by then', { branch: 'OLD' }],
    ['a branch at the instant it closed', { branch: 'OLD', occurredAt: closedAt.toISOString() }],
    ['a branch before it opened', { branch: 'MALL', occurredAt: '2026-01-31T23:59:59Z' }],
    ['a channel its branch does not sell by', { branch: 'MALL', channel: 'ONLINE' }],
  ])('that names %s is refused', async (_, at) => {
    expect(await record(at)).toMatchObject({ __typename: 'BranchUnknown', code: 'LEDGER_BRANCH_UNKNOWN' });
  });

  it.each([
    ['no branch', {}],
    ['a channel and no branch', { channel: 'ONLINE' }],
    ['a branch in the last instant before it closed', { branch: 'OLD', occurredAt: '2026-02-28T23:59:59.999Z' }],
  ])('that names %s is recorded', async (_, at) => {
    expect(await record(at)).toMatchObject({ earned: '10' });
  });

  it('of a partner that declared no branch may name any', async () => {
    expect(await record({ branch: 'ANYWHERE' }, florist)).toMatchObject({ __typename: 'RecordPurchaseSuccess' });
  });

  it('whose buyer is not known is kept under the same rule', async () => {
    const kept = await graph.run(graph.partner(baker), KEEP_SALE, unclaimed(100n, { branch: 'NOWHERE' }));
    expect(kept).toMatchObject({ code: 'LEDGER_BRANCH_UNKNOWN' });
  });

  expectTheBookToAddUp(graph);
});
