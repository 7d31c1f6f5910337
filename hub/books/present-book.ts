import { HUB_PARTY, type Book } from './book-format';
import { membersOf } from './check-book';
import type { LineFinder } from './close-book';
import type { FoundBook } from './found-book';
import type { PostedBook } from './post-book';
import type { SettledBooks } from './read-result';

/** The result files by name, as values that are written as JSON. */
export type BookResult = Readonly<Record<ResultName, unknown>>;
export const RESULT_NAMES = ['totals', 'nets', 'settlements', 'lots', 'balances', 'accounts', 'refused'] as const;
export type ResultName = (typeof RESULT_NAMES)[number];

/** Claims that are owed for whole issues and not for points of one lot. */
const WITHOUT_LOT = new Set(['PROGRAMME_FEE', 'PROGRAMME_FEE_CREDIT', 'ISSUANCE_FUNDING', 'ISSUANCE_REFUND']);
/** What a posting is called that no event caused. */
const DUE: Readonly<Record<string, string>> = { EXPIRY: 'expiry', RELEASE: 'release', HOLD_RELEASE: 'timeout' };

export interface BookParts {
  readonly book: Book;
  readonly found: Pick<FoundBook, 'partnerIds' | 'memberIds'>;
  readonly posted: PostedBook;
  readonly settled: SettledBooks;
}

/** Says what came of a book in the book's own names. */
export function presentBook(parts: BookParts): BookResult {
  const names = new BookNames(parts);
  return {
    totals: totalsOf(parts, names),
    nets: netsOf(parts, names),
    settlements: settlementsOf(parts, names),
    lots: lotsOf(parts, names),
    balances: balancesOf(parts, names),
    accounts: accountsOf(parts, names),
    refused: [...parts.posted.refused, ...parts.settled.refused],
  };
}

type Line = SettledBooks['lines'][number];
type Posting = SettledBooks['journal'][number];
type LotRecord = SettledBooks['lots'][number];
type Party = Line['debtor'];

/** The book's names of what the hub calls by ids, and the order in which things happened. */
export class BookNames {
  private readonly partners: ReadonlyMap<string, string>;
  private readonly members: ReadonlyMap<string, string>;
  private readonly postings: ReadonlyMap<string, Posting>;
  private readonly records: ReadonlyMap<string, LotRecord>;
  private readonly lots: Map<string, string>;
  /** Events by the posting each begins with. */
  private readonly events = new Map<string, string>();
  private readonly eventPlace = new Map<string, number>();

  constructor({
    found,
    posted,
    settled,
  }: Omit<BookParts, 'book' | 'settled'> & { settled: Pick<SettledBooks, 'journal' | 'lots'> }) {
    this.partners = new Map([...found.partnerIds].map(([name, id]) => [id, name]));
    this.members = new Map([...found.memberIds].map(([name, id]) => [id, name]));
    this.postings = new Map(settled.journal.map((posting) => [posting.id, posting]));
    this.records = new Map(settled.lots.map((lot) => [lot.id, lot]));
    this.lots = new Map(posted.lots);
    this.nameEvents(posted, settled.journal);
  }

  /** A mark tells the account's version after all that an event brought about; its first posting is where that leads back to. */
  private nameEvents(posted: PostedBook, journal: readonly Posting[]): void {
    const at = new Map(journal.map((posting) => [`${posting.member.id} ${posting.version}`, posting]));
    for (const [place, { event, memberId, version }] of posted.marks.entries()) {
      this.eventPlace.set(event, place);
      const last = at.get(`${memberId} ${version}`);
      if (last !== undefined) this.events.set(this.rootOf(last).id, event);
    }
    const arrivals = new Map<string, Posting[]>();
    for (const posting of journal)
      if (posting.kind === 'TRANSFER_IN')
        arrivals.set(posting.member.id, [...(arrivals.get(posting.member.id) ?? []), posting]);
    for (const { event, toId } of posted.transfers) {
      const arrival = arrivals.get(toId)?.shift();
      if (arrival !== undefined) this.events.set(arrival.id, event);
    }
  }

  party({ isHub, partner }: Party): string {
    return isHub || partner === null ? HUB_PARTY : (this.partners.get(partner.id) ?? partner.id);
  }

