import { Router } from 'express';
import type { JSONWebKeySet } from 'jose';
import type { RequestContext } from '../../kernel/context/request-context';
import type { SubgraphLink } from '../../kernel/graph/link';
import { answerScraper, type Scrapers } from '../../kernel/telemetry/scrapers';

export interface HealthOptions {
  readonly links: readonly SubgraphLink[];
  /** Throws when the gateway's own database does not answer. */
  readonly isDatabaseReachable: () => Promise<boolean>;
  /** Whether the keys announced so far were read. */
  readonly areKeysRead: () => boolean;
  /** Whether the gateway still takes new work. */
  readonly isOpen: () => boolean;
  /** The keys tokens are signed with, when they are known here. */
  readonly jwks: JSONWebKeySet | null;
  readonly metrics: Scrapers;
}

const PROBE_MS = 1_000;

/** `/livez`: the process runs. `/readyz`: it can answer now, and if not, what is missing. `/metrics`: what was measured. */
export function healthRoutes(options: HealthOptions): Router {
  const router = Router();
  router.get('/livez', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_request, response) => {
    const checks = await readiness(options);
    const ready = Object.values(checks).every((check) => check === true);
    response.status(ready ? 200 : 503).json({ status: ready ? 'ok' : 'not ready', checks });
  });
  router.get('/metrics', async (request, response, next) => {
    if (!(await answerScraper(request, response, options.metrics))) next();
  });
  if (options.jwks !== null) {
    router.get(
      '/.well-known/jwks.json',
      (_request, response) => void response.setHeader('cache-control', 'max-age=300').json(options.jwks),
    );
  }
  return router;
}

async function readiness({
  links,
  isDatabaseReachable,
  areKeysRead,
  isOpen,
}: HealthOptions): Promise<Record<string, boolean>> {
  const subgraphs = links.map(async (link) => [link.name, await answers(link)] as const);
  const database = isDatabaseReachable().catch(() => false);
  return {
    open: isOpen(),
    database: await database,
    keys: areKeysRead(),
    ...Object.fromEntries(await Promise.all(subgraphs)),
  };
}

async function answers(link: SubgraphLink): Promise<boolean> {
  const context: RequestContext = {
    principal: { kind: 'anonymous' },
    requestId: 'readyz',
    deadlineAt: new Date(Date.now() + PROBE_MS),
  };
  const result = await link.execute({ query: '{ __typename }', context }).catch(() => null);
  return result?.data?.['__typename'] === 'Query';
}
