import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { benches, type BenchRun, type Measured } from '../../bench/benches';
import { clusterOf, withPrivateFolder } from '../../bench/private-folder';
import { projectRoot } from '../../kernel/config/project-root';
import { startEmbeddedPostgres } from '../../kernel/db/embedded/embedded-postgres';
import { readHubConfig } from '../composition/config';
import { openHub } from '../composition/open-hub';
import { print, tell } from '../console';

interface Options {
  readonly json?: boolean;
  readonly save?: boolean;
  readonly rounds?: number;
  readonly seconds?: number;
  readonly cases?: readonly string[];
  readonly size?: number;
  readonly setting: Readonly<Record<string, string>>;
}

/** `hub bench`: how fast, against what. */
export function benchCommand(): Command {
  return new Command('bench')
    .description(
      'Measures one thing on this machine, over a PostgreSQL of its own in the data folder that is removed afterwards. ' +
        'Ratios compare cases of the same run.',
    )
    .addArgument(new Argument('<name>', 'which bench').choices(Object.keys(benches)))
    .option('--rounds <n>', 'how often the cases take turns', positive)
    .option('--seconds <s>', 'how long a case runs in each round', positive)
    .option('--cases <names>', 'only these cases, separated by commas', (text) => text.split(','))
    .option('--size <n>', 'how many sockets, of `streams`', positive)
    .option('--setting <name=value>', 'a setting of the server, on top of ours; repeatable', setting, {})
    .option('--json', 'one JSON object on standard output')
    .option('--save', 'keep the result as bench/results/<name>.json')
    .action(measure);
}

function positive(text: string): number {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError('It must be a number above zero.');
  return number;
}

function setting(text: string, others: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [name = '', value] = text.split('=');
  if (value === undefined) throw new InvalidArgumentError('It must be of the form name=value.');
  return { ...others, [name]: value };
}

async function measure(name: string, options: Options): Promise<void> {
  const measured = await withPrivateFolder(readHubConfig().dataDir, (folder) => runIn(folder, name, options));
  const result = { name, at: new Date().toISOString(), machine: machine(), settings: options.setting, ...measured };
  if (options.save) {
    mkdirSync(join(projectRoot(), 'bench', 'results'), { recursive: true });
    writeFileSync(join(projectRoot(), 'bench', 'results', `${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
  }
  if (options.json) return print(JSON.stringify(result));
  for (const [key, value] of Object.entries({ ...measured.figures, ...measured.ratios }))
    print(`${key.padEnd(36)} ${value}`);
}

async function runIn(folder: string, name: string, options: Options): Promise<Measured> {
  const { rounds, seconds, cases, size, setting: settings } = options;
  const opened: { close(): Promise<void> }[] = [];
  const run: BenchRun = {
    ...{ folder, tell, settings },
    openHub: async () => {
      // The hub joins a server that runs, whatever its settings.
      const server = await startEmbeddedPostgres({ dataDir: clusterOf(folder), onProgress: tell, settings });
      opened.push({ close: () => server.stop() });
      // Whatever databases the configuration names are somebody's; a bench makes its own.
      const config = { ...readHubConfig(), dataDir: folder, databaseUrls: {}, databaseOwnerUrls: {} };
      const hub = await openHub({ config, port: 0, onProgress: tell });
      opened.push(hub);
      return hub;
    },
    rounds: rounds === undefined ? null : Math.ceil(rounds),
    caseMs: seconds === undefined ? null : seconds * 1_000,
    cases: cases ?? null,
    size: size === undefined ? null : Math.ceil(size),
  };
  try {
    return await benches[name]!(run);
  } finally {
    for (const one of opened.reverse()) await one.close();
  }
}

function machine(): object {
  return {
    cores: cpus().length,
    processor: cpus()[0]?.model ?? 'unknown',
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
  };
}
