import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import type { Tx } from '../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { invalidInput } from '../../../kernel/errors/shared-refusals';
import { newId } from '../../../kernel/values/id';
import { proposalChanged } from '../core/contract-proposal';
import {
  approveRuleProposal,
  codeOfChange,
  ruleHashOf,
  type RuleChange,
  type RuleProposal,
} from '../core/rule-proposal';
import { findProgramme } from '../data/programme.store';
import { decideRuleProposal, findOpenRuleProposal, insertRuleProposal } from '../data/rule-proposal.store';
import { adminOf, approverOf } from './authorise';
import { changeAtPartner, prepareAtPartner, type AtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
import { changeFault, drawRule, saveDrawn, type DrawnRule } from './draw-rule';
import { judgeRule } from './judge-rule';
import type { ProposalDecision } from './propose-contract';
import type { PartnersSetting } from './setting';

/**
 * Proposes a change of what a purchase earns, whatever it brings back. Nothing is set until another person approves it. An open
 * proposal of the same code is replaced, so whoever looked at that one approves nothing.
 *
 * Refuses FORBIDDEN unless an admin asks, INVALID_INPUT for anything but one change, and what the mutation of the change refuses,
 * but PARTNERS_REBATE_ABOVE_LIMIT.
 */
export async function proposeRule(
  setting: PartnersSetting,
  principal: Principal,
  { idempotencyKey, change }: { idempotencyKey: string; change: RuleChange | null },
): Promise<Replayable<{ proposal: RuleProposal }> | Refusal> {
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  if (change === null) {
    return invalidInput(
      'input',
      'must have exactly one of setPurchaseRule, createCampaign, changeCampaign, setEarningRule',
    );
  }
  // The key of the change itself names nothing here.
  const { idempotencyKey: _, ...body } = change.input;
  return prepareAtPartner(setting, principal, {
    operation: 'proposeRule',
    input: { ...body, idempotencyKey, partnerId: change.input.partnerId, change: change.operation } as never,
    fault: () => idempotencyKeyFault(idempotencyKey) ?? changeFault(change),
    work: async (tx, at) => {
      const drawnUp = await drawUpProposal(tx, at, change);
      if (isRefusal(drawnUp)) return drawnUp;
      const { proposal } = drawnUp;
      await decideRuleProposal(tx, proposalOf(at, proposal), { state: 'REPLACED', by: at.subject, at: at.now });
      await insertRuleProposal(tx, at.programmeId, proposal);
      return { proposal };
    },
  });
}

/**
 * Sets what was proposed, as it was looked at. The guards judge it again by what holds now, and what it would bring back must be the same.
 *
 * Refuses FORBIDDEN unless an admin or a finance approver asks, NOT_FOUND, PARTNERS_PROPOSAL_CHANGED, PARTNERS_SELF_APPROVAL unless
 * the programme is a sandbox with a single approver, and what the mutation of the change refuses, but PARTNERS_REBATE_ABOVE_LIMIT.
 */
export async function approveRule(
  setting: PartnersSetting,
  principal: Principal,
  input: ProposalDecision,
): Promise<Replayable<{ proposal: RuleProposal } & InRuleBook> | Refusal> {
  return changeAtPartner(setting, principal, {
    operation: 'approveRule',
    input,
    by: approverOf,
    fault: () => idempotencyKeyFault(input.idempotencyKey),
    work: async (tx, at) => {
      const programme = await findProgramme(tx, at.programmeId);
      const approved = approveRuleProposal(await findOpenRuleProposal(tx, at, input.contentHash), {
        approver: at.subject,
        mayApproveOwn: programme !== null && programme.isSandbox && programme.singleApprover,
      });
      if (isRefusal(approved)) return approved;
      const drawnUp = await drawUpProposal(tx, at, approved.change);
      if (isRefusal(drawnUp)) return drawnUp;
      if (drawnUp.proposal.contentHash !== approved.contentHash) return proposalChanged();
      await saveDrawn(tx, at.programmeId, drawnUp.drawn, at.now);
      return decided(tx, at, { proposal: approved, state: 'APPROVED' });
    },
  });
}

/** Takes back an open proposal, whoever made it. Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_PROPOSAL_CHANGED. */
export async function withdrawRule(
  setting: PartnersSetting,
  principal: Principal,
  input: ProposalDecision,
): Promise<Replayable<{ proposal: RuleProposal }> | Refusal> {
  return prepareAtPartner(setting, principal, {
    operation: 'withdrawRule',
    input,
    fault: () => idempotencyKeyFault(input.idempotencyKey),
    work: async (tx, at) => {
      const open = await findOpenRuleProposal(tx, at, input.contentHash);
      return open === null ? proposalChanged() : decided(tx, at, { proposal: open, state: 'WITHDRAWN' });
    },
  });
}

/** Draws a change up as a proposal of this person, against all that holds at this moment; writes nothing. */
async function drawUpProposal(
  tx: Tx,
  at: AtPartner,
  change: RuleChange,
): Promise<Outcome<{ proposal: RuleProposal; drawn: DrawnRule }>> {
  const drawn = await drawRule(tx, at, change);
  if (isRefusal(drawn)) return drawn;
  const judged = await judgeRule(tx, at, drawn);
  if (isRefusal(judged)) return judged;
  const { version } = drawn.kind === 'RULE' ? drawn.rule : drawn.earningRule;
  const proposal: Omit<RuleProposal, 'contentHash'> = {
    ...{ id: newId('rpr'), partnerId: at.partnerId, code: codeOfChange(change), change, version, state: 'OPEN' },
    ...{ rebateBps: judged.rebate.bps, limitBps: judged.limitBps },
    ...{ proposedBy: at.subject, proposedAt: at.now, decidedBy: null, decidedAt: null },
  };
  return { proposal: { ...proposal, contentHash: ruleHashOf(at.programmeId, proposal) }, drawn };
}

async function decided(
  tx: Tx,
  at: AtPartner,
  { proposal, state }: { proposal: RuleProposal; state: 'APPROVED' | 'WITHDRAWN' },
): Promise<{ proposal: RuleProposal }> {
  const { subject: by, now } = at;
  await decideRuleProposal(tx, proposalOf(at, proposal), { state, by, at: now });
  return { proposal: { ...proposal, state, decidedBy: by, decidedAt: now } };
}

const proposalOf = ({ programmeId, partnerId }: AtPartner, { code }: RuleProposal) => ({
  programmeId,
  partnerId,
  code,
});
