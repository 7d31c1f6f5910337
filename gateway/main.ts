import { openLog } from '../kernel/telemetry/log';
import { startApolloServer } from './accept/apollo-server';
import { FrontDoor } from './accept/front-door';
import { AuditLog } from './auth/audit-log';
import { Authenticator } from './auth/authenticator';
import { KeyUses } from './auth/key-uses';
import { KeyBook } from './auth/key-book';
import { TokenVerifier } from './auth/tokens';
import { Budgets, failedCredentials } from './limits/budgets';
import { DocumentBook } from './limits/documents';
import type { Gateway, GatewayOptions } from './options';
import { Pipeline } from './plan/pipeline';

export { readAudit } from './auth/audit-log';
export { TOKEN_ALGORITHMS, type TokenIssuer } from './auth/tokens';
export { gatewayDatabase } from './auth/database';
export { openDevelopmentIssuer, type DevelopmentIssuer, type TokenGrant } from './auth/development-issuer';
export { listDocuments, publishDocuments, retireDocument } from './limits/document-store';
export type { Gateway, GatewayOptions } from './options';
export { defaultGatewayConfig, readGatewayConfig, type GatewayConfig } from './config';

/** Opens the gateway: who may ask, what may be asked, how it is answered. It follows partner keys from now on. */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { links, supergraphSdl, database, verifyTokens, config } = options;
  const log = openLog('gateway');
  const keys = new KeyBook(database, options.partnersFeed, log);
  const uses = new KeyUses(links.partners, log);
  const tokens = new TokenVerifier(verifyTokens);
  const openIntrospection = config.mode === 'development';
  const { limits } = config;
  const budgets = new Budgets(database, limits.budgets);
  const failures = failedCredentials(budgets);
  const authenticator = new Authenticator({ keys, uses, tokens, failures, trustedProxies: config.trustedProxies });
  const audit = new AuditLog(database);
  const pipeline = new Pipeline({ supergraphSdl, links, limits, budgets, audit, openIntrospection, log });
  const apollo = await startApolloServer(pipeline, limits);
  const documents = new DocumentBook({ database, budgets, membersNeedTrust: config.mode === 'production', log });
  keys.start();
  return new FrontDoor({
    pipeline,
    apollo,
    authenticator,
    documents,
    keys,
    uses,
    database,
    jwks: verifyTokens.jwks,
    config,
    log,
  });
}
