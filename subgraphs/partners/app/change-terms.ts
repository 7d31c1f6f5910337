import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import type { Tx } from '../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { newId, type ProgrammeId } from '../../../kernel/values/id';
import { approveProposal, proposalChanged } from '../core/contract-proposal';
import { textOf } from '../core/local-text';
import {
  changeableTermsOf,
  newTermsFault,
  nextTerms,
  termsHashOf,
  type AskedTermsChange,
  type TermsChange,
} from '../core/terms-change';
import { findAllContracts } from '../data/contract.store';
import { findProgramme } from '../data/programme.store';
import { findRuleBookVersion } from '../data/rule-book.store';
import { decideTermsChange, findTermsChanges, insertTermsChange } from '../data/terms-change.store';
import { adminOf, approverOf } from './authorise';
import { changeRuleBook, underRuleBook, type InRuleBook } from './change-rule-book';
import { loopByTerms } from './judge-rule';
import type { PartnersSetting } from './setting';

/**
 * Proposes a programme's next terms. Nothing changes, and nobody is told, until another person approves them. A proposal that is open
 * already is replaced.
 *
 * Refuses FORBIDDEN unless an admin asks, and all that `nextTerms` and the loop guard refuse.
 */
export async function proposeProgrammeTerms(
  setting: PartnersSetting,
  principal: Principal,
  input: AskedTermsChange,
): Promise<Replayable<{ change: TermsChange }> | Refusal> {
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const fault = newTermsFault(input);
  if (fault !== null) return fault;
  const { programmeId, subject } = admin;
  return underRuleBook(setting, {
    ...{ principal, operation: 'proposeProgrammeTerms', input, programmeId },
    work: async (tx, now): Promise<Outcome<{ change: TermsChange }>> => {
      const drawn = await drawUp(tx, { programmeId, now, asked: contentOf(input) });
      if (isRefusal(drawn)) return drawn;
      const change = { ...drawn.change, proposedBy: subject };
      await decideTermsChange(tx, programmeId, { state: 'REPLACED', by: subject, at: now });
      await insertTermsChange(tx, programmeId, change);
      return { change };
    },
  });
}

/** A decision about a programme's open proposal, as it was looked at. */
export interface TermsDecision {
  readonly idempotencyKey: string;
  readonly contentHash: string;
}

/**
 * Takes back a programme's open proposal, whoever made it.
 *
 * Refuses FORBIDDEN unless an admin asks, PARTNERS_PROPOSAL_CHANGED.
 */
export async function withdrawProgrammeTerms(
  setting: PartnersSetting,
  principal: Principal,
  input: TermsDecision,
): Promise<Replayable<{ change: TermsChange }> | Refusal> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const { programmeId, subject } = admin;
  return underRuleBook(setting, {
    ...{ principal, operation: 'withdrawProgrammeTerms', input, programmeId },
    work: async (tx, now): Promise<Outcome<{ change: TermsChange }>> => {
      const [open] = await findTermsChanges(tx, programmeId, ['OPEN']);
      if (open?.contentHash !== input.contentHash) return proposalChanged();
      await decideTermsChange(tx, programmeId, { state: 'WITHDRAWN', by: subject, at: now });
      return { change: { ...open, state: 'WITHDRAWN', decidedBy: subject, decidedAt: now } };
    },
  });
}

/**
 * Agrees a programme's proposed terms as they were looked at, and announces them: members are told from now on, and the ledger goes by
 * them from the instant they take effect. Days of notice count from the day of the approval, not of the proposal.
 *
 * Refuses FORBIDDEN unless an admin or a finance approver asks, PARTNERS_PROPOSAL_CHANGED, PARTNERS_SELF_APPROVAL unless the programme is a
 * sandbox with a single approver, and what `nextTerms` and the loop guard refuse by then.
 */
export async function approveProgrammeTerms(
  setting: PartnersSetting,
  principal: Principal,
  input: TermsDecision,
): Promise<Replayable<{ change: TermsChange } & InRuleBook> | Refusal> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  const approver = approverOf(principal);
  if (isRefusal(approver)) return approver;
  const { programmeId, subject } = approver;
  return changeRuleBook(setting, {
    ...{ principal, operation: 'approveProgrammeTerms', input, programmeId },
    work: async (tx, now): Promise<Outcome<{ change: TermsChange }>> => {
      const programme = await findProgramme(tx, programmeId);
      const [open = null] = await findTermsChanges(tx, programmeId, ['OPEN']);
      const approved = approveProposal({
        ...{ open, contentHash: input.contentHash, approver: subject },
        mayApproveOwn: programme !== null && programme.isSandbox && programme.singleApprover,
      });
      if (isRefusal(approved)) return approved;
      const drawn = await drawUp(tx, { programmeId, now, asked: approved });
      if (isRefusal(drawn)) return drawn;
      if (drawn.change.contentHash !== approved.contentHash) return proposalChanged();
      const ruleBookVersion = (await findRuleBookVersion(tx, programmeId)) + 1n;
      await decideTermsChange(tx, programmeId, { state: 'APPROVED', by: subject, at: now, ruleBookVersion });
      return { change: { ...approved, state: 'APPROVED', decidedBy: subject, decidedAt: now, ruleBookVersion } };
    },
  });
}

type Content = Pick<TermsChange, 'terms' | 'takesEffectAt' | 'noticeDays' | 'texts'>;

const contentOf = ({ terms, takesEffectAt, noticeDays, texts }: AskedTermsChange): Content => ({
  ...{ terms: changeableTermsOf(terms), takesEffectAt, noticeDays },
  texts: texts.map(textOf),
});

/** Draws up terms as a programme's next, against everything agreed at this moment; writes nothing. */
async function drawUp(
  tx: Tx,
  { programmeId, now, asked }: { programmeId: ProgrammeId; now: Date; asked: Content },
): Promise<Outcome<{ change: TermsChange }>> {
  const programme = await findProgramme(tx, programmeId);
  if (programme === null) return notFound('programme');
  const changes = await findTermsChanges(tx, programmeId);
  const contracts = await findAllContracts(tx, programmeId);
  const next = nextTerms(asked, { programme, changes, contracts, now });
  if (isRefusal(next)) return next;
  const loop = await loopByTerms(tx, programmeId, { terms: asked.terms, from: asked.takesEffectAt, now });
  if (loop !== null) return loop;
  const { terms, takesEffectAt, noticeDays, texts } = asked;
  const content: Omit<TermsChange, 'contentHash'> = {
    ...{ id: newId('tch'), version: next.version, terms, takesEffectAt, noticeDays, texts },
    ...{ state: 'OPEN', proposedBy: '', proposedAt: now, decidedBy: null, decidedAt: null, ruleBookVersion: null },
  };
  return { change: { ...content, contentHash: termsHashOf(programmeId, content) } };
}
