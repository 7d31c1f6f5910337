import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../kernel/config/project-root';
import { asAdministrator } from '../kernel/db/provision';
import { sqlStateOf } from '../kernel/db/transaction';
import { testServerUrl } from '../kernel/testkit/test-server';
import { SUBGRAPHS } from '../kernel/context/principal';
import { DATABASE_OWNERS } from './composition/config';
import { freePorts, runHub, startHub, untilReady, type Running } from './testkit/processes';

interface Part {
  readonly image: string;
  readonly restart?: string;
  readonly command: string[];
  readonly environment: Record<string, string>;
  readonly depends_on?: Record<string, { condition: string }>;
  readonly volumes?: string[];
  readonly networks?: string[];
  readonly healthcheck?: { test: string[] };
}
interface Compose {
  readonly services: Record<string, Part>;
  readonly volumes: Record<string, unknown>;
  readonly networks: Record<string, unknown>;
}

const root = projectRoot();
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const parts = Object.entries(compose.services);
const served = ['gateway', ...SUBGRAPHS] as const;

describe('docker-compose.yml', () => {
  it('has PostgreSQL, a migration, the gateway and the five subgraphs', () => {
    expect(parts.map(([name]) => name).sort()).toEqual([...served, 'migrate', 'postgres'].sort());
  });

  it('satisfies the compose linter', () => {
    const linter = join(root, 'node_modules', 'dclint', 'bin', 'dclint.cjs');
    expect(() =>
      execFileSync(process.execPath, [linter, root, '--max-warnings', '0'], { cwd: root, encoding: 'utf8' }),
    ).not.toThrow();
  });

  it('names only parts, volumes and networks that exist', () => {
    for (const [, part] of parts) {
      for (const needed of Object.keys(part.depends_on ?? {})) expect(compose.services).toHaveProperty(needed);
      for (const volume of part.volumes ?? []) expect(compose.volumes).toHaveProperty(volume.split(':')[0]!);
      for (const network of part.networks ?? []) expect(compose.networks).toHaveProperty(network);
    }
  });

  it('waits for health where it waits, and gives every lasting part a health check', () => {
    for (const [name, part] of parts) {
      if (name !== 'migrate') expect(part.healthcheck?.test[0]).toBe('CMD');
      for (const [needed, { condition }] of Object.entries(part.depends_on ?? {})) {
        expect(condition).toBe(needed === 'migrate' ? 'service_completed_successfully' : 'service_healthy');
      }
    }
  });

  it('pins every image to a version', () => {
    const bases = [...readFileSync(join(root, 'Dockerfile'), 'utf8').matchAll(/^FROM (\S+)/gm)].map(
      ([, image]) => image!,
    );
    for (const image of [...parts.map(([, part]) => part.image), ...bases]) expect(image).toMatch(/:\d+\.\d+/);
  });

  it('holds no secret: whatever is one comes from outside and has no default', () => {
    for (const [, part] of parts) {
      for (const [name, value] of Object.entries(part.environment)) {
        if (/SECRET|PASSWORD|DATABASE_(ADMIN_|OWNER_)?URL/.test(name)) expect(value).toMatch(/^\$\{[A-Z_]+:\?[^}]*\}$/);
      }
    }
  });
});

describe('who may own tables', () => {
  const ownersOf = (part: Part) => Object.keys(part.environment).filter((name) => /DATABASE_(ADMIN|OWNER)/.test(name));

  it('is known to the migration, for every database, and to no part that serves', () => {
    expect(ownersOf(compose.services['migrate']!)).toHaveLength(DATABASE_OWNERS.length + 1);
    for (const name of served) expect(ownersOf(compose.services[name]!)).toEqual([]);
  });
});