  member(id: string): string {
    return this.members.get(id) ?? id;
  }

  /** The event a posting belongs to, or what fell due. */
  event(postingId: string): string {
    const posting = this.postings.get(postingId)!;
    // Points that come back to a lot whose time has passed cease at once: by themselves, whatever brought them back.
    if (posting.kind === 'EXPIRY') return DUE.EXPIRY!;
    const root = this.rootOf(posting);
    return this.events.get(root.id) ?? DUE[root.kind] ?? root.kind.toLowerCase();
  }

  /** A lot that a transfer made is called after the one it was split from and the event. */
  lot(id: string): string {
    const known = this.lots.get(id);
    if (known !== undefined) return known;
    const { parentId, madeById } = this.records.get(id)!;
    const named = `${parentId === null ? id : this.lot(parentId)}>${this.event(madeById)}`;
    this.lots.set(id, named);
    return named;
  }

  /** The lines of an event, and of a lot where the book names one. */
  readonly find: LineFinder = (lines, { debtor, creditor, event, lot }) =>
    lines
      .filter((one) => this.party(one.debtor) === debtor && this.party(one.creditor) === creditor)
      .filter(({ line }) => this.event(line.eventId) === event && (lot ?? null) === this.lotOf(line))
      .map(({ line }) => line);

  /** The lot of a line; none for what is owed for a whole issue. */
  lotOf({ kind, lotId }: Line['line']): string | null {
    return lotId === null || WITHOUT_LOT.has(kind) ? null : this.lot(lotId);
  }

  /** Sorts postings as they happened: what fell due comes before the events of its instant. */
  placeOf(postingId: string): readonly number[] {
    const posting = this.postings.get(postingId)!;
    const event = this.events.get(this.rootOf(posting).id);
    const place = event === undefined ? -1 : (this.eventPlace.get(event) ?? -1);
    return [Date.parse(posting.recordedAt), place, Number(posting.version)];
  }

  private rootOf(posting: Posting): Posting {
    const cause = posting.causeId === null ? undefined : this.postings.get(posting.causeId);
    return cause === undefined ? posting : this.rootOf(cause);
  }
}

function compare(a: readonly (number | string)[], b: readonly (number | string)[]): number {
  for (const [n, one] of a.entries()) {
    const other = b[n]!;
    if (one !== other) return one < other ? -1 : 1;
  }
  return 0;
}

function totalsOf({ settled }: BookParts, names: BookNames) {
  const places = new Map(lotPlaces(settled, names));
  const pairOf = ({ debtor, creditor }: Pick<Line, 'debtor' | 'creditor'>) =>
    JSON.stringify([names.party(debtor), names.party(creditor)]);
  const lines = new Map<string, Line[]>(settled.totals.map((total) => [pairOf(total), []]));
  // What is disputed waits in suspense: no line of what is billed.
  for (const line of settled.lines) if (!line.line.isDisputed) lines.get(pairOf(line))?.push(line);
  return settled.totals
    .map((total) => ({
      debtor: names.party(total.debtor),
      creditor: names.party(total.creditor),
      exactMicros: Number(total.exactMicros),
      carryInMicros: Number(total.carryInMicros),
      billedMinor: Number(total.billed.amountMinor),
      carryMicros: Number(total.carryMicros),
      lines: (lines.get(pairOf(total)) ?? [])
        .map(({ line }, n) => ({ line, place: placeOfLine(names, places, line, n) }))
        .sort((a, b) => compare(a.place, b.place))
        .map(({ line }) => ({
          kind: line.kind,
          event: names.event(line.eventId),
          lot: names.lotOf(line),
          micros: Number(line.micros),
          minor: Number(line.billed.amountMinor),
        })),
    }))
    .sort((a, b) => compare([a.debtor, a.creditor], [b.debtor, b.creditor]));
}

/** Of what fell due at one instant the older lot comes first; lines of one posting stay as they stand. */
function placeOfLine(
  names: BookNames,
  lots: ReadonlyMap<string, number>,
  { eventId, lotId }: Line['line'],
  n: number,
): number[] {
  const [at, event, version] = names.placeOf(eventId) as [number, number, number];
  return event >= 0 ? [at, event, version, n] : [at, event, lotId === null ? 0 : (lots.get(lotId) ?? 0), n];
}

