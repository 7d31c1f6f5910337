import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse } from 'graphql';
import { changesBetween, changesPage, faultsOfOperation } from './compatibility';
import { releasedSchema, schemaOf } from './printed';

const folder = join(__dirname, 'operations');
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.graphql'));
const now = schemaOf(readFileSync(join(__dirname, 'api.graphql'), 'utf8'));
const released = releasedSchema();

describe('the graph, beside the last released one,', () => {
  it('breaks no client', () => expect(changesBetween(released, now).breaking).toEqual([]));

  it.each(files)('still runs %s', (file) => {
    const operation = parse(readFileSync(join(folder, file), 'utf8'));
    expect(faultsOfOperation(released, operation)).toEqual([]);
    expect(faultsOfOperation(now, operation)).toEqual([]);
  });
});

describe('a change of the graph', () => {
  const from = buildSchema(
    'type Query { a(n: Int = 1): Int  b: Int }  enum Level { LOW }  union U = T  type T { x: Int }',
  );
  const changed = (sdl: string) => changesBetween(from, buildSchema(sdl));

  it.each([
    ['a field taken away', 'type Query { a(n: Int = 1): Int }  enum Level { LOW }  union U = T  type T { x: Int }'],
    [
      'a type made another',
      'type Query { a(n: Int = 1): String  b: Int }  enum Level { LOW }  union U = T  type T { x: Int }',
    ],
    [
      'an argument made required',
      'type Query { a(n: Int!): Int  b: Int }  enum Level { LOW }  union U = T  type T { x: Int }',
    ],
    [
      'a value taken away',
      'type Query { a(n: Int = 1): Int  b: Int }  enum Level { HIGH }  union U = T  type T { x: Int }',
    ],
  ])('is told to break clients: %s', (_, sdl) => expect(changed(sdl).breaking).not.toEqual([]));

  it('is told in words a client understands', () => {
    const changes = changed(
      `type Query { a(n: Int = 1, m: Int): Int  b: Int  c: N }  enum Level { LOW HIGH }
       union U = T | N  type T { x: Int }  type N { y: Int }`,
    );
    expect(changes.breaking).toEqual([]);
    expect(changes.added).toEqual(['Level.HIGH', 'N', 'N.y', 'Query.a(m)', 'Query.c', 'U.N']);
    const page = changesPage(changes);
    expect(page).toContain('- HIGH was added to enum type Level.');
    expect(page).toContain('- `Query.c`\n');
    expect(page).not.toContain('N.y');
  });

  it('that breaks an operation is told with the operation', () => {
    expect(faultsOfOperation(from, parse('{ gone }'))).toEqual(['Cannot query field "gone" on type "Query".']);
  });
});
