import { In } from 'typeorm';
import { z } from 'zod';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import { canonicalJson } from '../../../kernel/values/canonical';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { AgreedTerms } from '../core/contract';
import type { ContractProposal, ProposalState } from '../core/contract-proposal';
import { ContractProposalRow } from './contract-proposal.row';

const INSERT = sql`/* partners.contractProposal.insert */
insert into contract_proposal (id, programme_id, partner_id, version, terms, content_hash, state, proposed_by, proposed_at,
                               decided_by, decided_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`;

/** Writes a proposal; a partner's open one must be decided before. */
export async function insertProposal(tx: Tx, programmeId: ProgrammeId, proposal: ContractProposal): Promise<void> {
  const { id, partnerId, version, terms, contentHash, state, proposedBy, proposedAt, decidedBy, decidedAt } = proposal;
  const written = [id, programmeId, partnerId, version, canonicalJson(terms), contentHash, state];
  await tx.query(INSERT, [...written, proposedBy, proposedAt, decidedBy, decidedAt]);
}

const DECIDE = sql`/* partners.contractProposal.decide */
update contract_proposal
   set state = $3, decided_by = $4, decided_at = $5
 where programme_id = $1 and partner_id = $2 and state = 'OPEN'`;

/** Decides a partner's open proposal; without one nothing changes. */
export async function decideProposal(
  tx: Tx,
  programmeId: ProgrammeId,
  partnerId: PartnerId,
  decision: { state: Exclude<ProposalState, 'OPEN'>; by: string; at: Date },
): Promise<void> {
  await tx.query(DECIDE, [programmeId, partnerId, decision.state, decision.by, decision.at]);
}

/** A partner's open proposal; null when none is. */
export async function findOpenProposal(
  tx: Tx,
  programmeId: ProgrammeId,
  partnerId: PartnerId,
): Promise<ContractProposal | null> {
  const row = await tx.findOneBy(ContractProposalRow, { programmeId, partnerId, state: 'OPEN' });
  return row === null ? null : proposalOf(row);
}

/** Every proposal some partners ever had, newest first. */
export async function findProposals(
  tx: Tx,
  programmeId: ProgrammeId,
  partnerIds: readonly PartnerId[],
): Promise<ContractProposal[]> {
  const where = { programmeId, partnerId: In([...partnerIds]) };
  return (await tx.find(ContractProposalRow, { where, order: { id: 'desc' } })).map(proposalOf);
}

const whole = z.string().transform(BigInt);

/** The terms as they were written: whole numbers as decimal strings, instants as RFC 3339. */
const writtenTerms = z.object({
  validFrom: z.string().transform((text) => new Date(text)),
  settlementModel: z.enum(['AT_REDEMPTION', 'AT_ISSUANCE', 'HYBRID']),
  reimbursementMicros: whole,
  feeMicros: whole,
  issuanceMicros: whole,
  prefundBps: z.number(),
  breakageShareBps: z.number(),
  releaseOnFunding: z.boolean(),
  issuanceCap: z.object({ points: whole, period: z.enum(['DAY', 'MONTH', 'YEAR', 'EVER']) }).nullable(),
  netDebitCapMicros: whole.nullable(),
  netDebitAlertBps: z.number(),
});

function proposalOf({ programmeId: _, terms, ...proposal }: ContractProposalRow): ContractProposal {
  const read: AgreedTerms = writtenTerms.parse(JSON.parse(terms));
  return { ...proposal, terms: read };
}
