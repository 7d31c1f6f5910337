import { gatewayDatabase, openDevelopmentIssuer } from '../../gateway/main';
import type { SubgraphName } from '../../kernel/context/principal';
import { serveSubgraph } from '../../kernel/graph/serve-subgraph';
import { systemClock } from '../../kernel/values/clock';
import { definitions } from '../definitions';
import type { HubConfig } from './config';
import { HubDatabases } from './databases';
import { listen, openGatewayOver, portFault } from './open-hub';
import { RemotePeers } from './peers';
import { openSecrets } from './secrets';

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
  const definition = definitions.find((candidate) => candidate.name === name);
  if (definition === undefined) throw new TypeError(`serveOneSubgraph: ${name} is not among the definitions`);
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

/** Serves the gateway alone; the subgraphs are other processes. */
export async function serveGateway({ config, port, onProgress }: ServeOptions): Promise<ServedPart> {
  const secrets = openSecrets(config);
  const databases = await HubDatabases.open({ config, secrets, owners: ['gateway'], onProgress });
  const peers = new RemotePeers(config.subgraphUrls, secrets.internal);
  try {
    const issuer =
      config.tokenIssuer === null ? await openDevelopmentIssuer({ folder: config.dataDir, mode: config.mode }) : null;
    const database = await databases.connectMigrated(gatewayDatabase);
    const gateway = await openGatewayOver({ config, secrets, peers, database, issuer });
    const { url } = await listen(gateway, port, config.host);
    const close = async () => {
      await gateway.close();
      await peers.close();
      await databases.close();
    };
    return { url, close };
  } catch (error) {
    await peers.close();
    await databases.close();
    throw error;
  }
}
