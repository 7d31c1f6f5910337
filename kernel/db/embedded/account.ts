import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, lchownSync, lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseFault } from '../database-fault';

/** Under which account PostgreSQL runs. It refuses to run as root, whatever is asked of it. */
export type Account =
  /** As whoever we are. */
  | { readonly kind: 'self' }
  /** As ourselves, but seen from inside under the number of an ordinary account: files stay ours, nothing is chowned. */
  | { readonly kind: 'mapped'; readonly uid: number; readonly gid: number }
  /** As another account, which must own the data directory and reach it. Only root can do this. */
  | { readonly kind: 'other'; readonly uid: number; readonly gid: number };

interface PasswdEntry {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * Chooses the account for a data directory. Root prefers a user namespace of its own, because then a data directory or
 * installation under a private root-owned folder stays reachable; where the kernel or a container forbids that, it
 * becomes `postgres` or `nobody`. A directory that already belongs to someone keeps its owner.
 *
 * @param dataDir need not exist yet
 * @param program a PostgreSQL program, run once with `--version` as proof that the account can use it
 * @throws DatabaseFault HUB_DATABASE_DIRECTORY_UNREACHABLE, HUB_DATABASE_BINARIES_UNUSABLE
 */
export function chooseAccount(dataDir: string, program: string): Account {
  const uid = process.getuid?.();
  const account = uid === 0 ? accountForRoot(dataDir, program) : accountForOrdinary(uid, program);
  const proof = runs(account, program, ['--version']);
  if (proof.ok) return account;
  throw account.kind === 'other'
    ? unreachable(account, program)
    : new DatabaseFault('HUB_DATABASE_BINARIES_UNUSABLE', `${program} does not run: ${proof.reason}`);
}

function accountForRoot(dataDir: string, program: string): Account {
  const owner = existsSync(dataDir) ? statSync(dataDir) : undefined;
  if (owner && owner.uid !== 0) return { kind: 'other', uid: owner.uid, gid: owner.gid };
  const nobody = findAccount('nobody');
  if (nobody && canMap(nobody, program)) return { kind: 'mapped', uid: nobody.uid, gid: nobody.gid };
  const chosen = findAccount('postgres') ?? nobody;
  if (chosen) return { kind: 'other', uid: chosen.uid, gid: chosen.gid };
  throw new DatabaseFault(
    'HUB_DATABASE_BINARIES_UNUSABLE',
    'PostgreSQL refuses to run as root, user namespaces are not allowed here, and there is no account "postgres" or "nobody". ' +
      'Run the hub as an ordinary account.',
  );
}

/** An account number without a name, as containers like to assign, cannot run initdb: it borrows a name by mapping. */
function accountForOrdinary(uid: number | undefined, program: string): Account {
  const accounts = readAccounts();
  if (uid === undefined || accounts.length === 0 || accounts.some((entry) => entry.uid === uid))
    return { kind: 'self' };
  const nobody = accounts.find((entry) => entry.name === 'nobody');
  return nobody && canMap(nobody, program) ? { kind: 'mapped', uid: nobody.uid, gid: nobody.gid } : { kind: 'self' };
}

function canMap(entry: PasswdEntry, program: string): boolean {
  if (process.platform !== 'linux') return false;
  return runs({ kind: 'mapped', uid: entry.uid, gid: entry.gid }, program, ['--version']).ok;
}

/** The command line that runs a program under an account, and the options for `child_process`. */
export function commandAs(
  account: Account,
  program: string,
  args: readonly string[],
): { command: string; args: string[]; options: { uid?: number; gid?: number; cwd: string } } {
  // Programs change into their working folder's path; ours may be unreachable for another account.
  const cwd = '/';
  if (account.kind === 'mapped') {
    const mapping = ['--user', `--map-user=${account.uid}`, `--map-group=${account.gid}`];
    return { command: 'unshare', args: [...mapping, '--', program, ...args], options: { cwd } };
  }
  const identity = account.kind === 'other' ? { uid: account.uid, gid: account.gid } : {};
  return { command: program, args: [...args], options: { ...identity, cwd } };
}

function runs(account: Account, program: string, args: string[]): { ok: boolean; reason: string } {
  const { command, args: line, options } = commandAs(account, program, args);
  const result = spawnSync(command, line, { ...options, encoding: 'utf8', timeout: 20_000 });
  return { ok: result.status === 0, reason: result.error?.message ?? result.stderr.trim() };
}

/**
 * Hands a folder and all it holds to the account, when that is not ourselves.
 *
 * @throws DatabaseFault HUB_DATABASE_DIRECTORY_UNREACHABLE when a folder above is closed to the account
 */
export function handOver(folder: string, account: Account): void {
  if (account.kind !== 'other') return;
  if (statSync(folder).uid !== account.uid) chownTree(folder, account.uid, account.gid);
  if (!runs(account, '/bin/sh', ['-c', `test -w '${folder.replaceAll("'", `'\\''`)}'`]).ok)
    throw unreachable(account, folder);
}

function chownTree(path: string, uid: number, gid: number): void {
  if (!lstatSync(path).isDirectory()) return lchownSync(path, uid, gid);
  for (const child of readdirSync(path)) chownTree(join(path, child), uid, gid);
  chownSync(path, uid, gid);
}

function unreachable(account: { uid: number }, path: string): DatabaseFault {
  const name = readAccounts().find((entry) => entry.uid === account.uid)?.name ?? String(account.uid);
  return new DatabaseFault(
    'HUB_DATABASE_DIRECTORY_UNREACHABLE',
    `PostgreSQL refuses to run as root and would run as "${name}", which cannot reach ${path}. ` +
      `Open the folders above it for that account (chmod o+x ${dirname(path)} and up), choose another place, ` +
      'or run the hub as an ordinary account.',
  );
}

function findAccount(name: string): PasswdEntry | undefined {
  return readAccounts().find((entry) => entry.name === name);
}

function readAccounts(): PasswdEntry[] {
  if (!existsSync('/etc/passwd')) return [];
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return lines.flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }] : [];
  });
}
