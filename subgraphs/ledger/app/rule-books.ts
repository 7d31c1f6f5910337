import type { Pool } from 'pg';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { RuleBook } from '../core/rule-book';
import { loadRuleBook } from '../data/programme.store';
import type { BookShelf } from './points/post-batch';

/** Rule books by version, read once and kept: a version never changes. */
export class RuleBooks implements BookShelf {
  private readonly books = new Map<ProgrammeId, RuleBook>();

  /** @param read turns the announcement kept in the projection into a rule book */
  constructor(
    private readonly pool: Pool,
    private readonly read: (announcement: unknown) => RuleBook,
  ) {}

  held(programmeId: ProgrammeId): RuleBook | undefined {
    return this.books.get(programmeId);
  }

  /** The book of this version, or of a later one when it has been replaced since: both are whole. */
  async book(programmeId: ProgrammeId, version: bigint): Promise<RuleBook> {
    const held = this.books.get(programmeId);
    if (held !== undefined && held.version >= version) return held;
    const book = await this.current(programmeId);
    if (book === null) throw new Error(`RuleBooks: programme ${programmeId} has no book`);
    return book;
  }

  /** The book as it stands in the projection now; null when none has been announced. */
  async current(programmeId: ProgrammeId): Promise<RuleBook | null> {
    const stored = await loadRuleBook(this.pool, programmeId);
    if (stored === null) return null;
    const held = this.books.get(programmeId);
    if (held !== undefined && held.version === stored.version) return held;
    const book = this.read(stored.payload);
    this.books.set(programmeId, book);
    return book;
  }
}
