import { z } from 'zod';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import { canonicalJson } from '../../../kernel/values/canonical';
import type { Id, ProgrammeId } from '../../../kernel/values/id';
import type { ProposalState } from '../core/contract-proposal';
import type { TermsChange } from '../core/terms-change';

const INSERT = sql`/* partners.termsChange.insert */
insert into terms_change (id, programme_id, version, terms, texts, takes_effect_at, notice_days, content_hash, state, proposed_by,
                          proposed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/** Writes an open proposal; the programme's one before must be decided. */
export async function insertTermsChange(tx: Tx, programmeId: ProgrammeId, change: TermsChange): Promise<void> {
  const { id, version, terms, texts, takesEffectAt, noticeDays, contentHash, state, proposedBy, proposedAt } = change;
  await tx.query(INSERT, [
    ...[id, programmeId, version, canonicalJson(terms), canonicalJson(texts), takesEffectAt, noticeDays, contentHash],
    ...[state, proposedBy, proposedAt],
  ]);
}

const DECIDE = sql`/* partners.termsChange.decide */
update terms_change
   set state = $2, decided_by = $3, decided_at = $4, rule_book_version = $5
 where programme_id = $1 and state = 'OPEN'`;

/** Decides a programme's open proposal; without one nothing changes. */
export async function decideTermsChange(
  tx: Tx,
  programmeId: ProgrammeId,
  decision: {
    state: Exclude<ProposalState, 'OPEN'>;
    by: string;
    at: Date;
    /** Of the book that announces it, when it is approved. */
    ruleBookVersion?: bigint;
  },
): Promise<void> {
  const { state, by, at, ruleBookVersion } = decision;
  await tx.query(DECIDE, [programmeId, state, by, at, ruleBookVersion?.toString() ?? null]);
}

const FIND = sql`/* partners.termsChange.find */
select id, version, terms, texts, takes_effect_at, notice_days, content_hash, state, proposed_by, proposed_at, decided_by, decided_at,
       rule_book_version
  from terms_change
 where programme_id = $1 and state = any($2::text[])
 order by version, id`;

interface Row {
  id: Id<'tch'>;
  version: number;
  terms: string;
  texts: string;
  takes_effect_at: Date;
  notice_days: number;
  content_hash: string;
  state: ProposalState;
  proposed_by: string;
  proposed_at: Date;
  decided_by: string | null;
  decided_at: Date | null;
  rule_book_version: string | null;
}

/** Changes of a programme's terms in some states, in the order of their versions. */
export async function findTermsChanges(
  tx: Tx,
  programmeId: ProgrammeId,
  states: readonly ProposalState[] = ['APPROVED'],
): Promise<TermsChange[]> {
  return (await tx.query<Row[]>(FIND, [programmeId, states])).map(changeOf);
}

const whole = z.string().transform(BigInt);
const texts = z.array(z.object({ language: z.string(), text: z.string() }));
const writtenTerms = z.object({
  faceValueMicros: whole,
  pointsValidityDays: z.number().nullable(),
  expiry: z.object({
    kind: z.enum(['FIXED', 'ROLLING', 'END_OF_PERIOD']),
    period: z.enum(['MONTH', 'QUARTER', 'YEAR']),
    warningDays: z.array(z.number()),
  }),
  arrearsLimitPoints: whole.nullable(),
  stepUpAbovePoints: whole.nullable(),
  tiers: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      thresholdPoints: whole,
      multiplierBps: z.number(),
      benefits: z.array(z.object({ texts })),
    }),
  ),
});

function changeOf(row: Row): TermsChange {
  return {
    id: row.id,
    version: row.version,
    terms: writtenTerms.parse(JSON.parse(row.terms)),
    texts: texts.parse(JSON.parse(row.texts)),
    takesEffectAt: row.takes_effect_at,
    noticeDays: row.notice_days,
    contentHash: row.content_hash,
    state: row.state,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    ruleBookVersion: row.rule_book_version === null ? null : BigInt(row.rule_book_version),
  };
}
