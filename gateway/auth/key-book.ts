import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Database } from '../../kernel/db/database';
import { Consumer, type EventReaction } from '../../kernel/events/consumer';
import type { EventFeed } from '../../kernel/events/event';
import type { Logger } from '../../kernel/telemetry/log';
import { AddressSet } from '../../kernel/values/address-range';
import type { PartnerId } from '../../kernel/values/id';
import { intakeReactions } from './intake-store';
import { findKey, insertKey, revokeKey, setAddresses, type PartnerKey } from './key-store';

/** Text of a key: which coalition side it is for, the 32 hexadecimal digits of its id, 32 random bytes. */
const KEY_TEXT = /^hub_(test|live)_([0-9a-f]{32})_[A-Za-z0-9_-]{43}$/;

/** How old an answer about a key may be. Revocation takes effect after this and the time an event travels. */
const FRESH_MS = 2_000;
/** How long the last answer stands when the database does not give a new one. */
const STALE_MS = 15 * 60_000;
/** The least time between two looks for news that unknown keys give rise to. */
const CATCH_UP_EVERY_MS = 250;
const REMEMBERED = 10_000;

const issued = z.object({
  keyId: z.string(),
  partnerId: z.string(),
  keyHash: z.string().regex(/^[0-9a-f]{64}$/),
  scopes: z.array(z.string()),
  expiresAt: z.iso.datetime({ offset: true }).nullable(),
  isSandbox: z.boolean(),
  addresses: z.array(z.string()).nullable().default(null),
});
const addressesSet = z.object({ keyId: z.string(), addresses: z.array(z.string()).nullable() });
const revoked = z.object({ keyId: z.string() });

interface Remembered {
  key: KnownKey;
  readAt: number;
}

/** A key, and the addresses it names made ready to be asked. */
export interface KnownKey extends PartnerKey {
  readonly allowed: AddressSet | null;
}

/** What the gateway knows of partner keys: a projection of what partners has announced. */
export class KeyBook {
  private readonly consumer: Consumer;
  /** Keys that are being read now. */
  private readonly beingRead = new Map<string, Promise<KnownKey | null>>();
  /** Those read longest ago first: one that is used is read again and again. */
  private readonly remembered = new Map<string, Remembered>();
  private lastCatchUp = 0;
  private due: Promise<void> | undefined;
  private reading: Promise<void> = Promise.resolve();
  private hasRead = false;

  constructor(
    private readonly database: Database,
    feed: EventFeed,
    private readonly log: Logger,
    private readonly most = REMEMBERED,
  ) {
    this.consumer = new Consumer({ feedName: 'partners', feed, database, reactions: REACTIONS, log });
  }

  /** Begins to follow. It does not wait: with partners down the keys known before still hold. */
  start(): void {
    this.consumer.start();
    void this.catchUp();
  }

  async stop(): Promise<void> {
    await this.consumer.stop();
    await this.due;
    await this.reading;
  }

  /** Whether all that partners had announced was read once since the start. */
  get isReady(): boolean {
    if (!this.hasRead) void this.catchUp();
    return this.hasRead;
  }

  /** Whether the key a text names was found before: another one has to be looked for. */
  knows(text: string): boolean {
    return this.remembered.has(`key_${KEY_TEXT.exec(text)?.[2] ?? ''}`);
  }

  /** Recognises a key by its whole text; null when it is none that holds now. */
  async recognise(text: string): Promise<KnownKey | null> {
    const [, side, digits] = KEY_TEXT.exec(text) ?? [];
    if (digits === undefined) return null;
    const key = await this.current(`key_${digits}`);
    // Compared even when there is no key, so that both cases take the same time.
    const hash = createHash('sha256').update(text).digest();
    const same = timingSafeEqual(hash, key?.keyHash ?? NO_HASH);
    // A key for trying things out says so, and opens nothing where money is real, nor the other way round.
    return key !== null && same && holds(key) && key.isSandbox === (side === 'test') ? key : null;
  }

