import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { CommitAnswers, FaultyProxy, HttpAnswers } from './faulty-proxy';

describe('FaultyProxy', () => {
  let echo: Server;
  let heard: string[];
  beforeAll(async () => {
    echo = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        heard.push(bytes.toString());
        socket.write(`answer to ${bytes.toString()}`);
      });
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
  });
  beforeEach(() => {
    heard = [];
  });
  afterAll(() => void echo.close());

  /** Sends one request over a connection of its own; null when it was cut without an answer. */
  async function ask(proxy: FaultyProxy, request: string): Promise<string | null> {
    const socket = connect(proxy.port, '127.0.0.1');
    const answer = await new Promise<string | null>((resolve) => {
      socket.once('data', (bytes) => resolve(bytes.toString()));
      socket.on('error', () => resolve(null)).on('close', () => resolve(null));
      socket.write(request);
    });
    socket.destroy();
    return answer;
  }

  it('hands every request on, and loses only the answers it is told to', async () => {
    const { port } = echo.address() as AddressInfo;
    const reader = () => new HttpAnswers((request) => request.startsWith('sale'));
    const proxy = await FaultyProxy.open({ host: '127.0.0.1', port, reader });
    proxy.loses = (nth) => nth === 2 || nth === 3;
    const answers = [];
    for (const request of ['sale 1', 'sale 2', 'look', 'sale 3', 'sale 4']) answers.push(await ask(proxy, request));
    expect(answers).toEqual(['answer to sale 1', null, 'answer to look', null, 'answer to sale 4']);
    expect(heard).toEqual(['sale 1', 'sale 2', 'look', 'sale 3', 'sale 4']);
    expect(proxy.lost).toBe(2);
    await proxy.close();
  });
});

describe('CommitAnswers', () => {
  const message = (letter: string, body: string): Buffer => {
    const size = Buffer.alloc(4);
    size.writeInt32BE(4 + body.length);
    return Buffer.concat([Buffer.from(letter), size, Buffer.from(body, 'latin1')]);
  };

  it('finds a commit however the bytes are cut, and nothing else', () => {
    const reader = new CommitAnswers();
    expect(reader.isAnswer(message('C', 'INSERT 0 1\0'))).toBe(false);
    expect(reader.isAnswer(message('D', 'COMMIT\0'))).toBe(false);
    const commit = Buffer.concat([message('C', 'ROLLBACK\0'), message('C', 'COMMIT\0'), message('Z', 'I')]);
    const places = [...commit.keys()].map((place) => reader.isAnswer(commit.subarray(place, place + 1)));
    expect(places.filter(Boolean)).toHaveLength(1);
    expect(reader.isAnswer(commit)).toBe(true);
  });
});
