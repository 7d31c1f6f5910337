import type { FeedItem, FeedPosition, HubEvent } from '../../../kernel/events/event';
import type { JournalRow, NumberedRow } from '../core/points/journal-row';
import type { StatementEntryKind } from '../core/points/posting';
import { memberScopedId } from '../core/points/scoped-id';

/** A purchase was recorded, whether or not it earned: `{ memberId, partnerId, purchaseId, externalRef, points, occurredAt }`. */
export const PURCHASE_RECORDED = 'ledger.purchase.recorded.v1';

/** Points were redeemed at once: `{ memberId, partnerId, redemptionId, points, occurredAt }`. */
export const POINTS_REDEEMED = 'ledger.points.redeemed.v1';

/** Points were set aside: `{ memberId, partnerId, holdId, points }`. */
export const POINTS_HELD = 'ledger.points.held.v1';

/** A hold became a redemption: `{ memberId, partnerId, redemptionId, points, occurredAt }`. */
export const HOLD_CAPTURED = 'ledger.hold.captured.v1';

/** Points on hold went back to the balance: `{ memberId, partnerId, points }`. */
export const HOLD_RELEASED = 'ledger.hold.released.v1';

/** Unspent points ceased: `{ memberId, points }`. */
export const POINTS_EXPIRED = 'ledger.points.expired.v1';

/** Points that cannot be spent yet came into being: `{ memberId, partnerId, points, occurredAt }`. */
export const POINTS_PENDING = 'ledger.points.pending.v1';

/** Pending points became spendable: `{ memberId, partnerId, points, occurredAt }`. */
export const POINTS_RELEASED = 'ledger.points.released.v1';

/** Pending points were taken back: `{ memberId, partnerId, points, occurredAt }`. */
export const POINTS_CANCELLED = 'ledger.points.cancelled.v1';

/** A redemption was undone, whole or in part: `{ memberId, partnerId, points, occurredAt }`. */
export const REDEMPTION_REVERSED = 'ledger.redemption.reversed.v1';

/** Points were taken back, by a return or by their issuer: `{ memberId, partnerId, points, occurredAt }`. */
export const POINTS_CLAWED_BACK = 'ledger.points.clawed_back.v1';

/** Spendable points filled what the member owed: `{ memberId, partnerId, points, occurredAt }`. */
export const ARREARS_OFFSET = 'ledger.arrears.offset.v1';

/** What is left of a lot lives longer: `{ memberId, occurredAt }`. */
export const EXPIRY_EXTENDED = 'ledger.expiry.extended.v1';

/** Expired points came back: `{ memberId, points, occurredAt }`. */
export const POINTS_REINSTATED = 'ledger.points.reinstated.v1';

/** A member received points of another: `{ memberId, points, occurredAt }`. */
export const POINTS_RECEIVED = 'ledger.points.received.v1';

/** A member gave points to another: `{ memberId, points, occurredAt }`. */
export const POINTS_GIVEN = 'ledger.points.given.v1';

/** A member gave points to a charity: `{ memberId, partnerId, redemptionId, points, occurredAt }`. */
export const POINTS_DONATED = 'ledger.points.donated.v1';

/** Goodwill was given: `{ memberId, partnerId, points, occurredAt }`. */
export const GOODWILL_GIVEN = 'ledger.goodwill.given.v1';

/** Points a member had before the hub were taken over: `{ memberId, partnerId, points, occurredAt }`. */
export const POINTS_TAKEN_OVER = 'ledger.points.taken_over.v1';

/** The operator corrected an account: `{ memberId, points, occurredAt }`. */
export const ACCOUNT_ADJUSTED = 'ledger.account.adjusted.v1';

/** An issuer paid for outstanding points in advance: `{ memberId, partnerId, points, occurredAt }`. */
export const LOTS_BOUGHT_OUT = 'ledger.lots.bought_out.v1';

/** A qualification period was closed: `{ memberId, occurredAt }`. */
export const TIER_REVIEWED = 'ledger.tier.reviewed.v1';

/** A member is to be told of something ahead, `tier.downgrade` or `points.expiring.<days>`: `{ memberId, reason, occurredAt }`. */
export const MEMBER_NOTICED = 'ledger.member.noticed.v1';

/** A member moved on the ladder: `{ memberId, from, to }`. */
export const TIER_CHANGED = 'ledger.tier.changed.v1';

/** Total over the kinds of posting: a new kind does not compile before it has an event. */
const TYPE_BY_KIND: Readonly<Record<StatementEntryKind, string>> = {
  EARN: PURCHASE_RECORDED,
  REDEEM: POINTS_REDEEMED,
  HOLD: POINTS_HELD,
  CAPTURE: HOLD_CAPTURED,
  HOLD_RELEASE: HOLD_RELEASED,
  EXPIRY: POINTS_EXPIRED,
  PENDING: POINTS_PENDING,
  RELEASE: POINTS_RELEASED,
  CANCEL: POINTS_CANCELLED,
  REVERSAL: REDEMPTION_REVERSED,
  CLAWBACK: POINTS_CLAWED_BACK,
  ARREARS: ARREARS_OFFSET,
  EXTENSION: EXPIRY_EXTENDED,
  REINSTATEMENT: POINTS_REINSTATED,
  TRANSFER_IN: POINTS_RECEIVED,
  TRANSFER_OUT: POINTS_GIVEN,
  DONATION: POINTS_DONATED,
  GOODWILL: GOODWILL_GIVEN,
  OPENING: POINTS_TAKEN_OVER,
  ADJUSTMENT: ACCOUNT_ADJUSTED,
  BUY_OUT: LOTS_BOUGHT_OUT,
  TIER_REVIEW: TIER_REVIEWED,
  NOTICE: MEMBER_NOTICED,
};

/** A posting and, at most, the change of tier it causes: positions leave room for both. */
export const EVENTS_PER_ROW = 2;

/**
 * What the ledger announces of one journal transaction. The journal itself is the outbox: an event cannot exist without
 * its posting, nor a posting without its event.
 */
export function announce(row: NumberedRow): FeedItem[] {
  const memberId = memberScopedId('mem', row.wallet);
  const name = memberScopedId('txn', row.wallet, row.seq);
  const amount = (row.points < 0n ? -row.points : row.points).toString();
  const base = { memberId, partnerId: row.partnerId, points: amount, occurredAt: row.occurredAt.toISOString() };
  const own: Record<string, object> = {
    EARN: { purchaseId: name, externalRef: row.externalRef },
    REDEEM: { redemptionId: name },
    HOLD: { holdId: memberScopedId('hld', row.wallet, row.seq) },
    CAPTURE: { redemptionId: name },
    DONATION: { redemptionId: name },
    NOTICE: { reason: row.reason },
  };
  const events = [eventOf(row, TYPE_BY_KIND[row.kind], 0, { ...base, ...own[row.kind] })];
  if (row.tierAfter !== row.tierBefore) {
    events.push(eventOf(row, TIER_CHANGED, 1, { memberId, from: row.tierBefore, to: row.tierAfter }));
  }
  return events.map((event, index) => ({
    position: `${row.batch}:${row.place * EVENTS_PER_ROW + index + 1}` as FeedPosition,
    event,
  }));
}

function eventOf(row: JournalRow, type: string, index: number, payload: object): HubEvent {
  const memberId = memberScopedId('mem', row.wallet);
  return {
    id: `${memberScopedId('txn', row.wallet, row.seq)}.${index}`,
    type,
    programmeId: row.programmeId,
    aggregateId: memberId,
    recordedAt: row.recordedAt.toISOString(),
    payload,
  };
}
