import { beginTestRun } from './test-server';

/** Once, before all test files. */
export default function jestGlobalSetup(): void {
  // What tests provoke is not worth a page of log; set the level to see it.
  process.env.HUB_LOG_LEVEL ??= 'silent';
  beginTestRun();
}
