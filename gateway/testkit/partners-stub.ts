import { createHash, randomBytes } from 'node:crypto';
import type { EventFeed, FeedItem, FeedPosition, HubEvent } from '../../kernel/events/event';
import { newId, type PartnerId, type ProgrammeId } from '../../kernel/values/id';

/** A key as a test wants it. */
export interface StubKey {
  readonly scopes?: string[];
  readonly expiresAt?: Date;
  /** What its text says it is for. */
  readonly side?: 'test' | 'live';
  /** What it is for. */
  readonly isSandbox?: boolean;
  readonly addresses?: string[];
}

/** Announces keys as the partners subgraph does. */
export class PartnersStub implements EventFeed {
  readonly programmeId: ProgrammeId = newId('prg');
  readonly partnerId: PartnerId = newId('ptr');
  private readonly items: FeedItem[] = [];

  /** Makes a key and announces it; answers its text and its id. */
  issueKey(options: StubKey = {}): { text: string; keyId: string } {
    const keyId = newId('key');
    const { scopes = ['points:earn'], expiresAt = null, side = 'test', isSandbox = true, addresses } = options;
    const text = `hub_${side}_${keyId.slice(4)}_${randomBytes(32).toString('base64url')}`;
    const keyHash = createHash('sha256').update(text).digest('hex');
    this.announce('partners.key.issued.v1', {
      keyId,
      partnerId: this.partnerId,
      keyHash,
      scopes,
      expiresAt: expiresAt === null ? null : expiresAt.toISOString(),
      isSandbox,
      ...(addresses === undefined ? {} : { addresses }),
    });
    return { text, keyId };
  }

  setAddresses(keyId: string, addresses: string[] | null): void {
    this.announce('partners.key.addresses_set.v1', { keyId, partnerId: this.partnerId, addresses });
  }

  revokeKey(keyId: string): void {
    this.announce('partners.key.revoked.v1', { keyId, partnerId: this.partnerId });
  }

  async read(after: FeedPosition | null, limit: number, waitMs: number): Promise<FeedItem[]> {
    const from = after === null ? 0 : Number(after.split(':')[1]);
    const found = this.items.slice(from, from + limit);
    if (found.length > 0 || waitMs === 0) return found;
    await new Promise((resolve) => setTimeout(resolve, 20).unref());
    return this.items.slice(from, from + limit);
  }

  private announce(type: string, payload: unknown): void {
    const event: HubEvent = {
      id: newId('evt'),
      type,
      programmeId: this.programmeId,
      aggregateId: this.partnerId,
      recordedAt: new Date().toISOString(),
      payload,
    };
    this.items.push({ position: `1:${this.items.length + 1}` as FeedPosition, event });
  }
}
