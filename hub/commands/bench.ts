import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { Argument, Command } from 'commander';
import { benches } from '../../bench/benches';
import { projectRoot } from '../../kernel/config/project-root';
import { readHubConfig } from '../composition/config';
import { openHub } from '../composition/open-hub';
import { print, tell } from '../console';

/** `hub bench`: how fast, against what. */
export function benchCommand(): Command {
  return new Command('bench')
    .description('Measures one thing on this machine; ratios compare cases of the same run.')
    .addArgument(new Argument('<name>', 'which bench').choices(Object.keys(benches)))
    .option('--json', 'one JSON object on standard output')
    .option('--save', 'keep the result as bench/results/<name>.json')
    .action(async (name: string, { json = false, save = false }: { json?: boolean; save?: boolean }) => {
      const hub = await openHub({ config: readHubConfig(), port: 0, onProgress: tell });
      try {
        const measured = await benches[name]!({ hub, tell });
        const result = { name, at: new Date().toISOString(), machine: machine(), ...measured };
        if (save) {
          mkdirSync(join(projectRoot(), 'bench', 'results'), { recursive: true });
          writeFileSync(
            join(projectRoot(), 'bench', 'results', `${name}.json`),
            `${JSON.stringify(result, null, 2)}\n`,
          );
        }
        if (json) print(JSON.stringify(result));
        else
          for (const [key, value] of Object.entries({ ...measured.figures, ...measured.ratios }))
            print(`${key.padEnd(36)} ${value}`);
      } finally {
        await hub.close();
      }
    });
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
