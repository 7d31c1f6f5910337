import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Client } from 'pg';
import { testServerUrl } from '../testkit/test-server';
import { isConnectionLoss } from './connection-loss';

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  );

describe('what is a lost connection to those who ask a real server', () => {
  it('is a session that was ended because its transaction stood still', async () => {
    const client = new Client({ connectionString: await testServerUrl(), idle_in_transaction_session_timeout: 20 });
    const lost = once(client, 'error');
    // It is told twice: by the server, and by the connection that ends.
    client.on('error', () => undefined);
    await client.connect();
    await client.query('begin');
    const [error] = (await lost) as [Error & { code?: string }];
    expect(error.code).toBe('25P03');
    expect(isConnectionLoss(error)).toBe(true);
    expect(isConnectionLoss(await failureOf(client.query('select 1')))).toBe(true);
  });

  it('is a server that takes a connection and says nothing', async () => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const client = new Client({ host: '127.0.0.1', port, connectionTimeoutMillis: 20 });
    expect(isConnectionLoss(await failureOf(client.connect()))).toBe(true);
    silent.close();
  });

  it('is not a statement that took too long (control)', async () => {
    const client = new Client({ connectionString: await testServerUrl(), statement_timeout: 20 });
    await client.connect();
    const error = await failureOf(client.query('select pg_sleep(10)'));
    expect(error).toMatchObject({ code: '57014' });
    expect(isConnectionLoss(error)).toBe(false);
    await client.end();
  });
});
