import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import { defaultGatewayConfig, readGatewayConfig } from './config';

describe('the gateway’s configuration', () => {
  it('needs nothing to be set', () => {
    expect(readGatewayConfig({})).toEqual({ host: '127.0.0.1', port: 4000, config: defaultGatewayConfig });
  });

  it('has the bounds that docs/CONFIGURATION.md tells of every number', () => {
    const [, limits = ''] = readFileSync(join(projectRoot(), 'docs/CONFIGURATION.md'), 'utf8').split('## The gateway');
    const rows = [...limits.matchAll(/^\| `(HUB_\w+)` \| `\d+` \| (?:(\d+) … (\d+))?/gm)];
    expect(rows.length).toBeGreaterThan(30);
    const isTaken = (name: string, value: number) => {
      try {
        return Boolean(readGatewayConfig({ [name]: String(value) }));
      } catch {
        return false;
      }
    };
    const wrong = rows.filter(([, name = '', from, to]) => {
      const told = [Number(from) - 1, Number(from), Number(to), Number(to) + 1];
      return told.map((value) => isTaken(name, value)).join() !== 'false,true,true,false';
    });
    expect(wrong.map(([row]) => row)).toEqual([]);
  });

  it('reads lists and numbers', () => {
    const { port, config } = readGatewayConfig({
      HUB_PORT: '0',
      HUB_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
      HUB_LIMIT_DEPTH: '7',
    });
    expect([port, config.allowedOrigins, config.limits.depth]).toEqual([
      0,
      ['https://a.example', 'https://b.example'],
      7,
    ]);
  });

  it('lets every limit be set, and gives one caller its part of a lane that waits', () => {
    const { limits } = readGatewayConfig({
      HUB_LIMIT_FIELDS: '900',
      HUB_LIMIT_VARIABLE_DEPTH: '9',
      HUB_LIMIT_INTROSPECTION_DEPTH: '15',
      HUB_LIMIT_MESSAGES_PER_SECOND: '50',
      HUB_LIMIT_INIT_MS: '700',
      HUB_LANE_TILLS_WAITING: '64',
      HUB_LANE_BULK_WAITING: '3',
    }).config;
    expect(limits).toMatchObject({
      fields: 900,
      variableDepth: 9,
      introspectionDepth: 15,
      messagesPerSecond: 50,
      initMs: 700,
    });
    expect(limits.lanes.tills).toMatchObject({ waiting: 64, waitingOfOne: 32 });
    expect(limits.lanes.bulk).toMatchObject({ waiting: 3, waitingOfOne: 1 });
  });

  it('gives headers no longer than the whole request has, which the server would not start with', () => {
    expect(readGatewayConfig({ HUB_HEADERS_MS: '30000' }).config.headersMs).toBe(30_000);
    expect(() => readGatewayConfig({ HUB_HEADERS_MS: '30001' })).toThrow(/HUB_HEADERS_MS/);
  });

  it('refuses what would end every socket, let nothing new run, or not go through to a subgraph', () => {
    const least = {
      HUB_LIMIT_PING_MS: 1_000,
      HUB_LIMIT_INIT_MS: 500,
      HUB_BUDGET_PARTNER: 1_000,
      HUB_BUDGET_ANONYMOUS: 1_000,
    };
    const most = {
      HUB_LIMIT_BODY_BYTES: 3_145_728,
      HUB_LIMIT_BULK_BODY_BYTES: 3_145_728,
      HUB_LIMIT_FRAME_BYTES: 3_145_728,
    };
    for (const [name, value] of [...Object.entries(least), ...Object.entries(most)]) {
      expect(() => readGatewayConfig({ [name]: String(value) })).not.toThrow();
      const beyond = name in least ? value - 1 : value + 1;
      expect(() => readGatewayConfig({ [name]: String(beyond) })).toThrow(name);
    }
  });

  it('names every faulty variable at once', () => {
    expect(() => readGatewayConfig({ HUB_PORT: 'http', HUB_MODE: 'test', HUB_LIMIT_PAGE_SIZE: '500' })).toThrow(
      /HUB_PORT[^]*HUB_MODE[^]*HUB_LIMIT_PAGE_SIZE/,
    );
  });
});
