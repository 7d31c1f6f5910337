import type { PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import type { StatementEntryKind } from './posting';

/** One journal transaction, as far as it is announced. */
export interface JournalRow {
  readonly wallet: string;
  readonly seq: bigint;
  readonly programmeId: ProgrammeId;
  readonly kind: StatementEntryKind;
  readonly partnerId: PartnerId | null;
  readonly externalRef: string | null;
  readonly reason: string | null;
  readonly points: bigint;
  readonly tierBefore: string | null;
  readonly tierAfter: string | null;
  readonly occurredAt: Date;
  readonly recordedAt: Date;
}

/** A journal transaction in its place in the feed. */
export interface NumberedRow extends JournalRow {
  /** Batches follow one another in the order of commits. */
  readonly batch: bigint;
  /** Its place within the batch, from 0. */
  readonly place: number;
}
