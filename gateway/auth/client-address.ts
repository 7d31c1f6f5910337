import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { plainAddress, type AddressSet } from '../../kernel/values/address-range';

/** What a request brings that says who sends it and from where. */
export interface Origin {
  readonly authorization: string | undefined;
  /** The other end of the connection. */
  readonly address: string;
  /** `X-Forwarded-For`, which anybody can write. */
  readonly forwardedFor: string | undefined;
}

/** @param authorization instead of the request's header */
export function originOf(request: IncomingMessage, authorization = request.headers.authorization): Origin {
  const { 'x-forwarded-for': forwardedFor } = request.headers;
  return {
    authorization,
    address: request.socket.remoteAddress ?? '',
    forwardedFor: typeof forwardedFor === 'string' ? forwardedFor : undefined,
  };
}

/**
 * Where a request comes from: the other end of the connection, and behind proxies of the hub's operator whoever the last of them
 * says it had at its other end. What stands further left in the header was written by others and is not looked at.
 */
export function clientAddress({ address, forwardedFor }: Origin, proxies: AddressSet): string {
  const said = forwardedFor?.split(',') ?? [];
  let nearest = plainAddress(address);
  while (proxies.has(nearest)) {
    const next = plainAddress(said.pop()?.trim() ?? '');
    if (isIP(next) === 0) break;
    nearest = next;
  }
  return nearest;
}
