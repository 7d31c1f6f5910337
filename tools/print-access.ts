import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import { ACTORS, accessMatrix, type AccessMatrix, type Actor, type Cell } from '../schema/access';
import { settlePage, table } from './page';

const introduction = `# Who sees what

Printed by \`npm run docs:print\` from schema/access.ts and the graph; a test keeps them equal. \`gateway/e2e/access\` holds every cell of
the roots to what a running hub does, through the gateway and past it, and every object that is fetched by reference.

**yes** · **own**: of what is its own (a partner’s and its staff’s: that partner’s documents, and members that opened themselves to it;
a member's: itself) · empty: no. A partner's key needs the scope besides. Fields that answer a call are seen by who may make it.
Objects all of whose fields are seen alike have one line.
`;

/** The text of docs/ACCESS.md. */
export function accessPage(apiSdl: string): string {
  const matrix = accessMatrix(apiSdl);
  const types = [...new Set([...matrix.keys()].map((coordinate) => coordinate.split('.')[0] as string))];
  const roots = ['Query', 'Mutation', 'Subscription'];
  const rest = types.filter((type) => !roots.includes(type)).sort();
  const sections = roots.map((root) => `## ${root}\n\n${matrixTable(rowsOf(matrix, root))}\n`);
  const objects = rest.flatMap((type) => together(type, rowsOf(matrix, type)));
  return [introduction, ...sections, `## Objects\n\n${matrixTable(objects)}\n`].join('\n');
}

type Line = readonly [string, Readonly<Record<Actor, Cell>>];

function rowsOf(matrix: AccessMatrix, type: string): Line[] {
  return [...matrix].filter(([coordinate]) => coordinate.startsWith(`${type}.`)).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** One line for an object whose fields are all seen alike. */
function together(type: string, lines: readonly Line[]): Line[] {
  const alike = new Set(lines.map(([, row]) => ACTORS.map((actor) => row[actor]).join()));
  return alike.size === 1 ? [[`${type}.*`, (lines[0] as Line)[1]]] : [...lines];
}

function matrixTable(lines: readonly Line[]): string {
  const shown = (cell: Cell) => (cell === 'no' ? '' : cell);
  return table(
    ['field', ...ACTORS],
    lines.map(([coordinate, row]) => [`\`${coordinate}\``, ...ACTORS.map((actor) => shown(row[actor]))]),
  );
}

if (require.main === module) {
  const api = readFileSync(join(projectRoot(), 'schema', 'api.graphql'), 'utf8');
  process.exitCode = settlePage('docs/ACCESS.md', accessPage(api), process.argv.slice(2));
}
