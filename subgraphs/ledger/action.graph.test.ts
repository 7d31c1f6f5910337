import { newId } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { ACT, inputsAt, RECORD } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const [closed, shop, capped] = [newId('ptr'), newId('ptr'), newId('ptr')];
const plain = aRuleBook();
const [baker, florist] = plain.brands;
const rule = (action: string, change = {}) => ({
  ...{ id: newId('rul'), partnerId: baker, validFrom: new Date('2020-01-01T00:00:00Z'), action, points: points(50n) },
  ...{ limit: null, distinctBy: null },
  ...change,
});
const book = {
  ...plain,
  partners: [
    ...plain.partners,
    { id: closed, code: 'P3', canIssue: true, canRedeem: true, status: 'SUSPENDED' as const },
    { id: shop, code: 'P4', canIssue: false, canRedeem: true, status: 'ACTIVE' as const },
    { id: capped, code: 'P5', canIssue: true, canRedeem: true, status: 'ACTIVE' as const },
  ],
  contracts: [
    ...plain.contracts,
    aContract(closed),
    aContract(shop),
    aContract(capped, { issuanceCap: { points: points(80n), period: 'EVER' } }),
  ],
  actionRules: [
    rule('social.connected', { limit: { count: 1, period: 'EVER' }, distinctBy: 'network' }),
    rule('profile.completed', { points: points(100n), limit: { count: 1, period: 'EVER' } }),
    rule('visit', { points: points(5n), limit: { count: 2, period: 'DAY' } }),
    rule('newsletter.read', { points: points(0n) }),
    rule('survey.answered', { partnerId: capped }),
  ],
};
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { act, sale } = inputsAt(NOW);
const bakerKey = graph.partner(baker);
const enrol = () =>
  graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN', [closed]: 'OPEN', [shop]: 'OPEN', [capped]: 'OPEN' });
const connect = (memberId: string, network: unknown) =>
  graph.run(bakerKey, ACT, act(memberId, 'social.connected', { attributes: { network } }));

