import { projectRoot } from '../kernel/config/project-root';
import { eventTypesByArea, eventTypesIn, isPassedOn, knownCodes, knownEvents } from './catalogues';
import { errorsPage } from './print-errors';
import { eventsPage } from './print-events';
import { codeRules } from './tidy/codes';
import { decoratorRules } from './tidy/decorators';
import { compareVersions, dependencyRules } from './tidy/dependencies';
import { layoutRules } from './tidy/layout';
import { statementRules } from './tidy/statements';
import { readProject, type ProjectFile } from './tidy/tree';
import { emptyWordIn, wordRules } from './tidy/words';

const project = readProject(projectRoot());
const textOf = (path: string) => project.find((file) => file.path === path)?.text ?? '';
const allRules = [layoutRules, wordRules, statementRules, decoratorRules, dependencyRules, codeRules].flat();

describe('in this house', () => {
  it.each(allRules.map((rule) => [rule.sentence, rule] as const))('%s', (_sentence, rule) => {
    expect(rule.breaches(project)).toEqual([]);
  });

  it('docs/errors.md tells the codes that the code tells', async () => {
    expect(textOf('docs/errors.md')).toBe(await errorsPage());
  });

  it('a code means one thing in one place', async () => {
    const codes = (await knownCodes()).filter((known) => !isPassedOn(known)).map(({ code }) => code);
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
  });

  it('whoever passes a code on agrees with its owner whether a retry can help', async () => {
    const codes = await knownCodes();
    const owners = new Map(codes.filter((known) => !isPassedOn(known)).map((known) => [known.code, known]));
    const passedOn = codes.filter((known) => isPassedOn(known));
    expect(passedOn.filter(({ code, retryable }) => owners.get(code)?.retryable !== retryable)).toEqual([]);
  });

  it('docs/events.md tells the events that the subgraphs announce', () => {
    expect(textOf('docs/events.md')).toBe(eventsPage());
  });

  it('every event is announced under the name of its own subgraph and says what became true', () => {
    const foreign = knownEvents().filter(({ type, owner }) => !type.startsWith(`${owner}.`));
    const silent = knownEvents().filter(({ meaning }) => meaning === '');
    expect([...foreign, ...silent].map(({ type, owner }) => `subgraphs/${owner}/events/published.ts: ${type}`)).toEqual(
      [],
    );
  });

  it('nobody listens for an event that nobody announces', () => {
    const announced = new Set(knownEvents().map(({ type }) => type));
    const heard = [...eventTypesByArea()].flatMap(([area, types]) => [...types].map((type) => `${type} in ${area}`));
    expect(heard.filter((line) => !announced.has(line.split(' ')[0]!))).toEqual([]);
  });
});

const twoFederations = lock({ '@apollo/gateway': '2.9.1', '@apollo/composition': '2.9.0' });

/** [the rule that must object, a file that breaks it, part of the complaint] */
// prettier-ignore
const breaches: [string, ProjectFile, string][] = [
  ['the top level', { path: 'stuff/a.ts', text: '' }, 'stuff/'],
  ['the top level', { path: 'notes.txt', text: '' }, 'notes.txt'],
  ['every subgraph has the same rooms', { path: 'subgraphs/ledger/lib/a.ts', text: '' }, 'ledger/lib: is no room'],
  ['every subgraph has the same rooms', { path: 'subgraphs/ledger/main.ts', text: '' }, 'ledger: lacks core'],
  ['every subgraph has the same rooms', { path: 'subgraphs/billing/main.ts', text: '' }, 'not one of the five'],
  ['the kernel has its ten rooms', { path: 'kernel/odds/ends.ts', text: '' }, 'kernel/odds/ends.ts'],
  ['no folder is named', { path: 'kernel/utils/dates.ts', text: '' }, 'kernel/utils/dates.ts'],
  ['invariants are SQL', { path: 'subgraphs/ledger/invariants/a.sql', text: 'select 1' }, 'a.sql'],
  ['file and folder names', { path: 'hub/startAll.ts', text: '' }, 'startAll is not kebab-case'],
  ['the role in a file name', { path: 'subgraphs/ledger/core/lot.entity.ts', text: '' }, 'entity is not a role'],
  ['the role in a file name', { path: 'subgraphs/ledger/app/lot.store.ts', text: '' }, 'does not live here'],
  ['a file has at most', { path: 'hub/long.ts', text: '\n'.repeat(401) }, '401 lines'],
  ['a file has at most', { path: 'subgraphs/ledger/main.ts', text: '\n'.repeat(61) }, '61 lines'],
  ['a line of code', { path: 'hub/wide.ts', text: `// ${'x'.repeat(140)}` }, 'hub/wide.ts:1'],
  ['the project is written in TypeScript', { path: 'hub/start.js', text: '' }, 'hub/start.js'],
  ['no file is named', { path: 'hub/start-helper.ts', text: '' }, 'start-helper'],
  ['no exported name', { path: 'hub/a.ts', text: 'export class LotManager {}' }, 'LotManager'],
  ['no exported name', { path: 'hub/a.ts', text: 'export const formatUtils = 1;' }, 'formatUtils'],
  ['no exported name', { path: 'hub/a.ts', text: 'function f() { const data = 1; return data; }' }, 'hub/a.ts:1: data'],
  ['what is left to do', { path: 'hub/a.ts', text: '// TO' + 'DO later' }, 'hub/a.ts:1'],
  ['no file names a folder', { path: 'docs/a.md', text: `see /${'home'}/me/notes` }, 'docs/a.md:1'],
  ['the lock file', { path: 'package-lock.json', text: '"resolved": "http://mirror/x.tgz"' }, 'registry'],
  ['every SQL statement', { path: 'subgraphs/ledger/data/a.store.ts', text: 'q(`select id from lot`)' }, '/* ledger.<what>'],
  ['every SQL statement', { path: 'subgraphs/ledger/data/a.ts', text: 'q(`/* members.a.b */ delete from lot`)' }, 'ledger.'],
  ['every SQL statement', { path: 'subgraphs/ledger/data/a.ts', text: 'q(`update lot set a = ${b}`)' }, 'ledger.'],
  ['resolvers, use cases', { path: 'subgraphs/ledger/api/a.query.ts', text: "q('select 1 from lot')" }, 'belongs in data/'],
  ['every GraphQL decorator', { path: 'subgraphs/ledger/api/a.type.ts', text: 'class A { @Field() a!: string }' }, '@Field'],
  ['every GraphQL decorator', { path: 'subgraphs/ledger/api/a.query.ts', text: "class A { f(@Arg('a') a: string) {} }" }, '@Arg'],
  ['every column', { path: 'subgraphs/ledger/data/a.row.ts', text: 'class A { @Column() a!: string }' }, '@Column'],
  ['a row is never', { path: 'subgraphs/ledger/data/a.row.ts', text: "import { Field } from 'type-graphql';" }, 'a.row.ts'],
  ['every dependency is pinned', { path: 'package.json', text: '{"dependencies":{"ws":"^8.1.0"}}' }, 'ws is ^8.1.0'],
  ['docs/DEPENDENCIES.md names', { path: 'package.json', text: '{"dependencies":{"ws":"8.1.0"}}' }, 'ws has no reason'],
  ['docs/DEPENDENCIES.md names', { path: 'docs/DEPENDENCIES.md', text: '| `ws` | 8.1.0 | MIT | sockets |' }, 'not in package.json'],
  ['no installed version is older', { path: 'package-lock.json', text: lock({ 'a/node_modules/ws': '8.17.0' }) }, 'ws 8.17.0'],
  ['no installed version is of', { path: 'package-lock.json', text: lock({ graphql: '17.0.0' }) }, 'graphql 17.0.0'],
  ['the federation packages', { path: 'package-lock.json', text: twoFederations }, '2.9.0'],
  ['every code begins', { path: 'subgraphs/ledger/core/refusals.ts', text: '  REWARDS_GONE: {' }, 'REWARDS_GONE'],
  ['every code the code tells', { path: 'subgraphs/ledger/core/a.ts', text: "refuse('LEDGER_GONE')" }, 'LEDGER_GONE'],
  ['every code in a catalogue', { path: 'subgraphs/ledger/core/refusals.ts', text: '  LEDGER_GONE: {' }, 'told nowhere'],
];

