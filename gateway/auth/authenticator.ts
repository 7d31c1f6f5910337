import type { Principal } from '../../kernel/context/principal';
import { AddressSet } from '../../kernel/values/address-range';
import { clientAddress, type Origin } from './client-address';
import { isFrom, type KeyBook } from './key-book';
import type { KeyUses } from './key-uses';
import type { TokenVerifier } from './tokens';

/** Who is calling, and how long that holds. */
export interface Caller {
  readonly principal: Principal;
  /** When the credential ends; null when it does not end by itself. */
  readonly expiresAt: Date | null;
  /** The partner key it came with, which may be revoked at any moment. */
  readonly keyId: string | null;
  /** Where the call comes from. */
  readonly address: string;
}

/** Why a credential that was given does not let its bearer in. */
export type CredentialFault = 'GATEWAY_UNAUTHENTICATED' | 'GATEWAY_ADDRESS_NOT_ALLOWED';

export interface AuthenticatorOptions {
  readonly keys: KeyBook;
  readonly uses: KeyUses;
  readonly tokens: TokenVerifier;
  /** Addresses of the operator's own proxies, which are believed when they say who called them. */
  readonly trustedProxies: readonly string[];
}

const BEARER = /^Bearer +([A-Za-z0-9._~+/=-]{1,4096})$/i;

/** Turns what a client sends as `Authorization` into who it is: a partner key or a token. */
export class Authenticator {
  private readonly proxies: AddressSet;

  constructor(private readonly options: AuthenticatorOptions) {
    this.proxies = new AddressSet(options.trustedProxies);
  }

  /** @returns a fault when a credential was given and does not hold here; without one the caller is anonymous */
  async authenticate(origin: Origin): Promise<Caller | CredentialFault> {
    const address = clientAddress(origin, this.proxies);
    if (origin.authorization === undefined)
      return { principal: { kind: 'anonymous' }, expiresAt: null, keyId: null, address };
    const credential = BEARER.exec(origin.authorization)?.[1];
    if (credential === undefined) return 'GATEWAY_UNAUTHENTICATED';
    return credential.startsWith('hub_') ? this.byKey(credential, address) : this.byToken(credential, address);
  }

  /** Whether a caller recognised before would still be. */
  async stillHolds({ principal, expiresAt, keyId, address }: Caller): Promise<boolean> {
    if (expiresAt !== null && expiresAt.getTime() <= Date.now()) return false;
    if (keyId === null) return true;
    const holds = await this.options.keys.stillHolds(keyId, address);
    // A connection that stands is a use, though nothing is asked over it.
    if (holds && principal.kind === 'partner') this.options.uses.used(principal);
    return holds;
  }

  private async byKey(text: string, address: string): Promise<Caller | CredentialFault> {
    const key = await this.options.keys.recognise(text);
    if (key === null) return 'GATEWAY_UNAUTHENTICATED';
    if (!isFrom(key, address)) return 'GATEWAY_ADDRESS_NOT_ALLOWED';
    this.options.uses.used(key);
    const { programmeId, partnerId, keyId, scopes, expiresAt } = key;
    return { principal: { kind: 'partner', programmeId, partnerId, keyId, scopes }, expiresAt, keyId, address };
  }

  private async byToken(token: string, address: string): Promise<Caller | CredentialFault> {
    const verified = await this.options.tokens.verify(token);
    if (verified === null) return 'GATEWAY_UNAUTHENTICATED';
    return { principal: verified.principal, expiresAt: verified.expiresAt, keyId: null, address };
  }
}
