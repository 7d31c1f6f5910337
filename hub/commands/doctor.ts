import { Command } from 'commander';
import { examine, type Examined } from '../doctor/examine';
import { readHubConfig } from '../composition/config';
import { Failed, print } from '../console';

/** `hub doctor`: what is wrong with this machine or configuration. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('Looks at this machine and configuration and says in words what is wrong and what to do.')
    .action(async () => {
      const examined: Examined[] = await examine(readHubConfig());
      for (const { state, what, advice } of examined)
        print(`${state.padEnd(5)} ${what}${advice === undefined ? '' : `\n      → ${advice}`}`);
      const failures = examined.filter(({ state }) => state === 'fail').length;
      print(failures === 0 ? 'Nothing stands in the way.' : `${failures} to put right.`);
      if (failures > 0) throw new Failed();
    });
}
