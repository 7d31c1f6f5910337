import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyStatementCommand } from './verify-statement';

describe('hub verify-statement', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'hub-verify-statement-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A package of two partners between whom nothing happened, and the key it is signed with, as arguments. */
  function aPackage(): string[] {
    const head = JSON.stringify({
      sections: [],
      partners: ['A', 'B'].map((code) => ({ id: `ptr_${code.toLowerCase()}`, code })),
    });
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const key = { id: 'key', publicKey: publicKey.export({ format: 'jwk' }).x };
    const signature = sign(null, Buffer.from(head), privateKey).toString('base64url');
    const file = join(folder, 'package.jsonl');
    writeFileSync(file, `${JSON.stringify({ head, key, signature })}\n`);
    return [file, '--key', String(key.publicKey)];
  }
  const run = (partner: string, ...file: string[]) =>
    verifyStatementCommand().parseAsync(['--partner', partner, ...file], { from: 'user' });

  it('names the partners of a package that does not know the one asked for', async () => {
    await expect(run('NOSUCH', ...aPackage())).rejects.toMatchObject({
      code: 'HUB_PARTNER_UNKNOWN',
      message: 'The package knows no partner NOSUCH; it knows A, B.',
    });
  });

  it('says so when there is no package to read', async () => {
    await expect(run('A', join(folder, 'nowhere.jsonl'))).rejects.toMatchObject({ code: 'HUB_PACKAGE_UNREADABLE' });
  });
});
