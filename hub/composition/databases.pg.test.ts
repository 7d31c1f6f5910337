import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callerOf } from '../../kernel/context/principal';
import { once } from '../../kernel/db/command-key';
import type { Database } from '../../kernel/db/database';
import { asAdministrator } from '../../kernel/db/provision';
import { inTransaction, sqlStateOf } from '../../kernel/db/transaction';
import { testServerUrl } from '../../kernel/testkit/test-server';
import { newId } from '../../kernel/values/id';
import { membersDatabase } from '../../subgraphs/members/data/database';
import { historyGuard } from '../doctor/examine';
import { readHubConfig, type HubConfig } from './config';
import { HubDatabases, provisionExternal } from './databases';
import { openSecrets } from './secrets';

describe('an external database', () => {
  let administrator: string;
  let dataDir: string;
  let name: string;
  const opened: HubDatabases[] = [];

  beforeAll(async () => {
    administrator = await testServerUrl();
    dataDir = mkdtempSync(join(tmpdir(), 'hub-databases-'));
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));
  beforeEach(() => {
    name = `hub_test_${randomBytes(4).toString('hex')}`;
  });
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((databases) => databases.close()));
    await asAdministrator(administrator, async (client) => {
      await client.query(`drop database if exists "${name}" with (force)`);
      await client.query(`drop role if exists "${name}", "${name}_owner", "${name}_tenant"`);
    });
  });

  /** With the URL of its owner, as `hub migrate` is given it, or without, as a part that serves. */
  function configured({ withOwner }: { withOwner: boolean }): HubConfig {
    const { host } = new URL(administrator);
    return readHubConfig({
      HUB_DATA_DIR: dataDir,
      HUB_DATABASE_ADMIN_URL: administrator,
      HUB_DATABASE_URL_MEMBERS: `postgres://${name}:works@${host}/${name}`,
      ...(withOwner ? { HUB_DATABASE_OWNER_URL_MEMBERS: `postgres://${name}_owner:owns@${host}/${name}` } : {}),
    });
  }

  async function open(config: HubConfig): Promise<HubDatabases> {
    const databases = await HubDatabases.open({ config, secrets: openSecrets(config), owners: ['members'] });
    opened.push(databases);
    return databases;
  }

  const removal = (database: Database) => database.pool.query('delete from outbox').then(() => 'done', sqlStateOf);

  it('is migrated by its owner and served by a role that cannot remove what was announced', async () => {
    const config = configured({ withOwner: true });
    expect(await provisionExternal(config, ['members'])).toEqual([
      `members: database ${name}, its owner ${name}_owner and role ${name} are there`,
    ]);
    const database = await (await open(config)).connectMigrated(membersDatabase);
    expect(await removal(database)).toBe('42501');
    expect(await historyGuard(database)).toEqual([]);
  });

  it('is served without the owner once it is migrated, and refused in words before', async () => {
    await provisionExternal(configured({ withOwner: true }), ['members']);
    const serving = configured({ withOwner: false });
    await expect((await open(serving)).connectMigrated(membersDatabase)).rejects.toMatchObject({
      code: 'HUB_DATABASE_NOT_MIGRATED',
      message: expect.stringMatching(/Members1763890000000.*HUB_DATABASE_OWNER_URL_MEMBERS/) as string,
    });
    await (await open(configured({ withOwner: true }))).migrate(membersDatabase);
    const database = await (await open(serving)).connectMigrated(membersDatabase);
    expect(await removal(database)).toBe('42501');
  });

  it('works with one role for both, and the doctor says that the guard is weaker', async () => {
    const config = configured({ withOwner: false });
    expect(await provisionExternal(config, ['members'])).toEqual([
      `members: database ${name} and role ${name}, which owns it, are there`,
    ]);
    const database = await (await open(config)).connectMigrated(membersDatabase);
    expect(await removal(database)).toBe('done');
    expect(await historyGuard(database)).toEqual([
      {
        state: 'warn',
        what: expect.stringContaining(`role ${name} owns its tables`) as string,
        advice: expect.stringContaining('HUB_DATABASE_OWNER_URL_MEMBERS') as string,
      },
    ]);
  });

  it('that one role owned is handed over when an owner is named, with all that is in it', async () => {
    const before = configured({ withOwner: false });
    await provisionExternal(before, ['members']);
    const old = await (await open(before)).connectMigrated(membersDatabase);
    const announce = `insert into outbox (id, type, programme_id, aggregate_id, recorded_at, payload)
      values ('evt_1', 'members.member.enrolled.v1', 'prg', 'mem', now(), '{}')`;
    await old.pool.query(announce);
    const after = configured({ withOwner: true });
    await provisionExternal(after, ['members']);
    const databases = await open(after);
    expect(await databases.migrate(membersDatabase)).toEqual([]);
    const database = await databases.connect(membersDatabase);
    expect((await database.pool.query('select id from outbox')).rows).toEqual([{ id: 'evt_1' }]);
    expect(await removal(database)).toBe('42501');
    await database.pool.query(announce.replace('evt_1', 'evt_2'));
  });

  it('of a version without row-level security is upgraded by migrating, and repeats of old intents stay repeats', async () => {
    const config = configured({ withOwner: true });
    await provisionExternal(config, ['members']);
    const { tenancy: _, migrations, ...rest } = membersDatabase;
    const databases = await open(config);
    const old = await databases.connectMigrated({ ...rest, migrations: migrations.slice(0, 3) });
    const principal = { kind: 'admin', programmeId: newId('prg'), subject: 'ada' } as const;
    const command = { caller: callerOf(principal), operation: 'try', key: 'k', body: {} };
    const work = jest.fn(() => Promise.resolve({ done: true }));
    await inTransaction(old, (tx) => once(tx, command, work));
    expect(await databases.migrate(membersDatabase)).toContain('CommandKeysOfProgrammes1795892000000');
    const view = (await databases.connect(membersDatabase)).within(principal.programmeId);
    expect(await inTransaction(view, (tx) => once(tx, command, work))).toEqual({ done: true, replayed: true });
    await inTransaction(view, (tx) => once(tx, { ...command, key: 'new' }, work));
    expect(work).toHaveBeenCalledTimes(2);
    const { rows } = await view.pool.query('select key, programme_id from command_key order by key');
    expect(rows).toEqual([
      { key: 'k', programme_id: null },
      { key: 'new', programme_id: principal.programmeId },
    ]);
  });
});
