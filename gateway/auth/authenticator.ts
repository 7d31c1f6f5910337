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

/** What is left of an address's budget. */
export interface AddressStanding {
  readonly allowed: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until it is full again. */
  readonly resetSeconds: number;
}

/** An address from which too many credentials came that do not hold: what comes next is not looked at. */
export interface SpentAddress {
  readonly standing: AddressStanding;
}

/** Charges credentials that do not hold to the address they come from. */
export interface FailureBudget {
  /** How an address stands that is known to have too little left; null while enough may be left. Asks nobody. */
  usedUp(address: string): AddressStanding | null;
  /** Charges one; how the address stands when too little was left, else null. */
  charge(address: string): Promise<AddressStanding | null>;
}

export interface AuthenticatorOptions {
  readonly keys: KeyBook;
  readonly uses: KeyUses;
  readonly tokens: TokenVerifier;
  readonly failures: FailureBudget;
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

  /**
   * A credential that does not hold costs its address's budget. Once that is used up, a key the gateway would have to look for is not
   * looked for: it may be sent again when the minute is over. Keys that were found before are not held up.
   *
   * @returns a fault when a credential was given and does not hold here; without one the caller is anonymous
   */
  async authenticate(origin: Origin): Promise<Caller | CredentialFault | SpentAddress> {
    const address = clientAddress(origin, this.proxies);
    if (origin.authorization === undefined)
      return { principal: { kind: 'anonymous' }, expiresAt: null, keyId: null, address };
    const credential = BEARER.exec(origin.authorization)?.[1];
    if (credential === undefined) return 'GATEWAY_UNAUTHENTICATED';
    const { failures, keys } = this.options;
    const isKey = credential.startsWith('hub_');
    const spent = isKey && !keys.knows(credential) ? failures.usedUp(address) : null;
    if (spent !== null) return { standing: spent };
    const caller = await (isKey ? this.byKey(credential, address) : this.byToken(credential, address));
    if (caller !== 'GATEWAY_UNAUTHENTICATED') return caller;
    const standing = await failures.charge(address);
    return standing === null ? caller : { standing };
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
