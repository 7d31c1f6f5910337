import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { CustomerKind, Intake, IntakeMapping } from '../core/intake/intake';

const INSERT = sql`/* partners.setIntake.insert */
insert into intake (programme_id, partner_id, version, customer_kind, mappings, set_at) values ($1, $2, $3, $4, $5, $6)`;

/** Writes one version; it is never changed. */
export async function insertIntake(
  tx: Tx,
  programmeId: ProgrammeId,
  { intake, setAt }: { intake: Intake; setAt: Date },
): Promise<void> {
  const { partnerId, version, customerKind, mappings } = intake;
  await tx.query(INSERT, [programmeId, partnerId, version, customerKind, JSON.stringify(mappings), setAt]);
}

const FIND = sql`/* partners.intake.find */
select distinct on (partner_id) partner_id, version, customer_kind, mappings
  from intake where programme_id = $1 and partner_id = any($2)
 order by partner_id, version desc`;

/** The latest version of each of some partners; none for one that never set it. */
export async function findIntakes(tx: Tx, programmeId: ProgrammeId, ids: readonly PartnerId[]): Promise<Intake[]> {
  const rows = await tx.query<
    { partner_id: PartnerId; version: number; customer_kind: CustomerKind; mappings: IntakeMapping[] }[]
  >(FIND, [programmeId, ids]);
  return rows.map(({ partner_id: partnerId, version, customer_kind: customerKind, mappings }) => ({
    ...{ partnerId, version, customerKind, mappings },
  }));
}
