import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import { openDatabase, type DatabaseDefinition } from '../kernel/db/database';
import { startEmbeddedPostgres } from '../kernel/db/embedded/embedded-postgres';
import { migrate } from '../kernel/db/migrate';
import { provisionDatabase } from '../kernel/db/provision';
import { dumpSchema } from '../kernel/db/schema-dump';

/**
 * Writes each subgraph's schema, as its migrations make it, to `subgraphs/<name>/data/schema.sql`.
 *
 * @param check write nothing; only compare
 * @returns the files that differed from the migrations, relative to the project
 */
export async function dumpSchemas(
  definitions: readonly DatabaseDefinition[],
  { check }: { check: boolean },
): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-schema-'));
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'cluster'), throwaway: true });
  const drifted: string[] = [];
  try {
    for (const definition of definitions) {
      const file = schemaFile(definition.name);
      const fresh = HEADER + (await schemaOf(definition, server.superuserUrl));
      if (existsSync(file) && readFileSync(file, 'utf8') === fresh) continue;
      drifted.push(relative(projectRoot(), file));
      if (!check) writeFileSync(file, fresh);
    }
  } finally {
    await server.stop({ evenIfShared: true });
    rmSync(folder, { recursive: true, force: true });
  }
  return drifted;
}

const HEADER = '-- Written by "npm run schema:dump" from the migrations, for reading. Change it with a migration.\n\n';

function schemaFile(subgraph: string): string {
  return join(projectRoot(), 'subgraphs', subgraph, 'data', 'schema.sql');
}

async function schemaOf(definition: DatabaseDefinition, superuserUrl: string): Promise<string> {
  const name = `schema_${definition.name}`;
  const { owner } = await provisionDatabase(superuserUrl, { name, owner: { role: name, password: 'scratch' } });
  const database = await openDatabase({ ...definition, url: owner, poolSize: 2 });
  try {
    await migrate(database);
    return await dumpSchema(database.pool);
  } finally {
    await database.close();
  }
}

async function main(): Promise<number> {
  const check = process.argv.includes('--check');
  // Loaded here and not above, so that a test can dump definitions of its own without loading every subgraph.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { definitions } = require('../hub/definitions') as { definitions: readonly DatabaseDefinition[] };
  const drifted = await dumpSchemas(definitions, { check });
  for (const file of drifted) process.stderr.write(`${check ? 'differs from the migrations' : 'written'}: ${file}\n`);
  return check && drifted.length > 0 ? 1 : 0;
}

if (require.main === module) {
  void main().then((exitCode) => {
    process.exitCode = exitCode;
  });
}
