import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../kernel/config/project-root';
import { SUBGRAPHS } from '../../kernel/context/principal';
import { readHubConfig } from './config';

const production = {
  HUB_MODE: 'production',
  HUB_SECRET_INTERNAL: '0f1e2d3c4b5a69788796a5b4c3d2e1f0aa',
  HUB_SECRET_IDENTITY: '1f1e2d3c4b5a69788796a5b4c3d2e1f0bb',
  HUB_SECRET_CURSOR: '2f1e2d3c4b5a69788796a5b4c3d2e1f0cc',
  HUB_TOKEN_ISSUER: 'https://issuer.example',
  HUB_TOKEN_AUDIENCE: 'hub',
  HUB_TOKEN_JWKS_URL: 'https://issuer.example/jwks.json',
};

describe('the hub’s configuration', () => {
  it('is told in docs/CONFIGURATION.md variable by variable, both ways', () => {
    const table = readFileSync(join(projectRoot(), 'docs', 'CONFIGURATION.md'), 'utf8');
    const told = [...table.matchAll(/^\| `(HUB_[A-Z_]+)` \|/gm)].map(([, name = '']) => name);
    const places = ['hub/composition', 'gateway', ...SUBGRAPHS.map((name) => `subgraphs/${name}`)];
    const code = places.map((place) => readFileSync(join(projectRoot(), place, 'config.ts'), 'utf8')).join('\n');
    const read = new Set([...code.matchAll(/\b(HUB_[A-Z_]+): (?!must)/g)].map(([, name = '']) => name));
    expect(told.toSorted()).toEqual([...read].toSorted());
  });

  it('needs nothing to be set for a try', () => {
    expect(readHubConfig({})).toMatchObject({ mode: 'development', port: 4000, host: '127.0.0.1', tokenIssuer: null });
  });

  it('names every fault at once and shows no value', () => {
    const faulty = { HUB_PORT: '70000', HUB_SECRET_CURSOR: 'short-and-hidden', HUB_DATABASE_URL_LEDGER: 'mysql://x' };
    expect(() => readHubConfig(faulty)).toThrow(/HUB_PORT[\s\S]*HUB_SECRET_CURSOR[\s\S]*HUB_DATABASE_URL_LEDGER/);
    expect(() => readHubConfig(faulty)).not.toThrow(/short-and-hidden/);
  });

  it('makes nothing up in production', () => {
    expect(() => readHubConfig({ HUB_MODE: 'production' })).toThrow(/HUB_SECRET_INTERNAL: must be set in production/);
    expect(readHubConfig(production).tokenIssuer?.issuer).toBe('https://issuer.example');
  });

  it('refuses secrets in production that anybody could guess', () => {
    const guessable = { ...production, HUB_SECRET_CURSOR: 'change-me-change-me-change-me-change-me' };
    expect(() => readHubConfig(guessable)).toThrow(/must be random/);
    expect(() => readHubConfig({ ...production, HUB_SECRET_CURSOR: production.HUB_SECRET_INTERNAL })).toThrow(/differ/);
  });

  it('takes an owner of a database only beside the application, and as another role', () => {
    const ledger = { HUB_DATABASE_URL_LEDGER: 'postgres://till:a@db/ledger' };
    const owner = 'postgres://keeper:b@db/ledger';
    expect(readHubConfig({ ...ledger, HUB_DATABASE_OWNER_URL_LEDGER: owner })).toMatchObject({
      databaseUrls: { ledger: ledger.HUB_DATABASE_URL_LEDGER },
      databaseOwnerUrls: { ledger: owner },
    });
    const faulty = {
      ...ledger,
      HUB_DATABASE_OWNER_URL_LEDGER: 'postgres://till:b@db/ledger',
      HUB_DATABASE_OWNER_URL_MEMBERS: owner,
    };
    expect(() => readHubConfig(faulty)).toThrow(
      /MEMBERS: needs HUB_DATABASE_URL_MEMBERS[\s\S]*LEDGER: must name another/,
    );
  });

  it('takes a token issuer whole or not at all', () => {
    expect(() => readHubConfig({ HUB_TOKEN_ISSUER: 'https://issuer.example' })).toThrow(/all three or none/);
  });
});
