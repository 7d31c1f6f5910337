import { createHmac, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { HubSecrets } from '../../../../kernel/graph/subgraph';

/** The pair of keys closing packages are signed with. */
export interface SigningKey {
  /** Names the public key: the beginning of the hash of it. */
  readonly id: string;
  /** The 32 bytes of the Ed25519 public key, as `x` of its JWK. */
  readonly publicKey: string;
  sign(text: string): string;
}

/** Begins an Ed25519 private key of 32 bytes in PKCS 8. Source: RFC 8410 §7. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const PURPOSE = 'closing packages, Ed25519';

/** The hub's own: the same for the same secret, so that every process signs alike and nothing more is to be kept. */
export function signingKeyOf({ signing, internal }: HubSecrets): SigningKey {
  const seed = createHmac('sha256', signing ?? internal)
    .update(PURPOSE)
    .digest();
  const privateKey: KeyObject = createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  const id = createHmac('sha256', 'key id').update(x).digest('hex').slice(0, 16);
  return { id, publicKey: x, sign: (text) => sign(null, Buffer.from(text, 'utf8'), privateKey).toString('base64url') };
}
