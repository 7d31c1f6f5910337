import { isCode, isTest, type HouseRule, type ProjectFile } from './tree';

const topFolders = [
  'gateway',
  'subgraphs',
  'schema',
  'seed',
  'kernel',
  'hub',
  'console',
  'bench',
  'docs',
  'tools',
  '.ci',
];
// prettier-ignore
const topFiles = [
  'package.json', 'package-lock.json', 'tsconfig.json', 'jest.config.ts', 'eslint.config.mjs', 'docker-compose.yml', 'Dockerfile',
  '.dockerignore', '.dclintrc.json', '.editorconfig', '.gitattributes', '.gitignore', '.npmrc', '.prettierignore', '.prettierrc.json',
  'README.md', 'LICENSE', 'NOTICE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md',
];
const rooms = ['api', 'app', 'core', 'data', 'events', 'invariants', 'testkit'];
const doors = ['README.md', 'main.ts', 'schema.ts', 'config.ts'];
const subgraphs = ['feedback', 'ledger', 'members', 'partners', 'rewards'];
const kernelRooms = [
  'conditions',
  'config',
  'context',
  'db',
  'errors',
  'events',
  'graph',
  'telemetry',
  'testkit',
  'values',
];
const nowhereFolders = ['shared', 'common', 'utils', 'util', 'helpers', 'lib', 'misc', 'services', 'managers'];

/** Where a role may stand; a role that is not here does not exist. */
const roleRooms: Readonly<Record<string, RegExp>> = {
  type: /\/api\//,
  stub: /\/api\//,
  loader: /\/api\//,
  query: /\/api\//,
  mutation: /\/api\//,
  subscription: /\/api\//,
  row: /\/data\//,
  store: /\/data\/|^gateway\/|^kernel\//,
  bench: /./,
};
const testSuffix = /([.]long)?[.](pg[.]|graph[.]|e2e[.])?test[.]ts$/;
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$|^__snapshots__$/;
const documentName = /^[A-Z]+(_[A-Z]+)*[.]md$/;

const linesAtMost = { code: 400, test: 600, main: 60 };
const widthAtMost = 140;

const folderNames = (path: string): string[] => path.split('/').slice(0, -1);
const fileName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const bySubgraph = (files: readonly ProjectFile[], name: string): Set<string> =>
  new Set(
    files
      .map(({ path }) => path.split('/'))
      .filter((at) => at[0] === 'subgraphs' && at[1] === name)
      .map((at) => at[2] ?? ''),
  );

function entriesOfSubgraphs(files: readonly ProjectFile[]): string[] {
  const found = new Set(
    files.filter(({ path }) => path.startsWith('subgraphs/')).map(({ path }) => path.split('/')[1] ?? ''),
  );
  const unknown = [...found]
    .filter((name) => !subgraphs.includes(name))
    .map((name) => `subgraphs/${name}: is not one of the five`);
  const wrong = subgraphs.flatMap((name) => {
    const present = bySubgraph(files, name);
    const missing = [...rooms, ...doors]
      .filter((entry) => !present.has(entry))
      .map((entry) => `subgraphs/${name}: lacks ${entry}`);
    const extra = [...present].filter((entry) => ![...rooms, ...doors].includes(entry) && !testSuffix.test(entry));
    return [...missing, ...extra.map((entry) => `subgraphs/${name}/${entry}: is no room of a subgraph`)];
  });
  return [...unknown, ...wrong];
}

/** Complaints about the roles in a file name: `lot.store.pg.test.ts` has the role store and the test kind pg. */
function roleBreach({ path }: ProjectFile): string[] {
  const stem = fileName(path)
    .replace(testSuffix, '')
    .replace(/([.]d)?[.]ts$/, '');
  const [, ...roles] = stem.split('.');
  return roles.flatMap((role) => {
    const room = roleRooms[role];
    if (room === undefined) return [`${path}: ${role} is not a role`];
    return room.test(path) ? [] : [`${path}: a ${role} does not live here`];
  });
}

