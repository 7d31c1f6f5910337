import { join } from 'node:path';
import { Command } from 'commander';
import { gatewayDatabase } from '../../gateway/main';
import { projectRoot } from '../../kernel/config/project-root';
import { runInvariants, type InvariantFinding } from '../../kernel/db/invariants';
import { instant } from '../arguments';
import { DATABASE_OWNERS, readHubConfig, type HubConfig } from '../composition/config';
import { HubDatabases } from '../composition/databases';
import { openSecrets } from '../composition/secrets';
import { Failed, print, tell } from '../console';
import { definitions } from '../definitions';

/** One invariant of one subgraph, checked. */
export interface Verified extends InvariantFinding {
  readonly subgraph: string;
}

/** `hub verify`: are the books right? */
export function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'Checks every invariant, chain and seal over the whole of every database; exit code 1 when one is broken.',
    )
    .option('--json', 'one JSON object, offending rows included')
    .option('--chain', 'only chains, seals and terms, no invariants')
    .option(
      '--since <instant>',
      'only chains of accounts posted to since, such as 2026-03-10T12:00:00Z; with --chain',
      instant,
    )
    .action(async ({ json = false, ...scope }: VerifyScope & { json?: boolean }, command: Command) => {
      if (scope.since !== undefined && scope.chain !== true)
        command.error('error: --since goes with --chain: an invariant is about a whole book.');
      const verified = await verifyAll(readHubConfig(), scope);
      const broken = verified.filter(({ total }) => total > 0);
      if (json) print(JSON.stringify({ ok: broken.length === 0, invariants: verified }, plainNumbers, 2));
      else for (const finding of verified) print(lineOf(finding));
      if (!json)
        print(
          broken.length === 0
            ? `${verified.length} invariants hold`
            : `${broken.length} of ${verified.length} invariants are broken`,
        );
      if (broken.length > 0) throw new Failed();
    });
}

/** How much is checked: everything, unless said otherwise. */
export interface VerifyScope {
  /** Only chains, and what goes with them. */
  readonly chain?: boolean;
  /** Only chains of accounts posted to since. */
  readonly since?: Date;
}

/** Checks the books of every subgraph, and the gateway's audit log, over the hub's databases. */
export async function verifyAll(config: HubConfig, { chain = false, since }: VerifyScope = {}): Promise<Verified[]> {
  const owners = DATABASE_OWNERS;
  const databases = await HubDatabases.open({ config, secrets: openSecrets(config), owners, onProgress: tell });
  try {
    const verified: Verified[] = [];
    for (const definition of definitions) {
      const database = await databases.connectMigrated(definition);
      const findings = chain ? [] : await runInvariants(database, join(projectRoot(), definition.invariants));
      const more = (await definition.verify?.(database, tell, since)) ?? [];
      verified.push(...[...findings, ...more].map((finding) => ({ subgraph: definition.name, ...finding })));
    }
    if (!chain) {
      const gateway = await databases.connectMigrated(gatewayDatabase);
      const findings = await runInvariants(gateway, join(projectRoot(), 'gateway', 'invariants'));
      verified.push(...findings.map((finding) => ({ subgraph: gateway.name, ...finding })));
    }
    return verified;
  } finally {
    await databases.close();
  }
}

function lineOf({ subgraph, name, total, rows }: Verified): string {
  const place = `${subgraph}/${name}`;
  return total === 0
    ? `ok    ${place}`
    : `${String(total).padStart(4)}  ${place}: first ${JSON.stringify(rows[0], plainNumbers)}`;
}

function plainNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
