import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { join } from 'node:path';
import type { Gateway } from '../../gateway/main';
import { projectRoot } from '../../kernel/config/project-root';
import { Fault } from '../../kernel/errors/fault';
import { openLog } from '../../kernel/telemetry/log';

/** How often it is looked whether the file is another: by its state and not by events, which mounted folders do not send. */
const LOOK_EVERY_MS = 1_000;

/**
 * The text of the supergraph to begin with.
 *
 * @param file absolute path; null: the one this version was built with
 * @throws Fault HUB_SUPERGRAPH_UNREADABLE
 */
export function readSupergraph(file: string | null): string {
  const path = file ?? join(projectRoot(), 'schema', 'supergraph.graphql');
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new Fault('HUB_SUPERGRAPH_UNREADABLE', `The supergraph cannot be read from ${path} (${code}).`, { cause });
  }
}

/**
 * Gives a gateway the supergraph of a file whenever that file changes, and on SIGHUP. What is refused leaves everything as it
 * was, is logged with its reasons and counted. Without a file of the operator's nothing is followed, and SIGHUP ends the program.
 *
 * @returns ends the following
 */
export function followSupergraph(file: string | null, gateway: Pick<Gateway, 'reload'>): () => Promise<void> {
  if (file === null) return async () => undefined;
  const log = openLog('hub');
  const take = () => {
    try {
      gateway.reload(readSupergraph(file));
    } catch (error) {
      // The gateway tells why it refuses; what it never saw is told here.
      const { code, message } = error as Fault;
      if (code !== 'HUB_SUPERGRAPH_REFUSED') log.error({ event: 'hub.supergraph.unread', code, reason: message });
    }
  };
  watchFile(file, { interval: LOOK_EVERY_MS, persistent: false }, take);
  process.on('SIGHUP', take);
  return async () => {
    unwatchFile(file, take);
    process.off('SIGHUP', take);
  };
}
