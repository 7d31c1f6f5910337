import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDevelopmentIssuer } from './development-issuer';
import { TokenVerifier } from './tokens';

describe('the development issuer', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'hub-issuer-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('refuses to run in production mode', async () => {
    await expect(openDevelopmentIssuer({ folder, mode: 'production' })).rejects.toMatchObject({
      code: 'HUB_DEVELOPMENT_ISSUER_IN_PRODUCTION',
    });
  });

  it('keeps its key for its owner alone and shows only the public half', async () => {
    const { jwks } = await openDevelopmentIssuer({ folder, mode: 'development' });
    expect(statSync(join(folder, 'development-issuer.json')).mode & 0o777).toBe(0o600);
    expect(jwks.keys[0]).not.toHaveProperty('d');
  });

  it('has the same key when it is opened again', async () => {
    const first = await openDevelopmentIssuer({ folder, mode: 'development' });
    const second = await openDevelopmentIssuer({ folder, mode: 'development' });
    const token = await first.mint({ role: 'host', subject: 'kim' });
    expect(await new TokenVerifier(second).verify(token)).toMatchObject({
      principal: { kind: 'host', subject: 'kim' },
    });
  });
});
