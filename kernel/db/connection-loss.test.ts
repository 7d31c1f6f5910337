import { isConnectionLoss } from './connection-loss';
import { sqlStateOf } from './transaction';

const withCode = (code: string, message = 'failed'): Error => Object.assign(new Error(message), { code });

describe('isConnectionLoss', () => {
  it.each([
    ['a server that shuts down', withCode('57P01')],
    ['a server that starts up', withCode('57P03')],
    ['a broken protocol', withCode('08006')],
    ['a full server', withCode('53300')],
    ['a session ended in the middle of a transaction', withCode('25P03')],
    ['a server that does not answer a greeting', new Error('timeout expired')],
    ['nobody listening', withCode('ECONNREFUSED')],
    ['a reset', withCode('ECONNRESET')],
    ['writing into a closed connection', withCode('EPIPE')],
    ['an end without a word', new Error('Connection terminated unexpectedly')],
    ['a client that had failed before', new Error('Client has encountered a connection error and is not queryable')],
    ['what TypeORM wraps', Object.assign(new Error('query failed'), { driverError: withCode('57P02') })],
    ['a reset that TypeORM wraps', Object.assign(new Error('query failed'), { driverError: withCode('ECONNRESET') })],
  ])('is so of %s', (_what, error) => {
    expect(isConnectionLoss(error)).toBe(true);
  });

  it.each([
    ['a broken uniqueness', withCode('23505')],
    ['a statement that took too long', withCode('57014')],
    ['a fault of ours', new TypeError('undefined is not a function')],
    ['nothing', undefined],
  ])('is not so of %s', (_what, error) => {
    expect(isConnectionLoss(error)).toBe(false);
  });

  it('takes no error of the system for a SQLSTATE, though EPIPE has five letters', () => {
    expect(sqlStateOf(Object.assign(withCode('EPIPE'), { errno: -32, syscall: 'write' }))).toBeUndefined();
    expect(sqlStateOf(withCode('EPIPE'))).toBeUndefined();
    expect(sqlStateOf(withCode('57P01'))).toBe('57P01');
  });
});
