import { readFileSync } from 'node:fs';
import { Fault } from '../../kernel/errors/fault';
import { parseCurrency } from '../../kernel/values/money';
import { bookSchema, DUE_NAMES, HUB_PARTY, type Book, type BookEvent } from './book-format';

/** One thing that is wrong with a book, and where. */
export interface BookFault {
  /** Such as `events[3].points`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** A book, or everything that is wrong with it. */
export type CheckedBook = { readonly book: Book } | { readonly faults: readonly BookFault[] };

/** Checks a value: its shape first, then what its parts say of each other. */
export function checkBook(value: unknown): CheckedBook {
  const parsed = bookSchema.safeParse(value);
  if (!parsed.success) {
    return {
      faults: parsed.error.issues.map(({ path, message }) => ({
        path: pathText(path),
        message,
      })),
    };
  }
  const faults = [...agreementFaults(parsed.data), ...namingFaults(parsed.data), ...timeFaults(parsed.data)];
  return faults.length > 0 ? { faults } : { book: inOrder(parsed.data) };
}

/**
 * Reads a book file.
 *
 * @throws Fault HUB_BOOK_INVALID with every fault and its path
 */
export function readBookFile(file: string): Book {
  const checked = checkBook(jsonOf(file));
  if ('book' in checked) return checked.book;
  const lines = checked.faults.map(({ path, message }) => `${path === '' ? 'the book' : path}: ${message}`);
  throw new Fault('HUB_BOOK_INVALID', [`${file} is no book:`, ...lines].join('\n  '));
}

function jsonOf(file: string): unknown {
  try {
    // Some editors begin a file with a mark of its encoding.
    return JSON.parse(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new Fault('HUB_BOOK_INVALID', `${file} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, n) => (typeof part === 'number' ? `[${part}]` : n === 0 ? String(part) : `.${String(part)}`))
    .join('');
}

/** The order events run in: by instant, those of one instant as the file has them. */
function inOrder(book: Book): Book {
  return { ...book, events: book.events.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at)) };
}

type Check = (path: string, message: string, holds: boolean) => void;

function collect(look: (check: Check) => void): BookFault[] {
  const faults: BookFault[] = [];
  look((path, message, holds) => {
    if (!holds) faults.push({ path, message });
  });
  return faults;
}

/** Money: currencies known, a rate for each, shares that sum. */
function agreementFaults(book: Book): BookFault[] {
  return collect((check) => {
    check('currency', 'is no currency of ISO 4217', parseCurrency(book.currency) !== null);
    check('timeZone', 'is no time zone', isTimeZone(book.timeZone));
    for (const [n, { settlesIn = book.currency }] of book.partners.entries()) {
      const path = `partners[${n}].settlesIn`;
      check(path, 'is no currency of ISO 4217', parseCurrency(settlesIn) !== null);
      const hasRate = (book.rates ?? []).some(({ from, to }) => from === book.currency && to === settlesIn);
      check(path, `has no rate from ${book.currency}`, settlesIn === book.currency || hasRate);
    }
    const rated = new Set<string>();
    for (const [n, { from, to, rate }] of (book.rates ?? []).entries()) {
      check(`rates[${n}].rate`, 'must be above 0', Number(rate) > 0);
      check(`rates[${n}]`, `${from} to ${to} is there twice`, !rated.has(`${from} ${to}`));
      rated.add(`${from} ${to}`);
    }
    for (const [n, event] of book.events.entries()) {
      if (event.type !== 'earn' || event.funding === undefined) continue;
      const sum = event.funding.reduce((total, share) => total + share.bps, 0);
      const distinct = new Set(event.funding.map((share) => share.partner)).size === event.funding.length;
      check(`events[${n}].funding`, 'must name each partner once and sum to 10000', distinct && sum === 10_000);
    }
  });
}

/** Names: each given once, partners known. */
function namingFaults(book: Book): BookFault[] {
  const partners = new Set(book.partners.map(({ id }) => id));
  return collect((check) => {
    const known = (path: string, id: string | undefined) =>
      check(path, `names a partner ${id} that is not in partners`, id === undefined || partners.has(id));
    const party = (path: string, id: string) => id === HUB_PARTY || known(path, id);
    const once = (seen: Set<string>, path: string, id: string) => {
      check(path, `${id} is there twice`, !seen.has(id));
      seen.add(id);
    };
    const seen = { partners: new Set<string>(), lots: new Set<string>(), events: new Set<string>(DUE_NAMES) };
    for (const [n, { id }] of book.partners.entries()) once(seen.partners, `partners[${n}].id`, id);
    for (const [n, { lot, issuer }] of (book.openingLots ?? []).entries()) {
      once(seen.lots, `openingLots[${n}].lot`, lot);
      known(`openingLots[${n}].issuer`, issuer);
    }
    for (const [n, event] of book.events.entries()) {
      const path = `events[${n}]`;
      once(seen.events, `${path}.id`, event.id);
      if (event.type === 'earn' || event.type === 'goodwill') once(seen.lots, `${path}.lot`, event.lot);
      if (event.type === 'goodwill') party(`${path}.by`, event.by);
      if (event.type === 'earn') {
        known(`${path}.issuer`, event.issuer);
        for (const [k, share] of (event.funding ?? []).entries()) known(`${path}.funding[${k}].partner`, share.partner);
      }
      if ('redeemer' in event) known(`${path}.redeemer`, event.redeemer);
    }
    for (const [n, { debtor, creditor }] of (book.disputes ?? []).entries()) {
      party(`disputes[${n}].debtor`, debtor);
      party(`disputes[${n}].creditor`, creditor);
    }
  });
}

/** Time: the cycle has a length, its events lie within, its opening lots before. */
function timeFaults({ opensAt, closesAt, events, openingLots }: Book): BookFault[] {
  const [opens, closes] = [Date.parse(opensAt), Date.parse(closesAt)];
  return collect((check) => {
    check('closesAt', 'must lie after opensAt', opens < closes);
    for (const [n, { earnedAt, expiresAt }] of (openingLots ?? []).entries()) {
      check(`openingLots[${n}].earnedAt`, 'must not lie after opensAt', Date.parse(earnedAt) <= opens);
      const lives = expiresAt === null || expiresAt === undefined || Date.parse(expiresAt) > opens;
      check(`openingLots[${n}].expiresAt`, 'must lie after opensAt', lives);
    }
    for (const [n, { at }] of events.entries()) {
      const moment = Date.parse(at);
      check(`events[${n}].at`, 'must lie within [opensAt, closesAt)', opens <= moment && moment < closes);
    }
  });
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** Every member a book names, in the order it first does. */
export function membersOf(book: Book): string[] {
  const ofEvent = (event: BookEvent): string[] => {
    if (event.type === 'transfer') return [event.from, event.to];
    return 'member' in event && event.member !== undefined ? [event.member] : [];
  };
  return [...new Set([...(book.openingLots ?? []).map(({ member }) => member), ...book.events.flatMap(ofEvent)])];
}
