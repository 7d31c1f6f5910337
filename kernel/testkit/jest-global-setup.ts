import { beginTestRun } from './test-server';

/** Once, before all test files. */
export default function jestGlobalSetup(): void {
  beginTestRun();
}