/** Lots in the order they came into being. */
function lotPlaces({ lots }: SettledBooks, names: BookNames): [string, number][] {
  return lots
    .map((lot, n) => ({ id: lot.id, place: [...names.placeOf(lot.madeById), n] }))
    .sort((a, b) => compare(a.place, b.place))
    .map(({ id }, place) => [id, place]);
}

function netsOf({ book, settled }: BookParts, names: BookNames): Record<string, number> {
  const nets = new Map<string, number>([...book.partners.map(({ id }) => id), HUB_PARTY].map((id) => [id, 0]));
  for (const { party, net } of settled.nets) nets.set(names.party(party), Number(net.amountMinor));
  return Object.fromEntries(nets);
}

function settlementsOf({ book, settled }: BookParts, names: BookNames): Record<string, object> {
  const paid = new Map(settled.nets.map((net) => [names.party(net.party), net]));
  return Object.fromEntries(
    book.partners.map(({ id, settlesIn = book.currency }) => {
      const { payment, rate, fxDifferenceMicros } = paid.get(id) ?? {};
      const settlement = {
        currency: payment?.currency ?? settlesIn,
        amountMinor: Number(payment?.amountMinor ?? 0),
        rate: rate ?? rateOf(book, settlesIn),
        differenceMicros: 0 - Number(fxDifferenceMicros ?? 0),
      };
      return [id, settlement];
    }),
  );
}

function rateOf({ currency, rates = [] }: Book, to: string): string {
  return to === currency ? '1' : (rates.find((one) => one.from === currency && one.to === to)?.rate ?? '1');
}

/** What is left of a lot: spendable, promised, or on hold. */
function lotsOf({ settled }: BookParts, names: BookNames): object[] {
  const places = new Map(lotPlaces(settled, names));
  return settled.lots
    .map((lot) => ({ ...lot, remaining: Number(lot.pending) + Number(lot.available) + Number(lot.held) }))
    .filter(({ remaining }) => remaining > 0)
    .sort((a, b) => places.get(a.id)! - places.get(b.id)!)
    .map(({ id, member, issuer, remaining }) => ({
      lot: names.lot(id),
      member: names.member(member.id),
      issuer: names.party(issuer),
      remaining,
    }));
}

function balancesOf({ book, settled }: BookParts, names: BookNames): Record<string, object> {
  const zero = { available: 0, pending: 0, held: 0, arrears: {} };
  const balances = new Map<string, object>(membersOf(book).map((name) => [name, zero]));
  for (const { member, available, pending, held, owed } of settled.members) {
    balances.set(names.member(member.id), {
      available: Number(available),
      pending: Number(pending),
      held: Number(held),
      arrears: Object.fromEntries(arrearsOf(owed, names)),
    });
  }
  return Object.fromEntries(balances);
}

/** A member may owe one creditor for several returns. */
function arrearsOf(owed: SettledBooks['members'][number]['owed'], names: BookNames): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { creditor, points } of owed)
    sums.set(names.party(creditor), (sums.get(names.party(creditor)) ?? 0) + Number(points));
  return sums;
}

/** Credits less debits, so that each book sums to zero. */
function accountsOf({ settled }: BookParts, names: BookNames): Record<string, number> {
  const accounts: Record<string, number> = {};
  for (const { book, kind, party, counterparty, balance } of settled.accounts) {
    const isOwned = book === 'POINTS' || party.partner !== null || counterparty !== null;
    const pair = counterparty === null ? '' : `>${names.party(counterparty)}`;
    accounts[isOwned ? `${kind}:${names.party(party)}${pair}` : kind] = Number(balance);
  }
  for (const { member, available, pending, held, owed } of settled.members) {
    const name = names.member(member.id);
    accounts[`AVAILABLE:${name}`] = Number(available);
    accounts[`PENDING:${name}`] = Number(pending);
    accounts[`HELD:${name}`] = Number(held);
    for (const [creditor, points] of arrearsOf(owed, names)) accounts[`ARREARS:${name}:${creditor}`] = -points;
  }
  return accounts;
}