function lock(versions: Record<string, string>): string {
  const packages = Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]);
  return JSON.stringify({ packages: Object.fromEntries(packages) });
}

describe('a house rule objects', () => {
  it.each(breaches)('%s: %j', (sentence, file, complaint) => {
    const rule = allRules.find((each) => each.sentence.startsWith(sentence));
    expect(rule?.breaches([file]).join('\n')).toContain(complaint);
  });

  it('each of them, in at least one case above', () => {
    const untried = allRules.filter(({ sentence }) => !breaches.some(([start]) => sentence.startsWith(start)));
    expect(untried.map(({ sentence }) => sentence)).toEqual([]);
  });
});

describe('a house rule leaves alone', () => {
  const fine: [string, string][] = [
    ['subgraphs/ledger/data/a.store.ts', 'q(`/* ledger.redeemPoints.lockLots */ select id from lot`)'],
    ['subgraphs/ledger/data/a.store.ts', "throw new Error('select one of the lots with care')"],
    ['subgraphs/ledger/data/migrations/0001-first.ts', 'q(`update lot set a = 1`)'],
    ['subgraphs/ledger/api/a.type.ts', 'class A { @Field(() => String) a!: string }'],
    [
      'subgraphs/ledger/data/a.row.ts',
      "class A { @Column({ type: 'bigint' }) a!: string; @PrimaryColumn('uuid') b!: string }",
    ],
    ['kernel/context/principal.ts', 'export interface ServicePrincipal {}'],
    ['subgraphs/ledger/data/lot.store.pg.test.ts', 'q(`select 1 from lot`)'],
  ];
  it.each(fine)('%s: %s', (path, text) => {
    const named = [wordRules, statementRules, decoratorRules].flat();
    expect(named.flatMap((rule) => rule.breaches([{ path, text }]))).toEqual([]);
  });
});

it('finds empty words inside names, but not inside other words', () => {
  expect(['lotHelpers', 'UTIL_CODES', 'process-order', 'XMLHandler'].map(emptyWordIn)).toEqual([
    'helper',
    'util',
    'process',
    'handler',
  ]);
  expect(['information', 'utility', 'processing', 'ServicePrincipal'].map(emptyWordIn)).toEqual(
    Array(4).fill(undefined),
  );
});

it('orders versions by number, not by letter', () => {
  expect(['8.9.0', '8.17.1', '10.0.0', '8.17.1-rc.1'].sort(compareVersions)).toEqual([
    '8.9.0',
    '8.17.1',
    '8.17.1-rc.1',
    '10.0.0',
  ]);
});

it('reads an event type only where it is a whole literal', () => {
  expect(eventTypesIn("'ledger.points.redeemed.v1' 'ledger.points.redeemed.v1' 'see ledger.points.lost.v1'")).toEqual([
    'ledger.points.redeemed.v1',
  ]);
});
