import { defaultGatewayConfig, gatewayDatabase, openDevelopmentIssuer, openGateway } from '../../gateway/main';
import { openFixture } from '../../gateway/testkit/fixture';
import { readHubConfig } from '../../hub/composition/config';
import { HubDatabases } from '../../hub/composition/databases';
import { openSecrets } from '../../hub/composition/secrets';
import { HttpLink } from '../../kernel/graph/http-link';

/**
 * Our gateway as a process of the bench: `our-gateway.js <urls of subgraphs as JSON>`. Everything is on: credentials, limits, costs,
 * budgets. It says in one line where it answers and runs until it is ended.
 */
async function serve(urls: Readonly<Record<'members' | 'ledger', string>>): Promise<string> {
  const config = readHubConfig();
  const secrets = openSecrets(config);
  const databases = await HubDatabases.open({ config, secrets, owners: ['gateway'] });
  const link = (name: 'members' | 'ledger') => new HttpLink(name, { url: urls[name], secret: secrets.internal });
  const gateway = await openGateway({
    links: { members: link('members'), ledger: link('ledger') },
    supergraphSdl: openFixture().supergraphSdl,
    database: await databases.connectMigrated(gatewayDatabase),
    partnersFeed: { read: () => new Promise(() => undefined) },
    verifyTokens: await openDevelopmentIssuer({ folder: config.dataDir, mode: config.mode }),
    secrets,
    config: defaultGatewayConfig,
  });
  return (await gateway.listen(0, '127.0.0.1')).url;
}

// Whoever started it may be gone before it was ended.
process.stdin.on('end', () => process.exit()).resume();
void serve(JSON.parse(process.argv[2] ?? '{}') as never).then((url) => process.stdout.write(`${url}\n`));