function nameBreach({ path }: ProjectFile): string[] {
  const name = fileName(path);
  const isLoud = documentName.test(name) || !path.includes('/');
  const parts = isLoud ? [] : name.replace(/^[.]/, '').split('.');
  return [...folderNames(path).map((folder) => folder.replace(/^[.]/, '')), ...parts]
    .filter((part) => !kebab.test(part))
    .map((part) => `${path}: ${part} is not kebab-case`);
}

function lengthBreach(file: ProjectFile): string[] {
  const lines = file.text.split('\n').length - 1;
  const isMain = /^(subgraphs\/[^/]+|gateway)\/main[.]ts$/.test(file.path);
  const most = isMain ? linesAtMost.main : isTest(file) ? linesAtMost.test : linesAtMost.code;
  return lines > most ? [`${file.path}: ${lines} lines, at most ${most}`] : [];
}

export const layoutRules: readonly HouseRule[] = [
  {
    sentence: 'the top level holds what docs/ARCHITECTURE.md lists and nothing else',
    breaches: (files) =>
      [...new Set(files.map(({ path }) => (path.includes('/') ? `${path.split('/')[0]}/` : path)))]
        .filter((entry) => !topFiles.includes(entry) && !topFolders.includes(entry.slice(0, -1)))
        .map((entry) => `${entry}: is not known at the top level`),
  },
  {
    sentence: 'every subgraph has the same rooms, a README and three doors',
    breaches: entriesOfSubgraphs,
  },
  {
    sentence: 'the kernel has its ten rooms and no other',
    breaches: (files) =>
      files
        .filter(({ path }) => path.startsWith('kernel/') && fileName(path) !== 'README.md')
        .filter(({ path }) => !kernelRooms.includes(path.split('/')[1] ?? ''))
        .map(({ path }) => `${path}: is in no room of the kernel`),
  },
  {
    sentence: 'no folder is named for having no other name',
    breaches: (files) =>
      files
        .filter(({ path }) => folderNames(path).some((name) => nowhereFolders.includes(name)))
        .map(({ path }) => `${path}: is nowhere`),
  },
  {
    sentence: 'invariants are SQL, one query a file, opened by the sentence they prove',
    breaches: (files) =>
      files
        .filter(({ path }) => /^subgraphs\/[^/]+\/invariants\//.test(path))
        .filter((file) => !isTest(file) && !file.path.endsWith('README.md'))
        .filter(({ path, text }) => !path.endsWith('.sql') || !/^\s*(--|\/\*)\s*\S/.test(text))
        .map(({ path }) => `${path}: is not SQL that opens with its sentence`),
  },
  {
    sentence: 'file and folder names are kebab-case',
    breaches: (files) => files.filter(({ path }) => !/^docs\/adr\/[0-9]{4}-/.test(path)).flatMap(nameBreach),
  },
  {
    sentence: 'the role in a file name is one of the closed list and stands in its room',
    breaches: (files) => files.filter(({ path }) => path.includes('/') && path.endsWith('.ts')).flatMap(roleBreach),
  },
  {
    sentence: `a file has at most ${linesAtMost.code} lines, a test ${linesAtMost.test}, a main.ts ${linesAtMost.main}`,
    breaches: (files) => files.filter(isCode).flatMap(lengthBreach),
  },
  {
    sentence: `a line of code has at most ${widthAtMost} characters`,
    breaches: (files) =>
      files.filter(isCode).flatMap(({ path, text }) =>
        text
          .split('\n')
          .map((line, index) => ({ line, place: `${path}:${index + 1}` }))
          .filter(({ line }) => line.length > widthAtMost && !line.includes('https://'))
          .map(({ line, place }) => `${place}: ${line.length} characters`),
      ),
  },
  {
    sentence: 'the project is written in TypeScript; JavaScript only where a tool reads nothing else',
    breaches: (files) =>
      files
        .filter(({ path }) => /[.](c|m)?jsx?$/.test(path))
        .filter(({ path }) => !['eslint.config.mjs', 'tools/boundaries.cjs'].includes(path))
        .map(({ path }) => `${path}: is JavaScript`),
  },
];
