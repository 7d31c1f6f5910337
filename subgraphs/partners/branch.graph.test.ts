import type { Principal } from '../../kernel/context/principal';
import { partnersDefinition } from './main';
import { aKeyOf, aMemberOf, freshKey } from './testkit/builders';
import { PartnersGraph } from './testkit/partners-graph';

let graph: PartnersGraph;
beforeAll(async () => {
  graph = await PartnersGraph.open(partnersDefinition);
});
afterAll(() => graph.close());

const BRANCH = 'branch { code name channels opensAt closedAt }';
const add = (who: Principal, partnerId: string, change: object = {}) =>
  graph.change(
    who,
    'addBranch',
    { partnerId, code: 'MALL', name: 'In the mall', channels: ['TILL', 'APP'], ...change },
    `... on AddBranchSuccess { replayed ${BRANCH} }`,
  );
const close = (who: Principal, partnerId: string, code = 'MALL') =>
  graph.change(who, 'closeBranch', { partnerId, code }, `... on CloseBranchSuccess { ${BRANCH} }`);

describe('a branch', () => {
  it('is declared with its channels, closed, and stands in the book each time', async () => {
    const { programmeId, partnerId, admin } = await graph.found();
    const idempotencyKey = freshKey();
    const first = await add(admin, partnerId, { idempotencyKey });
    const opensAt = '2026-03-01T10:00:00.000Z';
    expect(first.branch).toMatchObject({ code: 'MALL', channels: ['TILL', 'APP'], opensAt, closedAt: null });
    expect(await add(admin, partnerId, { idempotencyKey })).toEqual({ ...first, replayed: true });
    const announced = async () => (await graph.lastBook(programmeId)).partners[0].branches;
    expect(await announced()).toEqual([{ code: 'MALL', channels: ['TILL', 'APP'], opensAt, closedAt: null }]);
    expect((await close(admin, partnerId)).branch).toMatchObject({ code: 'MALL', closedAt: opensAt });
    expect(await announced()).toMatchObject([{ closedAt: opensAt }]);
    expect((await close(admin, partnerId)).code).toBe('NOT_FOUND');
  });

  it('keeps its code for ever at its partner; another partner may use the same', async () => {
    const { partnerId, admin } = await graph.found();
    await add(admin, partnerId);
    await close(admin, partnerId);
    expect(await add(admin, partnerId)).toMatchObject({
      ...{ __typename: 'BranchCodeTaken', code: 'PARTNERS_BRANCH_CODE_TAKEN' },
    });
    expect((await add(admin, await graph.join(admin))).branch).toMatchObject({ code: 'MALL' });
  });

  it.each([
    ['input.code', { code: 'two words' }],
    ['input.name', { name: ' ' }],
    ['input.channels', { channels: [] }],
    ['input.channels', { channels: ['TILL', 'TILL'] }],
  ])('is refused at %s when it cannot be what it says', async (field, change) => {
    const { partnerId, admin } = await graph.found();
    expect(await add(admin, partnerId, change)).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  it('is declared by admins of the programme, and known to everyone of it', async () => {
    const { programmeId, partnerId, admin } = await graph.found();
    expect((await add(aKeyOf(programmeId, partnerId), partnerId)).code).toBe('FORBIDDEN');
    expect((await add((await graph.found()).admin, partnerId)).code).toBe('NOT_FOUND');
    await add(admin, partnerId, { opensAt: '2025-01-01T00:00:00Z' });
    const read = 'query ($id: ID!) { partner(id: $id) { branches { code opensAt } } }';
    const { data } = await graph.ask(aMemberOf(programmeId), read, { id: partnerId });
    expect(data.partner.branches).toEqual([{ code: 'MALL', opensAt: '2025-01-01T00:00:00.000Z' }]);
  });
});
