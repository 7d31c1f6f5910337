import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { parse, type GraphQLSchema } from 'graphql';
import { projectRoot } from '../../kernel/config/project-root';
import type { SubgraphName } from '../../kernel/context/principal';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';

/** The three subgraphs the query joins: our own schemas, answered from memory, so that gateways are measured and no database. */
export const JOINED = ['members', 'ledger', 'partners'] as const satisfies readonly SubgraphName[];
export type Joined = (typeof JOINED)[number];

const LOTS = 20;

/** A member's page: who they are, what they have, and the twenty brands whose points they hold. */
export const QUERY = `query Home($id: ID!) {
  member(ref: { id: $id }) {
    id displayName language
    account { available pending version
      lots(first: ${LOTS}) { nodes { id quantity remaining earnedAt expiresAt issuer { id code name canIssue status } } }
    }
  }
}`;

const issuerId = (place: number): string => `ptr_${String(place).padStart(32, '0')}`;
const places = Array.from({ length: LOTS }, (_, place) => place);

const lotOf = (place: number) => ({
  id: `lot_${String(place).padStart(32, '0')}`,
  quantity: '100',
  remaining: String(100 - place),
  earnedAt: '2026-01-31T10:00:00Z',
  expiresAt: null,
});
const partnerOf = (id: string) => ({
  id,
  code: `BRAND-${id.slice(-2)}`,
  name: `Brand ${id.slice(-2)} of the coalition`,
  canIssue: true,
  status: 'ACTIVE',
});
const memberOf = (id: string) => ({ id, displayName: 'Anna Kowalska', language: 'pl' });
const accountOf = { available: '1810', pending: '0', version: '20' };

/** What every gateway must answer. */
export function expectedFor(id: string): unknown {
  const nodes = places.map((place) => ({ ...lotOf(place), issuer: partnerOf(issuerId(place)) }));
  return { data: { member: { ...memberOf(id), account: { ...accountOf, lots: { nodes } } } } };
}

interface Reference {
  readonly id: string;
}

const RESOLVERS: Readonly<Record<Joined, object>> = {
  members: {
    Query: { member: (_: unknown, { ref }: { ref: Reference }) => memberOf(ref.id) },
    Member: { __resolveReference: ({ id }: Reference) => memberOf(id) },
  },
  ledger: {
    Member: { __resolveReference: ({ id }: Reference) => ({ id, account: { memberId: id, ...accountOf } }) },
    Account: { lots: () => ({ nodes: places.map((place) => ({ ...lotOf(place), issuer: { id: issuerId(place) } })) }) },
  },
  partners: { Partner: { __resolveReference: ({ id }: Reference) => partnerOf(id) } },
};

/** One of the three, open. */
export function openStub(name: Joined): OpenSubgraph {
  const sdl = readFileSync(join(projectRoot(), 'schema', `${name}.graphql`), 'utf8');
  const schema: GraphQLSchema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: RESOLVERS[name] as never }]);
  return {
    name,
    schema,
    feed: { read: async () => [] },
    createContext: () => ({}),
    start: async () => undefined,
    stop: async () => undefined,
  };
}

/** Our supergraph, with places where its names were. */
export function supergraphAt(urls: Readonly<Record<Joined, string>>): string {
  return JOINED.reduce(
    (sdl, name) => sdl.replaceAll(`"http://${name}.local"`, `"${urls[name]}/graphql"`),
    readFileSync(join(projectRoot(), 'schema', 'supergraph.graphql'), 'utf8'),
  );
}
