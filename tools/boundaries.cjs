/**
 * Who may import whom: the picture in docs/ARCHITECTURE.md as rules for dependency-cruiser.
 *
 * A roof (hub, seed, bench, schema, tools) stands on six columns that never touch (the gateway and five subgraphs), and the
 * columns on one foundation (kernel). No arrow runs up, and there is no circle. Type imports count like any other.
 */
const ours = '^(gateway|subgraphs|schema|seed|kernel|hub|bench|tools|console)/';
const roof = '^(schema|seed|hub|bench|tools)/';
const test = '[.]test[.]ts$';
const testOrTestkit = [test, '^(kernel|gateway|hub|subgraphs/[^/]+)/testkit/', '^gateway/e2e/'];

/** The only packages a pure rule may use. */
const pureLibraries = '(^|/)node_modules/(temporal-polyfill|big[.]js)/';

/** A rule that lists everything of ours a place may import; whatever is not listed is forbidden. */
function mayOnlyImport(name, comment, from, allowed) {
  const path = Array.isArray(from) ? from : [from];
  return {
    name,
    comment,
    severity: 'error',
    from: { path, pathNot: [test, '^gateway/e2e/'] },
    to: { path: ours, pathNot: allowed },
  };
}

const subgraph = (room) => `^subgraphs/([^/]+)/${room}`;
const same = (room) => `^subgraphs/$1/${room}`;

/** A request travels api → app → core and data; what it announces goes out through events/published. */
const subgraphRooms = [
  mayOnlyImport('api-room', 'api → app, core, kernel', subgraph('api/'), [
    same('(api|app|core)/'),
    '^kernel/(?!testkit/)',
  ]),
  mayOnlyImport('app-room', 'app → core, data, events/published, kernel', subgraph('app/'), [
    same('(app|core|data)/'),
    same('events/published[.]ts$'),
    '^kernel/(?!testkit/)',
  ]),
  mayOnlyImport('core-room', 'core → core, kernel/{values, errors, conditions}', subgraph('core/'), [
    same('core/'),
    '^kernel/(values|errors|conditions)/',
  ]),
  mayOnlyImport('data-room', 'data → core, kernel/{db, values, errors, events}', subgraph('data/'), [
    same('(core|data)/'),
    '^kernel/(db|values|errors|events)/',
  ]),
  mayOnlyImport(
    'published-events',
    'events/published → core, kernel/{events, values}',
    subgraph('events/published[.]ts$'),
    [same('core/'), '^kernel/(events|values)/'],
  ),
  mayOnlyImport('heard-events', 'events/on-* → app, kernel/{events, context}', subgraph('events/on-[^/]+[.]ts$'), [
    same('app/'),
    '^kernel/(events|context)/',
  ]),
  mayOnlyImport('testkit-room', 'testkit → core, data, kernel', subgraph('testkit/'), [
    same('(core|data|testkit)/'),
    '^kernel/',
  ]),
  mayOnlyImport('schema-file', 'schema.ts → api, kernel/graph', subgraph('schema[.]ts$'), [
    same('api/'),
    '^kernel/graph/',
  ]),
  mayOnlyImport('config-file', 'config.ts → kernel/{config, values}', subgraph('config[.]ts$'), [
    '^kernel/(config|values)/',
  ]),
  mayOnlyImport('main-file', 'main.ts → anything of its own subgraph but its testkit, kernel', subgraph('main[.]ts$'), [
    same('(?!testkit/)'),
    '^kernel/(?!testkit/)',
  ]),
  {
    name: 'no-other-place-in-a-subgraph',
    comment: 'A subgraph has seven rooms and three files; code anywhere else would escape the rules of the rooms.',
    severity: 'error',
    from: {
      path: '^subgraphs/',
      pathNot: [
        '^subgraphs/[^/]+/(api|app|core|data|testkit)/',
        '^subgraphs/[^/]+/events/(published|on-[^/]+)[.]ts$',
        '^subgraphs/[^/]+/(main|schema|config)[.]ts$',
        test,
      ],
    },
    to: { path: '.' },
  },
];

/**
 * The gateway's rooms. A request travels accept → auth → limits → plan → stream; imports follow one line too: the front
 * (accept) knows every room, a stream re-enters the planner, and nothing looks back at the front.
 */
const gatewayRooms = ['accept', 'stream', 'plan', 'limits', 'auth'].map((room, position, line) =>
  mayOnlyImport(
    `gateway-${room}-room`,
    `gateway/${room} → ${line.slice(position).join(', ')}, kernel`,
    `^gateway/${room}/`,
    [`^gateway/(${line.slice(position).join('|')})/`, '^kernel/(?!testkit/)'],
  ),
);

