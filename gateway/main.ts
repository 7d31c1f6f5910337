import type { SubgraphName } from '../kernel/context/principal';
import type { Database } from '../kernel/db/database';
import type { EventFeed } from '../kernel/events/event';
import type { SubgraphLink } from '../kernel/graph/link';
import type { HubSecrets } from '../kernel/graph/subgraph';
import { openLog } from '../kernel/telemetry/log';
import { startApolloServer } from './accept/apollo-server';
import { FrontDoor } from './accept/front-door';
import { Authenticator } from './auth/authenticator';
import { KeyBook } from './auth/key-book';
import { TokenVerifier, type TokenIssuer } from './auth/tokens';
import type { GatewayConfig } from './config';
import { Budgets } from './limits/budgets';
import { DocumentBook } from './limits/documents';
import { Pipeline } from './plan/pipeline';

export { gatewayDatabase } from './auth/database';
export { openDevelopmentIssuer, type DevelopmentIssuer, type TokenGrant } from './auth/development-issuer';
export { listDocuments, publishDocuments, retireDocument } from './limits/document-store';
export { sha256 } from './limits/documents';
export { defaultGatewayConfig, readGatewayConfig, type GatewayConfig } from './config';

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
  /** Takes no new work, ends sockets with 1001, waits for requests under way. */
  close(): Promise<void>;
}

/** Opens the gateway: who may ask, what may be asked, how it is answered. It follows partner keys from now on. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { links, supergraphSdl, database, verifyTokens, config } = options;
  const log = openLog('gateway');
  const keys = new KeyBook(database, options.partnersFeed, log);
  const authenticator = new Authenticator(keys, new TokenVerifier(verifyTokens));
  const openIntrospection = config.mode === 'development';
  const { limits } = config;
  const budgets = new Budgets(database, limits.budgets);
  const pipeline = new Pipeline({ supergraphSdl, links, limits, budgets, openIntrospection, log });
  const apollo = await startApolloServer(pipeline, limits);
  const documents = new DocumentBook({ database, membersNeedTrust: config.mode === 'production' });
  keys.start();
  return new FrontDoor({
    pipeline,
    apollo,
    authenticator,
    documents,
    keys,
    database,
    jwks: verifyTokens.jwks,
    config,
    log,
  });
}
