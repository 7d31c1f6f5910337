import { gatewayDatabase, openDevelopmentIssuer } from '../../gateway/main';
import type { SubgraphName } from '../../kernel/context/principal';
import { serveSubgraph } from '../../kernel/graph/serve-subgraph';
import { openTracing } from '../../kernel/telemetry/trace';
import { systemClock } from '../../kernel/values/clock';
import { definitions } from '../definitions';
import type { DatabaseOwner, HubConfig } from './config';
import { HubDatabases } from './databases';
import { listen, openGatewayOver, portFault } from './open-hub';
import { RemotePeers } from './peers';
import { openSecrets, type OwnSecrets } from './secrets';

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
  const definition = definitions.find((candidate) => candidate.name === name);
  if (definition === undefined) throw new TypeError(`serveOneSubgraph: ${name} is not among the definitions`);
  return servePart(name, options, async ({ config, secrets, databases, peers }) => {
    const database = await databases.connectMigrated(definition);
    const subgraph = await definition.open({ database, peers, secrets, clock: systemClock });
    await subgraph.start();
    const { host } = config;
    const { port } = options;
    const server = await serveSubgraph(subgraph, { secrets, host, port }).catch((cause: unknown) => {
      throw portFault(cause, port, host);
    });
    const close = async () => {
      await server.close();
      await subgraph.stop();
    };
    return { url: server.url, close };
  });
}

/** Serves the gateway alone; the subgraphs are other processes. */
export function serveGateway(options: ServeOptions): Promise<ServedPart> {
  return servePart('gateway', options, async ({ config, secrets, databases, peers }) => {
    const issuer =
      config.tokenIssuer === null ? await openDevelopmentIssuer({ folder: config.dataDir, mode: config.mode }) : null;
    const database = await databases.connectMigrated(gatewayDatabase);
    const gateway = await openGatewayOver({ config, secrets, peers, database, issuer });
    const { url } = await listen(gateway, options.port, config.host);
    return { url, close: () => gateway.close() };
  });
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
  { config, onProgress }: ServeOptions,
  serve: (around: Surroundings) => Promise<ServedPart>,
): Promise<ServedPart> {
  const secrets = openSecrets(config);
  const endTracing = openTracing(config.traces && { ...config.traces, service: `hub-${part}` });
  const databases = await HubDatabases.open({ config, secrets, owners: [part], onProgress });
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
