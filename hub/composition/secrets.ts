import { createHmac, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Fault } from '../../kernel/errors/fault';
import type { HubSecrets } from '../../kernel/graph/subgraph';
import type { DatabaseOwner, HubConfig } from './config';

const storedSecrets = z.object({
  internal: z.string().min(32),
  identity: z.string().min(32),
  cursor: z.string().min(32),
  databases: z.string().min(32),
});

/** What the hub must keep to itself. */
export interface OwnSecrets extends HubSecrets {
  /** Password of one of the two roles an owner's database has on the embedded server. */
  databasePassword(owner: DatabaseOwner, role: 'application' | 'owner'): string;
}

/**
 * The secrets of this hub: from the environment, and in development otherwise from `secrets.json` in the data folder,
 * which is made once, for the owner's eyes only.
 *
 * @throws Fault HUB_SECRETS_UNREADABLE when the file is there but cannot be used: made anew, nobody would be found again
 */
export function openSecrets(config: HubConfig): OwnSecrets {
  const { internal, identity, cursor, signing } = config.secrets;
  const given = internal !== undefined && identity !== undefined && cursor !== undefined;
  if (config.mode === 'production' && given) {
    // A role's password is derived from what every process of this hub is given.
    return { internal, identity, cursor, signing, databasePassword: (owner, role) => derived(internal, owner, role) };
  }
  const stored = readOrMake(config.dataDir);
  return {
    internal: internal ?? stored.internal,
    identity: identity ?? stored.identity,
    cursor: cursor ?? stored.cursor,
    signing,
    databasePassword: (owner, role) => derived(stored.databases, owner, role),
  };
}

/** Where the generated secrets of a data folder live. */
export function secretsFile(dataDir: string): string {
  return join(dataDir, 'secrets.json');
}

function derived(secret: string, owner: DatabaseOwner, role: 'application' | 'owner'): string {
  const purpose = role === 'application' ? `database ${owner}` : `database ${owner} owner`;
  return createHmac('sha256', secret).update(purpose).digest('base64url');
}

function readOrMake(dataDir: string): z.infer<typeof storedSecrets> {
  const file = secretsFile(dataDir);
  if (!existsSync(file)) make(dataDir, file);
  try {
    return storedSecrets.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const advice = 'Restore it from a copy; deleting it loses the way from identities to members.';
    throw new Fault('HUB_SECRETS_UNREADABLE', `${file} cannot be used. ${advice}`, { cause });
  }
}

/** Six processes may start at once: the file appears whole, and the first one's stays. */
function make(dataDir: string, file: string): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  const random = () => randomBytes(32).toString('hex');
  const made = { internal: random(), identity: random(), cursor: random(), databases: random() };
  writeFileSync(draft, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(draft);
  }
}
