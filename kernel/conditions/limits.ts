/**
 * How large and how slow a condition may be. With them one evaluation costs well under a millisecond on any machine that
 * runs a hub: there is no clock to race against, because the most steps it can take is known before it begins.
 */
export const CONDITION_LIMITS = {
  /** Characters of its text. */
  source: 2_000,
  nodes: 200,
  depth: 24,
  /** Elements of a list written into it. */
  listElements: 50,
  mapEntries: 20,
  callArguments: 4,
  /** Elements of the longest list it is evaluated over, such as the lines of a receipt. */
  runtimeElements: 1_000,
  /** Steps of one evaluation: nodes, those inside a loop counted once for each element. */
  steps: 20_000,
} as const;

/** What a condition may call. No pattern matching, whose time nobody can tell beforehand, and nothing that makes long lists. */
export const CALLABLE: ReadonlySet<string> = new Set([
  'size',
  'has',
  'all',
  'exists',
  'exists_one',
  'filter',
  'map',
  'contains',
  'startsWith',
  'endsWith',
  'int',
  'double',
  'string',
]);

/** The calls that walk a list. */
export const LOOPS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map']);
