import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { Id, ProgrammeId } from '../../../kernel/values/id';
import type { Experiment } from '../core/experiment';

const INSERT = sql`/* partners.experiment.insert */
insert into experiment (id, programme_id, code, name, kind, subject, arms, begins_at, ends_at, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/** Keeps a new experiment. */
export async function insertExperiment(tx: Tx, programmeId: ProgrammeId, experiment: Experiment): Promise<void> {
  const { id, code, name, kind, subject, arms, from, until, createdAt } = experiment;
  const values = [id, programmeId, code, name, kind, subject, JSON.stringify(arms), from, until, createdAt];
  await tx.query(INSERT, values);
}

const SAVE_END = sql`/* partners.experiment.saveEnd */
update experiment set ends_at = $2 where id = $1`;

/** Keeps when an experiment ends. */
export async function saveExperimentEnd(tx: Tx, { id, until }: Pick<Experiment, 'id' | 'until'>): Promise<void> {
  await tx.query(SAVE_END, [id, until]);
}

const FIND = sql`/* partners.experiment.find */
select id, code, name, kind, subject, arms, begins_at as "from", ends_at as "until", created_at as "createdAt"
  from experiment
 where programme_id = $1 and ($2::text is null or id = $2)
 order by begins_at, id`;

/** Every experiment of a programme, or the one of an id; the earliest begun first. */
export function findExperiments(tx: Tx, programmeId: ProgrammeId, id: Id<'exp'> | null = null): Promise<Experiment[]> {
  return tx.query<Experiment[]>(FIND, [programmeId, id]);
}
