import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const areas = ['gateway', 'subgraphs', 'schema', 'seed', 'kernel', 'hub', 'bench', 'tools'];

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string; readonly severity: string };
}

/** Cruises the areas under a folder with the real rules. */
function violationsIn(folder: string): Promise<Violation[]> {
  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const present = areas.filter((area) => existsSync(join(folder, area)));
  const options = ['--config', join(root, 'tools/boundaries.cjs'), '--output-type', 'json', ...present];
  return new Promise((done, failed) => {
    // The exit code is the number of violations, so only an answer that cannot be read is a failure.
    execFile(
      process.execPath,
      [cruiser, ...options],
      { cwd: folder, maxBuffer: 256 << 20 },
      (_error, answer, complaint) => {
        try {
          done((JSON.parse(answer) as { summary: { violations: Violation[] } }).summary.violations);
        } catch {
          failed(new Error(`dependency-cruiser gave no report: ${complaint}`));
        }
      },
    );
  });
}

/** [importing file, imported file or package, the rule that must catch it; null when the import is fine] */
const imports: [string, string, string | null][] = [
  ['subgraphs/ledger/api/pay.mutation.ts', 'subgraphs/ledger/app/pay.ts', null],
  ['subgraphs/ledger/api/pay.mutation.ts', 'type-graphql', null],
  ['subgraphs/ledger/api/page.query.ts', 'subgraphs/ledger/data/lot.store.ts', 'api-room'],
  ['subgraphs/ledger/api/raw.query.ts', 'pg', 'database-libraries-stay-in-data'],
  ['subgraphs/ledger/app/pay.ts', 'subgraphs/ledger/data/lot.store.ts', null],
  ['subgraphs/ledger/app/pay.ts', 'subgraphs/ledger/events/published.ts', null],
  ['subgraphs/ledger/app/pay.ts', 'kernel/db/transaction.ts', null],
  ['subgraphs/ledger/app/show.ts', 'subgraphs/ledger/api/pay.mutation.ts', 'app-room'],
  ['subgraphs/ledger/app/speak.ts', 'graphql', 'graph-libraries-stay-at-the-edge'],
  ['subgraphs/ledger/app/listen.ts', 'subgraphs/ledger/events/on-member-erased.ts', 'app-room'],
  ['subgraphs/ledger/core/lot.ts', 'kernel/values/points.ts', null],
  ['subgraphs/ledger/core/lot.ts', 'temporal-polyfill', null],
  ['subgraphs/ledger/core/load.ts', 'subgraphs/ledger/data/lot.store.ts', 'core-room'],
  ['subgraphs/ledger/core/save.ts', 'kernel/db/transaction.ts', 'core-room'],
  ['subgraphs/ledger/core/read.ts', 'node:fs', 'pure-rules-use-named-libraries'],
  ['subgraphs/ledger/core/fetch.ts', 'undici', 'pure-rules-use-named-libraries'],
  ['subgraphs/ledger/data/lot.store.ts', 'kernel/events/outbox.ts', null],
  ['subgraphs/ledger/data/hold.store.ts', 'kernel/graph/schema.ts', 'data-room'],
  ['subgraphs/ledger/data/up.store.ts', 'subgraphs/ledger/app/pay.ts', 'data-room'],
  ['subgraphs/ledger/events/published.ts', 'subgraphs/ledger/core/lot.ts', null],
  ['subgraphs/ledger/events/on-member-erased.ts', 'subgraphs/ledger/app/pay.ts', null],
  ['subgraphs/ledger/events/on-member-moved.ts', 'subgraphs/ledger/data/lot.store.ts', 'heard-events'],
  ['subgraphs/ledger/events/stray.ts', 'subgraphs/ledger/core/lot.ts', 'no-other-place-in-a-subgraph'],
  ['subgraphs/ledger/testkit/lot.ts', 'kernel/testkit/database.ts', null],
  ['subgraphs/ledger/testkit/pay.ts', 'subgraphs/ledger/app/pay.ts', 'testkit-room'],
  ['subgraphs/ledger/schema.ts', 'subgraphs/ledger/api/pay.mutation.ts', null],
  ['subgraphs/rewards/schema.ts', 'subgraphs/rewards/data/order.store.ts', 'schema-file'],
  ['subgraphs/ledger/main.ts', 'subgraphs/ledger/schema.ts', null],
  ['subgraphs/rewards/main.ts', 'subgraphs/ledger/schema.ts', 'subgraphs-never-meet'],
  ['subgraphs/rewards/core/order.ts', 'subgraphs/ledger/core/lot.ts', 'subgraphs-never-meet'],
  ['subgraphs/rewards/core/order.test.ts', 'subgraphs/ledger/testkit/lot.ts', 'subgraphs-never-meet'],
  ['subgraphs/ledger/core/lot.test.ts', 'subgraphs/ledger/testkit/lot.ts', null],
  ['subgraphs/ledger/core/lot.test.ts', 'fast-check', null],
  ['subgraphs/ledger/app/pay.graph.test.ts', 'hub/up.ts', 'subgraphs-stand-on-the-kernel'],
  ['gateway/accept/http.ts', 'gateway/stream/hub.ts', null],
  ['gateway/stream/hub.ts', 'gateway/plan/supergraph.ts', null],
  ['gateway/plan/back.ts', 'gateway/accept/http.ts', 'gateway-plan-room'],
  ['gateway/auth/token.ts', 'gateway/limits/depth.ts', 'gateway-auth-room'],
  ['gateway/limits/rows.ts', 'subgraphs/ledger/core/lot.ts', 'gateway-stands-on-the-kernel'],
  ['gateway/e2e/a-month/story.e2e.test.ts', 'hub/up.ts', null],
  ['gateway/e2e/a-month/cheat.e2e.test.ts', 'subgraphs/ledger/app/pay.ts', 'journeys-see-a-hub-from-outside'],
  ['kernel/db/transaction.ts', 'kernel/values/points.ts', null],
  ['kernel/db/up.ts', 'gateway/auth/token.ts', 'kernel-is-the-foundation'],
  ['kernel/values/saved.ts', 'kernel/db/transaction.ts', 'kernel-words-stand-alone'],
  ['hub/up.ts', 'subgraphs/ledger/main.ts', null],
  ['hub/peek.ts', 'subgraphs/ledger/app/pay.ts', 'roof-enters-by-the-door'],
  ['hub/statement-check/sum.ts', 'hub/statement-check/line.ts', null],
  ['hub/statement-check/net.ts', 'subgraphs/ledger/main.ts', 'a-partner-reckons-alone'],
  ['hub/statement-check/round.ts', 'kernel/values/money.ts', 'a-partner-reckons-alone'],
  ['hub/fake.ts', 'kernel/testkit/database.ts', 'testkits-are-for-tests'],
  ['hub/shortcut.ts', 'fast-check', 'no-development-package-in-production'],
  ['hub/lucky.ts', 'iconv-lite', 'no-package-by-accident'],
  ['hub/lost.ts', 'hub/nowhere.ts', 'no-missing-module'],
  ['kernel/config/ring.ts', 'kernel/config/ring.ts', 'no-circle'],
];

