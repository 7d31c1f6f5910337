import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gatewayDatabase } from '../../gateway/main';
import { withLockFile } from '../../kernel/db/embedded/start-lock';
import { runFolder } from '../../kernel/testkit/test-server';
import { DATABASE_OWNERS, readHubConfig } from '../composition/config';
import { HubDatabases } from '../composition/databases';
import { openSecrets } from '../composition/secrets';
import { definitions } from '../definitions';

const MAKING_MS = 120_000;
const run = promisify(execFile);

/**
 * A data folder of a hub that nobody has used yet, whose databases are there and up to date: a copy of one that is made once for all
 * tests of a run. To make a cluster and bring it up to date takes longer than many a test. The caller removes it.
 */
export async function freshDataDir(prefix: string): Promise<string> {
  const template = await madeOnce();
  const folder = mkdtempSync(join(tmpdir(), prefix));
  await run('cp', ['-a', `${template}/.`, folder]);
  return folder;
}

async function madeOnce(): Promise<string> {
  mkdirSync(runFolder(), { recursive: true });
  const template = join(runFolder(), 'hub');
  if (existsSync(template)) return template;
  await withLockFile(`${template}.lock`, MAKING_MS, async () => {
    if (existsSync(template)) return;
    const making = `${template}.making`;
    await makeDatabases(making);
    renameSync(making, template);
  });
  return template;
}

async function makeDatabases(dataDir: string): Promise<void> {
  const config = { ...readHubConfig({}), dataDir };
  const databases = await HubDatabases.open({ config, secrets: openSecrets(config), owners: DATABASE_OWNERS });
  try {
    for (const definition of [...definitions, gatewayDatabase]) await databases.migrate(definition);
  } finally {
    await databases.close();
  }
}
