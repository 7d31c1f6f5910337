import {
  gatewayDatabase,
  openDevelopmentIssuer,
  openGateway,
  readGatewayConfig,
  type DevelopmentIssuer,
  type Gateway,
} from '../../gateway/main';
import { SUBGRAPHS, type SubgraphName } from '../../kernel/context/principal';
import type { Database } from '../../kernel/db/database';
import { Fault } from '../../kernel/errors/fault';
import type { SubgraphLink } from '../../kernel/graph/link';
import type { OpenSubgraph, Peers } from '../../kernel/graph/subgraph';
import { openTracing } from '../../kernel/telemetry/trace';
import { systemClock } from '../../kernel/values/clock';
import { definitions } from '../definitions';
import { DATABASE_OWNERS, type HubConfig } from './config';
import { HubDatabases } from './databases';
import { LocalPeers } from './peers';
import { openSecrets, type OwnSecrets } from './secrets';
import { followSupergraph, readSupergraph } from './supergraph-file';

/** A whole hub in this process. */
export interface Hub {
  readonly url: string;
  readonly port: number;
  readonly config: HubConfig;
  /** Null when tokens come from an issuer outside. */
  readonly issuer: DevelopmentIssuer | null;
  readonly databases: HubDatabases;
  /** The subgraphs as they reach each other, past the gateway. */
  readonly peers: Peers;
  close(): Promise<void>;
}

export interface HubOptions {
  readonly config: HubConfig;
  /** Instead of the configured one; 0 asks the system for a free one. */
  readonly port?: number;
  readonly onProgress?: (message: string) => void;
}

/**
 * Opens everything in one process: databases, migrations, five subgraphs that call each other directly, the gateway.
 *
 * @throws Fault or DatabaseFault in words; what was opened until then is closed again
 */
export async function openHub({ config, port = config.port, onProgress }: HubOptions): Promise<Hub> {
  const secrets = openSecrets(config);
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    closing.push(openTracing(config.traces && { ...config.traces, service: 'hub' }));
    const databases = await HubDatabases.open({ config, secrets, owners: DATABASE_OWNERS, onProgress });
    closing.push(() => databases.close());
    onProgress?.('opening the subgraphs');
    const peers = new LocalPeers();
    const subgraphs = await openSubgraphs({ databases, secrets, peers });
    closing.push(async () => {
      await Promise.all(subgraphs.map((subgraph) => subgraph.stop()));
    });
    await Promise.all(subgraphs.map((subgraph) => subgraph.start()));
    onProgress?.('opening the gateway');
    const issuer =
      config.tokenIssuer === null ? await openDevelopmentIssuer({ folder: config.dataDir, mode: config.mode }) : null;
    const database = await databases.connectMigrated(gatewayDatabase);
    const gateway = await openGatewayOver({ config, secrets, peers, database, issuer });
    closing.push(() => gateway.close());
    closing.push(followSupergraph(config.supergraphFile, gateway));
    const address = await listen(gateway, port, config.host);
    return { ...address, config, issuer, databases, peers, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function openSubgraphs(parts: {
  databases: HubDatabases;
  secrets: OwnSecrets;
  peers: LocalPeers;
}): Promise<OpenSubgraph[]> {
  const { databases, secrets, peers } = parts;
  const connected = await Promise.all(definitions.map((definition) => databases.connectMigrated(definition)));
  const subgraphs: OpenSubgraph[] = [];
  for (const [place, definition] of definitions.entries()) {
    const subgraph = await definition.open({ database: connected[place]!, peers, secrets, clock: systemClock });
    peers.add(subgraph);
    subgraphs.push(subgraph);
  }
  return subgraphs;
}

/** The gateway over whatever ways lead to the subgraphs. */
export async function openGatewayOver(parts: {
  config: HubConfig;
  secrets: OwnSecrets;
  peers: Peers;
  database: Database;
  issuer: DevelopmentIssuer | null;
}): Promise<Gateway> {
  const { config, secrets, peers, database, issuer } = parts;
  const verifyTokens = config.tokenIssuer ?? issuer;
  if (verifyTokens === null) throw new TypeError('openGatewayOver: whose tokens are believed?');
  const names = SUBGRAPHS.filter((name) => definitions.some((definition) => definition.name === name));
  return openGateway({
    links: Object.fromEntries(names.map((name) => [name, peers.link(name)])) as Record<SubgraphName, SubgraphLink>,
    supergraphSdl: readSupergraph(config.supergraphFile),
    database,
    partnersFeed: peers.feed('partners'),
    verifyTokens,
    secrets,
    config: { ...readGatewayConfig().config, mode: config.mode },
  });
}

/**
 * Takes a port.
 *
 * @throws Fault HUB_PORT_TAKEN, saying how to choose another
 */
export async function listen(gateway: Gateway, port: number, host: string): Promise<{ url: string; port: number }> {
  try {
    return await gateway.listen(port, host);
  } catch (cause) {
    throw portFault(cause, port, host);
  }
}

/** What a failure to listen means, in words. */
export function portFault(cause: unknown, port: number, host: string): unknown {
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') {
    const advice =
      'Another program listens there, perhaps another hub. Stop it, or set HUB_PORT to another port (0: any free one).';
    return new Fault('HUB_PORT_TAKEN', `Port ${port} of ${host} is taken. ${advice}`, { cause });
  }
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL') {
    return new Fault(
      'HUB_PORT_FORBIDDEN',
      `Port ${port} of ${host} cannot be used here (${code}). Set HUB_PORT or HUB_HOST.`,
      { cause },
    );
  }
  return cause;
}
