import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { IdentityKindName } from '../../../kernel/values/identity';

/** An identity as a partner presents it. */
export interface PresentedIdentity {
  readonly kind: IdentityKindName;
  readonly value: string;
}

const [NONCE, TAG] = [12, 16];

/**
 * Encrypts the identity of an order that waits for its hold, so that a dump of this database names nobody.
 *
 * AES-256-GCM under a key derived from the hub's identity secret for this purpose alone. A sealed identity opens only
 * with the order it was sealed for.
 */
export class IdentitySeal {
  private readonly key: Buffer;

  constructor(secret: string) {
    this.key = Buffer.from(hkdfSync('sha256', secret, '', 'rewards: identity of an unfinished order', 32));
  }

  close(orderId: string, identity: PresentedIdentity): Buffer {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.key, nonce).setAAD(Buffer.from(orderId));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(identity), 'utf8'), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws Error when it was sealed under another secret or for another order */
  open(orderId: string, sealed: Buffer): PresentedIdentity {
    const decipher = createDecipheriv('aes-256-gcm', this.key, sealed.subarray(0, NONCE))
      .setAAD(Buffer.from(orderId))
      .setAuthTag(sealed.subarray(NONCE, NONCE + TAG));
    const text = Buffer.concat([decipher.update(sealed.subarray(NONCE + TAG)), decipher.final()]);
    return JSON.parse(text.toString('utf8')) as PresentedIdentity;
  }
}
