import { Command, Option } from 'commander';
import { seedDemo } from '../../seed/seed-demo';
import { SCALES, type Scale } from '../../seed/scales';
import { readHubConfig } from '../composition/config';
import { openHub } from '../composition/open-hub';
import { tell } from '../console';

/** `hub seed`: the demo coalition. */
export function seedCommand(): Command {
  return new Command('seed')
    .description('Writes the demo coalition through the graph; what is there already stays as it is.')
    .addOption(new Option('--scale <scale>', 'how many members').choices(Object.keys(SCALES)).default('demo'))
    .action(async ({ scale }: { scale: Scale }) => {
      const hub = await openHub({ config: readHubConfig(), port: 0, onProgress: tell });
      try {
        await seedDemo({ hub, scale, tell });
      } finally {
        await hub.close();
      }
    });
}
