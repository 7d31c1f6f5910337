import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../kernel/config/project-root';
import { ledgerRefusals } from './refusals';

/** What tests of the ledger say, this one aside. */
function testsOfTheLedger(): string {
  const folder = join(projectRoot(), 'subgraphs/ledger');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const tests = names.filter((name) => name.endsWith('.test.ts') && !name.endsWith('refusals.test.ts'));
  return tests.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
}

describe('the ledger’s refusals', () => {
  it('are each brought about by a test', () => {
    const said = testsOfTheLedger();
    const missing = Object.keys(ledgerRefusals).filter((code) => !new RegExp(`\\b${code}\\b`).test(said));
    expect(missing).toEqual([]);
  });
});
