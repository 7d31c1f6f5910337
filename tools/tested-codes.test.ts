import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import { COMMANDS } from './print-errors';

const ROOMS = ['gateway', 'hub', 'kernel', 'seed', 'subgraphs'];
/** These hold the catalogue itself, and provoke nothing. */
const OF_THE_CATALOGUE = /refusals\.test\.ts$/;

it('has a test for every code that docs/errors.md promises', () => {
  const root = projectRoot();
  const [ofTheGraph = ''] = readFileSync(join(root, 'docs', 'errors.md'), 'utf8').split(COMMANDS);
  const promised = [...ofTheGraph.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, code]) => code!);
  const files = ROOMS.flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.test.ts'))
      .map((file) => join(room, file)),
  );
  const tests = files
    .filter((file) => !OF_THE_CATALOGUE.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'));
  expect(promised.length).toBeGreaterThan(100);
  expect(promised.filter((code) => !tests.some((text) => text.includes(`'${code}'`)))).toEqual([]);
});
