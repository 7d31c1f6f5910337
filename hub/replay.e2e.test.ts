import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { readHubConfig } from './composition/config';
import { HubDatabases } from './composition/databases';
import { openSecrets } from './composition/secrets';
import { freshDataDir } from './testkit/data-folder';
import { runHub } from './testkit/processes';
import { filesOf, sortedRows, writeSmallFolder } from './testkit/replay-folder';

let dataDir: string;
const env = () => ({ HUB_DATA_DIR: dataDir });
beforeAll(async () => {
  dataDir = await freshDataDir('hub-replay-e2e-');
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

/** Tables that follow behind what was posted, by work that may go on when a replay is over. */
const FOLLOWING = [
  ...['chain_seal', 'inbox_cursor', 'journal_feed', 'verification_round', 'vintage_flow'],
  ...['identity_projection', 'member_facts', 'member_projection', 'partner_link_projection'],
];

/** Rows of every table of the ledger, but those that follow behind. */
async function rowCounts(): Promise<Record<string, number>> {
  const config = readHubConfig(env());
  const databases = await HubDatabases.open({ config, secrets: openSecrets(config), owners: ['ledger'] });
  const client = new Client({ connectionString: await databases.urlOf('ledger') });
  await client.connect();
  try {
    const { rows: tables } = await client.query<{ name: string }>(
      `select quote_ident(tablename) as name from pg_tables where schemaname = 'public' and tablename <> all($1) order by 1`,
      [FOLLOWING],
    );
    const counts: Record<string, number> = {};
    for (const { name } of tables) {
      const { rows } = await client.query<{ count: string }>(`select count(*) as count from ${name}`);
      counts[name] = Number(rows[0]?.count);
    }
    return counts;
  } finally {
    await client.end();
    await databases.close();
  }
}

describe('hub replay of a small folder', () => {
  let folder: string;
  const out = (name: string) => join(dataDir, name);
  beforeAll(() => {
    folder = join(dataDir, 'small');
    writeSmallFolder(folder);
  });

  it('posts what can be posted and reports every other row with file, line and reason', async () => {
    const { code, output } = await runHub(['replay', folder, '--out', out('first'), '--expire-after-days', '5'], env());
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('points_issued') as string });
    expect(sortedRows(filesOf(out('first'))['rejected_rows.csv']!)).toEqual([
      'members.csv,13,member_id is that of line 2',
      'purchases.csv,62,"member_id ""nobody"" is not in members.csv"',
      'purchases.csv,63,"occurred_at ""2017-03-41T10:00:00"" is not a time like 2017-01-31T10:05:51"',
      'redemptions.csv,12,"partner_id ""Z"" is not in partners.csv"',
    ]);
    const summary = JSON.parse(filesOf(out('first'))['summary.json']!) as Record<string, number>;
    const { points_issued: issued, points_spent: spent, points_expired: expired, points_outstanding: left } = summary;
    expect(issued).toBe(10 * (0 + 4 + 8 + 12 + 16 + 20));
    expect(issued).toBe(spent! + expired! + left!);
    expect(summary).toMatchObject({ purchases_accepted: 60, rows_rejected: 4, members_with_ledger: 10 });
  });

  it('changes nothing when it is run again, and writes the same files', async () => {
    const before = await rowCounts();
    const { code } = await runHub(['replay', folder, '--out', out('second'), '--expire-after-days', '5'], env());
    expect(code).toBe(0);
    expect(filesOf(out('second'))).toEqual(filesOf(out('first')));
    expect(await rowCounts()).toEqual(before);
  });

  it('has a book whose papers can be written to files', async () => {
    const programme = (JSON.parse(filesOf(out('first'))['summary.json']!) as { programme: string }).programme;
    const args = ['documents', 'latest', '--out', out('papers'), '--programme', programme];
    expect(await runHub(args, env())).toMatchObject({ code: 0 });
    const names = Object.keys(filesOf(out('papers')));
    expect(names).toContain('statement-1-A.pdf');
    expect(names.some((name) => /^invoice-1-[AB]-[AB]\.xlsx$/.test(name))).toBe(true);
    expect(names.filter((name) => name.endsWith('.xml'))).toEqual([]);
  });

  it('makes another programme when asked for a fresh one, to the same figures', async () => {
    await runHub(['replay', folder, '--out', out('third'), '--expire-after-days', '5', '--fresh'], env());
    const { 'summary.json': summary, ...figures } = filesOf(out('third'));
    const { 'summary.json': firstSummary, ...firstFigures } = filesOf(out('first'));
    expect(figures).toEqual(firstFigures);
    expect(summary).not.toBe(firstSummary);
  });
});
