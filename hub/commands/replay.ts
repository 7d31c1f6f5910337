import { resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { issuerOf } from '../client/credentials';
import { readHubConfig } from '../composition/config';
import { openHub } from '../composition/open-hub';
import { stopSignal } from '../composition/shutdown';
import { Failed, print, tell } from '../console';
import { writeFigures } from '../replay/figures';
import { readCampaigns } from '../replay/campaign-rows';
import { programmeKeyOf } from '../replay/programme-key';
import { readFolder } from '../replay/read-folder';
import { replay } from '../replay/replay';

interface ReplayFlags {
  readonly out: string;
  readonly programme?: string;
  readonly fresh?: boolean;
  readonly campaigns?: boolean;
  readonly expireAfterDays?: number;
  readonly concurrency: number;
}

const ROWS_SHOWN = 20;

/** `hub replay`: a folder of real sales through the public graph, and the settled books back. */
export function replayCommand(): Command {
  return new Command('replay')
    .description('Posts a folder of purchases and redemptions through the graph, settles, and writes the figures.')
    .argument('<dir>', 'folder with partners.csv, members.csv, purchases.csv, redemptions.csv')
    .requiredOption('--out <dir>', 'folder for the result files')
    .option('--programme <key>', 'programme to post into (default: named by a hash of the folder and the terms)')
    .option('--fresh', 'a programme of its own, even when one of this folder exists')
    .option('--campaigns', 'the campaigns of the folder as well: whom they are for, who responded, what changed')
    .option('--expire-after-days <days>', 'points are spendable through this many days after they are earned', positive)
    .option('--concurrency <calls>', 'calls under way at once', positive, 8)
    .addHelpText(
      'after',
      '\nAn interrupted replay is finished by running the same command again; one that is complete changes nothing.',
    )
    .action(runReplay);
}

async function runReplay(dir: string, flags: ReplayFlags): Promise<void> {
  const config = readHubConfig();
  const folder = await readFolder(resolve(dir));
  for (const { file, line, reason } of folder.rejected.slice(0, ROWS_SHOWN)) tell(`${file}:${line}: ${reason}`);
  if (folder.rejected.length > ROWS_SHOWN)
    tell(`… and ${folder.rejected.length - ROWS_SHOWN} more rows: see rejected_rows.csv`);
  const campaigns = flags.campaigns === true ? await readCampaigns(resolve(dir), folder) : null;
  const terms = { expireAfterDays: flags.expireAfterDays ?? null };
  const named = flags.programme ?? programmeKeyOf(resolve(dir), terms);
  const programmeKey = flags.fresh === true ? `${named}-${Date.now().toString(36)}` : named;
  const signal = stopSignal();
  const hub = await openHub({ config, port: 0, onProgress: tell });
  try {
    const figures = await replay({
      url: hub.url,
      issuer: issuerOf(hub),
      dataDir: config.dataDir,
      programmeKey,
      folder,
      campaigns,
      terms,
      concurrency: flags.concurrency,
      tell,
      isStopping: () => signal.isReceived(),
    });
    if (figures === null) {
      const how = flags.fresh === true ? ` with --programme ${programmeKey} and without --fresh` : '';
      tell(`stopped; run the same command again${how} to go on`);
      throw new Failed();
    }
    writeFigures(resolve(flags.out), figures);
    print(JSON.stringify(figures.summary));
  } finally {
    signal.forget();
    await hub.close();
  }
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 36_500)
    throw new InvalidArgumentError('a whole number from 1 on');
  return number;
}
