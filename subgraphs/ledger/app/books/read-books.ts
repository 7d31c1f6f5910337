import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden } from '../../../../kernel/errors/shared-refusals';
import type { ProgrammeId } from '../../../../kernel/values/id';
import {
  loadMemberAccounts,
  loadPartyAccounts,
  type MemberAccounts,
  type PartyAccount,
} from '../../data/books/account-book.store';
import {
  loadJournalBook,
  loadLotBook,
  type BookPlace,
  type JournalLineOfBook,
  type LotOfBook,
} from '../../data/books/journal-book.store';
import { loadLineBook, type LineOfCycle } from '../../data/books/line-book.store';
import { termsVersionOf } from '../../core/terms-in-force';
import type { Ledger } from '../ledger';

export type { BookPlace, JournalLineOfBook, LineOfCycle, LotOfBook, MemberAccounts, PartyAccount };

type Book = Pick<Ledger, 'database'>;

/** The books themselves are the coalition desk's: admins and finance approvers of the programme. */
function deskOf(principal: Principal): ProgrammeId | Refusal {
  if (principal.kind === 'admin' || principal.kind === 'finance') return principal.programmeId;
  return forbidden('The books are for the programme’s admins and finance.');
}

/** Every account of parties, in both books. */
export async function readPartyAccounts(
  { whole }: Pick<Ledger, 'whole'>,
  principal: Principal,
): Promise<PartyAccount[] | Refusal> {
  const programmeId = deskOf(principal);
  return isRefusal(programmeId) ? programmeId : loadPartyAccounts(whole.pool, programmeId);
}

/** A page of members' accounts. */
export async function readMemberAccounts(
  { database }: Book,
  principal: Principal,
  page: { afterWallet: string | null; limit: number },
): Promise<MemberAccounts[] | Refusal> {
  const programmeId = deskOf(principal);
  return isRefusal(programmeId) ? programmeId : loadMemberAccounts(database.pool, programmeId, page);
}

/** A journal transaction with the version of the terms it went by. */
export interface JournalLineReading extends JournalLineOfBook {
  readonly termsVersion: number;
}

/** A page of the journal. */
export async function readJournalBook(
  { database, book }: Book & Pick<Ledger, 'book'>,
  principal: Principal,
  page: { after: BookPlace | null; limit: number },
): Promise<JournalLineReading[] | Refusal> {
  const programmeId = deskOf(principal);
  if (isRefusal(programmeId)) return programmeId;
  const lines = await loadJournalBook(database.pool, programmeId, page);
  // Read after the lines: a book that is newer than all of them knows every version they may have gone by.
  const changes = (await book(programmeId))?.termsChanges;
  return lines.map((line) => ({ ...line, termsVersion: termsVersionOf(line, changes) }));
}

/** A page of the lots. */
export async function readLotBook(
  { database }: Book,
  principal: Principal,
  page: { after: BookPlace | null; limit: number },
): Promise<LotOfBook[] | Refusal> {
  const programmeId = deskOf(principal);
  return isRefusal(programmeId) ? programmeId : loadLotBook(database.pool, programmeId, page);
}

/** A page of a cycle's lines. */
export async function readLineBook(
  { database }: Book,
  principal: Principal,
  page: Parameters<typeof loadLineBook>[2],
): Promise<LineOfCycle[] | Refusal> {
  const programmeId = deskOf(principal);
  return isRefusal(programmeId) ? programmeId : loadLineBook(database.pool, programmeId, page);
}
