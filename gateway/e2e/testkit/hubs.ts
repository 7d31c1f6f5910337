import { rmSync } from 'node:fs';
import { SUBGRAPHS } from '../../../kernel/context/principal';
import { GraphConnection } from '../../../hub/client/graph';
import { readHubConfig } from '../../../hub/composition/config';
import { openHub } from '../../../hub/composition/open-hub';
import { freshDataDir } from '../../../hub/testkit/data-folder';
import { freePorts, startHub, untilReady, type Running } from '../../../hub/testkit/processes';
import { graphClient, type GraphClient } from '../../../kernel/testkit/graph-client';
import { openDevelopmentIssuer, type DevelopmentIssuer } from '../../main';

/** A hub with a data folder of its own, seen from outside. */
export interface TestHub {
  readonly url: string;
  readonly dataDir: string;
  readonly issuer: DevelopmentIssuer;
  /** Speaks as one credential; none: anonymous. */
  client(credential?: string): GraphClient;
  /** For set-up: tries again what may pass by itself. */
  connection(): GraphConnection;
  /** The same by way of another gateway. */
  connectionTo(url: string): GraphConnection;
  close(): Promise<void>;
}

/** How a hub can run: the journeys must not be able to tell. */
export const SHAPES = { 'one process': openAsOne, 'six processes': () => openAsSix() } as const;

/** Everything in this process, over an embedded server of its own. */
export async function openAsOne(): Promise<TestHub> {
  const dataDir = await freshDataDir('hub-e2e-one-');
  const hub = await openHub({ config: { ...readHubConfig({}), dataDir }, port: 0 });
  return testHub(hub.url, dataDir, () => hub.close());
}

/**
 * Five subgraphs and the gateway, each a program of its own, over an embedded server that they share.
 *
 * @param settings variables for all of them
 * @returns the hub, and all that its programs wrote so far
 */
export async function openAsSix(
  settings: Readonly<Record<string, string>> = {},
): Promise<TestHub & { output(): string }> {
  const dataDir = await freshDataDir('hub-e2e-six-');
  const ports = await freePorts(SUBGRAPHS.length + 1);
  const urls = SUBGRAPHS.map((name, place) => [
    `HUB_SUBGRAPH_URL_${name.toUpperCase()}`,
    `http://127.0.0.1:${ports[place]}`,
  ]);
  const env = { ...settings, HUB_DATA_DIR: dataDir, ...(Object.fromEntries(urls) as Record<string, string>) };
  const running: Running[] = [];
  for (const [place, name] of [...SUBGRAPHS, 'gateway'].entries()) {
    running.push(startHub(['serve', name, '--port', String(ports[place])], env));
  }
  for (const [place, program] of running.entries())
    await untilReady(`http://127.0.0.1:${ports[place]}/readyz`, program);
  const url = `http://127.0.0.1:${ports.at(-1)}`;
  const hub = await testHub(url, dataDir, async () => {
    await Promise.all(running.map((program) => program.stop()));
  });
  return { ...hub, output: () => running.map((program) => program.output()).join('') };
}

/** A hub that runs at an address over a data folder, with what is opened on its behalf; closing it removes the folder. */
export async function testHub(url: string, dataDir: string, stop: () => Promise<void>): Promise<TestHub> {
  const issuer = await openDevelopmentIssuer({ folder: dataDir, mode: 'development' });
  const clients: { close(): Promise<void> }[] = [];
  const kept = <Client extends { close(): Promise<void> }>(client: Client): Client => {
    clients.push(client);
    return client;
  };
  return {
    url,
    dataDir,
    issuer,
    client: (credential) => kept(graphClient(url, credential)),
    connection: () => kept(new GraphConnection(url)),
    connectionTo: (other) => kept(new GraphConnection(other)),
    close: async () => {
      await Promise.all(clients.map((client) => client.close()));
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
