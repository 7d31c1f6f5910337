import { z } from 'zod';
import { readEnv } from '../../kernel/config/env';

/** What the environment decides for this subgraph. */
export interface RewardsConfig {
  readonly logLevel: string;
}

/** @throws Fault HUB_CONFIGURATION_INVALID naming every faulty variable */
export function readRewardsConfig(env: NodeJS.ProcessEnv = process.env): RewardsConfig {
  const levels = z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('warn');
  return { logLevel: readEnv({ HUB_LOG_LEVEL: levels }, env).HUB_LOG_LEVEL };
}
