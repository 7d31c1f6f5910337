import Sequencer from '@jest/test-sequencer';
import type { Test } from '@jest/test-result';

const slowerRoles = ['.pg.test.ts', '.graph.test.ts', '.e2e.test.ts'];

/** 0 for a test that needs nothing, then Postgres, one subgraph, the gateway: what is cheap to fail should fail first. */
export function rankByRole(path: string): number {
  return slowerRoles.findIndex((suffix) => path.endsWith(suffix)) + 1;
}

/** It replays a year where the year is at hand: begun last, it would run on alone while the other worker has nothing left. */
const LONGEST = 'hub/replay-year.long.e2e.test.ts';

/** Runs suites by role, and within a role in Jest's own order: what failed last time first, then the longest. */
export default class FastestFirstSequencer extends Sequencer {
  override async sort(tests: Test[]): Promise<Test[]> {
    const place = ({ path }: Test) => rankByRole(path) - (path.endsWith(LONGEST) ? 0.5 : 0);
    return [...(await super.sort(tests))].sort((a, b) => place(a) - place(b));
  }
}
