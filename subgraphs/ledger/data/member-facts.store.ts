import { sql } from '../../../kernel/db/sql';
import { uuidOf, type MemberId, type ProgrammeId } from '../../../kernel/values/id';
import type { RunSql } from './directory.store';

/** A member's facts as members announced them. */
export interface AnnouncedFacts {
  readonly programmeId: ProgrammeId;
  readonly memberId: MemberId;
  readonly version: bigint;
  readonly consented: boolean;
  readonly segments: readonly string[];
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

const SAVE = sql`/* ledger.memberFacts.save */
insert into member_facts (programme_id, member_id, version, consented, segments, attributes)
values ($1, $2, $3, $4, $5, $6::jsonb)
on conflict (programme_id, member_id) do update
   set version = excluded.version, consented = excluded.consented, segments = excluded.segments, attributes = excluded.attributes
 where member_facts.version < excluded.version`;

/** Keeps a member's facts, unless a newer version is kept already. */
export async function saveFacts(run: RunSql, facts: AnnouncedFacts): Promise<void> {
  const { programmeId, memberId, version, consented, segments, attributes } = facts;
  const known = [version.toString(), consented, [...segments], JSON.stringify(attributes)];
  await run(SAVE, [uuidOf(programmeId), uuidOf(memberId), ...known]);
}
