import type { GraphQLSchema } from 'graphql';
import type { RequestContext } from '../context/request-context';
import type { SubgraphName } from '../context/principal';
import type { DatabaseDefinition, Database } from '../db/database';
import type { InvariantFinding } from '../db/invariants';
import type { EventFeed } from '../events/event';
import type { Clock } from '../values/clock';
import type { SubgraphLink } from './link';

/** The other subgraphs, as one of them sees them: by command or by event, never by table. */
export interface Peers {
  link(name: SubgraphName): SubgraphLink;
  feed(name: SubgraphName): EventFeed;
}

/** Secrets the processes of one hub share; never a client's. */
export interface HubSecrets {
  /** Signs requests between the hub's processes. */
  readonly internal: string;
  /** Keys the blind index of identities; members and ledger must hold the same. */
  readonly identity: string;
  /** Signs list cursors. */
  readonly cursor: string;
  /** What the key of closing packages is derived from; `internal` where it is not given. */
  readonly signing?: string;
}

/** What a subgraph is given to open. */
export interface SubgraphSurroundings {
  readonly database: Database;
  readonly peers: Peers;
  readonly secrets: HubSecrets;
  readonly clock: Clock;
}

/** A subgraph that answers. */
export interface OpenSubgraph {
  readonly name: SubgraphName;
  readonly schema: GraphQLSchema;
  /** What this subgraph has announced. */
  readonly feed: EventFeed;
  /** The context of one request: who asks, and fresh loaders. */
  createContext(request: RequestContext): object;
  /** Begins following feeds and doing what is due. */
  start(): Promise<void>;
  /** Ends both and waits for what is under way. */
  stop(): Promise<void>;
}

/** What a subgraph is, before it runs: the composition opens any of the five the same way. */
export interface SubgraphDefinition extends DatabaseDefinition {
  readonly name: SubgraphName;
  /** The SDL it is composed from. */
  readonly sdl: () => string;
  /** Folder of `*.sql` invariants, from the project's root. */
  readonly invariants: string;
  /** What its book is checked for beyond invariants, such as chains of hashes; findings as of invariants. */
  readonly verify?: (
    database: Database,
    tell: (line: string) => void,
    /** Only what was written since; everything when left out. */
    since?: Date,
  ) => Promise<InvariantFinding[]>;
  open(surroundings: SubgraphSurroundings): Promise<OpenSubgraph>;
}
