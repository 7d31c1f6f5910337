import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startElsewhere } from '../../testkit/embedded-starter';
import { findBinaries } from './binaries';

const NOBODY = 65_534;
const WITHOUT_UNSHARE = { env: { ...process.env, PATH: '/nowhere' } };
const settings = { shared_buffers: '16MB' };

const asRoot = process.getuid?.() === 0 && process.platform === 'linux' ? describe : describe.skip;
if (asRoot === describe.skip)
  process.stderr.write('the accounts an embedded server may run under are tested only by root on Linux\n');

asRoot('the account of an embedded server', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hub-account-'));
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A folder that only root may enter. */
  const closedFolder = (): string => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o700 });
    return closed;
  };

  /** The programs where any account can use them: the project itself may stand below a folder of root's. */
  const programsForAll = (): string => {
    const nativeDir = join(folder, 'native');
    cpSync(dirname(dirname(findBinaries().postgres)), nativeDir, { recursive: true, verbatimSymlinks: true });
    return nativeDir;
  };

  it('is root itself in disguise where that is allowed, so that a closed folder of root will do', async () => {
    const dataDir = join(closedFolder(), 'cluster');
    const starter = await startElsewhere({ dataDir, throwaway: true, settings });
    if ('fault' in starter.report) {
      // A container that forbids user namespaces: then the fallback must refuse this folder by name.
      expect(starter.report.fault).toBe('HUB_DATABASE_DIRECTORY_UNREACHABLE');
      return;
    }
    expect(starter.report.startedHere).toBe(true);
    expect(statSync(dataDir).uid).toBe(0);
    await starter.leave();
  });

  it('is another account where disguise is not allowed, and that account keeps the directory', async () => {
    const dataDir = join(folder, 'deep', 'er', 'cluster');
    const options = { dataDir, throwaway: true, settings, nativeDir: programsForAll() };
    const starter = await startElsewhere(options, WITHOUT_UNSHARE);
    expect(starter.report).toMatchObject({ startedHere: true });
    await starter.leave();
    const owner = statSync(dataDir).uid;
    expect(owner).not.toBe(0);
    // Now disguise is allowed again, but the directory has an owner.
    const again = await startElsewhere(options);
    expect(again.report).toMatchObject({ startedHere: true });
    expect(statSync(dataDir).uid).toBe(owner);
    await again.leave();
  });

  it('is refused by name when that other account cannot reach the directory', async () => {
    const dataDir = join(closedFolder(), 'cluster');
    const starter = await startElsewhere({ dataDir, throwaway: true }, WITHOUT_UNSHARE);
    expect(starter.report).toEqual({ fault: 'HUB_DATABASE_DIRECTORY_UNREACHABLE' });
    await starter.leave();
  });

  it('is whoever we are when we are not root, even under a number without a name', async () => {
    for (const uid of [NOBODY, 54_321]) {
      const home = join(folder, String(uid));
      mkdirSync(home, { mode: 0o700 });
      chownSync(home, uid, uid);
      const dataDir = join(home, 'cluster');
      const starter = await startElsewhere({ dataDir, throwaway: true, settings }, { uid, gid: uid }).catch(
        () => undefined,
      );
      if (!starter) {
        process.stderr.write(`skipped: account ${uid} cannot read the project folder\n`);
        continue;
      }
      expect(starter.report).toMatchObject({ startedHere: true });
      expect(statSync(dataDir).uid).toBe(uid);
      await starter.leave();
    }
  });
});
