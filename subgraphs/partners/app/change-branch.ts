import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import type { Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { newBranchFault, type Branch, type BranchClosing, type NewBranch } from '../core/branch';
import { refuse } from '../core/refusals';
import { closeBranchAt, findBranches, insertBranch } from '../data/branch.store';
import { changeAtPartner } from './change-at-partner';
import type { InRuleBook } from './change-rule-book';
import type { PartnersSetting } from './setting';

type Changed = Replayable<{ branch: Branch } & InRuleBook> | Refusal;

/**
 * Declares a place of a partner. From the first one on, a purchase that names a place the partner has not declared is refused by the
 * ledger; one that names none is recorded.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_BRANCH_CODE_TAKEN.
 */
export async function addBranch(setting: PartnersSetting, principal: Principal, input: NewBranch): Promise<Changed> {
  const fault = newBranchFault(input);
  if (fault !== null) return fault;
  return changeAtPartner(setting, principal, {
    operation: 'addBranch',
    input,
    work: async (tx, { programmeId, partnerId, partner, now }) => {
      if (partner.status === 'LEFT') return notFound('partner');
      const { code, name, channels } = input;
      const opensAt = input.opensAt ?? now;
      const branch: Branch = { partnerId, code, name, channels: [...channels], opensAt, closedAt: null };
      if (await insertBranch(tx, programmeId, branch)) return { branch };
      return refuse('PARTNERS_BRANCH_CODE_TAKEN', `The partner has or had a branch ${code}.`);
    },
  });
}

/**
 * Closes a branch from now on; sales before keep it.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND when the partner has no open branch of this code.
 */
export async function closeBranch(
  setting: PartnersSetting,
  principal: Principal,
  input: BranchClosing,
): Promise<Changed> {
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  return changeAtPartner(setting, principal, {
    operation: 'closeBranch',
    input,
    work: async (tx, { programmeId, partnerId, now }) => {
      const find = async () =>
        (await findBranches(tx, programmeId, [partnerId])).find(({ code }) => code === input.code);
      const open = await find();
      if (open === undefined || open.closedAt !== null) return notFound('branch');
      await closeBranchAt(tx, programmeId, { partnerId, code: input.code, at: now });
      return { branch: (await find()) ?? open };
    },
  });
}
