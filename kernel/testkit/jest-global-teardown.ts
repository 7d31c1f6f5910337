import { endTestRun } from './test-server';

/** Once, after all test files. */
export default async function jestGlobalTeardown(): Promise<void> {
  await endTestRun();
}
