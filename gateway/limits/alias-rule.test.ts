import { parse, validate } from 'graphql';
import { composeSupergraph } from '../../kernel/graph/compose';
import { ApolloPlanner } from '../plan/apollo';
import { aliasRule, plannerReads } from './alias-rule';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@inaccessible"])';

const supergraph = composeSupergraph([
  {
    name: 'members',
    sdl: `${LINK}
      type Query { node: Node  parcel: Parcel }
      interface Node { id: ID!  label: String }
      type Member implements Node @key(fields: "id") @key(fields: "home { code }") { id: ID!  label: String  home: Home }
      type Home { code: ID!  city: String }
      type Parcel @key(fields: "id") { id: ID!  secret: String @inaccessible  size: Size  note: String }
      type Size { weight: Int  colour: String }`,
  },
  {
    name: 'ledger',
    sdl: `${LINK}
      type Parcel @key(fields: "id") {
        id: ID!  size: Size @external  secret: String @external
        cost: Int @requires(fields: "size { weight } secret")
      }
      type Size { weight: Int @external }`,
  },
]);

describe('the rule on aliases', () => {
  const { apiSchema } = new ApolloPlanner(supergraph);
  const rule = aliasRule(plannerReads(supergraph));
  const isRefused = (query: string) => validate(apiSchema, parse(query), [rule]).length > 0;

  it.each([
    ['a key', '{ parcel { id: note cost } }'],
    ['a required field', '{ parcel { size: note cost } }'],
    ['a required field clients cannot see', '{ parcel { secret: note cost } }'],
    ['a field within a required one', '{ parcel { size { weight: colour } cost } }'],
    ['a field within a key', '{ node { ... on Member { home { code: city } } } }'],
    ['a key of a type behind an interface', '{ node { id: label } }'],
    ['a key, from within a fragment', '{ parcel { ...f } } fragment f on Parcel { id: note }'],
    ['__typename', '{ parcel { __typename: note } }'],
    ['a name the planner makes up', '{ parcel { note__alias_0: id } }'],
  ])('refuses one that hides %s', (_what, query) => {
    expect(isRefused(query)).toBe(true);
  });

  it.each([
    ['a field the planner never reads by itself', '{ parcel { note: id } }'],
    ['nothing', '{ parcel { key: id weighs: size { kilos: weight } } }'],
    ['itself', '{ parcel { id: id } }'],
    ['a key of another type', '{ parcel { code: note } }'],
  ])('allows one that hides %s', (_what, query) => {
    expect(isRefused(query)).toBe(false);
  });
});
