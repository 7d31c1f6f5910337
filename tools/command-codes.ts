import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';

const ROOMS = ['bench', 'gateway', 'hub', 'kernel', 'seed', 'subgraphs'];
const TEXT = /'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/.source;
/** A fault where it is made: its code and, where it is written there, how its message begins. */
const MADE = new RegExp(
  `new \\w*Fault\\(\\s*'(HUB_[A-Z_]+)',\\s*\\[?\\s*((?:${TEXT})(?:\\s*\\+\\s*(?:${TEXT}))*)?`,
  'g',
);
const UNSAID = '…';

/**
 * The codes with which a command or a start ends, by name, with what each says wherever it is made. What is known only then is an
 * ellipsis.
 */
export function commandCodes(root = projectRoot()): [code: string, said: string[]][] {
  const codes = new Map<string, Set<string>>();
  for (const file of ROOMS.flatMap((room) => sourcesIn(root, room)))
    for (const [, code = '', message = ''] of readFileSync(file, 'utf8').matchAll(MADE))
      codes.set(code, (codes.get(code) ?? new Set()).add(inWords(message)));
  return [...codes].map(([code, said]): [string, string[]] => [code, [...said]]).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** A message as it is written, its values left out. */
function inWords(message: string): string {
  const parts = [...message.matchAll(new RegExp(TEXT, 'g'))].map(([text]) => text.slice(1, -1));
  const said = parts.join('').replaceAll(/\$\{[^}]*\}/g, UNSAID);
  return said.replaceAll(/(\\n|\s)+/g, ' ').trim() || UNSAID;
}

function sourcesIn(root: string, room: string): string[] {
  return readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('testkit'))
    .sort()
    .map((file) => join(root, room, file));
}
