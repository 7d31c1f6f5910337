import { Command } from 'commander';
import { seedDemo } from '../../seed/seed-demo';
import { readHubConfig } from '../composition/config';
import { openHub } from '../composition/open-hub';
import { closeOnSignal } from '../composition/shutdown';
import { print, tell } from '../console';
import { showTour } from '../tour';

/** `hub up`: everything in one process. */
export function upCommand(): Command {
  return new Command('up')
    .description('Runs the whole hub in this process until Ctrl-C.')
    .option('--demo', 'seed the demo coalition when it is absent, and print credentials and calls to try')
    .action(async ({ demo = false }: { demo?: boolean }) => {
      const startedAt = Date.now();
      const hub = await openHub({ config: readHubConfig(), onProgress: tell });
      try {
        if (demo) {
          await seedDemo({ hub, scale: 'demo', tell });
          await showTour(hub, print);
        }
      } catch (error) {
        await hub.close();
        throw error;
      }
      print(
        `The hub answers at ${hub.url}/graphql (started in ${((Date.now() - startedAt) / 1_000).toFixed(1)} s). Ctrl-C stops it.`,
      );
      await closeOnSignal(hub, () => tell('stopping'));
      tell('stopped');
    });
}
