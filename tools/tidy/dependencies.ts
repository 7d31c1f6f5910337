import type { HouseRule, ProjectFile } from './tree';

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly devDependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly overrides?: Record<string, string>;
}

/** The oldest versions without a published hole that concerns this project. */
const oldestSafe: Readonly<Record<string, string>> = {
  '@apollo/gateway': '2.13.2',
  '@apollo/composition': '2.13.2',
  '@apollo/query-planner': '2.13.2',
  '@apollo/server': '5.5.0',
  typeorm: '0.3.26',
  ws: '8.17.1',
  graphql: '16.12.0',
};
/** Majors the rest of the stack cannot follow yet. */
const onlyMajor: Readonly<Record<string, number>> = { graphql: 16 };

/** Versions that must be one and the same, because they share types at run time. */
const together = ['gateway', 'composition', 'query-planner', 'query-graphs', 'federation-internals'].map(
  (name) => `@apollo/${name}`,
);

const exact = /^(npm:[\w@/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/;

const textOf = (files: readonly ProjectFile[], path: string): string =>
  files.find((file) => file.path === path)?.text ?? '';

function manifestOf(files: readonly ProjectFile[]): Manifest {
  return JSON.parse(textOf(files, 'package.json') || '{}') as Manifest;
}

function pinsOf(files: readonly ProjectFile[]): Record<string, string> {
  const { dependencies, devDependencies, optionalDependencies, overrides } = manifestOf(files);
  return { ...overrides, ...dependencies, ...devDependencies, ...optionalDependencies };
}

/** Orders versions by their three numbers; a pre-release counts as its release. */
export function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => version.split('-')[0]!.split('.').map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  return [0, 1, 2].map((place) => (left[place] ?? 0) - (right[place] ?? 0)).find((difference) => difference !== 0) ?? 0;
}

/** Every installed version of a package, nested copies included, as the lock file has them. */
function lockedVersions(files: readonly ProjectFile[], name: string): string[] {
  const lock = JSON.parse(textOf(files, 'package-lock.json') || '{}') as {
    packages?: Record<string, { version?: string }>;
  };
  return Object.entries(lock.packages ?? {})
    .filter(([path]) => path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`))
    .map(([, { version }]) => version ?? '');
}

/** Package and version by row of the table in docs/DEPENDENCIES.md: | `name` | version | licence | reason | */
function documented(files: readonly ProjectFile[]): Map<string, { version: string; reason: string }> {
  const rows = textOf(files, 'docs/DEPENDENCIES.md').matchAll(/^\| `([^`]+)` \| ([^|]+) \| [^|]+ \| ([^|]*) \|$/gm);
  return new Map(
    [...rows].map(([, name = '', version = '', reason = '']) => [
      name,
      { version: version.trim(), reason: reason.trim() },
    ]),
  );
}

function documentBreaches(files: readonly ProjectFile[]): string[] {
  const pins = pinsOf(files);
  const rows = documented(files);
  const missing = Object.keys(pins).filter((name) => (rows.get(name)?.reason ?? '') === '');
  const stale = [...rows.keys()].filter((name) => !(name in pins));
  const other = [...rows].filter(([name, { version }]) => name in pins && pins[name] !== version);
  return [
    ...missing.map((name) => `package.json: ${name} has no reason in docs/DEPENDENCIES.md`),
    ...stale.map((name) => `docs/DEPENDENCIES.md: ${name} is not in package.json`),
    ...other.map(([name, { version }]) => `docs/DEPENDENCIES.md: ${name} is ${pins[name]}, not ${version}`),
  ];
}

export const dependencyRules: readonly HouseRule[] = [
  {
    sentence: 'every dependency is pinned to one version',
    breaches: (files) =>
      Object.entries(pinsOf(files))
        .filter(([, version]) => !exact.test(version))
        .map(([name, version]) => `package.json: ${name} is ${version}`),
  },
  {
    sentence: 'docs/DEPENDENCIES.md names every dependency with its version and reason, and no other',
    breaches: documentBreaches,
  },
  {
    sentence: 'no installed version is older than the oldest safe one',
    breaches: (files) =>
      Object.entries(oldestSafe).flatMap(([name, oldest]) =>
        lockedVersions(files, name)
          .filter((version) => compareVersions(version, oldest) < 0)
          .map((version) => `package-lock.json: ${name} ${version} is older than ${oldest}`),
      ),
  },
  {
    sentence: 'no installed version is of a major the rest cannot follow',
    breaches: (files) =>
      Object.entries(onlyMajor).flatMap(([name, major]) =>
        lockedVersions(files, name)
          .filter((version) => Number(version.split('.')[0]) !== major)
          .map((version) => `package-lock.json: ${name} ${version} is not ${major}.x`),
      ),
  },
  {
    sentence: 'the federation packages are all of one version',
    breaches: (files) => {
      const versions = new Set(together.flatMap((name) => lockedVersions(files, name)));
      return versions.size > 1 ? [`package-lock.json: federation packages of ${[...versions].join(', ')}`] : [];
    },
  },
];
