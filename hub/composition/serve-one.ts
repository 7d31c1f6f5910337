import { gatewayDatabase, openDevelopmentIssuer, readGatewayConfig } from '../../gateway/main';
import type { SubgraphName } from '../../kernel/context/principal';
import { serveSubgraph, type SubgraphServer } from '../../kernel/graph/serve-subgraph';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';
import { openTracing } from '../../kernel/telemetry/trace';
import { systemClock } from '../../kernel/values/clock';
import { definitions } from '../definitions';
import type { DatabaseOwner, HubConfig } from './config';
import { HubDatabases } from './databases';
import { listen, openGatewayOver, portFault } from './open-hub';
import { LocalPeers, MixedPeers, RemotePeers } from './peers';
import { openSecrets, type OwnSecrets } from './secrets';
import { followSupergraph } from './supergraph-file';

/** One part of a hub that runs as a process of its own. */
export interface ServedPart {
  readonly url: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  readonly config: HubConfig;
  readonly port: number;
  readonly onProgress?: (message: string) => void;
}

/** Serves one subgraph; it reaches the others over HTTP, and may start before them. */
export async function serveOneSubgraph(name: SubgraphName, options: ServeOptions): Promise<ServedPart> {
  const definition = definitionOf(name);
  return servePart(name, [name], options, async ({ config, secrets, databases, peers }) => {
    const database = await databases.connectMigrated(definition);
    const subgraph = await definition.open({ database, peers, secrets, clock: systemClock });
    await subgraph.start();
    const { host, mode } = config;
    const { port } = options;
    const scrapers = { token: readGatewayConfig().config.metricsToken, mode };
    const server = await serveSubgraph(subgraph, { secrets, host, port, scrapers }).catch((cause: unknown) => {
      throw portFault(cause, port, host);
    });
    const close = async () => {
      await server.close();
      await subgraph.stop();
    };
    return { url: server.url, close };
  });
}

/**
 * Serves the gateway, and in the same process the subgraphs that are configured to run there; all others are other processes. A
 * subgraph of this process is reached directly from here, and over HTTP from everywhere else.
 */
export function serveGateway(options: ServeOptions): Promise<ServedPart> {
  const owners = [...options.config.localSubgraphs, 'gateway'] as const;
  return servePart('gateway', owners, options, async (around) => {
    const { config, secrets, databases } = around;
    const closing: (() => Promise<void>)[] = [];
    const close = async () => {
      for (const end of closing.splice(0).reverse()) await end();
    };
    try {
      const peers = await openLocalSubgraphs(around, closing);
      const issuer =
        config.tokenIssuer === null ? await openDevelopmentIssuer({ folder: config.dataDir, mode: config.mode }) : null;
      const database = await databases.connectMigrated(gatewayDatabase);
      const gateway = await openGatewayOver({ config, secrets, peers, database, issuer });
      closing.push(() => gateway.close());
      closing.push(followSupergraph(config.supergraphFile, gateway));
      const { url } = await listen(gateway, options.port, config.host);
      return { url, close };
    } catch (error) {
      await close();
      throw error;
    }
  });
}

/** Opens the subgraphs of this process: all of them before any begins, because they ask each other. */
async function openLocalSubgraphs(
  { config, secrets, databases, peers: remote }: Surroundings,
  closing: (() => Promise<void>)[],
): Promise<MixedPeers> {
  const local = new LocalPeers();
  const peers = new MixedPeers(config.localSubgraphs, local, remote);
  const subgraphs: OpenSubgraph[] = [];
  for (const name of config.localSubgraphs) {
    const definition = definitionOf(name);
    const database = await databases.connectMigrated(definition);
    const subgraph = await definition.open({ database, peers, secrets, clock: systemClock });
    closing.push(() => subgraph.stop());
    local.add(subgraph);
    subgraphs.push(subgraph);
  }
  await Promise.all(subgraphs.map((subgraph) => subgraph.start()));
  for (const subgraph of subgraphs) {
    const server = await serveAtItsPort(subgraph, config, secrets);
    closing.push(() => server.close());
  }
  return peers;
}

/** Lets other processes reach a subgraph of this one. */
async function serveAtItsPort(
  subgraph: OpenSubgraph,
  { host, subgraphUrls }: HubConfig,
  secrets: OwnSecrets,
): Promise<SubgraphServer> {
  const port = portOf(subgraphUrls[subgraph.name]);
  return serveSubgraph(subgraph, { secrets, host, port }).catch((cause: unknown) => {
    throw portFault(cause, port, host);
  });
}

function definitionOf(name: SubgraphName): (typeof definitions)[number] {
  const definition = definitions.find((candidate) => candidate.name === name);
  if (definition === undefined) throw new TypeError(`definitionOf: ${name} is not among the definitions`);
  return definition;
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
}

/** What a part has around it, whatever it serves. */
interface Surroundings {
  readonly config: HubConfig;
  readonly secrets: OwnSecrets;
  readonly databases: HubDatabases;
  readonly peers: RemotePeers;
}

/** Opens what is around a part, then the part; closes them the other way round, also when the part cannot be opened. */
async function servePart(
  part: DatabaseOwner,
  owners: readonly DatabaseOwner[],
  { config, onProgress }: ServeOptions,
  serve: (around: Surroundings) => Promise<ServedPart>,
): Promise<ServedPart> {
  const secrets = openSecrets(config);
  const endTracing = openTracing(config.traces && { ...config.traces, service: `hub-${part}` });
  const databases = await HubDatabases.open({ config, secrets, owners, onProgress });
  const peers = new RemotePeers(config.subgraphUrls, secrets.internal);
  const closeAround = async () => {
    await peers.close();
    await databases.close();
    await endTracing();
  };
  try {
    const served = await serve({ config, secrets, databases, peers });
    const close = async () => {
      await served.close();
      await closeAround();
    };
    return { url: served.url, close };
  } catch (error) {
    await closeAround();
    throw error;
  }
}
