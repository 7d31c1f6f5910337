import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from 'pg';
import { clientName } from '../client-name';
import { startEmbeddedPostgres, type EmbeddedPostgres } from './embedded-postgres';
import { isAlive, readPostmaster } from './postmaster';
import { startElsewhere } from '../../testkit/embedded-starter';

const SMALL = { shared_buffers: '16MB' };

async function ask<T extends object>(url: string, query: string, applicationName = clientName('test')): Promise<T[]> {
  const client = new Client({ connectionString: url, application_name: applicationName });
  await client.connect();
  try {
    return (await client.query<T>(query)).rows;
  } finally {
    await client.end();
  }
}

describe('startEmbeddedPostgres', () => {
  let folder: string;
  let dataDir: string;
  const running: EmbeddedPostgres[] = [];

  const start = async (): Promise<EmbeddedPostgres> => {
    const server = await startEmbeddedPostgres({ dataDir, throwaway: true, settings: SMALL });
    running.push(server);
    return server;
  };
  const serverPid = (): number => readPostmaster(dataDir)?.pid ?? 0;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hub-embedded-'));
    dataDir = join(folder, 'cluster');
  });
  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop({ evenIfShared: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('lets one of two starters create the cluster and the other join it', async () => {
    const [one, other] = await Promise.all([start(), start()]);
    expect([one, other].filter(({ startedHere }) => startedHere)).toHaveLength(1);
    expect(other.port).toBe(one.port);
    await one.stop();
    expect(isAlive(serverPid())).toBe(true);
    await other.stop();
    expect(serverPid()).toBe(0);
  });

  it('keeps its port and its contents over a restart, durable and on the loopback address only', async () => {
    const first = await start();
    await ask(first.superuserUrl, 'create table kept (x int)');
    await first.stop();
    const second = await start();
    expect(second.port).toBe(first.port);
    expect(await ask(second.superuserUrl, 'select x from kept')).toEqual([]);
    const names = [
      'fsync',
      'full_page_writes',
      'synchronous_commit',
      'wal_level',
      'listen_addresses',
      'unix_socket_directories',
    ];
    const settings = await ask<{ setting: string }>(
      second.superuserUrl,
      `select setting from pg_settings where name in ('${names.join(`','`)}') order by array_position(array['${names.join(`','`)}'], name)`,
    );
    expect(settings.map(({ setting }) => setting)).toEqual(['on', 'on', 'on', 'logical', '127.0.0.1', '']);
    const [locale] = await ask(
      second.superuserUrl,
      `select datlocale, pg_encoding_to_char(encoding) as encoding from pg_database where datname = 'postgres'`,
    );
    expect(locale).toEqual({ datlocale: 'C.UTF-8', encoding: 'UTF8' });
  });

  it('refuses whoever does not know the password, which only its owner can read', async () => {
    const server = await start();
    const url = new URL(server.superuserUrl);
    url.password = 'guess';
    await expect(ask(url.toString(), 'select 1')).rejects.toMatchObject({ code: '28P01' });
    expect(statSync(`${dataDir}.access.json`).mode & 0o777).toBe(0o600);
  });

  it('joins the server of a starter that was killed, and stops it when leaving', async () => {
    const starter = await startElsewhere({ dataDir, throwaway: true, settings: SMALL });
    expect(starter.report).toMatchObject({ startedHere: true });
    const orphan = serverPid();
    await starter.kill();
    expect(isAlive(orphan)).toBe(true);

    const server = await start();
    expect(server.startedHere).toBe(false);
    expect(serverPid()).toBe(orphan);
    // The killed one's announcement vanishes with its connection.
    await server.stop();
    expect(isAlive(orphan)).toBe(false);
  });

  it('leaves the server to a neighbour in another process, who stops it as the last one out', async () => {
    const server = await start();
    const pid = serverPid();
    const neighbour = await startElsewhere({ dataDir, throwaway: true });
    expect(neighbour.report).toMatchObject({ startedHere: false, port: server.port });
    await server.stop();
    expect(isAlive(pid)).toBe(true);
    await neighbour.leave();
    expect(isAlive(pid)).toBe(false);
  });

  it('leaves the server to a stranger who is connected, though not to connections of its own', async () => {
    const server = await start();
    const pid = serverPid();
    const stranger = new Client({ connectionString: server.superuserUrl, application_name: 'psql' });
    stranger.on('error', () => undefined);
    await stranger.connect();
    await server.stop();
    expect(isAlive(pid)).toBe(true);
    await stranger.end();

    const again = await start();
    const own = new Client({ connectionString: again.superuserUrl, application_name: clientName('forgotten') });
    const cutOff = new Promise((settle) => own.on('error', settle));
    await own.connect();
    await again.stop();
    expect(isAlive(pid)).toBe(false);
    await cutOff;
  });

  it('starts over the note of a dead server whose number now belongs to someone else', async () => {
    const server = await start();
    await server.stop();
    writeFileSync(
      join(dataDir, 'postmaster.pid'),
      `${process.pid}\n${dataDir}\n1700000000\n${server.port}\n\n127.0.0.1\n\nready\n`,
    );
    expect((await start()).startedHere).toBe(true);
  });

  it('starts although a killed process left the start lock behind', async () => {
    writeFileSync(`${dataDir}.lock`, '2147483646 0123456789abcdef');
    expect((await start()).startedHere).toBe(true);
    expect(existsSync(`${dataDir}.lock`)).toBe(false);
  });

  it('takes another port when a stranger listens on the remembered one', async () => {
    const first = await start();
    await first.stop();
    const stranger = (await import('node:net')).createServer().listen(first.port, '127.0.0.1');
    await new Promise((settle) => stranger.once('listening', settle));
    const second = await start();
    expect(second.port).not.toBe(first.port);
    await new Promise((settle) => stranger.close(settle));
  });

  it('starts again after a start that was cut short in the middle of creating the cluster', async () => {
    const elsewhere = join(folder, 'cut-short', 'cluster');
    mkdirSync(`${elsewhere}.initialising/cluster`, { recursive: true });
    writeFileSync(`${elsewhere}.initialising/cluster/PG_VERSION`, '18\n');
    const server = await startEmbeddedPostgres({ dataDir: elsewhere, throwaway: true, settings: SMALL });
    expect(server.startedHere).toBe(true);
    await server.stop();
    expect(existsSync(`${elsewhere}.initialising`)).toBe(false);
  });

  it('refuses a directory that holds something else, or a cluster of another version, and changes nothing there', async () => {
    const foreign = join(folder, 'foreign');
    mkdirSync(foreign);
    writeFileSync(join(foreign, 'letter.txt'), 'Dear');
    await expect(startEmbeddedPostgres({ dataDir: foreign })).rejects.toMatchObject({
      code: 'HUB_DATABASE_DIRECTORY_FOREIGN',
    });
    expect(readFileSync(join(foreign, 'letter.txt'), 'utf8')).toBe('Dear');
    writeFileSync(join(foreign, 'PG_VERSION'), '14\n');
    await expect(startEmbeddedPostgres({ dataDir: foreign })).rejects.toMatchObject({
      code: 'HUB_DATABASE_DIRECTORY_FOREIGN',
    });
  });

  it('says so when the password of an existing cluster is lost', async () => {
    const kept = readFileSync(`${dataDir}.access.json`);
    unlinkSync(`${dataDir}.access.json`);
    await expect(startEmbeddedPostgres({ dataDir })).rejects.toMatchObject({ code: 'HUB_DATABASE_ACCESS_LOST' });
    writeFileSync(`${dataDir}.access.json`, kept, { mode: 0o600 });
  });

  it('names a setting that keeps the server from starting, by the end of its log', async () => {
    const broken = startEmbeddedPostgres({ dataDir, settings: { shared_buffers: 'plenty' } });
    await expect(broken).rejects.toMatchObject({
      code: 'HUB_DATABASE_START_FAILED',
      message: expect.stringContaining('shared_buffers'),
    });
  });

  it('makes the library links that a blocked install script did not make', async () => {
    const nativeDir = join(folder, 'package', 'native');
    const installed = join(
      dirname(require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
      '..',
      'native',
    );
    cpSync(installed, nativeDir, { recursive: true, verbatimSymlinks: true });
    const links = JSON.parse(readFileSync(join(nativeDir, 'pg-symlinks.json'), 'utf8')) as { target: string }[];
    for (const { target } of links) unlinkSync(join(folder, 'package', target));
    const server = await startEmbeddedPostgres({ dataDir, nativeDir, settings: SMALL });
    await server.stop();
    expect(links.every(({ target }) => existsSync(join(folder, 'package', target)))).toBe(true);
  });
});