describe('every command of docker-compose.yml as a plain program', () => {
  const running = new Map<string, Running>();
  const suffix = randomBytes(4).toString('hex');
  let folder: string;
  let serverUrl: string;
  let ports: Map<string, number>;

  /** What an operator would put into `.env`. */
  let outside: Record<string, string>;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hub-compose-'));
    serverUrl = await testServerUrl();
    const free = await freePorts(served.length);
    ports = new Map(served.map((name, place) => [name, free[place]!]));
    const { host } = new URL(serverUrl);
    const urlOf = (role: string, name: string) =>
      `postgres://${role}:${randomBytes(16).toString('hex')}@${host}/${name}`;
    const urls = DATABASE_OWNERS.flatMap((owner) => {
      const name = `compose_${suffix}_${owner}`;
      return [
        [`HUB_DATABASE_URL_${owner.toUpperCase()}`, urlOf(name, name)],
        [`HUB_DATABASE_OWNER_URL_${owner.toUpperCase()}`, urlOf(`${name}_owner`, name)],
      ];
    });
    outside = {
      HUB_SECRET_INTERNAL: randomBytes(32).toString('hex'),
      HUB_SECRET_IDENTITY: randomBytes(32).toString('hex'),
      HUB_SECRET_CURSOR: randomBytes(32).toString('hex'),
      HUB_TOKEN_ISSUER: 'https://issuer.example',
      HUB_TOKEN_AUDIENCE: 'hub',
      HUB_TOKEN_JWKS_URL: 'https://issuer.example/jwks.json',
      HUB_DATABASE_ADMIN_URL: serverUrl,
      POSTGRES_PASSWORD: 'unused here',
      ...Object.fromEntries(urls),
    };
  });

  afterAll(async () => {
    await Promise.all([...running.values()].map((part) => part.stop()));
    await asAdministrator(serverUrl, async (client) => {
      for (const owner of DATABASE_OWNERS) {
        await client.query(`drop database if exists "compose_${suffix}_${owner}" with (force)`);
        await client.query(`drop role if exists "compose_${suffix}_${owner}", "compose_${suffix}_${owner}_owner"`);
      }
    });
    rmSync(folder, { recursive: true, force: true });
  });

  /** The environment of a part: its own words, with the outside's values, and this machine's addresses for container names. */
  function environmentOf(part: Part): Record<string, string> {
    const resolved = Object.entries(part.environment).map(([name, value]) => [name, onThisMachine(filledIn(value))]);
    return { ...Object.fromEntries(resolved), HUB_HOST: '127.0.0.1', HUB_DATA_DIR: folder };
  }

  const filledIn = (value: string): string =>
    value.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_, name: string, kind: string, rest: string) => {
      const given = outside[name];
      if (given !== undefined) return given;
      if (kind === '-') return rest;
      throw new Error(`${name} is required and not given`);
    });

  const onThisMachine = (value: string): string =>
    value.replace(/^http:\/\/(\w+):\d+/, (_, name: string) => `http://127.0.0.1:${ports.get(name)}`);

  it('migrate makes the databases and brings them up to date', async () => {
    const { migrate } = compose.services;
    const { code, output } = await runHub(migrate!.command, environmentOf(migrate!));
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/gateway: applied/) as string });
  });

  it('each subgraph and then the gateway starts and gets healthy', async () => {
    for (const name of [...SUBGRAPHS, 'gateway']) {
      const part = compose.services[name]!;
      const port = String(ports.get(name));
      const place = part.command.indexOf('--port') + 1;
      running.set(name, startHub(part.command.with(place, port), environmentOf(part)));
    }
    for (const [name, program] of running) {
      const check = compose.services[name]!.healthcheck!.test.at(-1)!;
      await untilReady(check.replace(/:\d+\//, `:${ports.get(name)}/`), program);
    }
  });

  it('serves as a role that cannot rewrite the book', async () => {
    const { HUB_DATABASE_URL_LEDGER: url } = environmentOf(compose.services['ledger']!);
    const rewriting = ['delete from entry', 'alter table entry disable trigger user', 'drop table entry cascade'];
    for (const statement of rewriting) {
      const state = await asAdministrator(url!, (client) => client.query(statement)).catch(sqlStateOf);
      expect({ statement, state }).toEqual({ statement, state: '42501' });
    }
  });

  it('stops on SIGTERM without a complaint', async () => {
    const gateway = running.get('gateway')!;
    await gateway.stop();
    expect(await gateway.ended).toBe(0);
  });
});
