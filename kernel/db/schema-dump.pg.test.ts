import type { MigrationInterface, QueryRunner } from 'typeorm';
import { openTestDatabase, type TestDatabase } from '../testkit/database';
import type { DatabaseDefinition } from './database';
import { jars } from '../testkit/jars';
import { dumpSchema } from './schema-dump';

const TABLES = {
  shelf: `create table shelf (
    id bigint generated always as identity primary key,
    name text collate "C" not null default 'top' constraint shelf_named check (name <> ''),
    width numeric(12, 2),
    shout text generated always as (upper(name)) stored) with (fillfactor = 50)`,
  mood: `create type mood as enum ('calm', 'bright')`,
  book: `create table book (
    shelf_id bigint not null constraint book_stands references shelf (id) deferrable,
    feeling mood not null, bought_at timestamptz not null default now(),
    constraint book_once unique (shelf_id, feeling))`,
  index: `create index book_by_time on book using brin (bought_at) where feeling = 'calm'`,
  touched: `create function touched() returns trigger language plpgsql as $$ begin return new; end; $$`,
  trigger: `create trigger book_touched before update on book for each row execute function touched()`,
  security: `alter table book enable row level security; create policy book_mine on book for select using (feeling = 'calm')`,
  view: `create view calm_book as select shelf_id from book where feeling = 'calm'`,
};

function library(name: string, statements: readonly string[]): DatabaseDefinition {
  class Build1700000000001 implements MigrationInterface {
    name = 'Build1700000000001';

    async up(runner: QueryRunner): Promise<void> {
      for (const statement of statements) await runner.query(statement);
    }

    async down(): Promise<void> {}
  }
  return { name, rows: [], migrations: [Build1700000000001], appendOnly: [] };
}

describe('dumpSchema', () => {
  const { shelf, mood, book, index, touched, trigger, security, view } = TABLES;
  const opened: TestDatabase[] = [];
  const dumpOf = async (definition: DatabaseDefinition): Promise<string> => {
    const database = await openTestDatabase(definition);
    opened.push(database);
    return dumpSchema(database.pool);
  };
  afterAll(() => Promise.all(opened.map((database) => database.drop())));

  it('gives the same text whatever the order in which the objects were made', async () => {
    const oneWay = await dumpOf(library('library_a', [shelf, mood, book, index, touched, trigger, security, view]));
    const another = await dumpOf(library('library_b', [touched, mood, shelf, book, trigger, view, index, security]));
    expect(another).toBe(oneWay);
    expect(oneWay).toMatchSnapshot();
  });

  it('shows a change to a single default', async () => {
    const before = await dumpOf(library('library_c', [shelf]));
    const after = await dumpOf(library('library_d', [shelf, `alter table shelf alter column name set default 'low'`]));
    expect(after).not.toBe(before);
  });

  it('leaves out the table that remembers migrations', async () => {
    const text = await dumpOf(jars);
    expect(text).toContain('create table jar (');
    expect(text).not.toContain('schema_migration');
  });
});
