import { z } from 'zod';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import { canonicalJson } from '../../../kernel/values/canonical';
import type { Id, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { ProposalState } from '../core/contract-proposal';
import type { RuleChange, RuleProposal } from '../core/rule-proposal';

const INSERT = sql`/* partners.ruleProposal.insert */
insert into rule_proposal (id, programme_id, partner_id, operation, code, change, version, rebate_bps, limit_bps, content_hash, state,
                           proposed_by, proposed_at, decided_by, decided_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`;

/** Writes a proposal; an open one of the same code must be decided before. */
export async function insertRuleProposal(tx: Tx, programmeId: ProgrammeId, proposal: RuleProposal): Promise<void> {
  const { id, partnerId, code, change, version, rebateBps, limitBps, contentHash, state, ...persons } = proposal;
  const { proposedBy, proposedAt, decidedBy, decidedAt } = persons;
  await tx.query(INSERT, [
    ...[id, programmeId, partnerId, change.operation, code, canonicalJson(change.input), version, rebateBps, limitBps],
    ...[contentHash, state, proposedBy, proposedAt, decidedBy, decidedAt],
  ]);
}

const DECIDE = sql`/* partners.ruleProposal.decide */
update rule_proposal
   set state = $4, decided_by = $5, decided_at = $6
 where programme_id = $1 and partner_id = $2 and code = $3 and state = 'OPEN'`;

/** Decides a partner's open proposal of a code; without one nothing changes. */
export async function decideRuleProposal(
  tx: Tx,
  { programmeId, partnerId, code }: { programmeId: ProgrammeId; partnerId: PartnerId; code: string },
  decision: { state: Exclude<ProposalState, 'OPEN'>; by: string; at: Date },
): Promise<void> {
  await tx.query(DECIDE, [programmeId, partnerId, code, decision.state, decision.by, decision.at]);
}

const FIND = sql`/* partners.ruleProposal.find */
select id, partner_id, operation, code, change, version, rebate_bps, limit_bps, content_hash, state, proposed_by, proposed_at,
       decided_by, decided_at
  from rule_proposal
 where programme_id = $1 and partner_id = any($2::text[]) and ($3::text is null or (state = 'OPEN' and content_hash = $3))
 order by id desc`;

interface Row {
  id: Id<'rpr'>;
  partner_id: PartnerId;
  operation: RuleChange['operation'];
  code: string;
  change: string;
  version: number;
  rebate_bps: number | null;
  limit_bps: number | null;
  content_hash: string;
  state: ProposalState;
  proposed_by: string;
  proposed_at: Date;
  decided_by: string | null;
  decided_at: Date | null;
}

/** Every proposal some partners ever had, newest first. */
export async function findRuleProposals(
  tx: Tx,
  programmeId: ProgrammeId,
  partnerIds: readonly PartnerId[],
): Promise<RuleProposal[]> {
  return (await tx.query<Row[]>(FIND, [programmeId, partnerIds, null])).map(proposalFrom);
}

/** A partner's open proposal of a content; null when none is. */
export async function findOpenRuleProposal(
  tx: Tx,
  { programmeId, partnerId }: { programmeId: ProgrammeId; partnerId: PartnerId },
  contentHash: string,
): Promise<RuleProposal | null> {
  const [row] = await tx.query<Row[]>(FIND, [programmeId, [partnerId], contentHash]);
  return row === undefined ? null : proposalFrom(row);
}

function proposalFrom(row: Row): RuleProposal {
  return {
    id: row.id,
    partnerId: row.partner_id,
    code: row.code,
    change: { operation: row.operation, input: written.parse(JSON.parse(row.change)) } as unknown as RuleChange,
    version: row.version,
    rebateBps: row.rebate_bps,
    limitBps: row.limit_bps,
    contentHash: row.content_hash,
    state: row.state,
    proposedBy: row.proposed_by,
    proposedAt: row.proposed_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
  };
}

const whole = z.string().transform(BigInt).nullish();
const instant = z
  .string()
  .transform((text) => new Date(text))
  .nullish();

/** What canonical JSON writes as text comes back as what it was; all else is as it was written. */
const written = z.looseObject({
  validFrom: instant,
  validUntil: instant,
  points: whole,
  perAmountMinor: whole,
  minAmountMinor: whole,
  capPoints: whole,
  budgetPoints: whole,
  effect: z.looseObject({ points: whole, perAmountMinor: whole }).optional(),
});
