import { z } from 'zod';
import { readEnv } from '../../kernel/config/env';

/** What the environment decides for this subgraph; its database, secrets and clock are given to it by the composition. */
export interface FeedbackConfig {
  readonly logLevel: string;
}

/** @throws Fault HUB_CONFIGURATION_INVALID naming every faulty variable */
export function readFeedbackConfig(env: NodeJS.ProcessEnv = process.env): FeedbackConfig {
  const { HUB_LOG_LEVEL } = readEnv(
    { HUB_LOG_LEVEL: z.enum(['silent', 'error', 'warn', 'info', 'debug']).default('warn') },
    env,
  );
  return { logLevel: HUB_LOG_LEVEL };
}
