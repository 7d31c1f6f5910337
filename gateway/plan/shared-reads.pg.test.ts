import { connect } from 'node:net';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { until } from '../testkit/until';

const TIMES = 20;

describe('reads that reach a running gateway in one moment', () => {
  let hub: TestGateway;
  beforeAll(async () => {
    hub = await openTestGateway();
  });
  afterAll(async () => hub.close());

  /** Sends requests in one piece over one connection, and answers their bodies in order. */
  async function together(credentials: readonly string[], query: string): Promise<string[]> {
    const body = JSON.stringify({ query });
    const socket = connect(Number(new URL(hub.url).port), '127.0.0.1');
    let told = '';
    socket.on('data', (chunk) => (told += chunk.toString('utf8')));
    socket.write(
      credentials
        .map((credential) =>
          [
            ...['POST /graphql HTTP/1.1', 'Host: hub', 'Content-Type: application/json'],
            ...[`Authorization: Bearer ${credential}`, `Content-Length: ${body.length}`, '', body],
          ].join('\r\n'),
        )
        .join(''),
    );
    const bodies = () => [...told.matchAll(/\r\n\r\n(\{.*?\})(?=HTTP\/1\.1|$)/gs)].map(([, text]) => text!);
    await until(() => bodies().length === credentials.length);
    socket.destroy();
    return bodies();
  }

  it('are asked of the subgraph once for each caller, and each caller is told of itself', async () => {
    const keys = [hub.partners.issueKey(), hub.partners.issueKey()];
    // Known already: what is measured is the reads.
    await together(
      keys.map(({ text }) => text),
      '{ whoAmI }',
    );
    const before = hub.fixture.asked.length;
    const asked = Array.from({ length: TIMES }, (_, n) => keys[n % 2]!);
    const told = await together(
      asked.map(({ text }) => text),
      '{ whoAmI }',
    );
    for (const [place, { keyId }] of asked.entries()) expect(told[place]).toContain(keyId);
    expect(hub.fixture.asked.length - before).toBe(2);
  });

  it('are never mutations: each is done', async () => {
    const { text } = hub.partners.issueKey();
    await together([text], '{ whoAmI }');
    const before = hub.fixture.asked.length;
    await together(Array<string>(TIMES).fill(text), 'mutation { enrol(name: "x") { id } }');
    expect(hub.fixture.asked.length - before).toBe(TIMES);
  });
});
