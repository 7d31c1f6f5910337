import { z } from 'zod';
import type { Database } from '../../kernel/db/database';
import type { EventReaction } from '../../kernel/events/consumer';
import type { PartnerId } from '../../kernel/values/id';

/** What a kind of message becomes: a document and a template of its variables, or nothing. */
export interface IntakeMapping {
  readonly type: string;
  readonly event: string | null;
  readonly document: string | null;
  readonly template: unknown;
}

/** A message that could not become what it was mapped to. */
export interface IntakeProblem {
  readonly messageId: string;
  readonly type: string;
  readonly event: string | null;
  readonly code: string;
  readonly message: string;
}

const intakeSet = z.object({
  partnerId: z.string(),
  version: z.number().int(),
  mappings: z.array(
    z.object({
      type: z.string(),
      event: z.string().nullable(),
      document: z.string().nullable(),
      template: z.unknown(),
    }),
  ),
});

/** Keeps a partner's newest mapping; hearing of an older one, or of one twice, changes nothing. */
export const intakeReactions: Readonly<Record<string, EventReaction>> = {
  'partners.intake.set.v1': async (tx, { payload }) => {
    const { partnerId, version, mappings } = intakeSet.parse(payload);
    await tx.query(
      `/* gateway.intake.set */
       insert into intake_mapping (partner_id, version, mappings) values ($1, $2, $3)
       on conflict (partner_id) do update set version = excluded.version, mappings = excluded.mappings
       where intake_mapping.version < excluded.version`,
      [partnerId, version, JSON.stringify(mappings)],
    );
  },
};

/** A partner's mappings in order; null when it never set any. */
export async function findMappings(database: Database, partnerId: PartnerId): Promise<IntakeMapping[] | null> {
  const { rows } = await database.pool.query<{ mappings: IntakeMapping[] }>(
    '/* gateway.intake.find */ select mappings from intake_mapping where partner_id = $1',
    [partnerId],
  );
  return rows[0]?.mappings ?? null;
}

/**
 * Keeps what could not be done, and forgets what is older than thirty days. A NUL, which PostgreSQL takes in no text, is kept as U+FFFD:
 * a message that has one is to be found among the problems, too.
 */
export async function keepProblems(
  database: Database,
  partnerId: PartnerId,
  problems: readonly IntakeProblem[],
): Promise<void> {
  const column = (name: keyof IntakeProblem) =>
    problems.map((problem) => problem[name]?.replaceAll('\0', '\ufffd') ?? null);
  await database.pool.query(
    `/* gateway.intake.keepProblems */
     with forgotten as (delete from intake_problem where partner_id = $1 and at < now() - interval '30 days')
     insert into intake_problem (partner_id, message_id, type, event, code, message)
     select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[])`,
    [partnerId, column('messageId'), column('type'), column('event'), column('code'), column('message')],
  );
}

/** A partner's latest problems, newest first. */
export async function latestProblems(database: Database, partnerId: PartnerId, most: number): Promise<IntakeProblem[]> {
  const { rows } = await database.pool.query<IntakeProblem>(
    `/* gateway.intake.latestProblems */
     select at, message_id as "messageId", type, event, code, message
       from intake_problem where partner_id = $1 order by at desc limit $2`,
    [partnerId, most],
  );
  return rows;
}
