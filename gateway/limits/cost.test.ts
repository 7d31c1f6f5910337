import { buildSchema, getOperationAST, parse } from 'graphql';
import { CALL_COST, OperationCost } from './cost';

const schema = buildSchema(`
  type Query { me: Member  members(first: Int!): MemberConnection!  tags: [Tag!]! }
  type Mutation { recordPurchase(input: Row!): Done  recordPurchases(input: [Row!]!): [Done] }
  input Row { ref: String! }
  type Done { ref: String  member: Member }
  type MemberConnection { nodes: [Member!]!  edges: [Edge!]!  total: Int }
  type Edge { cursor: String  node: Member }
  type Member { id: ID!  name: String  lots(first: Int!): LotConnection!  friend: Member }
  type LotConnection { nodes: [Lot!]! }
  type Lot { id: ID!  points: Int }
  type Tag { text: String }
`);

const costOf = (text: string, variables: Record<string, unknown> = {}, calls = 0) => {
  const document = parse(text);
  return new OperationCost(schema, document, getOperationAST(document)!, calls).of(variables);
};

describe('the cost of an operation', () => {
  it('is one point a field, and ten for each call of a subgraph', () => {
    expect(costOf('{ me { id name } }')).toBe(3);
    expect(costOf('{ me { id name } }', {}, 2)).toBe(3 + 2 * CALL_COST);
  });

  it('counts what stands below a page once for each item the page may have', () => {
    // members, nodes, and id and name of each of the 50
    expect(costOf('{ members(first: 50) { nodes { id name } } }')).toBe(2 + 50 * 2);
    expect(costOf('{ members(first: 50) { total edges { cursor node { id } } } }')).toBe(3 + 50 * 3);
  });

  it('multiplies pages within pages', () => {
    // For each of 100 members: lots and nodes, and the points of each of 100 lots.
    expect(costOf('{ members(first: 100) { nodes { lots(first: 100) { nodes { points } } } } }')).toBe(
      2 + 100 * (2 + 100),
    );
  });

  it('takes page sizes from variables, their defaults, or thinks of ten', () => {
    const text = 'query ($n: Int! = 5, $m: Int!) { members(first: $n) { nodes { lots(first: $m) { nodes { id } } } } }';
    expect(costOf(text, { m: 2 })).toBe(2 + 5 * (2 + 2));
    expect(costOf(text, { n: 1, m: 2 })).toBe(2 + (2 + 2));
    expect(costOf('{ tags { text } }')).toBe(1 + 10);
  });

  it('does not carry a page size past the list it belongs to', () => {
    expect(costOf('{ members(first: 3) { nodes { friend { lots(first: 2) { nodes { id } } } } } }')).toBe(
      2 + 3 * (3 + 2),
    );
  });

  it('counts a bulk mutation once for each row', () => {
    const text = 'mutation ($rows: [Row!]!) { recordPurchases(input: $rows) { ref } }';
    const rows = (n: number) => ({ rows: Array.from({ length: n }, () => ({ ref: 'r' })) });
    expect(costOf(text, rows(1))).toBe(2);
    expect(costOf(text, rows(1_000))).toBe(2_000);
  });

  it('counts a fragment as often as it is used, wherever it stands', () => {
    expect(costOf('{ me { ...f friend { ...f } } } fragment f on Member { id lots(first: 4) { nodes { id } } }')).toBe(
      2 + 2 * (3 + 4),
    );
  });

  it('stays a number however many pages are nested', () => {
    const nested = (depth: number): string =>
      depth === 0 ? 'id' : `friend { lots(first: 100) { nodes { id } } ${nested(depth - 1)} }`;
    expect(costOf(`{ members(first: 100) { nodes { ${nested(30)} } } }`)).toBeLessThan(1e12);
  });
});
