import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';
import type { SubgraphName } from '../../kernel/context/principal';
import type { RequestContext } from '../../kernel/context/request-context';
import type { EventFeed } from '../../kernel/events/event';
import { composeSupergraph } from '../../kernel/graph/compose';
import { graphFault } from '../../kernel/graph/fault';
import { LocalLink } from '../../kernel/graph/local-link';
import { PushStream } from '../../kernel/graph/stream';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';
import { VersionedAccounts, type VersionedMessage } from './versioned-accounts';

/**
 * Two small subgraphs with the traits the gateway must cope with: an entity they share, a field that requires another
 * subgraph's, a `@oneOf` input, a stream, and resolvers that fail in the ways resolvers fail.
 */
export interface Fixture {
  readonly supergraphSdl: string;
  readonly members: OpenSubgraph;
  readonly ledger: OpenSubgraph;
  /** Sends a balance to every reader of `balanceChanged`. */
  publish(version: number, available: string): void;
  /** How many readers there are now. */
  readers(): number;
  /** What `accountChanged`, of which only the latest counts, and `moved`, of which every message counts, follow. */
  readonly accounts: VersionedAccounts;
  /** The contexts the subgraphs were asked with, latest last. */
  readonly asked: RequestContext[];
}

const IMPORTED = '["@key", "@external", "@requires", "@shareable", "@tag"]';
const HEADER = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ${IMPORTED})
directive @oneOf on INPUT_OBJECT
`;

const MEMBERS = `${HEADER}
type Query {
  member(ref: MemberRefInput!): Member  members(first: Int!, after: String): [Member!]!
  whoAmI: String!  broken: String  hidden: String  slow: String
}
type Mutation { enrol(name: String!): Member }
input MemberRefInput @oneOf { id: ID  name: String }
type Member @key(fields: "id") { id: ID!  displayName: String @tag(name: "personal")
  nickname: String  note: String  friend: Member  ghost: String }
`;

const LEDGER = `${HEADER}
type Query { accountOf(memberId: ID!): Account }
type Mutation { recordPurchase(key: String!, points: Int!): Account  recordPurchases(rows: [String!]!): Int }
scalar BigInt
type Subscription {
  balanceChanged(memberId: ID!): BalanceChange!  heartbeat: String
  accountChanged(memberId: ID!, after: BigInt, epoch: ID): AccountChange! @tag(name: "state")
  moved(memberId: ID!, after: BigInt, epoch: ID): AccountChange!
}
type AccountChange {
  version: BigInt!  previousVersion: BigInt  epoch: ID!  isSnapshot: Boolean!  account: Account!  member: Member
}
type BalanceChange { version: String!  account: Account!  member: Member }
type Account { memberId: ID!  available: String! }
type Member @key(fields: "id") { id: ID!  nickname: String @external  perk: String @requires(fields: "nickname")  account: Account }
`;

const NAMES: Readonly<Record<string, string>> = { m1: 'Anna', m2: 'Piotr', m3: 'Lena' };
const ABSENT: EventFeed = { read: async () => [] };

export function openFixture(): Fixture {
  const asked: RequestContext[] = [];
  const streams = new Set<PushStream<unknown>>();
  const members = schemaOf(MEMBERS, membersResolvers(asked));
  const accounts = new VersionedAccounts();
  const ledger = schemaOf(LEDGER, ledgerResolvers(streams, accounts));
  return {
    supergraphSdl: composeSupergraph([
      { name: 'members', sdl: MEMBERS },
      { name: 'ledger', sdl: LEDGER },
    ]),
    members: opened('members', members, asked),
    ledger: opened('ledger', ledger, asked),
    publish: (version, available) => {
      for (const stream of streams) stream.push({ version: String(version), available });
    },
    readers: () => streams.size,
    accounts,
    asked,
  };
}

/** The in-process link to one of the fixture's subgraphs. */
export function localLink(subgraph: OpenSubgraph): LocalLink {
  return new LocalLink(subgraph.name, subgraph.schema, (context) => subgraph.createContext(context));
}

function membersResolvers(asked: RequestContext[]) {
  const memberOf = (id: string | undefined) => (id !== undefined && NAMES[id] ? { id } : null);
  return {
    Query: {
      member: (_: unknown, { ref }: { ref: { id?: string; name?: string } }) =>
        memberOf(ref.id ?? Object.keys(NAMES).find((id) => NAMES[id] === ref.name)),
      members: (_: unknown, { first }: { first: number }) =>
        Object.keys(NAMES)
          .slice(0, first)
          .map((id) => ({ id })),
      whoAmI: (_: unknown, __: unknown, context: RequestContext) => JSON.stringify(context.principal),
      broken: () => {
        throw new Error('select secret from vault failed at 10.0.0.7');
      },
      hidden: () => {
        throw graphFault('FORBIDDEN', 'Not yours.');
      },
      slow: () => new Promise((resolve) => setTimeout(resolve, 2_000, 'late').unref()),
    },
    Mutation: { enrol: () => ({ id: 'm1' }) },
    Member: {
      __resolveReference: ({ id }: { id: string }, context: RequestContext) => (asked.push(context), memberOf(id)),
      displayName: ({ id }: { id: string }) => NAMES[id],
      nickname: ({ id }: { id: string }) => `nick-${id}`,
      note: () => 'm2',
      friend: ({ id }: { id: string }) => (id === 'm1' ? { id: 'm2' } : null),
    },
  };
}

type WatchArguments = { memberId: string; after?: string | null; epoch?: string | null };

function ledgerResolvers(streams: Set<PushStream<unknown>>, accounts: VersionedAccounts) {
  const accountOf = (memberId: string, available = '100') => ({ memberId, available });
  const versioned = {
    subscribe: (_: unknown, { memberId, after = null, epoch = null }: WatchArguments) =>
      accounts.watch(memberId, after, epoch),
    resolve: (message: VersionedMessage) => ({
      ...message,
      account: accountOf(message.memberId, message.available),
      member: { id: message.memberId },
    }),
  };
  return {
    Query: { accountOf: (_: unknown, { memberId }: { memberId: string }) => accountOf(memberId) },
    Mutation: {
      recordPurchase: (_: unknown, { points }: { points: number }) => accountOf('m1', String(points)),
      recordPurchases: (_: unknown, { rows }: { rows: string[] }) => rows.length,
    },
    Subscription: {
      balanceChanged: {
        subscribe: () => {
          const stream = new PushStream<unknown>(() => streams.delete(stream));
          streams.add(stream);
          return stream;
        },
        resolve: (
          { version, available }: { version: string; available: string },
          { memberId }: { memberId: string },
        ) => ({
          version,
          account: accountOf(memberId, available),
          member: { id: memberId },
        }),
      },
      accountChanged: versioned,
      moved: versioned,
      heartbeat: { subscribe: () => new PushStream<unknown>(() => {}) },
    },
    Member: {
      __resolveReference: (reference: object) => reference,
      perk: ({ nickname }: { nickname: string }) => `perk of ${nickname}`,
      account: ({ id }: { id: string }) => accountOf(id),
    },
  };
}

function schemaOf(sdl: string, resolvers: object): GraphQLSchema {
  return buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
}

function opened(name: SubgraphName, schema: GraphQLSchema, asked: RequestContext[]): OpenSubgraph {
  return {
    name,
    schema,
    feed: ABSENT,
    createContext: (request) => (asked.push(request), request),
    start: async () => {},
    stop: async () => {},
  };
}