describe('an action', () => {
  it('earns what its rule gives: a social network 50 points, once each', async () => {
    const member = enrol();
    expect(await connect(member, 'birdsong')).toMatchObject({
      ...{ __typename: 'RecordActionSuccess', earned: '50' },
      lots: [{ quantity: '50', issuer: { id: baker } }],
      account: { version: '1', available: '50' },
    });
    expect(await connect(member, 'birdsong')).toMatchObject({ code: 'LEDGER_ALREADY_AWARDED', retryable: false });
    expect(await connect(member, 'photos')).toMatchObject({ account: { version: '2', available: '100' } });
    const { statement } = await graph.lookAt(member, 'statement(first: 1) { nodes { kind points reason } }');
    expect(statement.nodes).toEqual([{ kind: 'EARN', points: '50', reason: 'social.connected' }]);
  });

  it('is rewarded as often as its rule allows in a period of the programme’s calendar', async () => {
    const member = enrol();
    const visits = [];
    for (const occurredAt of [
      '2026-03-09T22:59:00Z',
      '2026-03-09T23:01:00Z',
      '2026-03-10T08:00:00Z',
      '2026-03-10T09:00:00Z',
    ])
      visits.push((await graph.run(bakerKey, ACT, act(member, 'visit', { occurredAt }))).code ?? 'earned');
    expect(visits).toEqual(['earned', 'earned', 'earned', 'LEDGER_ALREADY_AWARDED']);
  });

  it('of a completed profile earns 100 once, however much later it is told again', async () => {
    const member = enrol();
    const complete = (occurredAt: string) => graph.run(bakerKey, ACT, act(member, 'profile.completed', { occurredAt }));
    expect(await complete('2025-03-09T12:00:00Z')).toMatchObject({ earned: '100' });
    expect(await complete('2026-03-10T08:00:00Z')).toMatchObject({ code: 'LEDGER_ALREADY_AWARDED' });
    expect(await graph.accountOf(graph.admin(), member)).toMatchObject({ available: '100' });
  });

  it('is awarded once to two that report it at the same moment', async () => {
    const member = enrol();
    const answers = await Promise.all([1, 2, 3].map(() => graph.run(bakerKey, ACT, act(member, 'profile.completed'))));
    expect(answers.filter(({ code }) => code === undefined)).toHaveLength(1);
    expect(await graph.lookAt(member, 'version available')).toEqual({ version: '1', available: '100' });
  });

  it('without points is recorded and makes no lot', async () => {
    const member = enrol();
    const answer = await graph.run(bakerKey, ACT, act(member, 'newsletter.read'));
    expect(answer).toMatchObject({ earned: '0', lots: [], account: { version: '1', available: '0' } });
  });

  it.each([
    ['PARTNERS_PARTNER_SUSPENDED', closed, {}, {}],
    ['LEDGER_PARTNER_CANNOT_ISSUE', shop, {}, {}],
    ['LEDGER_ACTION_NOT_REWARDED', florist, {}, {}],
    ['LEDGER_ACTION_NOT_REWARDED', baker, { action: 'dance.danced' }, {}],
    ['LEDGER_ACTION_NOT_REWARDED', baker, { occurredAt: '2020-01-01T00:00:00Z', action: 'Visit' }, {}],
    ['LEDGER_OCCURRED_IN_FUTURE', baker, { occurredAt: '2026-03-10T12:00:01Z' }, {}],
    ['LEDGER_ATTRIBUTE_MISSING', baker, {}, { attribute: 'network' }],
    ['LEDGER_ATTRIBUTE_MISSING', baker, { attributes: { network: null } }, { attribute: 'network' }],
    ['LEDGER_ATTRIBUTE_MISSING', baker, { attributes: { network: ['a'] } }, { attribute: 'network' }],
    ['INVALID_INPUT', baker, { action: '' }, { field: 'input.action' }],
    ['INVALID_INPUT', baker, { externalRef: '' }, { field: 'input.externalRef' }],
    ['INVALID_INPUT', baker, { attributes: { text: 'x'.repeat(9_000) } }, { field: 'input.attributes' }],
    ['INVALID_INPUT', baker, { attributes: 'network' }, { field: 'input.attributes' }],
    ['INVALID_INPUT', baker, { occurredAt: 'noon' }, { field: 'input.occurredAt' }],
    ['NOT_FOUND', baker, { member: { id: newId('mem') } }, {}],
  ])('is refused with %s for %s and %j', async (code, partnerId, change, facts) => {
    const member = enrol();
    const answer = await graph.run(graph.partner(partnerId), ACT, act(member, 'social.connected', change));
    expect(answer).toMatchObject({ code, retryable: false, ...facts });
    expect(await graph.story(member)).toEqual([]);
  });

  it('has the partner’s own number once, or none', async () => {
    const member = enrol();
    const first = act(member, 'visit');
    await graph.run(bakerKey, ACT, first);
    const twice = act(member, 'visit', { externalRef: first.externalRef });
    expect(await graph.run(bakerKey, ACT, twice)).toMatchObject({ code: 'LEDGER_DOCUMENT_ALREADY_RECORDED' });
    const nameless = act(member, 'visit', { externalRef: null });
    expect(await graph.run(bakerKey, ACT, nameless)).toMatchObject({ earned: '5' });
  });

  it('is not rewarded beyond the partner’s cap, which says what is left', async () => {
    const [first, second] = [enrol(), enrol()];
    const till = graph.partner(capped);
    expect(await graph.run(till, ACT, act(first, 'survey.answered'))).toMatchObject({ earned: '50' });
    const over = await graph.run(till, ACT, act(second, 'survey.answered'));
    expect(over).toMatchObject({ code: 'LEDGER_ISSUANCE_CAP_REACHED', leftPoints: '30' });
    expect(await graph.story(second)).toEqual([]);
  });

  it('shows a partner that may only give points those alone', async () => {
    const member = graph.enrol({ [baker]: 'CREDIT_ONLY', [florist]: 'OPEN' });
    await graph.run(graph.partner(florist), RECORD, sale(member, 5_000n));
    expect(await graph.run(bakerKey, ACT, act(member, 'visit'))).toMatchObject({
      account: { version: '0', available: '5' },
    });
  });
});

expectTheBookToAddUp(graph);
