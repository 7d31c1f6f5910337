import { GraphQLError } from 'graphql';
import { openTestDatabase, type TestDatabase } from '../testkit/database';
import { jars } from '../testkit/jars';
import { openLog } from './log';
import { loggedError } from './logged-error';

const NAME = 'Anna Kowalska';
const FAULTS = {
  'a broken check': `insert into person values ('${NAME}', 'x', 1)`,
  'a broken uniqueness': `insert into person values ('${NAME}', 'pl', 1), ('${NAME}', 'pl', 1)`,
  'a missing value': `insert into person values ('${NAME}', null, 1)`,
  'a value of another type': `select '${NAME}'::uuid`,
  'a number too large': `select '${NAME.length}00000000000'::int`,
};
const UNSAID = ['Kowalska', '1300000000000'];

describe('an error in the log', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase(jars);
    await database.asOwner(`create table person (name text primary key, language text not null check (length(language) = 2), age int);
      grant all on person to public`);
  });
  afterAll(() => database.drop());

  const failed = (work: Promise<unknown>): Promise<Error> =>
    work.then(
      () => Promise.reject(new Error('it did not fail')),
      (error: Error) => error,
    );
  const logged = (err: unknown): string => {
    const lines: string[] = [];
    openLog('test', 'error', { write: (line) => void lines.push(line) }).error({ event: 'test.failed', err });
    return lines.join('');
  };

  it.each(Object.entries(FAULTS))('names no person: %s, however it is wrapped', async (_what, statement) => {
    const bare = await failed(database.pool.query(statement));
    const errors: Error[] = [
      bare,
      await failed(database.dataSource.query(statement)),
      new GraphQLError(bare.message, { originalError: bare }),
      new Error(`it did not work: ${bare.message}`, { cause: bare }),
      new AggregateError([bare], 'all of them failed'),
    ];
    for (const error of errors) {
      const line = logged(error);
      for (const unsaid of UNSAID) expect(line).not.toContain(unsaid);
      expect(JSON.parse(line).err.stack).toMatch(/\n +at /);
    }
    // Control: the whole error, or its message, names them.
    const whole = JSON.stringify({ ...bare, message: bare.message });
    expect(UNSAID.some((unsaid) => whole.includes(unsaid))).toBe(true);
  });

  it('says what happened, and which rule of which table was broken', async () => {
    expect(loggedError(await failed(database.pool.query(FAULTS['a broken check'])))).toMatchObject({
      ...{ type: 'DatabaseError', code: '23514', constraint: 'person_language_check', table: 'person' },
      message: 'new row for relation "person" violates check constraint "person_language_check"',
    });
    expect(loggedError(await failed(database.pool.query(FAULTS['a missing value'])))).toMatchObject({
      ...{ code: '23502', table: 'person', column: 'language' },
    });
    const typed = loggedError(await failed(database.pool.query(FAULTS['a value of another type'])));
    expect(typed).toMatchObject({ code: '22P02', message: '(message withheld: it may quote a value)' });
  });

  it('is told of whatever was thrown, also of what cannot be made a text', () => {
    expect(loggedError(Object.create(null))).toEqual({ type: 'object', message: '[object Object]' });
    expect(loggedError('gone')).toEqual({ type: 'string', message: 'gone' });
  });

  it('of other kinds keeps message, code and cause, and nothing that was hung on it', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', request: { body: NAME } });
    const error = Object.assign(new TypeError('members did not answer', { cause }), { parameters: [NAME] });
    expect(loggedError(error)).toEqual({
      ...{ type: 'TypeError', message: 'members did not answer', stack: expect.stringContaining('logged-error') },
      cause: { type: 'Error', message: 'refused', code: 'ECONNREFUSED', stack: expect.any(String) },
    });
    expect(loggedError({ message: 'told', extensions: { code: 'INTERNAL' }, data: NAME })).toEqual({
      ...{ type: 'object', message: 'told', code: 'INTERNAL' },
    });
    expect(loggedError('thrown')).toEqual({ type: 'string', message: 'thrown' });
  });
});
