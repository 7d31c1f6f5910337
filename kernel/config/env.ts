import { z } from 'zod';
import { Fault } from '../errors/fault';

/**
 * Reads a process's environment once, and reports all that is missing or malformed in one message.
 *
 * @throws Fault HUB_CONFIGURATION_INVALID naming every faulty variable; values are never shown, they may be secrets
 */
export function readEnv<Shape extends z.ZodRawShape>(
  shape: Shape,
  env: NodeJS.ProcessEnv = process.env,
): z.infer<z.ZodObject<Shape>> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = z.object(shape).safeParse(present);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Fault('HUB_CONFIGURATION_INVALID', `The configuration cannot be used:\n${faults.join('\n')}`);
}

/** A TCP port; 0 asks the system for a free one. */
export const port = z.coerce.number().int().min(0).max(65_535);

/** A whole number of milliseconds. */
export const milliseconds = z.coerce.number().int().min(1).max(86_400_000);
