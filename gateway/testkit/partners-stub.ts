import { createHash, randomBytes } from 'node:crypto';
import type { EventFeed, FeedItem, FeedPosition, HubEvent } from '../../kernel/events/event';
import { newId, type PartnerId, type ProgrammeId } from '../../kernel/values/id';

/** Announces keys as the partners subgraph does. */
export class PartnersStub implements EventFeed {
  readonly programmeId: ProgrammeId = newId('prg');
  readonly partnerId: PartnerId = newId('ptr');
  private readonly items: FeedItem[] = [];

  /** Makes a key and announces it; answers its text and its id. */
  issueKey(options: { scopes?: string[]; expiresAt?: Date } = {}): { text: string; keyId: string } {
    const keyId = newId('key');
    const text = `hub_test_${keyId.slice(4)}_${randomBytes(32).toString('base64url')}`;
    const keyHash = createHash('sha256').update(text).digest('hex');
    const { scopes = ['points:earn'], expiresAt = null } = options;
    this.announce('partners.key.issued.v1', {
      keyId,
      partnerId: this.partnerId,
      keyHash,
      scopes,
      expiresAt: expiresAt === null ? null : expiresAt.toISOString(),
      isSandbox: true,
    });
    return { text, keyId };
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
