import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'graphql';
import { projectRoot } from '../../kernel/config/project-root';
import type { RequestContext } from '../../kernel/context/request-context';
import { localLink, openFixture } from '../testkit/fixture';
import { ApolloPlanner, EVENT } from './apollo';
import { LinkDataSource, type DataSource, type Fetch } from './link-data-source';

const PACKAGES = ['gateway', 'composition', 'query-planner', 'query-graphs', 'federation-internals', 'subgraph'];
const BALANCE = parse(
  'subscription ($id: ID!) { balanceChanged(memberId: $id) { version member { displayName perk } } }',
);

describe('what is used of Apollo’s inner packages', () => {
  const fixture = openFixture();
  const planner = new ApolloPlanner(fixture.supergraphSdl);
  const context: RequestContext = {
    principal: { kind: 'anonymous' },
    requestId: 'req',
    deadlineAt: new Date(Date.now() + 5_000),
  };
  const sources = {
    members: new LinkDataSource(localLink(fixture.members)),
    ledger: new LinkDataSource(localLink(fixture.ledger)),
  };
  const run = (query: string, variables = {}) =>
    planner.run({ plan: planner.plan(parse(query), undefined), variables, context, sources });

  it('is of one exact version, the same for all', () => {
    const { dependencies } = JSON.parse(readFileSync(join(projectRoot(), 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    expect(new Set(PACKAGES.map((name) => dependencies[`@apollo/${name}`]))).toEqual(new Set(['2.14.4']));
  });

  it('plans a subscription as a first fetch with the client’s variables, and the rest', () => {
    const plan = planner.plan(BALANCE, undefined);
    expect(planner.primaryOf(plan)).toMatchObject({ subgraph: 'ledger', variableNames: ['id'] });
    expect(planner.primaryOf(plan)?.query).toMatch(/^subscription/);
  });

  it('runs the steps of a subscription as a sequence that begins with the event', async () => {
    const seen: Fetch[] = [];
    const event: DataSource = {
      process: async (fetch) => {
        seen.push(fetch);
        return { data: { balanceChanged: { version: '9', member: { __typename: 'Member', id: 'm1' } } } };
      },
    };
    const plan = planner.eventPlan(planner.plan(BALANCE, undefined));
    const result = await planner.run({
      plan,
      variables: { id: 'm1' },
      context,
      sources: { ...sources, [EVENT]: event },
    });
    expect(result).toEqual({
      data: { balanceChanged: { version: '9', member: { displayName: 'Anna', perk: 'perk of nick-m1' } } },
    });
    expect(seen).toHaveLength(1);
  });

  it('enforces @oneOf where the supergraph’s text has it', () => {
    expect(planner.apiSchema.getType('MemberRefInput')).toMatchObject({ isOneOf: true });
  });

  it('shows a value the schema does not allow as an error and not as an extension', async () => {
    const broken: DataSource = { process: async () => ({ data: { whoAmI: null } }) };
    const plan = planner.plan(parse('{ whoAmI }'), undefined);
    const result = await planner.run({ plan, variables: {}, context, sources: { ...sources, members: broken } });
    expect(result).toMatchObject({ data: null, errors: [{ message: expect.stringContaining('whoAmI') as string }] });
    expect(result).not.toHaveProperty('extensions');
  });

  // Why limits/alias-rule.ts exists. When these begin to fail, Apollo has closed the hole and the rule may go.
  describe('lets an alias, where no rule forbids it,', () => {
    it('forge what another subgraph computes from', async () => {
      const { data } = await run('{ member(ref: { id: "m1" }) { nickname: note perk } }');
      expect(data).toMatchObject({ member: { perk: 'perk of m2' } });
    });

    it('forge the key by which another subgraph finds an entity', async () => {
      const { data } = await run('{ member(ref: { id: "m1" }) { id: note account { memberId } } }');
      expect(data).not.toEqual({ member: { id: 'm2', account: { memberId: 'm1' } } });
    });
  });
});
