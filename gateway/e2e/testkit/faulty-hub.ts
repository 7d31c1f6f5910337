import { readHubConfig, type HubConfig } from '../../../hub/composition/config';
import { clusterDir, HubDatabases } from '../../../hub/composition/databases';
import { openSecrets } from '../../../hub/composition/secrets';
import { serveGateway, serveOneSubgraph } from '../../../hub/composition/serve-one';
import { definitions } from '../../../hub/definitions';
import { freshDataDir } from '../../../hub/testkit/data-folder';
import { freePorts } from '../../../hub/testkit/processes';
import { SUBGRAPHS, type SubgraphName } from '../../../kernel/context/principal';
import { CommitAnswers, FaultyProxy, HttpAnswers } from '../../../kernel/testkit/faulty-proxy';
import { KillablePostgres } from '../../../kernel/testkit/killable-postgres';
import { testHub, type TestHub } from './hubs';

/** The three ways a credit travels, each by a network that can lose answers. */
export interface FaultyWays {
  readonly 'client to gateway': FaultyProxy;
  readonly 'gateway to ledger': FaultyProxy;
  readonly 'ledger to PostgreSQL': FaultyProxy;
}

export interface FaultyHub {
  readonly hub: TestHub;
  readonly ways: FaultyWays;
  /** The server that holds the databases of all parts. */
  readonly postgres: KillablePostgres;
}

/**
 * A hub whose parts speak to each other over sockets, as processes of their own would, with a faulty network between client,
 * gateway, ledger and the ledger's database. All of it runs in this process.
 */
export async function openFaultyHub(): Promise<FaultyHub> {
  const dataDir = await freshDataDir('hub-e2e-faulty-');
  const ports = await freePorts(SUBGRAPHS.length + 1);
  const urls = SUBGRAPHS.map((name, place) => [name, `http://127.0.0.1:${ports[place]}`] as const);
  const subgraphUrls = Object.fromEntries(urls) as Record<SubgraphName, string>;
  const config: HubConfig = { ...readHubConfig({}), dataDir, subgraphUrls };
  const ledger = await migratedLedger(config);
  const toDatabase = await wayTo(ledger.url, () => new CommitAnswers());
  const toLedger = await wayTo(subgraphUrls.ledger, () => new HttpAnswers(isSale));
  const parts: { close(): Promise<void> }[] = [];
  const ledgerConfig = { ...config, databaseUrls: { ledger: toDatabase.through(ledger.url) } };
  for (const [place, name] of SUBGRAPHS.entries()) {
    const own = name === 'ledger' ? ledgerConfig : config;
    parts.push(await serveOneSubgraph(name, { config: own, port: ports[place] as number }));
  }
  const gatewayConfig = { ...config, subgraphUrls: { ...subgraphUrls, ledger: toLedger.through(subgraphUrls.ledger) } };
  const gateway = await serveGateway({ config: gatewayConfig, port: ports.at(-1) as number });
  const toGateway = await wayTo(gateway.url, () => new HttpAnswers(isSale));
  const url = toGateway.through(gateway.url).replace(/\/$/, '');
  const postgres = await KillablePostgres.of(clusterDir(config));
  const hub = await testHub(url, dataDir, async () => {
    // Together: a part that goes on following another's feed would keep that one waiting.
    await Promise.all([gateway, ...parts].map((part) => part.close()));
    await Promise.all([toGateway, toLedger, toDatabase, ledger].map((part) => part.close()));
    await postgres.stop();
  });
  return {
    hub,
    postgres,
    ways: { 'client to gateway': toGateway, 'gateway to ledger': toLedger, 'ledger to PostgreSQL': toDatabase },
  };
}

/** The ledger's database on the hub's embedded server, as another process would find it. */
async function migratedLedger(config: HubConfig): Promise<{ url: string; close(): Promise<void> }> {
  const definition = definitions.find(({ name }) => name === 'ledger');
  if (definition === undefined) throw new Error('openFaultyHub: there is no ledger');
  const databases = await HubDatabases.open({ config, secrets: openSecrets(config), owners: ['ledger'] });
  await databases.migrate(definition);
  return { url: await databases.urlOf('ledger'), close: () => databases.close() };
}

function wayTo(url: string, reader: () => CommitAnswers | HttpAnswers): Promise<FaultyProxy> {
  const { hostname: host, port } = new URL(url);
  return FaultyProxy.open({ host, port: Number(port), reader });
}

/** What tills send, as against set-up, feeds and reads. */
function isSale(request: string): boolean {
  return request.includes('recordPurchase') || request.includes('redeemPoints');
}
