import { setImmediate as turn } from 'node:timers/promises';

/** Waits for a state to come about; fails after twenty seconds with the state's own words. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`It never came about that ${isSo.toString()}`);
    await turn();
  }
}
