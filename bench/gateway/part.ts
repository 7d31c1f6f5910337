import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { defaultGatewayConfig, gatewayDatabase, openDevelopmentIssuer, openGateway } from '../../gateway/main';
import { readHubConfig } from '../../hub/composition/config';
import { HubDatabases } from '../../hub/composition/databases';
import { openSecrets } from '../../hub/composition/secrets';
import type { FeedItem } from '../../kernel/events/event';
import { HttpLink } from '../../kernel/graph/http-link';
import type { SubgraphLink } from '../../kernel/graph/link';
import { LocalLink } from '../../kernel/graph/local-link';
import { serveSubgraph } from '../../kernel/graph/serve-subgraph';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';
import { serveUnsigned } from './unsigned';
import { JOINED, openStub, supergraphAt, type Joined } from './stub-graph';

/**
 * A process of the bench: `part.js <subgraphs|stock|local|pool> [urls of subgraphs as JSON] [what partners announced, as
 * JSON]`. It says in one line of JSON where it answers and runs until it is ended.
 */
type Urls = Readonly<Record<Joined, string>>;

const config = readHubConfig();
/** Far above what is sent: budgets are kept and never used up. */
const BUDGET = 1_000_000_000;

const localLinkOf = (open: OpenSubgraph): LocalLink =>
  new LocalLink(open.name, open.schema, (context) => open.createContext(context));

/** Every subgraph twice: signed, as ours are reached, and without a signature for the others, which spares them one. */
async function serveSubgraphs(): Promise<object> {
  const secrets = openSecrets(config);
  const served = await Promise.all(
    JOINED.map(async (name) => {
      const open = openStub(name);
      const { url } = await serveSubgraph(open, { secrets, host: '127.0.0.1', port: 0 });
      return [name, url, (await serveUnsigned(open)).url] as const;
    }),
  );
  return {
    signed: Object.fromEntries(served.map(([name, url]) => [name, url])),
    unsigned: Object.fromEntries(served.map(([name, , url]) => [name, url])),
  };
}

/** Apollo's gateway under Apollo's server, as their documentation starts them. */
async function serveStock(urls: Urls): Promise<object> {
  const gateway = new ApolloGateway({ supergraphSdl: supergraphAt(urls) });
  const { url } = await startStandaloneServer(new ApolloServer({ gateway }), {
    listen: { port: 0, host: '127.0.0.1' },
  });
  return { url: new URL('/graphql', url).toString() };
}

/** Our gateway with everything on: credentials, limits, costs and budgets, in production mode. */
async function serveOurs(links: Readonly<Record<Joined, SubgraphLink>>, announced: FeedItem[]): Promise<object> {
  const secrets = openSecrets(config);
  const databases = await HubDatabases.open({ config, secrets, owners: ['gateway'] });
  const verifyTokens = await openDevelopmentIssuer({ folder: config.dataDir, mode: config.mode });
  const budgets = { partner: BUDGET, member: BUDGET, person: BUDGET, anonymous: BUDGET };
  const gateway = await openGateway({
    links,
    supergraphSdl: supergraphAt({ members: '', ledger: '', partners: '' }),
    database: await databases.connectMigrated(gatewayDatabase),
    partnersFeed: { read: (after) => (after === null ? Promise.resolve(announced) : new Promise(() => undefined)) },
    verifyTokens,
    secrets,
    config: { ...defaultGatewayConfig, limits: { ...defaultGatewayConfig.limits, budgets } },
  });
  const { url } = await gateway.listen(0, '127.0.0.1');
  return { url: `${url}/graphql` };
}

function linksBy(linkOf: (name: Joined) => SubgraphLink): Readonly<Record<Joined, SubgraphLink>> {
  return Object.fromEntries(JOINED.map((name) => [name, linkOf(name)])) as Record<Joined, SubgraphLink>;
}

async function serve(part: string | undefined, urls: Urls, announced: FeedItem[]): Promise<object> {
  switch (part) {
    case 'subgraphs':
      return serveSubgraphs();
    case 'stock':
      return serveStock(urls);
    case 'local':
      return serveOurs(
        linksBy((name) => localLinkOf(openStub(name))),
        announced,
      );
    case 'pool': {
      const { internal: secret } = openSecrets(config);
      return serveOurs(
        linksBy((name) => new HttpLink(name, { url: urls[name], secret })),
        announced,
      );
    }
    default:
      throw new TypeError(`there is no part ${part}`);
  }
}

const [, , part, urls = '{}', announced = '[]'] = process.argv;
// Whoever started it may be gone before it was ended.
process.stdin.on('end', () => process.exit()).resume();
void serve(part, JSON.parse(urls) as Urls, JSON.parse(announced) as FeedItem[]).then((answer) =>
  process.stdout.write(`${JSON.stringify(answer)}\n`),
);
