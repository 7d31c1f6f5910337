import { Field, ObjectType } from 'type-graphql';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { graphFault } from './fault';
import { PageInfoType } from './shared-types';

/** The longest page anybody gets. */
export const PAGE_MAX = 100;

type ClassType<T extends object> = new () => T;

/** One page of a list. */
export interface Page<Node> {
  readonly edges: readonly { readonly cursor: string; readonly node: Node }[];
  readonly nodes: readonly Node[];
  readonly pageInfo: PageInfoType;
}

/** Makes the Relay types of a list: `LotEdge` and `LotConnection` of `Lot`. */
export function defineConnection<Node extends object>(name: string, node: ClassType<Node>) {
  @ObjectType(`${name}Edge`, { description: `One ${name} of a list and its place in it.` })
  class Edge {
    @Field(() => String, { description: 'Opaque place of this node; give it as `after` to go on from here.' })
    cursor!: string;
    @Field(() => node, { description: 'What stands here.' })
    node!: Node;
  }
  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.` })
  class Connection {
    @Field(() => [Edge], { description: 'Nodes with their cursors.' })
    edges!: Edge[];
    @Field(() => [node], { description: 'The nodes alone.' })
    nodes!: Node[];
    @Field(() => PageInfoType, { description: 'Where this page stands.' })
    pageInfo!: PageInfoType;
  }
  return Connection;
}

/**
 * Cursors that only this hub can write: `payload.signature`, bound to one list, so that a tampered cursor or one of
 * another list is refused instead of read.
 */
export class CursorCodec {
  constructor(
    private readonly secret: string,
    private readonly list: string,
  ) {}

  write(keys: readonly string[]): string {
    const payload = Buffer.from(JSON.stringify(keys)).toString('base64url');
    return `${payload}.${this.sign(payload)}`;
  }

  /** The keys within a cursor; null when it was not written here for this list. */
  read(cursor: string): string[] | null {
    const [payload = '', signature = ''] = cursor.split('.');
    const expected = Buffer.from(this.sign(payload));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as string[];
  }

  private sign(payload: string): string {
    return createHmac('sha256', this.secret).update(`${this.list}\n${payload}`).digest('base64url').slice(0, 22);
  }
}

/**
 * Reads the arguments of a list.
 *
 * @returns how many rows to read, one more than asked, and the keys of the row to begin after
 * @throws GraphQLError INVALID_INPUT for `first` outside 1 to 100, or a cursor that was not written for this list
 */
export function readPageArguments(options: { first: number; after: string | null | undefined; cursors: CursorCodec }): {
  limit: number;
  afterKeys: readonly string[] | null;
} {
  const { first, after, cursors } = options;
  if (first < 1 || first > PAGE_MAX) throw graphFault('INVALID_INPUT', `first: must be from 1 to ${PAGE_MAX}`);
  if (after === null || after === undefined) return { limit: first + 1, afterKeys: null };
  const afterKeys = cursors.read(after);
  if (afterKeys === null) throw graphFault('INVALID_INPUT', 'after: is not a cursor of this list');
  return { limit: first + 1, afterKeys };
}

/**
 * Makes a page from rows read with one more than asked, which tells whether there is a next page.
 *
 * @param rows  up to `first + 1` nodes in list order
 * @param keyOf the cursor's keys of a node
 */
export function pageOf<Node>(options: {
  rows: readonly Node[];
  first: number;
  after: string | null | undefined;
  cursors: CursorCodec;
  keyOf: (node: Node) => readonly string[];
}): Page<Node> {
  const { rows, first, after, cursors, keyOf } = options;
  const nodes = rows.slice(0, first);
  const edges = nodes.map((node) => ({ cursor: cursors.write(keyOf(node)), node }));
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: rows.length > first,
      hasPreviousPage: after !== null && after !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
