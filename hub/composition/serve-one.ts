import { gatewayDatabase, openDevelopmentIssuer } from '../../gateway/main';
import type { SubgraphName } from '../../kernel/context/principal';
import { serveSubgraph, type SubgraphServer } from '../../kernel/graph/serve-subgraph';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';
import { systemClock } from '../../kernel/values/clock';
import { definitions } from '../definitions';
import type { HubConfig } from './config';
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
export async function serveOneSubgraph(
  name: SubgraphName,
  { config, port, onProgress }: ServeOptions,
): Promise<ServedPart> {
  const definition = definitionOf(name);
  const secrets = openSecrets(config);
  const databases = await HubDatabases.open({ config, secrets, owners: [name], onProgress });
  const peers = new RemotePeers(config.subgraphUrls, secrets.internal);
  try {
    const database = await databases.connectMigrated(definition);
    const subgraph = await definition.open({ database, peers, secrets, clock: systemClock });
    await subgraph.start();
    const { host } = config;
    const server = await serveSubgraph(subgraph, { secrets, host, port }).catch((cause: unknown) => {
      throw portFault(cause, port, host);
    });
    const close = async () => {
      await server.close();
      await subgraph.stop();
      await peers.close();
      await databases.close();
    };
    return { url: server.url, close };
  } catch (error) {
    await peers.close();
    await databases.close();
    throw error;
  }
}

/**
 * Serves the gateway, and in the same process the subgraphs that are configured to run there; all others are other processes. A
 * subgraph of this process is reached directly from here, and over HTTP from everywhere else.
 */
export async function serveGateway({ config, port, onProgress }: ServeOptions): Promise<ServedPart> {
  const secrets = openSecrets(config);
  const names = config.localSubgraphs;
  const closing: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const end of closing.splice(0).reverse()) await end();
  };
  try {
    const databases = await HubDatabases.open({ config, secrets, owners: [...names, 'gateway'], onProgress });
    closing.push(() => databases.close());
    const remote = new RemotePeers(config.subgraphUrls, secrets.internal);
    closing.push(() => remote.close());
    const local = new LocalPeers();
    const peers = new MixedPeers(names, local, remote);
    const subgraphs = await openLocally({ config, secrets, databases, local, peers });
    closing.push(() => allOf(subgraphs.map((subgraph) => subgraph.stop())));
    await allOf(subgraphs.map((subgraph) => subgraph.start()));
    const servers = await Promise.all(subgraphs.map((subgraph) => serveAtItsPort(subgraph, config, secrets)));
    closing.push(() => allOf(servers.map((server) => server.close())));
    const issuer =
      config.tokenIssuer === null ? await openDevelopmentIssuer({ folder: config.dataDir, mode: config.mode }) : null;
    const database = await databases.connectMigrated(gatewayDatabase);
    const gateway = await openGatewayOver({ config, secrets, peers, database, issuer });
    closing.push(() => gateway.close());
    closing.push(followSupergraph(config.supergraphFile, gateway));
    const { url } = await listen(gateway, port, config.host);
    return { url, close };
  } catch (error) {
    await close();
    throw error;
  }
}

interface LocalSurroundings {
  readonly config: HubConfig;
  readonly secrets: OwnSecrets;
  readonly databases: HubDatabases;
  readonly local: LocalPeers;
  readonly peers: MixedPeers;
}

/** Opens the subgraphs of this process; all of them before any begins, because they ask each other. */
async function openLocally({ config, secrets, databases, local, peers }: LocalSurroundings): Promise<OpenSubgraph[]> {
  const opened: OpenSubgraph[] = [];
  for (const name of config.localSubgraphs) {
    const definition = definitionOf(name);
    const database = await databases.connectMigrated(definition);
    const subgraph = await definition.open({ database, peers, secrets, clock: systemClock });
    local.add(subgraph);
    opened.push(subgraph);
  }
  return opened;
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

async function allOf(works: readonly Promise<void>[]): Promise<void> {
  await Promise.all(works);
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
