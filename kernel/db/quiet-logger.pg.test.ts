import { openTestDatabase } from '../testkit/database';
import { jars } from '../testkit/jars';
import { QuietLogger } from './quiet-logger';

describe('QuietLogger', () => {
  it('names the statement that failed and its SQLSTATE, but neither parameters nor the error text that quotes them', () => {
    const lines: string[] = [];
    const logger = new QuietLogger('members', (event) => lines.push(JSON.stringify(event)));
    const error = Object.assign(new Error('invalid input syntax: "ada@example.com"'), { code: '22P02' });
    logger.logQueryError(error, '/* members.enrol.find */ select $1::int');
    expect(lines).toEqual([
      '{"event":"database.statement.failed","database":"members","statement":"members.enrol.find","sqlState":"22P02"}',
    ]);
  });

  it('keeps silent about broken constraints and retries, which callers answer', () => {
    const lines: unknown[] = [];
    const logger = new QuietLogger('members', (event) => lines.push(event));
    for (const code of ['23505', '40P01'])
      logger.logQueryError(Object.assign(new Error(code), { code }), 'insert into x');
    expect(lines).toEqual([]);
  });

  it('is the logger of an open database', async () => {
    const database = await openTestDatabase(jars);
    expect(database.dataSource.logger).toBeInstanceOf(QuietLogger);
    await database.drop();
  });
});
