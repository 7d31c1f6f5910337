import type { ProgrammeId } from '../values/id';

/**
 * A fact one subgraph announces to the others: written in the transaction that made it true, delivered at least once
 * and in order, handled twice without harm. It names things by id and holds no personal data.
 */
export interface HubEvent<Type extends string = string, Payload = unknown> {
  readonly id: string;
  /** `<subgraph>.<noun>.<past participle>.v<N>`; a new shape is a new N. */
  readonly type: Type;
  /** The tenant it belongs to. */
  readonly programmeId: ProgrammeId;
  /** What it is about, such as a member's id. */
  readonly aggregateId: string;
  /** RFC 3339; the announcing subgraph's clock. */
  readonly recordedAt: string;
  readonly payload: Payload;
}

/** An opaque place in one feed; later places never come before earlier ones. */
export type FeedPosition = string & { readonly __unit: 'position' };

/** An event and the place just after it. */
export interface FeedItem {
  readonly position: FeedPosition;
  readonly event: HubEvent;
}

/**
 * What one subgraph has announced, read by pulling. The reader keeps its own place, in its own database, in the
 * transaction that handles the event: nothing is lost when either side dies, and nothing needs a broker.
 */
export interface EventFeed {
  /**
   * The next events after a place, oldest first.
   *
   * @param after null: from the beginning
   * @param limit at most this many, 1 to 1,000
   * @param waitMs how long to wait for one when there is none yet; 0 answers at once
   */
  read(after: FeedPosition | null, limit: number, waitMs: number): Promise<FeedItem[]>;
}

/** What an event type must look like. */
export const EVENT_TYPE = /^[a-z]+\.[a-z_]+\.[a-z_]+\.v[1-9][0-9]*$/;
