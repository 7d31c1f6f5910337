import { existsSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { projectRoot } from '../kernel/config/project-root';
import { readHubConfig } from './composition/config';
import { HubDatabases } from './composition/databases';
import { openSecrets } from './composition/secrets';
import { freshDataDir } from './testkit/data-folder';
import { runHub, startHub } from './testkit/processes';
import { sortedRows, writeSmallFolder } from './testkit/replay-folder';

const journey = resolve(projectRoot(), '..', 'shared', 'data', 'journey');
const hasJourney = existsSync(journey);

let dataDir: string;
const env = () => ({ HUB_DATA_DIR: dataDir });
const filesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
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

const onJourney = hasJourney ? describe : describe.skip;
if (!hasJourney) console.log('The replay of a real year is not tested: ../shared/data/journey is not here.');

onJourney('hub replay of a real year', () => {
  const cases = [
    { name: 'r1', flags: ['--campaigns'] },
    { name: 'r1x', flags: ['--expire-after-days', '90'] },
  ] as const;

  it.each(cases)(
    'gives the expected figures to the last row ($name)',
    async ({ name, flags }) => {
      const args = ['replay', journey, '--out', join(dataDir, name), ...flags];
      // One of the two is killed on its way, and run again: it must come to the same end.
      if (name === 'r1x') {
        const first = startHub(args, env());
        await untilSays(first, / of 34,\d+ events/);
        await first.stop('SIGKILL');
      }
      const { code, output } = await runHub(args, env());
      expect({ code, tail: output.slice(-400) }).toEqual({ code: 0, tail: expect.any(String) as string });
      const made = filesOf(join(dataDir, name));
      for (const file of ['member_balances', 'settlement_matrix', 'net_positions', 'declined_redemptions']) {
        expect(sortedRows(made[`${file}.csv`]!)).toEqual(sortedRows(expected(`${name}_${file}.csv`)));
      }
      expect(sortedRows(made['partner_totals.csv']!)).toEqual(sortedRows(expected('partner_totals.csv')));
      const section = (JSON.parse(expected('summary.json')) as Record<string, object>)[name];
      expect(JSON.parse(made['summary.json']!)).toMatchObject(section!);
      expect(sortedRows(made['rejected_rows.csv']!)).toEqual([]);
      if (name === 'r1') {
        expect(rates(made['campaign_metrics.csv']!)).toEqual(rates(expected('campaign_metrics.csv')));
        expectVerdictsByTheFigures(made['campaign_verdicts.csv']!);
      }
    },
    600_000,
  );

  it('leaves books in which every invariant holds', async () => {
    const { code, output } = await runHub(['verify'], env());
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/invariants hold/) as string });
  });
});

/** Lines of a file of campaigns as far as both have them: id, targeted, redemptions, who redeemed, response rate. */
function rates(text: string): string[] {
  return sortedRows(text).map((row) => row.split(',').slice(0, 5).join(','));
}

/**
 * The verdict on the month a campaign ended in was given when all of it was known: its response rate is the expected one. Campaigns
 * that end after the year are not judged to their end, and of those nobody responded to there is no rate.
 */
function expectVerdictsByTheFigures(verdicts: string): void {
  const rowsOf = (text: string) => text.trim().split('\n').slice(1);
  const endsOf = new Map(
    rowsOf(readFileSync(join(journey, 'campaigns.csv'), 'utf8')).map((row) => {
      const [id, , , end] = row.split(',');
      return [id, end!.slice(0, 7)] as const;
    }),
  );
  const judged = rowsOf(verdicts).filter((row) => endsOf.get(row.split(',')[0]) === row.split(',')[1]);
  const told = judged.flatMap((row) => {
    const rate = /RESPONSE_RATE ([0-9.]+)/.exec(row)?.[1];
    return rate === undefined ? [] : [`${row.split(',')[0]} ${rate}`];
  });
  const judgedIds = new Set(judged.map((row) => row.split(',')[0]));
  const wanted = rowsOf(expected('campaign_metrics.csv')).flatMap((row) => {
    const [id, , , redeemers, rate] = row.split(',');
    return judgedIds.has(id) && Number(redeemers) > 0 ? [`${id} ${Number(rate).toFixed(4)}`] : [];
  });
  expect(wanted.length).toBeGreaterThan(15);
  expect(told.sort()).toEqual(wanted.sort());
}

function expected(file: string): string {
  return readFileSync(join(journey, 'expected', file), 'utf8');
}

async function untilSays(running: { output(): string; ended: Promise<unknown> }, words: RegExp): Promise<void> {
  let isOver = false;
  void running.ended.then(() => (isOver = true));
  while (!words.test(running.output())) {
    if (isOver) throw new Error(`it ended before it said ${words.source}:\n${running.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