/** Writes the table as a tree of one-line modules, beside the real packages. */
function writeTree(folder: string): void {
  const isOurs = (path: string) => path.includes('/') && path.endsWith('.ts');
  const lines = new Map<string, string[]>();
  for (const [from, to] of imports) {
    const target = isOurs(to) ? `./${relative(dirname(from), to).replace(/[.]ts$/, '')}` : to;
    lines.set(from, [...(lines.get(from) ?? []), `import * as it${lines.get(from)?.length ?? 0} from '${target}';`]);
    if (isOurs(to) && to !== 'hub/nowhere.ts' && !lines.has(to)) lines.set(to, []);
  }
  for (const [path, imported] of lines) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), [...imported, 'export const here = true;', ''].join('\n'));
  }
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  symlinkSync(join(root, 'package.json'), join(folder, 'package.json'));
}

describe('the boundary rules', () => {
  let folder: string;
  let violations: Violation[];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'boundaries-'));
    writeTree(folder);
    violations = (await violationsIn(folder)).filter((violation) => violation.rule.severity === 'error');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const caught = (from: string, to: string) =>
    violations
      .filter((violation) => violation.from === from && resolve(folder, violation.to).includes(to.replace('node:', '')))
      .map((violation) => violation.rule.name);

  it.each(imports.filter(([, , rule]) => rule !== null))('catch %s → %s as %s', (from, to, rule) => {
    const target = rule === 'no-missing-module' ? 'nowhere' : to;
    expect(caught(from, target)).toContain(rule);
  });

  it.each(imports.filter(([, , rule]) => rule === null))('allow %s → %s', (from, to) => {
    expect(caught(from, to)).toEqual([]);
  });

  it('hold in the project itself', async () => {
    const broken = (await violationsIn(root)).filter((violation) => violation.rule.severity === 'error');
    expect(broken.map(({ from, to, rule }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
    // All modules of the project are read: half a minute on a machine that does much else.
  });
});
