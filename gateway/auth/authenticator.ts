import type { Principal } from '../../kernel/context/principal';
import type { KeyBook } from './key-book';
import type { TokenVerifier } from './tokens';

/** Who is calling, and how long that holds. */
export interface Caller {
  readonly principal: Principal;
  /** When the credential ends; null when it does not end by itself. */
  readonly expiresAt: Date | null;
  /** The partner key it came with, which may be revoked at any moment. */
  readonly keyId: string | null;
}

export const anonymous: Caller = { principal: { kind: 'anonymous' }, expiresAt: null, keyId: null };

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]{1,4096})$/i;

/** Turns what a client sends as `Authorization` into who it is: a partner key or a token. */
export class Authenticator {
  constructor(
    private readonly keys: KeyBook,
    private readonly tokens: TokenVerifier,
  ) {}

  /**
   * @param authorization the header's value; undefined when there is none
   * @returns null when a credential was given and does not hold; without one the caller is anonymous
   */
  async authenticate(authorization: string | undefined): Promise<Caller | null> {
    if (authorization === undefined) return anonymous;
    const credential = BEARER.exec(authorization)?.[1];
    if (credential === undefined) return null;
    return credential.startsWith('hub_') ? this.byKey(credential) : this.byToken(credential);
  }

  /** Whether a caller recognised before would still be. */
  async stillHolds({ expiresAt, keyId }: Caller): Promise<boolean> {
    if (expiresAt !== null && expiresAt.getTime() <= Date.now()) return false;
    return keyId === null || this.keys.stillHolds(keyId);
  }

  private async byKey(text: string): Promise<Caller | null> {
    const key = await this.keys.recognise(text);
    if (key === null) return null;
    const { programmeId, partnerId, keyId, scopes, expiresAt } = key;
    return { principal: { kind: 'partner', programmeId, partnerId, keyId, scopes }, expiresAt, keyId };
  }

  private async byToken(token: string): Promise<Caller | null> {
    const verified = await this.tokens.verify(token);
    return verified === null ? null : { principal: verified.principal, expiresAt: verified.expiresAt, keyId: null };
  }
}
