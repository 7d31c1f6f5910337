import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where something done for a request reaches the book of every programme, and why; docs/adr/0037. */
const USES: Readonly<Record<string, string>> = {
  'api/context.ts': 'makes of it what the caller’s programme reaches',
  'app/books/read-books.ts': 'party accounts are sums of the whole journal',
  'app/campaigns/read-campaign-reports.ts': 'what came of a campaign is counted over its lots and their spending',
  'app/experiments/read-experiments.ts': 'arms are counted over everything their members did',
  'app/reading-only.ts': 'simulations price every movement of a cycle anew, and replay every purchase of a stretch',
  'app/reports/read-liability.ts': 'vintages are read with what the roll-up of every programme has not taken yet',
  'app/reports/read-reports.ts': 'flows and totals are sums of a cycle’s journal',
  'app/settlement/advance-settlement-cycle.ts': 'a close rolls up the claims of every programme first',
  'app/settlement/run-off.ts': 'a run-off rolls up first, and adds up all lots of an issuer',
  'app/settlement/step.ts': 'steps of a cycle roll up within their transaction',
  'app/time/set-test-clock.ts': 'does what falls due, as it is done behind all requests',
};
const LEDGER = join(__dirname, '..');

/** Names the book of every programme: takes it from the ledger, or is given it apart. */
const NAMED = /\.whole\b|\{[^{}]*\bwhole\b[^{}]*\}: |\bwhole\.database\b/;

const usesIn = (folder: 'api' | 'app'): string[] =>
  readdirSync(join(LEDGER, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .filter((file) => NAMED.test(readFileSync(join(LEDGER, folder, file), 'utf8')))
    .map((file) => `${folder}/${file}`);

it('is reached for requests only where the reason is given', () => {
  expect([...usesIn('api'), ...usesIn('app')].sort()).toEqual(Object.keys(USES).sort());
});

it('negative control: a use of it is seen, a word in a sentence is not', () => {
  const uses = ['load(ledger.whole.pool)', 'read({ whole }: Ledger)', 'whole.database.within(id)'];
  expect(uses.map((text) => NAMED.test(text))).toEqual([true, true, true]);
  expect(NAMED.test('/** Undoes it, whole or in part. */')).toBe(false);
});
