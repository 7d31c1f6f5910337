import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kind, parse, print, visit } from 'graphql';
import { REFUSAL } from '../../hub/client/graph';
import { freshDataDir } from '../../hub/testkit/data-folder';
import { freePorts, startHub, untilReady, type Running } from '../../hub/testkit/processes';
import { projectRoot } from '../../kernel/config/project-root';
import { foundCoalition, purchase, type Coalition } from './testkit/coalition';
import { testHub, type TestHub } from './testkit/hubs';
import { untilSo, Watcher } from './testkit/watcher';

const RECORD = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) { ${REFUSAL} } }`;
/** Asks for what the first supergraph lacks and the second has. */
const EXPIRING = '{ me { account { available expiring(first: 1) { points } } } }';
const RELOADS = /^hub_gateway_supergraph_reloads_total\{outcome="(\w+)"\} (\d+)$/gm;

const whole = readFileSync(join(projectRoot(), 'schema', 'supergraph.graphql'), 'utf8');
const without = (field: string): string =>
  print(
    visit(parse(whole), {
      FieldDefinition: (node, _key, _parent, _path, ancestors) => {
        const type = ancestors.at(-1);
        const isOfAccount =
          type !== undefined &&
          'kind' in type &&
          type.kind === Kind.OBJECT_TYPE_DEFINITION &&
          type.name.value === 'Account';
        return isOfAccount && node.name.value === field ? null : undefined;
      },
    }),
  );

describe('a running hub whose supergraph is replaced', () => {
  let folder: string;
  let file: string;
  let program: Running;
  let hub: TestHub;
  let coalition: Coalition;
  let watchers: Watcher[];
  let member: { id: string; token: string };
  let sold = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hub-e2e-reload-'));
    file = join(folder, 'supergraph.graphql');
    write(without('expiring'));
    const dataDir = await freshDataDir('hub-e2e-reload-');
    const [port] = await freePorts(1);
    program = startHub(['up'], { HUB_DATA_DIR: dataDir, HUB_PORT: String(port), HUB_SUPERGRAPH_FILE: file });
    await untilReady(`http://127.0.0.1:${port}/readyz`, program);
    hub = await testHub(`http://127.0.0.1:${port}`, dataDir, () => program.stop());
    coalition = await foundCoalition(hub);
    member = await coalition.enrol('RELOAD-1');
    const ways = ['socket', 'socket', 'events', 'events'] as const;
    watchers = ways.map((way) => new Watcher({ urls: [hub.url], token: member.token, memberId: member.id, way }));
    await Promise.all(watchers.map((watcher) => watcher.connect()));
  });
  afterAll(async () => {
    for (const watcher of watchers ?? []) watcher.cut();
    await hub?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** As a whole: a reader never finds half of it. */
  function write(text: string): void {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }
  const reloads = async (): Promise<Record<string, number>> => {
    const text = await (await fetch(`${hub.url}/metrics`)).text();
    return Object.fromEntries([...text.matchAll(RELOADS)].map(([, outcome, count]) => [outcome, Number(count)]));
  };
  const sell = async () => {
    const ref = `reload ${(sold += 1)}`;
    await coalition.bakery.caller.must(RECORD, { input: purchase(ref, member.id, 1) });
  };
  const ask = async () => (await hub.client(member.token).query(EXPIRING)).body;
  const told = () =>
    watchers.map(({ seen, ends, faults }) => `${seen?.version} ${ends.join()} ${faults.join()}`).join('; ');
  /** Sells while something comes about, then sees to it that every open stream was told every sale. */
  async function during(isSo: () => Promise<boolean>): Promise<void> {
    await sell();
    await untilSo(
      async () => (await sell(), isSo()),
      () => program.output(),
    );
    await sell();
    await untilSo(() => watchers.every((watcher) => watcher.isAt(BigInt(sold))), told);
    for (const { faults, ends, connections, snapshots } of watchers)
      expect({ faults, ends, connections, snapshots }).toEqual({ faults: [], ends: [], connections: 1, snapshots: 1 });
  }

  it('takes the new one when the file changes; no stream ends and none misses a version', async () => {
    expect((await ask()).errors?.[0]?.extensions?.['code']).toBe('GATEWAY_VALIDATION');
    write(whole);
    await during(async () => (await reloads())['taken'] === 1);
    expect(await ask()).toEqual({ data: { me: { account: { available: String(sold), expiring: [] } } } });
  });

  it.each([
    ['a broken one', () => whole.slice(0, whole.length / 2), /is no supergraph: /],
    ['one that takes away what clients ask for', () => without('available'), /Account\.available was removed/],
    ['one with a subgraph nobody can reach', () => whole.replace('name: "feedback"', 'name: "billing"'), /no way/],
  ])(
    'refuses %s with its reason and keeps the one it has',
    async (_what, text, reason) => {
      const { refused = 0 } = await reloads();
      write(text());
      await during(async () => (await reloads())['refused'] === refused + 1);
      expect(program.output()).toMatch(reason);
      expect((await ask()).errors).toBeUndefined();
    },
    60_000,
  );

  it('reads the file anew on SIGHUP', async () => {
    write(whole);
    await during(async () => (await reloads())['same'] !== undefined);
    const { same = 0 } = await reloads();
    process.kill(program.pid, 'SIGHUP');
    await during(async () => (await reloads())['same'] === same + 1);
    // What it ran before is taken back, although it lacks a field.
    write(without('expiring'));
    process.kill(program.pid, 'SIGHUP');
    await during(async () => (await reloads())['taken'] === 2);
    expect((await ask()).errors?.[0]?.extensions?.['code']).toBe('GATEWAY_VALIDATION');
  });

  it('would be caught ending its streams, as a restart does (control)', async () => {
    await program.stop();
    await untilSo(() => watchers.every(({ ends }) => ends.length > 0), told);
  });
});
