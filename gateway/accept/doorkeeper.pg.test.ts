import { createConnection, type Socket } from 'node:net';
import { once } from 'node:events';
import type { SubgraphLink } from '../../kernel/graph/link';
import { defaultLanes } from '../limits/lanes';
import { localLink } from '../testkit/fixture';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { until } from '../testkit/until';
import { GraphPost } from './graph-post';

// The lanes are as wide as each test says, however busy the machine is.
jest.mock('../limits/loop-lag', () => ({ watchLoopLag: () => () => undefined }));

/** A connection that sends bytes and keeps what comes back. */
class Line {
  heard = '';
  private constructor(readonly socket: Socket) {
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text) => (this.heard += String(text)));
    socket.on('error', () => undefined);
  }
  static async to(url: string): Promise<Line> {
    const { hostname, port } = new URL(url);
    const socket = createConnection({ host: hostname, port: Number(port) });
    await once(socket, 'connect');
    return new Line(socket);
  }
  send(bytes: string): void {
    this.socket.write(bytes, 'latin1');
  }
  /** Statuses of the answers so far. */
  get statuses(): number[] {
    return [...this.heard.matchAll(/HTTP\/1\.1 ([0-9]{3}) /g)].map(([, status]) => Number(status));
  }
  async answered(count: number): Promise<void> {
    await until(() => this.statuses.length >= count);
  }
  /** The answers, without what differs from one to the next. */
  get answers(): string[] {
    return this.heard
      .replaceAll(/req_[0-9a-f]+/g, 'req_')
      .replaceAll(/date: [^\r]*\r\n/gi, '')
      .split('HTTP/1.1 ')
      .slice(1)
      .map((text) => text.toLowerCase().replace('keep-alive: timeout=5\r\n', '').split('\r\n').sort().join('\n'));
  }
}

