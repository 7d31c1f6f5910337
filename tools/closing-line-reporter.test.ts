import { closingLine } from './closing-line-reporter';
import { rankByRole } from './fastest-first-sequencer';

const counts = {
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
};

it('ends a clean run with the two counts and nothing else', () => {
  expect(closingLine(counts)).toBe('7 passed, 0 failed');
});

it('counts a suite that could not start as failed, so that an import error is never a green run', () => {
  expect(closingLine({ ...counts, numFailedTests: 1, numRuntimeErrorTestSuites: 2 })).toBe('7 passed, 3 failed');
});

it('names skipped tests only when there are some', () => {
  expect(closingLine({ ...counts, numPendingTests: 1, numTodoTests: 1 })).toBe('7 passed, 0 failed, 2 skipped');
});

it('runs what needs least first', () => {
  const paths = ['a.e2e.test.ts', 'b.graph.test.ts', 'c.test.ts', 'd.pg.test.ts'];
  const sorted = [...paths].sort((a, b) => rankByRole(a) - rankByRole(b));
  expect(sorted).toEqual(['c.test.ts', 'd.pg.test.ts', 'b.graph.test.ts', 'a.e2e.test.ts']);
});
