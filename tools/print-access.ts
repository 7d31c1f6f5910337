import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, isInterfaceType, type GraphQLSchema } from 'graphql';
import { projectRoot } from '../kernel/config/project-root';
import { ACTORS, accessMatrix, type AccessMatrix, type Actor, type Cell } from '../schema/access';
import { settlePage, table } from './page';

const introduction = `# Who sees what

Printed by \`npm run docs:print\` from schema/access.ts and the graph; a test keeps them equal. \`gateway/e2e/access\` holds every cell of
the roots to what a running hub does, through the gateway and past it, and so every field of every object that a query or a
subscription leads to, or that is fetched by reference.

**yes** · **own**: of what is its own (a partner’s and its staff’s: that partner’s documents, and members that opened themselves to it;
a member's: itself) · empty: no. A partner's key needs the scope besides. Fields that answer a call are seen by who may make it.
`;

const ROOTS = ['Query', 'Mutation', 'Subscription'];
const WIDTH = 140;

/** The text of docs/ACCESS.md: it names every field of the graph, so that none comes to anybody's eyes without a change of the page. */
export function accessPage(apiSdl: string): string {
  const matrix = accessMatrix(apiSdl);
  const sections = ROOTS.map((root) => `## ${root}\n\n${matrixTable(rowsOf(matrix, root))}\n`);
  return [introduction, ...sections, objectsBySight(matrix, buildSchema(apiSdl))].join('\n');
}

type Row = Readonly<Record<Actor, Cell>>;
type Line = readonly [string, Row];

function rowsOf(matrix: AccessMatrix, type: string): Line[] {
  return [...matrix].filter(([coordinate]) => coordinate.startsWith(`${type}.`)).sort(([a], [b]) => (a < b ? -1 : 1));
}

function matrixTable(lines: readonly Line[]): string {
  const shown = (cell: Cell) => (cell === 'no' ? '' : cell);
  return table(
    ['field', ...ACTORS],
    lines.map(([coordinate, row]) => [`\`${coordinate}\``, ...ACTORS.map((actor) => shown(row[actor]))]),
  );
}

/** The fields of objects, under who sees them: an object stands in as many places as its fields are seen differently. */
function objectsBySight(matrix: AccessMatrix, schema: GraphQLSchema): string {
  const sights = new Map<string, Map<string, string[]>>();
  for (const [coordinate, row] of [...matrix].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [type = '', field = ''] = coordinate.split('.');
    if (ROOTS.includes(type)) continue;
    const types = sights.get(sightOf(row)) ?? new Map<string, string[]>();
    sights.set(sightOf(row), types.set(type, [...(types.get(type) ?? []), field]));
  }
  const refusal = schema.getType('Refusal');
  const common = isInterfaceType(refusal) ? Object.keys(refusal.getFields()).sort() : [];
  const named = (fields: readonly string[]) =>
    common.length > 0 && common.every((name) => fields.includes(name))
      ? ['…', ...fields.filter((name) => !common.includes(name))]
      : fields;
  const parts = [...sights]
    .sort(([a], [b]) => b.split(', ').length - a.split(', ').length || (a < b ? -1 : 1))
    .map(([sight, types]) => {
      const lines = [...types].map(([type, fields]) => wrapped(`- **${type}**: ${named(fields).join(', ')}`));
      return `### ${sight}\n\n${lines.join('\n')}\n`;
    });
  const legend = `Each object’s fields under who sees them, widest first; … are those of every refusal: ${common.join(', ')}.`;
  return [`## Objects\n\n${legend}\n`, ...parts].join('\n');
}

function sightOf(row: Row): string {
  const seen = ACTORS.filter((actor) => row[actor] !== 'no');
  return seen.map((actor) => (row[actor] === 'own' ? `${actor} (own)` : actor)).join(', ');
}

/** The same in lines that are short enough for a page. */
function wrapped(text: string): string {
  return text
    .split(' ')
    .reduce(
      ({ lines, width }, word) =>
        width + word.length + 1 > WIDTH
          ? { lines: `${lines}\n  ${word}`, width: word.length + 2 }
          : { lines: lines === '' ? word : `${lines} ${word}`, width: width + word.length + 1 },
      { lines: '', width: -1 },
    ).lines;
}

if (require.main === module) {
  const api = readFileSync(join(projectRoot(), 'schema', 'api.graphql'), 'utf8');
  process.exitCode = settlePage('docs/ACCESS.md', accessPage(api), process.argv.slice(2));
}
