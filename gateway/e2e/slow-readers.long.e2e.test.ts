import { request, type ClientRequest, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { mintToken } from '../../hub/client/credentials';
import { REFUSAL } from '../../hub/client/graph';
import { SUBGRAPHS } from '../../kernel/context/principal';
import { graphClient, type GraphClient, type RawSocket } from '../../kernel/testkit/graph-client';
import { foundCoalition, purchase, type Coalition } from './testkit/coalition';
import { PartsHub } from './testkit/parts';
import { untilSo } from './testkit/watcher';

/** Members who move on the ladder with each sale and each return: every version is a change of `tierChanged`. */
const MOVERS = 3;
const MOVES = 200;
/** Members of whom only the balance is followed, which is a state, and the versions of each. */
const BUYERS = 10;
const SALES = 1_940;
const ROWS = 500;
/** What the ledger tells one by one to a reader of a state that comes again. */
const TOLD_ONE_BY_ONE = 1_000;
/** Readers of each transport that are bounded, and are there to be measured. */
const MEASURED = 4;
/** What one may hold more than none: 256 KiB, a message beyond them, and what the measurement is off by. */
const MB_PER_READER_MAX = 2;
/** Makes each message large: what the system itself holds for a connection, a few megabytes, is full long before the last. */
const padding = (kilobytes: number) =>
  Array.from({ length: kilobytes / 4 }, (_, n) => `${'p'.repeat(4_000)}${n}: version`).join(' ');

const RECORD = `mutation Record($rows: [RecordPurchaseInput!]!) { recordPurchases(input: $rows) { ${REFUSAL} } }`;
const RETURN = `mutation Return($input: ReturnPurchaseInput!) { result: returnPurchase(input: $input) { ${REFUSAL} } }`;
const watch = (field: string, more = '') =>
  `subscription ($id: ID!, $after: BigInt, $epoch: ID) { change: ${field}(memberId: $id, after: $after, epoch: $epoch) {
    version previousVersion epoch isSnapshot ${more} } }`;

interface Change {
  readonly version: string;
  readonly previousVersion: string | null;
  readonly epoch: string;
  readonly isSnapshot: boolean;
}
interface Told {
  readonly data?: { readonly change: Change } | null;
  readonly errors?: readonly { readonly extensions: { code: string; resume?: { after: string; epoch: string } } }[];
}
type Place = Pick<Change, 'version' | 'epoch'>;

/** A client that takes nothing from its connection between its snapshot and the moment it reads on. */
interface PausedReader {
  /** Comes, reads the snapshots, and stops reading. */
  come(): Promise<void>;
  /** Reads on: all it is told of a member, until that is the end of the stream or the last it looks for. */
  readOn(memberId: string, isLast: (change: Change) => boolean): Promise<Told[]>;
  leave(): void;
}

/** One socket, with a subscription for each member. */
class PausedSocket implements PausedReader {
  private socket!: RawSocket;
  private readonly told = new Map<string, Told[]>();
  private readonly ended = new Set<string>();

  constructor(
    private readonly client: GraphClient,
    private readonly token: string,
    private readonly query: string,
    private readonly memberIds: readonly string[],
  ) {}

  async come(): Promise<void> {
    this.socket = await this.client.socket();
    await this.socket.init({ authorization: `Bearer ${this.token}` });
    for (const id of this.memberIds)
      this.socket.send({ type: 'subscribe', id, payload: { query: this.query, variables: { id } } });
    while (this.told.size < this.memberIds.length) await this.hear();
    this.socket.socket.pause();
  }

  async readOn(memberId: string, isLast: (change: Change) => boolean): Promise<Told[]> {
    this.socket.socket.resume();
    for (;;) {
      const told = this.told.get(memberId)!;
      const last = told.at(-1)?.data?.change;
      if (this.ended.has(memberId) || (last !== undefined && isLast(last))) return told;
      await this.hear();
    }
  }

  leave(): void {
    this.socket.socket.terminate();
  }

  private async hear(): Promise<void> {
    const message = (await this.socket.next()) as { type: string; id: string; payload: Told } | null;
    if (message === null) throw new Error('the socket was closed');
    if (message.type === 'complete') this.ended.add(message.id);
    else this.told.set(message.id, [...(this.told.get(message.id) ?? []), slim(message.payload)]);
  }
}

/** One connection of server-sent events. */
class PausedEvents implements PausedReader {
  private asking!: ClientRequest;
  private response!: IncomingMessage;
  private readonly told: Told[] = [];
  private hasEnded = false;
  private rest = '';

  constructor(
    private readonly url: string,
    private readonly token: string,
    private readonly query: string,
    private readonly memberId: string,
  ) {}

  async come(): Promise<void> {
    const headers = {
      ...{ accept: 'text/event-stream', 'content-type': 'application/json', authorization: `Bearer ${this.token}` },
    };
    this.response = await new Promise((resolve) => {
      this.asking = request(`${this.url}/graphql`, { method: 'POST', headers, agent: false }, resolve);
      this.asking.on('error', () => undefined);
      this.asking.end(JSON.stringify({ query: this.query, variables: { id: this.memberId } }));
    });
    this.response.on('error', () => undefined).setEncoding('utf8');
    this.response.on('data', (text: string) => this.hear(text));
    await untilSo(
      () => this.told.length > 0,
      () => 'no snapshot came',
    );
    this.response.pause();
  }

  async readOn(_memberId: string, isLast: (change: Change) => boolean): Promise<Told[]> {
    this.response.resume();
    await untilSo(
      () => this.hasEnded || this.told.some(({ data }) => data != null && isLast(data.change)),
      () => `told up to ${this.told.at(-1)?.data?.change.version}`,
    );
    return this.told;
  }

  leave(): void {
    this.asking.destroy();
  }

  private hear(text: string): void {
    const parts = `${this.rest}${text}`.split('\n\n');
    this.rest = parts.pop() ?? '';
    for (const part of parts) {
      const [, data] = /^event: next\ndata: (.*)$/.exec(part) ?? [];
      if (data !== undefined) this.told.push(slim(JSON.parse(data) as Told));
      if (part.startsWith('event: complete')) this.hasEnded = true;
    }
  }
}

describe('readers of a whole hub that take nothing while twenty thousand postings are recorded', () => {
  const settings = ['HUB_LIMIT_BUFFERED_BYTES', 'HUB_LIMIT_PING_MS'] as const;
  const before = settings.map((name) => process.env[name]);
  let parts: PartsHub;
  let coalition: Coalition;
  let admin: string;
  let movers: string[];
  let buyers: string[];
  const TIERS = watch('tierChanged', padding(40));
  const BALANCE = watch('balanceChanged', padding(12));

  beforeAll(async () => {
    let opened = 0;
    // Who takes nothing answers no ping either, and would be ended before a slow machine has made its events.
    process.env['HUB_LIMIT_PING_MS'] = '600000';
    // The second gateway is the control: there next to nothing is too much.
    parts = await PartsHub.open({ local: SUBGRAPHS, gateways: 2 }, (part, config) => {
      if (part === 'gateway' && (opened += 1) === 2) process.env['HUB_LIMIT_BUFFERED_BYTES'] = String(64 * 1_048_576);
      return config;
    });
    coalition = await foundCoalition(parts.hub);
    admin = await mintToken(parts.hub.issuer, { role: 'admin', programme: coalition.programmeId, subject: 'desk' });
    const enrolled = (count: number, kind: string) =>
      Promise.all(Array.from({ length: count }, async (_, n) => (await coalition.enrol(`${kind}-${n}`)).id));
    movers = await enrolled(MOVERS, 'MOVER');
    buyers = await enrolled(BUYERS, 'BUYER');
  });
  afterAll(async () => {
    for (const [place, name] of settings.entries())
      if (before[place] === undefined) delete process.env[name];
      else process.env[name] = before[place];
    await parts?.hub.close();
  });

  const clients: GraphClient[] = [];
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.close())));
  const clientOf = (url: string) => {
    const client = graphClient(url, admin);
    clients.push(client);
    return client;
  };
  const socketOf = (url: string, query: string, ids: readonly string[]) =>
    new PausedSocket(clientOf(url), admin, query, ids);
  const eventsOf = (url: string, query: string, id: string) => new PausedEvents(url, admin, query, id);
  const figure = async (name: string): Promise<number> => {
    const text = await (await fetch(`${parts.urls[0]}/metrics`)).text();
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  };

  let receipts = 0;
  async function record(ids: readonly string[]): Promise<string[]> {
    const rows = ids.map((id) => purchase(`slow ${(receipts += 1)}`, id, 100));
    const { recordPurchases } = await coalition.bakery.caller.ask<{ recordPurchases: { code?: string }[] }>(RECORD, {
      rows,
    });
    expect(recordPurchases.filter(({ code }) => code !== undefined)).toEqual([]);
    return rows.map((row) => (row as { externalRef: string }).externalRef);
  }
  async function bringBack(purchaseRef: string): Promise<void> {
    const { occurredAt, amount } = purchase('', '', 100) as { occurredAt: string; amount: object };
    const input = {
      ...{ idempotencyKey: `back ${purchaseRef}`, externalRef: `back ${purchaseRef}` },
      ...{ purchaseRef, amount, occurredAt },
    };
    await coalition.bakery.caller.must(RETURN, { input });
  }
  /** Up with a sale, down with its return. */
  async function moveAll(): Promise<void> {
    for (let move = 0; move < MOVES; move += 2) await Promise.all((await record(movers)).map(bringBack));
  }
  async function sellMuch(): Promise<void> {
    const all = Array.from({ length: SALES * BUYERS }, (_, n) => buyers[n % BUYERS]!);
    while (all.length > 0) await record(all.splice(0, ROWS));
  }
  /** Megabytes for each of some readers: what is no longer held once they have gone. */
  async function heldByEach(leaving: readonly PausedReader[]): Promise<number> {
    const held = await heldMb();
    const sockets = await figure('hub_gateway_sockets');
    for (const reader of leaving) reader.leave();
    await untilSo(
      async () => (await figure('hub_gateway_sockets')) === sockets - leaving.length / 2,
      () => 'sockets that left are still there',
    );
    return (held - (await heldMb())) / leaving.length;
  }
  /** What a stream of changes told a reader that fell behind, and then one that came again where it was told to. */
  async function changesOf(reader: PausedReader, id: string): Promise<{ seen: Change[]; resume: Place }> {
    const told = await reader.readOn(id, () => false);
    const { code, resume } = told.at(-1)!.errors![0]!.extensions;
    expect(code).toBe('GATEWAY_READER_TOO_SLOW');
    return { seen: changesIn(told), resume: { version: resume!.after, epoch: resume!.epoch } };
  }
  async function resumed({ version: after, epoch }: Place, id: string): Promise<Change[]> {
    const stream = clientOf(parts.urls[0]!).subscribe(watch('tierChanged'), { id, after, epoch });
    const seen: Change[] = [];
    while (seen.at(-1)?.version !== String(MOVES)) seen.push(((await stream.next()).value as Told).data!.change);
    await stream.return?.();
    return seen;
  }

  it('hold little, are told where to go on or the latest, and miss nothing', async () => {
    const [url, control] = parts.urls as [string, string];
    const [first, second, third] = movers as [string, string, string];
    const ofChanges = [socketOf(url, TIERS, movers), eventsOf(url, TIERS, first)];
    const [buyer] = buyers as [string];
    const ofState = [socketOf(url, BALANCE, buyers), eventsOf(url, BALANCE, buyer)];
    const measuredAt = (gateway: string) => [
      ...[socketOf(gateway, TIERS, [first, second]), eventsOf(gateway, TIERS, third)],
    ];
    const bounded = Array.from({ length: MEASURED }, () => measuredAt(url)).flat();
    const unbounded = measuredAt(control);
    for (const reader of [...ofChanges, ...ofState, ...bounded, ...unbounded]) await reader.come();
    await moveAll();
    await sellMuch();
    // Whoever follows changes and is bounded was sent away; who follows a state is still there, and so is the control.
    const stay = BUYERS + 1 + 3;
    await untilSo(
      async () => (await figure('hub_gateway_stream_readers')) === stay,
      () => 'readers of changes that take none are kept',
    );
    const controlMb = await heldByEach(unbounded);
    const boundedMb = await heldByEach(bounded);
    process.stderr.write(
      `a paused reader holds ${boundedMb.toFixed(2)} MB, without the bound ${controlMb.toFixed(1)} MB\n`,
    );
    expect(boundedMb).toBeLessThan(MB_PER_READER_MAX);
    expect(controlMb).toBeGreaterThan(3 * MB_PER_READER_MAX);

    for (const [place, reader] of ofChanges.entries())
      for (const id of place === 0 ? [first, third] : [first]) {
        const { seen, resume } = await changesOf(reader, id);
        expect(seen.length).toBeLessThan(MOVES);
        expect(resume).toMatchObject({ version: seen.at(-1)!.version });
        const all = [...seen, ...(await resumed(resume, id))];
        expect(all.map(({ version }) => version)).toEqual(Array.from({ length: MOVES + 1 }, (_, n) => String(n)));
        expect(gapsIn(all)).toEqual([]);
      }
    for (const reader of ofState) {
      const seen = changesIn(await reader.readOn(buyer, ({ version }) => version === String(SALES)));
      expect(gapsIn(seen)).toEqual([]);
      const leaps = seen.filter(({ version, previousVersion }) => Number(version) - Number(previousVersion) > 1);
      expect(leaps.length).toBeGreaterThan(0);
      expect(seen.length).toBeLessThan(SALES - TOLD_ONE_BY_ONE);
    }
    for (const reader of [...ofChanges, ...ofState]) reader.leave();
  }, 240_000);
});

const changesIn = (told: readonly Told[]): Change[] => told.flatMap(({ data }) => (data == null ? [] : [data.change]));

/** Messages that do not follow on the one before. */
function gapsIn(seen: readonly Change[]): Change[] {
  return seen.filter(({ previousVersion }, place) => previousVersion !== (seen[place - 1]?.version ?? null));
}

/** A message without its padding. */
function slim({ data, errors }: Told): Told {
  if (data == null) return { errors };
  const { version, previousVersion, epoch, isSnapshot } = data.change;
  return { data: { change: { version, previousVersion, epoch, isSnapshot } } };
}

/** Megabytes this process holds when nothing more of it turns out to be garbage: what earlier suites left takes several looks. */
async function heldMb(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let before = Number.POSITIVE_INFINITY;
  for (let look = 0; ; look += 1) {
    collect();
    // What is finalised lets go of more in a later turn.
    await pause(50);
    collect();
    const { heapUsed, external } = process.memoryUsage();
    const held = (heapUsed + external) / 1_048_576;
    if (before - held < 0.5 || look === 20) return held;
    before = held;
  }
}
