import type { AggregatedResult, Reporter } from '@jest/reporters';

/** The counts of a run in the one form that continuous integration reads. A suite that could not start counts as failed. */
export function closingLine(
  results: Pick<
    AggregatedResult,
    'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numTodoTests' | 'numRuntimeErrorTestSuites'
  >,
): string {
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  const skipped = results.numPendingTests + results.numTodoTests;
  return `${results.numPassedTests} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * Ends every Jest run with `N passed, N failed` alone on the last line.
 *
 * The line waits for the exit of the run, because global teardown and Jest's own warnings print after the reporters.
 */
export default class ClosingLineReporter implements Pick<Reporter, 'onRunComplete'> {
  onRunComplete(_contexts: unknown, results: AggregatedResult): void {
    process.once('exit', () => process.stdout.write(`${closingLine(results)}\n`));
  }
}
