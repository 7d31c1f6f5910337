import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { graphClient } from '../kernel/testkit/graph-client';
import { freePorts, runHub, startHub, untilReady } from './testkit/processes';

describe('the commands of a hub on one machine', () => {
  let env: Record<string, string>;
  let dataDir: string;
  beforeAll(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'hub-commands-'));
    env = { HUB_DATA_DIR: dataDir, HUB_PORT: '0' };
  });
  afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

  it('seed writes a coalition, and writing it again changes nothing', async () => {
    const first = await runHub(['seed', '--scale', 'small'], env);
    expect({ code: first.code, output: first.output }).toEqual({
      code: 0,
      output: expect.stringContaining('56 visits') as string,
    });
    const second = await runHub(['seed', '--scale', 'small'], env);
    expect(second.code).toBe(0);
    expect(second.output).not.toContain('visits');
  });

  it('keeps its secrets to the owner of the data folder', () => {
    expect(statSync(join(dataDir, 'secrets.json')).mode & 0o077).toBe(0);
    expect(statSync(join(dataDir, 'development-issuer.json')).mode & 0o077).toBe(0);
  });

  it('token prints a credential that works at a hub that runs meanwhile, and says which key it revoked for it', async () => {
    const [port] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    const hub = startHub(['up'], { ...env, HUB_PORT: String(port) });
    await untilReady(`${url}/readyz`, hub);
    const key = await runHub(['token', '--role', 'partner', '--programme', 'demo-small', '--partner', 'MAKTABA'], env);
    expect(key.output).toMatch(/^hub_test_[0-9a-f]{32}_[\w-]{43}\n$/);
    const client = graphClient(url, key.output.trim());
    await expect(brandName(client)).resolves.toBe('مكتبة النور');
    const unknown = await runHub(
      ['token', '--role', 'partner', '--programme', 'demo-small', '--partner', 'NOBODY'],
      env,
    );
    expect(unknown).toEqual({
      code: 1,
      output: expect.stringMatching(/^hub: HUB_PARTNER_UNKNOWN: .*MAKTABA/) as string,
    });
    const third = await runHub(
      ['token', '--role', 'partner', '--programme', 'demo-small', '--partner', 'MAKTABA'],
      env,
    );
    expect(third.output).toMatch(/^hub: revoked key_[0-9a-f]{32}, the oldest key of MAKTABA: .*\nhub_test_/);
    const nobody = `mem_${'0'.repeat(32)}`;
    const member = await runHub(['token', '--role', 'member', '--programme', 'demo-small', '--member', nobody], env);
    expect(member).toEqual({ code: 1, output: `hub: HUB_MEMBER_UNKNOWN: demo-small has no member ${nobody}.\n` });
    await hub.stop('SIGINT');
    expect({ code: await hub.ended, output: hub.output() }).toEqual({
      code: 0,
      output: expect.stringMatching(/stopped\n$/) as string,
    });
  });

  it('operations publishes what fits the schema, lists it, and retires it', async () => {
    const folder = join(dataDir, 'operations');
    mkdirSync(folder);
    writeFileSync(join(folder, 'me.graphql'), 'query Me { me { id displayName } }');
    const published = await runHub(['operations', 'publish', folder, '--client', 'portal'], env);
    // What it says of its work goes to standard error, which is read here as well.
    const { 'me.graphql': id } = JSON.parse(published.output.slice(published.output.indexOf('{'))) as Record<
      string,
      string
    >;
    expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
    writeFileSync(join(folder, 'wrong.graphql'), 'query Wrong { nobody }');
    const wrong = await runHub(['operations', 'publish', folder, '--client', 'portal'], env);
    expect([wrong.code, wrong.output]).toEqual([
      1,
      expect.stringContaining('wrong.graphql: Cannot query field "nobody"'),
    ]);
    expect((await runHub(['operations', 'retire', id!], env)).code).toBe(0);
    const listed = await runHub(['operations', 'list'], env);
    expect(listed.output).toMatch(/^[0-9a-f]{64} {2}portal {2}me\.graphql .*retired/m);
    expect((await runHub(['operations', 'retire', id!], env)).output).toContain('HUB_OPERATIONS_NONE');
  });

  it('verify finds the books right', async () => {
    const { code, output } = await runHub(['verify', '--json'], env);
    const { ok, invariants } = JSON.parse(output.slice(output.indexOf('{'))) as { ok: boolean; invariants: unknown[] };
    expect({ code, ok }).toEqual({ code: 0, ok: true });
    expect(invariants.length).toBeGreaterThan(10);
  });

  it('verify looks at chains alone, of a stretch of time if asked, and refuses what it cannot read', async () => {
    const { code, output } = await runHub(['verify', '--chain', '--since', '2020-01-01T00:00:00Z', '--json'], env);
    const { invariants } = JSON.parse(output.slice(output.indexOf('{'))) as { invariants: { name: string }[] };
    expect({ code, names: invariants.map(({ name }) => name) }).toEqual({
      code: 0,
      names: ['chain-names-no-changed-row', 'shared-rows-are-what-their-id-says', 'seals-hold'],
    });
    expect(output).toContain('accounts posted to since 2020-01-01T00:00:00.000Z verified');
    expect((await runHub(['verify', '--chain', '--since', 'yesterday'], env)).code).toBe(2);
    expect((await runHub(['verify', '--since', '2020-01-01T00:00:00Z'], env)).code).toBe(2);
  });

  it('says in words that its port is taken and how to choose another', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, output } = await runHub(['up'], { ...env, HUB_PORT: String(port) });
    other.close();
    expect(code).toBe(1);
    expect(output).toMatch(new RegExp(`HUB_PORT_TAKEN: Port ${port} of 127.0.0.1 is taken.*HUB_PORT`));
    expect(output).not.toContain('    at ');
  });

  it('doctor finds nothing in the way, and names what is', async () => {
    const well = await runHub(['doctor'], env);
    expect({ code: well.code, output: well.output }).toEqual({
      code: 0,
      output: expect.stringContaining('database of ledger') as string,
    });
    const ill = await runHub(['doctor'], {
      ...env,
      HUB_DATABASE_URL_LEDGER: 'postgres://nobody:wrong@127.0.0.1:1/nowhere',
    });
    expect(ill.code).toBe(1);
    expect(ill.output).toMatch(/fail\s+The database of ledger at 127\.0\.0\.1:1\/nowhere cannot be used/);
    expect(ill.output).not.toContain('wrong@');
  });
});

/** The gateway hears of a new key a moment after it was issued. */
async function brandName(client: ReturnType<typeof graphClient>): Promise<string> {
  for (let tries = 0; tries < 200; tries += 1) {
    const { status, body } = await client.query('{ currentPartner { name } }');
    if (status === 200) return (body.data as { currentPartner: { name: string } }).currentPartner.name;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('the key did not become known');
}
