import { instantOfLocal, isDay } from '../../kernel/values/instant';

/** Where the tills of a replay folder stand: its times are local to it and carry no offset. */
export const REPLAY_TIME_ZONE = 'America/New_York';

/** The one currency of a replay folder. */
export const REPLAY_CURRENCY = 'USD';

export interface PartnerRow {
  readonly code: string;
  readonly name: string;
}

export interface MemberRow {
  readonly memberId: string;
}

export interface PurchaseRow {
  readonly purchaseId: string;
  readonly memberId: string;
  readonly partner: string;
  readonly branch: string;
  /** Local wall time, as in the file; sorts as text in the order of time. */
  readonly occurredAt: string;
  /** What earns, in cents. */
  readonly amountMinor: bigint;
}

export interface RedemptionRow {
  readonly redemptionId: string;
  readonly memberId: string;
  readonly partner: string;
  /** ISO date, local. */
  readonly day: string;
}

/** A row that cannot be used, and why. It stops nothing else. */
export interface RejectedRow {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

/** What a row holds by column name. */
export type Columns = Readonly<Record<string, string>>;

/** A row, and where it stands in its file: what the hub refuses later is reported with its line too. */
export type Placed<Row> = Row & { readonly line: number };

/** Either the row, or the reason it cannot be used. */
export type Read<Row> = { readonly row: Row } | { readonly reason: string };

/** The columns a file must have; it may have others. */
export const REQUIRED_COLUMNS = {
  'partners.csv': ['partner_id', 'name'],
  'members.csv': ['member_id'],
  'purchases.csv': ['purchase_id', 'member_id', 'partner_id', 'branch_id', 'occurred_at', 'currency', 'amount'],
  'redemptions.csv': ['redemption_id', 'member_id', 'partner_id', 'redeemed_on'],
} as const;
export type ReplayFile = keyof typeof REQUIRED_COLUMNS;
export const REPLAY_FILES = Object.keys(REQUIRED_COLUMNS) as readonly ReplayFile[];

const LONGEST_ID = 200;
/** The hub's own rule for partner codes. */
const PARTNER_CODE = /^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$/;

/** Why an id cannot be one; null when it can. */
function idReason(column: string, value: string): string | null {
  if (value === '') return `${column} is empty`;
  return value.length > LONGEST_ID ? `${column} is longer than ${LONGEST_ID} characters` : null;
}

/** The first reason among several checks. */
function firstReason(...reasons: readonly (string | null)[]): string | null {
  return reasons.find((reason) => reason !== null) ?? null;
}

export function readPartner(columns: Columns): Read<PartnerRow> {
  const { partner_id: code = '', name = '' } = columns;
  const shape = PARTNER_CODE.test(code)
    ? null
    : `partner_id ${JSON.stringify(code)} is not 1 to 40 letters, digits, - or _`;
  const reason = firstReason(idReason('partner_id', code), shape, idReason('name', name));
  return reason === null ? { row: { code, name } } : { reason };
}

export function readMember(columns: Columns): Read<MemberRow> {
  const { member_id: memberId = '' } = columns;
  const reason = idReason('member_id', memberId);
  return reason === null ? { row: { memberId } } : { reason };
}

/** What the earlier files named: a purchase of anybody else is rejected. */
export interface Known {
  readonly members: ReadonlySet<string>;
  readonly partners: ReadonlySet<string>;
}

function partyReason(columns: Columns, known: Known): string | null {
  const { member_id: member = '', partner_id: partner = '' } = columns;
  if (!known.members.has(member)) return `member_id ${JSON.stringify(member)} is not in members.csv`;
  return known.partners.has(partner) ? null : `partner_id ${JSON.stringify(partner)} is not in partners.csv`;
}

export function readPurchase(columns: Columns, known: Known): Read<PurchaseRow> {
  const { purchase_id: purchaseId = '', occurred_at: occurredAt = '', currency = '', amount = '' } = columns;
  const amountMinor = readCents(amount);
  const reason = firstReason(
    idReason('purchase_id', purchaseId),
    partyReason(columns, known),
    isLocalTime(occurredAt) ? null : `occurred_at ${JSON.stringify(occurredAt)} is not a time like 2017-01-31T10:05:51`,
    currency === REPLAY_CURRENCY ? null : `currency ${JSON.stringify(currency)} is not ${REPLAY_CURRENCY}`,
    amountMinor === null ? `amount ${JSON.stringify(amount)} is not an amount like 12.34, zero or more` : null,
  );
  if (reason !== null || amountMinor === null) return { reason: reason ?? 'amount cannot be read' };
  const { member_id: memberId = '', partner_id: partner = '', branch_id: branch = '' } = columns;
  return { row: { purchaseId, memberId, partner, branch, occurredAt, amountMinor } };
}

export function readRedemption(columns: Columns, known: Known): Read<RedemptionRow> {
  const {
    redemption_id: redemptionId = '',
    redeemed_on: day = '',
    member_id: memberId = '',
    partner_id: partner = '',
  } = columns;
  const reason = firstReason(
    idReason('redemption_id', redemptionId),
    partyReason(columns, known),
    isDay(day) ? null : `redeemed_on ${JSON.stringify(day)} is not a day like 2017-01-31`,
  );
  return reason === null ? { row: { redemptionId, memberId, partner, day } } : { reason };
}

/** `12.34` as 1234; null for anything but a plain decimal of at most two places, zero or more. */
export function readCents(text: string): bigint | null {
  const [, whole, places = ''] = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text) ?? [];
  return whole === undefined ? null : BigInt(whole) * 100n + BigInt(places.padEnd(2, '0'));
}

function isLocalTime(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$/.test(text) && instantOfLocal(text, REPLAY_TIME_ZONE) !== null;
}
