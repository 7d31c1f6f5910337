import { Command } from 'commander';
import { applyPreset } from '../../seed/presets/apply-preset';
import { presetNames, readPreset } from '../../seed/presets/read-presets';
import { issuerOf } from '../client/credentials';
import { GraphConnection } from '../client/graph';
import { readHubConfig } from '../composition/config';
import { openHub } from '../composition/open-hub';
import { print, tell } from '../console';

/** `hub preset`: programmes of brands, ready to be tried. */
export function presetCommand(): Command {
  const command = new Command('preset').description('Programmes of well-known kinds of brands, ready to be tried.');
  command
    .command('list')
    .description('Lists the presets.')
    .action(() => {
      for (const name of presetNames()) print(`${name.padEnd(18)} ${readPreset(name).title}`);
    });
  command
    .command('show')
    .description('Shows a preset: its rules, its story, and what it leaves out.')
    .argument('<name>', 'as `hub preset list` tells it')
    .action((name: string) => print(JSON.stringify(readPreset(name), null, 2)));
  command
    .command('apply')
    .description('Founds a preset’s programme as a sandbox; applied again it changes nothing.')
    .argument('<name>', 'as `hub preset list` tells it')
    .option('--programme <key>', 'the programme’s key; the preset’s name when not given')
    .action(async (name: string, { programme }: { programme?: string }) => {
      const preset = readPreset(name);
      const hub = await openHub({ config: readHubConfig(), port: 0, onProgress: tell });
      const connection = new GraphConnection(hub.url);
      try {
        const key = programme ?? name;
        const { id } = await applyPreset(connection, issuerOf(hub), { preset, key });
        print(JSON.stringify({ preset: name, programme: key, programmeId: id }));
      } finally {
        await connection.close();
        await hub.close();
      }
    });
  return command;
}