module.exports = {
  forbidden: [
    ...subgraphRooms,
    ...gatewayRooms,
    {
      name: 'subgraphs-never-meet',
      comment: 'Subgraphs meet in the graph, by events and by commands; tests and testkits are no exception.',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/' },
      to: { path: '^subgraphs/', pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'subgraphs-stand-on-the-kernel',
      comment: 'A subgraph, its tests included, imports itself and the kernel.',
      severity: 'error',
      from: { path: '^subgraphs/' },
      to: { path: ours, pathNot: '^(subgraphs|kernel)/' },
    },
    {
      name: 'gateway-stands-on-the-kernel',
      comment:
        'The gateway holds no business word, so it imports no subgraph; only its journeys (e2e) start a whole hub.',
      severity: 'error',
      from: { path: '^gateway/', pathNot: '^gateway/e2e/' },
      to: { path: ours, pathNot: '^(gateway|kernel)/' },
    },
    {
      name: 'journeys-see-a-hub-from-outside',
      comment: 'gateway/e2e may start a hub and its seed, and then speaks GraphQL; it opens no room of a subgraph.',
      severity: 'error',
      from: { path: '^gateway/e2e/' },
      to: { path: ours, pathNot: '^(gateway|kernel|hub|seed|schema)/' },
    },
    {
      name: 'kernel-is-the-foundation',
      comment: 'The kernel, its tests included, imports nothing that stands on it.',
      severity: 'error',
      from: { path: '^kernel/' },
      to: { path: ours, pathNot: '^kernel/' },
    },
    {
      name: 'kernel-words-stand-alone',
      comment:
        'kernel/values, kernel/errors and kernel/conditions are what pure rules may use, so they import nothing else of ours.',
      severity: 'error',
      from: { path: '^kernel/(values|errors|conditions)/', pathNot: test },
      to: { path: ours, pathNot: '^kernel/(values|errors|conditions)/' },
    },
    {
      name: 'one-reader-of-conditions',
      comment:
        'Who saves a rule and who applies it must read a condition alike, so the expression library has one user.',
      severity: 'error',
      from: { path: ours, pathNot: '^kernel/conditions/' },
      to: { path: '(^|/)node_modules/@marcbachmann/cel-js/' },
    },
    {
      name: 'roof-enters-by-the-door',
      comment:
        'The roof reaches a subgraph by its main.ts or schema.ts, so rooms can change behind them. The bench of the ledger ' +
        'measures use cases without the graph around them, so it stands inside.',
      severity: 'error',
      from: { path: roof, pathNot: [test, '^bench/ledger/'] },
      to: { path: '^subgraphs/', pathNot: '^subgraphs/[^/]+/(main|schema)[.]ts$' },
    },
    {
      name: 'a-partner-reckons-alone',
      comment:
        'hub verify-statement shares no line with what it checks: neither posting, nor netting, nor the hub’s own arithmetic. A mistake ' +
        'that both made would be found by neither.',
      severity: 'error',
      from: { path: '^hub/statement-check/', pathNot: test },
      to: { path: ours, pathNot: '^hub/statement-check/' },
    },
    {
      name: 'pure-rules-use-named-libraries',
      comment:
        'A rule in core/ runs anywhere: no Node module, and of packages only those named at the top of this file.',
      severity: 'error',
      from: { path: '^subgraphs/[^/]+/core/', pathNot: test },
      to: {
        dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg'],
        pathNot: pureLibraries,
      },
    },
    {
      name: 'graph-libraries-stay-at-the-edge',
      comment: 'Use cases, stores and events do not know that they are reached by GraphQL.',
      severity: 'error',
      from: { path: '^subgraphs/[^/]+/(app|data|events)/', pathNot: test },
      to: { path: '(^|/)node_modules/(graphql|type-graphql|graphql-[^/]+|@apollo/[^/]+|@graphql-tools/[^/]+)/' },
    },
    {
      name: 'database-libraries-stay-in-data',
      comment: 'The edge and the listeners reach rows through use cases.',
      severity: 'error',
      from: { path: '^subgraphs/[^/]+/(api|events)/', pathNot: test },
      to: { path: '(^|/)node_modules/(pg|typeorm)/' },
    },
    {
      name: 'testkits-are-for-tests',
      comment: 'What runs in production imports no testkit and no test; benchmarks may build with the testkits.',
      severity: 'error',
      from: { path: ours, pathNot: [...testOrTestkit, '^bench/'] },
      to: { path: ['/testkit/', test, '^gateway/e2e/'] },
    },
    {
      name: 'no-circle',
      comment:
        'A circle of classes works when built and fails under the tests; break it with a type import and a thunk.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphan',
      comment: 'A module that imports nothing and is imported by nothing is probably left over.',
      severity: 'warn',
      from: { orphan: true, pathNot: [test, '[.]d[.]ts$', '[.]cjs$', '^bench/'] },
      to: {},
    },
    {
      name: 'no-development-package-in-production',
      comment: 'An installation without development packages must start.',
      severity: 'error',
      from: { path: ours, pathNot: [...testOrTestkit, '^tools/'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-package-by-accident',
      comment:
        'A package that is not in package.json is here only because of another one. (Jest brings its own sequencer.)',
      severity: 'error',
      from: { path: ours },
      to: {
        dependencyTypes: ['npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: '(^|/)node_modules/@jest/test-sequencer/',
      },
    },
    {
      name: 'no-missing-module',
      comment: 'An import that leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|bench/peers)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
