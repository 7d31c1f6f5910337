import type { PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import type { StatementEntryKind } from './posting';

/** One journal transaction as the feed reads it. */
export interface JournalRow {
  /** The transaction of PostgreSQL that wrote it, and its place among what that one wrote, from 0. */
  readonly xid: string;
  readonly place: number;
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