  /** Whether a key recognised before still holds, used from an address. */
  async stillHolds(keyId: string, address: string): Promise<boolean> {
    const key = await this.current(keyId);
    return key !== null && holds(key) && isFrom(key, address);
  }

  private async current(keyId: string): Promise<KnownKey | null> {
    const known = this.remembered.get(keyId);
    const age = known === undefined ? Infinity : Date.now() - known.readAt;
    if (known !== undefined && age < FRESH_MS) return known.key;
    try {
      return (await this.readOnce(keyId)) ?? (await this.readAgain(keyId));
    } catch (error) {
      this.log.warn({ event: 'keys.unreadable', err: error });
      if (known !== undefined && age < STALE_MS) return known.key;
      throw error;
    }
  }

  /**
   * Whoever needs the same key in the same moment waits for one reading: at each end of a key's freshness a busy till would
   * otherwise ask once for every request it has under way, and the answers to all of them, refusals too, would wait for the database.
   */
  private readOnce(keyId: string): Promise<KnownKey | null> {
    let reading = this.beingRead.get(keyId);
    if (reading === undefined) {
      reading = this.read(keyId).finally(() => this.beingRead.delete(keyId));
      this.beingRead.set(keyId, reading);
    }
    return reading;
  }

  private async read(keyId: string): Promise<KnownKey | null> {
    const found = await findKey(this.database, keyId);
    if (found === null) return null;
    const key = { ...found, allowed: found.addresses && new AddressSet(found.addresses) };
    this.remembered.delete(keyId);
    if (this.remembered.size >= this.most) this.remembered.delete(this.remembered.keys().next().value as string);
    this.remembered.set(keyId, { key, readAt: Date.now() });
    return key;
  }

  /** A key may be used in the very moment it was issued, before its event came; a reading begun before would not see it. */
  private async readAgain(keyId: string): Promise<KnownKey | null> {
    await this.catchUp();
    return this.read(keyId);
  }

  /**
   * Reads what is there from now on. Whoever asks while a reading is due waits for that same one, so that a flood of
   * unknown keys costs a few readings a second and a key just issued is never missed.
   */
  private catchUp(): Promise<void> {
    this.due ??= this.readWhenDue();
    return this.due;
  }

  private async readWhenDue(): Promise<void> {
    const waitMs = this.lastCatchUp + CATCH_UP_EVERY_MS - Date.now();
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, waitMs)));
    // Whoever asks from here on may know of a later event than this reading will see.
    this.due = undefined;
    this.lastCatchUp = Date.now();
    this.reading = this.readNow();
    await this.reading;
  }

  private async readNow(): Promise<void> {
    try {
      await this.consumer.catchUp();
      this.hasRead = true;
    } catch (error) {
      this.log.warn({ event: 'keys.catchUp.failed', err: error });
    }
  }
}

const NO_HASH = Buffer.alloc(32);

/** Whether a key may be used from an address. */
export function isFrom({ allowed }: KnownKey, address: string): boolean {
  return allowed === null || allowed.has(address);
}

function holds(key: PartnerKey): boolean {
  return key.revokedAt === null && (key.expiresAt === null || key.expiresAt.getTime() > Date.now());
}

const REACTIONS: Readonly<Record<string, EventReaction>> = {
  ...intakeReactions,
  'partners.key.issued.v1': async (tx, { programmeId, payload }) => {
    const { keyHash, expiresAt, partnerId, ...key } = issued.parse(payload);
    await insertKey(tx, {
      ...key,
      programmeId,
      partnerId: partnerId as PartnerId,
      keyHash: Buffer.from(keyHash, 'hex'),
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
    });
  },
  'partners.key.addresses_set.v1': async (tx, { payload }) => {
    const { keyId, addresses } = addressesSet.parse(payload);
    await setAddresses(tx, keyId, addresses);
  },
  'partners.key.revoked.v1': async (tx, { payload, recordedAt }) =>
    revokeKey(tx, revoked.parse(payload).keyId, recordedAt),
};
