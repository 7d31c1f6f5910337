import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import { freshDataDir } from './testkit/data-folder';
import { runHub, startHub } from './testkit/processes';
import { filesOf, sortedRows } from './testkit/replay-folder';

const journey = resolve(projectRoot(), '..', 'shared', 'data', 'journey');
const hasJourney = existsSync(journey);

let dataDir: string;
const env = () => ({ HUB_DATA_DIR: dataDir });
beforeAll(async () => {
  dataDir = await freshDataDir('hub-replay-year-');
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

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
