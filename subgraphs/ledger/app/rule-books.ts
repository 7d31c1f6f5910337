import type { Pool } from 'pg';
import type { Clock } from '../../../kernel/values/clock';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { RuleBook } from '../core/rule-book';
import { bookAt } from '../core/terms-in-force';
import { loadRuleBook } from '../data/programme.store';
import type { BookShelf } from './points/post-batch';

/** Rule books by version, read once and kept: a version never changes. */
export class RuleBooks implements BookShelf {
  private readonly books = new Map<ProgrammeId, RuleBook>();

  /** @param read turns the announcement kept in the projection into a rule book */
  constructor(
    private readonly pool: Pool,
    private readonly read: (announcement: unknown) => RuleBook,
    private readonly clock: Clock,
  ) {}

  held(programmeId: ProgrammeId): RuleBook | undefined {
    return this.books.get(programmeId);
  }

  /** As announced, of this version, or of a later one when it has been replaced since: both are whole. */
  async book(programmeId: ProgrammeId, version: bigint): Promise<RuleBook> {
    const held = this.books.get(programmeId);
    if (held !== undefined && held.version >= version) return held;
    const book = (await this.latest(programmeId))?.book;
    if (book === undefined) throw new Error(`RuleBooks: programme ${programmeId} has no book`);
    return book;
  }

  /** The book as it stands in the projection, by the terms in force now; null when none has been announced. */
  async current(programmeId: ProgrammeId): Promise<RuleBook | null> {
    const latest = await this.latest(programmeId);
    return latest === null ? null : bookAt(latest.book, latest.now);
  }

  private async latest(programmeId: ProgrammeId): Promise<{ book: RuleBook; now: Date } | null> {
    const stored = await loadRuleBook(this.pool, programmeId);
    if (stored === null) return null;
    const now = stored.testNow ?? this.clock.now();
    const held = this.books.get(programmeId);
    if (held !== undefined && held.version === stored.version) return { book: held, now };
    const book = this.read(stored.payload);
    this.books.set(programmeId, book);
    return { book, now };
  }
}
