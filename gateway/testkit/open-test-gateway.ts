import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SubgraphName } from '../../kernel/context/principal';
import type { SubgraphLink } from '../../kernel/graph/link';
import { graphClient, type GraphClient } from '../../kernel/testkit/graph-client';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import type { TokenIssuer } from '../auth/tokens';
import {
  defaultGatewayConfig,
  gatewayDatabase,
  openDevelopmentIssuer,
  openGateway,
  type DevelopmentIssuer,
  type GatewayConfig,
} from '../main';
import { localLink, openFixture, type Fixture } from './fixture';
import { PartnersStub } from './partners-stub';

/** A gateway over the fixture's subgraphs, listening on a port of its own. */
export interface TestGateway extends AsyncDisposable {
  readonly url: string;
  readonly fixture: Fixture;
  readonly issuer: DevelopmentIssuer;
  readonly partners: PartnersStub;
  readonly database: TestDatabase;
  /** A client of this gateway. */
  client(credential?: string): GraphClient;
  /** Gives the gateway another supergraph. */
  reload(supergraphSdl: string): boolean;
  /** Closes the gateway alone. */
  closeGateway(): Promise<void>;
  close(): Promise<void>;
}

export interface TestGatewayOptions {
  readonly config?: Partial<GatewayConfig>;
  readonly limits?: Partial<GatewayConfig['limits']>;
  /** How long a client may take to send its headers. */
  readonly slowMs?: number;
  /** Instead of one of its own. */
  readonly fixture?: Fixture;
  /** Instead of one of its own: that of another gateway, which drops it. */
  readonly database?: TestDatabase;
  /** Whose tokens are believed instead of its own issuer's. */
  readonly verifyTokens?: TokenIssuer;
  /** Instead of in-process links. */
  readonly links?: (fixture: Fixture) => Partial<Record<SubgraphName, SubgraphLink>>;
}

export async function openTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const { fixture = openFixture(), config, limits, links, slowMs } = options;
  const database = options.database ?? (await openTestDatabase(gatewayDatabase));
  const folder = mkdtempSync(join(tmpdir(), 'hub-issuer-'));
  const issuer = await openDevelopmentIssuer({ folder, mode: 'development' });
  const partners = new PartnersStub();
  const gateway = await openGateway({
    links: links?.(fixture) ?? { members: localLink(fixture.members), ledger: localLink(fixture.ledger) },
    supergraphSdl: fixture.supergraphSdl,
    database,
    partnersFeed: partners,
    verifyTokens: options.verifyTokens ?? issuer,
    secrets: testSecrets,
    config: {
      ...defaultGatewayConfig,
      ...(slowMs === undefined ? {} : { headersMs: slowMs }),
      ...config,
      limits: { ...defaultGatewayConfig.limits, ...limits },
    },
  });
  const { url } = await gateway.listen(0, '127.0.0.1');
  const close = async () => {
    await gateway.close();
    if (options.database === undefined) await database.drop();
    rmSync(folder, { recursive: true, force: true });
  };
  return {
    url,
    fixture,
    issuer,
    partners,
    database,
    client: (credential) => graphClient(url, credential),
    reload: (supergraphSdl) => gateway.reload(supergraphSdl),
    closeGateway: () => gateway.close(),
    close,
    [Symbol.asyncDispose]: close,
  };
}

export const testSecrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
