import type { SubgraphName } from '../kernel/context/principal';
import type { Database } from '../kernel/db/database';
import type { EventFeed } from '../kernel/events/event';
import type { SubgraphLink } from '../kernel/graph/link';
import type { HubSecrets } from '../kernel/graph/subgraph';
import type { TokenIssuer } from './auth/tokens';
import type { GatewayConfig } from './config';

/** What the gateway is given to open. */
export interface GatewayOptions {
  readonly links: Readonly<Partial<Record<SubgraphName, SubgraphLink>>>;
  readonly supergraphSdl: string;
  /** Its own, migrated. */
  readonly database: Database;
  /** Where it hears of partner keys. */
  readonly partnersFeed: EventFeed;
  readonly verifyTokens: TokenIssuer;
  readonly secrets: HubSecrets;
  readonly config: GatewayConfig;
}

/** The one port of the hub. */
export interface Gateway {
  listen(port: number, host: string): Promise<{ url: string; port: number }>;
  /**
   * Takes another supergraph from the next operation on; open streams go on with the one they began with.
   *
   * @returns whether it is another than the one that ran
   * @throws Fault HUB_SUPERGRAPH_REFUSED, saying why; then nothing has changed
   */
  reload(supergraphSdl: string): boolean;
  /** Takes no new work, ends sockets with 1001, waits for requests under way. */
  close(): Promise<void>;
}
