import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { composeSupergraph } from '../kernel/graph/compose';
import { argumentsInRequires, authDirectives, voidedByOthers, type PrintedSubgraph } from './lint';
import { subgraphSdls } from './subgraphs';

const subgraphs = subgraphSdls();
const supergraph = readFileSync(join(__dirname, 'supergraph.graphql'), 'utf8');

describe.each(subgraphs)('$name', (subgraph) => {
  it('requires no field with arguments', () => expect(argumentsInRequires(subgraph)).toEqual([]));
  it('writes no rule of access as a directive', () => expect(authDirectives(subgraph)).toEqual([]));
  it('does nothing that another subgraph could void by being down', () => {
    expect(voidedByOthers(supergraph, subgraph)).toEqual([]);
  });
});

describe('what is looked for', () => {
  const HEADER =
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])\n';
  const members = `${HEADER} type Query { member: Member }  type Member @key(fields: "id") { id: ID!  name: String!  nick: String }`;
  const ledger = (member: string): string => `${HEADER}
    type Query { x: Int }
    type Mutation { earn: EarnResult! }
    union EarnResult = Earned | Refused
    type Earned { member: ${member}  points: Int! }
    type Refused { code: String! }
    type Member @key(fields: "id") { id: ID!  points: Int! }`;
  const foundIn = (member: string): string[] => foundBetween(ledger(member));
  const foundBetween = (sdl: string): string[] => {
    const parts: PrintedSubgraph[] = [
      { name: 'members', sdl: members },
      { name: 'ledger', sdl },
    ];
    return voidedByOthers(composeSupergraph(parts as never), parts[1] as PrintedSubgraph);
  };

  it('is an entity that may not be null with a field of others that may not be null either', () => {
    expect(foundIn('Member!')).toEqual(['ledger: Earned.member may not be null, and others own name of it']);
    expect(foundIn('[Member!]!')).toHaveLength(1);
  });

  it('is none that may be null where it stands', () => {
    expect(foundIn('Member')).toEqual([]);
    expect(foundIn('[Member]!')).toEqual([]);
  });

  const VOIDED = ['ledger: Earned.member may not be null, and others own name of it'];

  it('is one as well where the subgraph names the field of another without answering it', () => {
    const required = '@key(fields: "id") { id: ID!  name: String! @external  perk: Int @requires(fields: "name")';
    expect(foundBetween(ledger('Member!').replace('@key(fields: "id") { id: ID!', required))).toEqual(VOIDED);
  });

  it('is one as well behind an interface, and as one of the objects that an interface or a union stands for', () => {
    const union = ledger('Member!');
    const behind = union
      .replace('union EarnResult = Earned | Refused', 'interface EarnResult { points: Int! }')
      .replace('type Earned', 'type Earned implements EarnResult');
    expect(foundBetween(behind)).toEqual(VOIDED);
    const oneOf = `${ledger('Party!')} union Party = Shop | Member type Shop { till: Int! }`;
    expect(foundBetween(oneOf)).toEqual(VOIDED);
  });

  it('is an argument inside @requires', () => {
    const sdl = 'type A { price(in: String): Int @external  tax: Int @requires(fields: "price(in: \\"EUR\\")") }';
    expect(argumentsInRequires({ name: 'a', sdl })).toEqual(['a: tax requires price with arguments']);
  });

  it('is a directive of access on an interface', () => {
    expect(authDirectives({ name: 'a', sdl: 'interface I @authenticated { id: ID! }' })).toEqual(['a: @authenticated']);
  });

  it('is a directive of access under another name, or under that of its specification', () => {
    const link = (url: string, rest: string) =>
      `extend schema @link(url: "https://specs.apollo.dev/${url}", ${rest})\n`;
    const found = (sdl: string) => authDirectives({ name: 'a', sdl });
    const renamed = link('federation/v2.9', 'import: ["@key", { name: "@authenticated", as: "@known" }]');
    expect(found(`${renamed} interface I @known { id: ID! }`)).toEqual(['a: @authenticated']);
    expect(found('interface I @federation__policy(policies: []) { id: ID! }')).toEqual(['a: @federation__policy']);
    expect(found(`${link('requiresScopes/v0.1', 'as: "may"')} interface I @may { id: ID! }`)).toHaveLength(1);
    expect(found(link('federation/v2.9', 'import: ["@key"]'))).toEqual([]);
  });
});
