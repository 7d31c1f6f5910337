import type { Authenticator, Caller } from '../auth/authenticator';

/** How often it is looked whether credentials still hold. With the key book's two seconds, revocation ends a connection within five. */
const LOOK_EVERY_MS = 1_000;

/** A connection that stays open, and how it is ended when its caller may no longer have it. */
export interface Watched {
  /** Null until the caller is known. */
  readonly caller: Caller | null;
  endForbidden(): void;
}

/** Ends connections whose credential has expired or was revoked while they were open, whichever protocol they speak. */
export class CredentialWatch {
  private readonly watched = new Set<Watched>();
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly authenticator: Authenticator) {
    this.timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  watch(connection: Watched): void {
    this.watched.add(connection);
  }

  forget(connection: Watched): void {
    this.watched.delete(connection);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async look(): Promise<void> {
    const now = Date.now();
    const byKey = new Map<string, { caller: Caller; connections: Watched[] }>();
    for (const connection of this.watched) {
      const { caller } = connection;
      if (caller === null) continue;
      if (caller.expiresAt !== null && caller.expiresAt.getTime() <= now) connection.endForbidden();
      else if (caller.keyId !== null) {
        const place = `${caller.keyId} ${caller.address}`;
        const known = byKey.get(place) ?? { caller, connections: [] };
        byKey.set(place, known);
        known.connections.push(connection);
      }
    }
    await Promise.all([...byKey.values()].map((one) => this.lookAtKey(one.caller, one.connections)));
  }

  private async lookAtKey(caller: Caller, connections: readonly Watched[]): Promise<void> {
    // Who cannot be asked about does not stay: the key book has already bridged what may be bridged.
    const holds = await this.authenticator.stillHolds(caller).catch(() => false);
    if (!holds) for (const connection of connections) connection.endForbidden();
  }
}