describe('a caller that was told to come again and comes before its time', () => {
  let hub: TestGateway;
  let line: Line;
  let key: string;
  let isHeld: boolean;
  let held: (() => void)[];
  const seen = jest.spyOn(GraphPost.prototype, 'answer');

  beforeEach(async () => {
    [isHeld, held] = [true, []];
    const heldLink = (link: SubgraphLink): SubgraphLink => ({
      name: link.name,
      execute: async (request) => {
        if (isHeld) await new Promise<void>((go) => held.push(go));
        return link.execute(request);
      },
      subscribe: link.subscribe.bind(link),
      close: () => link.close(),
    });
    hub = await openTestGateway({
      limits: {
        lanes: { tills: { running: 1, waiting: 1, waitingOfOne: 1, waitMs: 60_000 }, bulk: defaultLanes.bulk },
      },
      links: (fixture) => ({ members: localLink(fixture.members), ledger: heldLink(localLink(fixture.ledger)) }),
    });
    key = hub.partners.issueKey().text;
    line = await Line.to(hub.url);
  });
  afterEach(async () => {
    letGo();
    line.socket.destroy();
    await hub.close();
  });
  afterAll(() => seen.mockRestore());

  let purchases = 0;
  const body = () =>
    JSON.stringify({
      query: `mutation { recordPurchase(key: "k${(purchases += 1)}", points: 1) { available } }`,
    });
  function post(text = body(), fields = ''): string {
    return (
      `POST /graphql HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\nauthorization: Bearer ${key}\r\n${fields}` +
      `content-length: ${text.length}\r\n\r\n${text}`
    );
  }
  function letGo(): void {
    isHeld = false;
    for (const go of held.splice(0)) go();
  }
  /** Others of the same caller run and wait, so that its next is refused; and it was refused once. */
  async function refusedOnce(): Promise<Line[]> {
    const others = [await Line.to(hub.url), await Line.to(hub.url)];
    others[0]!.send(post());
    await until(() => held.length === 1);
    others[1]!.send(post());
    const refused = await Line.to(hub.url);
    for (let asked = 0; !refused.statuses.includes(429); asked += 1) {
      // What the second sent may not have arrived when this does; then this waits in its place.
      if (asked > 0) throw new Error(refused.heard);
      await new Promise((resolve) => setImmediate(resolve));
      refused.send(post());
      await refused.answered(1);
    }
    seen.mockClear();
    return [...others, refused];
  }

  it('is turned away at the door, in the words it was refused with', async () => {
    const [, , refused] = await refusedOnce();
    line.send(post());
    await line.answered(1);
    line.send(post());
    await line.answered(2);
    expect(line.statuses).toEqual([429, 429]);
    expect(line.heard).toContain('retry-after: 1');
    expect(seen).not.toHaveBeenCalled();
    expect(line.answers[0]).toBe(refused!.answers[0]);
    expect(line.heard).toMatch(/"requestId":"req_[0-9a-f]{32}","retryable":true/);
  });

  it('is served on the same connection as soon as there is room', async () => {
    await refusedOnce();
    line.send(post());
    await line.answered(1);
    letGo();
    await until(() => hub.fixture !== undefined && held.length === 0);
    for (let answers = 2; line.statuses.at(-1) !== 200; answers += 1) {
      line.send(post());
      await line.answered(answers);
    }
    expect(line.heard).toContain('"available"');
  });

  it('is refused the long way when its request comes in parts, and turned away again afterwards', async () => {
    await refusedOnce();
    const [head, text] = post().split('\r\n\r\n') as [string, string];
    line.send(`${head}\r\n\r\n`);
    await until(() => seen.mock.calls.length === 1);
    line.send(text);
    await line.answered(1);
    expect([line.statuses, seen.mock.calls.length]).toEqual([[429], 1]);
    line.send(post());
    await line.answered(2);
    expect([line.statuses, seen.mock.calls.length]).toEqual([[429, 429], 1]);
  });

  it('has several requests in one packet answered in their order', async () => {
    await refusedOnce();
    line.send(post() + post() + post());
    await line.answered(3);
    expect([line.statuses, seen.mock.calls.length]).toEqual([[429, 429, 429], 3]);
  });

  it.each([
    ['a stream of events', 'accept: text/event-stream\r\n', 'content-type: text/event-stream'],
    ['a connection that is to end', 'connection: close\r\n', 'connection: close'],
  ])('goes the usual way for %s', async (_what, fields, told) => {
    await refusedOnce();
    line.send(post(body(), fields));
    await line.answered(1);
    expect(line.heard.toLowerCase()).toContain(told);
  });

  it('is the only one turned away: another credential is looked at', async () => {
    await refusedOnce();
    const other = post().replace(key, 'hub_no_such_key');
    line.send(other);
    await line.answered(1);
    expect(line.statuses).toEqual([401]);
  });

  it('may still open a WebSocket on a connection it was turned away on', async () => {
    await refusedOnce();
    line.send(post());
    await line.answered(1);
    line.send(
      'GET /graphql HTTP/1.1\r\nhost: hub\r\nconnection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n' +
        'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n',
    );
    await line.answered(2);
    expect(line.statuses).toEqual([429, 101]);
    // A masked `connection_init`: what the socket says next is its acknowledgement or its refusal, and not HTTP.
    const text = Buffer.from('{"type":"connection_init"}');
    line.socket.write(Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]));
    await until(() => /connection_ack|\x88/.test(line.heard.slice(line.heard.indexOf(' 101 '))));
  });

  it('is looked at again a second after it was told so', async () => {
    const now = jest.spyOn(performance, 'now');
    try {
      await refusedOnce();
      const late = performance.now() + 1_001;
      now.mockReturnValue(late);
      line.send(post());
      await line.answered(1);
      expect([line.statuses, seen.mock.calls.length]).toEqual([[429], 1]);
    } finally {
      now.mockRestore();
    }
  });
});
