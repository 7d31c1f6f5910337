import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { idempotencyKeyFault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { invalidInput, notFound } from '../../../kernel/errors/shared-refusals';
import { newId, parseId, type ProgrammeId } from '../../../kernel/values/id';
import { experimentFault, overlaps, type AskedExperiment, type Experiment } from '../core/experiment';
import { refuse } from '../core/refusals';
import { findExperiments, insertExperiment, saveExperimentEnd } from '../data/experiment.store';
import { findProgramme } from '../data/programme.store';
import { findPurchaseRules } from '../data/purchase-rule.store';
import { adminOf } from './authorise';
import { changeRuleBook, type InRuleBook } from './change-rule-book';
import type { PartnersSetting } from './setting';

type Changed = Replayable<{ experiment: Experiment } & InRuleBook> | Refusal;

/**
 * Makes an experiment; it runs in its window, and who is in which arm never changes.
 *
 * Refuses FORBIDDEN unless an admin asks, INVALID_INPUT for a beginning in the past, NOT_FOUND for a campaign the programme does not have,
 * PARTNERS_EXPERIMENT_CODE_TAKEN, PARTNERS_EXPERIMENT_OVERLAPS.
 */
export async function createExperiment(
  setting: PartnersSetting,
  principal: Principal,
  input: AskedExperiment,
): Promise<Changed> {
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const fault = experimentFault(input);
  if (fault !== null) return fault;
  const { programmeId } = admin;
  return changeRuleBook(setting, {
    ...{ principal, operation: 'createExperiment', input, programmeId },
    work: async (tx, createdAt): Promise<Outcome<{ experiment: Experiment }>> => {
      const { code, name, kind, subject = null, from, until = null } = input;
      if (await isPast(tx, programmeId, { at: from, now: createdAt })) return invalidInput('input.from', NOT_PAST);
      if (kind === 'CAMPAIGN' && !(await hasCampaign(tx, programmeId, subject))) return notFound('campaign');
      const arms = input.arms.map((arm) => ({ code: arm.code, weight: arm.weight, isControl: arm.isControl }));
      const experiment: Experiment = { id: newId('exp'), code, name, kind, subject, arms, from, until, createdAt };
      const others = await findExperiments(tx, programmeId);
      if (others.some((other) => other.code === code)) {
        return refuse('PARTNERS_EXPERIMENT_CODE_TAKEN', `The programme has another experiment of the code ${code}.`);
      }
      const met = others.find((other) => overlaps(other, experiment));
      if (met !== undefined) {
        return refuse('PARTNERS_EXPERIMENT_OVERLAPS', `${met.code} is about the same thing at the same time.`);
      }
      await insertExperiment(tx, programmeId, experiment);
      return { experiment };
    },
  });
}

const NOT_PAST = 'must not be in the past';

/** Whether members have lived through an instant already, and meet nothing else for it now; a sandbox makes up its past. */
async function isPast(tx: Tx, programmeId: ProgrammeId, { at, now }: { at: Date; now: Date }): Promise<boolean> {
  return at < now && (await findProgramme(tx, programmeId))?.isSandbox !== true;
}

async function hasCampaign(tx: Tx, programmeId: ProgrammeId, id: string | null): Promise<boolean> {
  const rules = await findPurchaseRules(tx, programmeId);
  return rules.some(({ campaignId }) => campaignId !== null && campaignId === id);
}

/** Which experiment is to end, and when; now, if nothing is said. */
export interface AskedEnd {
  readonly idempotencyKey: string;
  readonly experimentId: string;
  readonly until?: Date | null;
}

/**
 * Ends an experiment at an instant, or now: from then on every member meets the same.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, INVALID_INPUT for an end in the past, PARTNERS_EXPERIMENT_ENDED when it ends earlier
 * than that or had not begun.
 */
export async function stopExperiment(
  setting: PartnersSetting,
  principal: Principal,
  input: AskedEnd,
): Promise<Changed> {
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const fault = idempotencyKeyFault(input.idempotencyKey);
  if (fault !== null) return fault;
  const { programmeId } = admin;
  return changeRuleBook(setting, {
    ...{ principal, operation: 'stopExperiment', input, programmeId },
    work: async (tx, now): Promise<Outcome<{ experiment: Experiment }>> => {
      const id = parseId('exp', input.experimentId);
      const [found] = id === null ? [] : await findExperiments(tx, programmeId, id);
      if (found === undefined) return notFound('experiment');
      const until = input.until ?? now;
      if (await isPast(tx, programmeId, { at: until, now })) return invalidInput('input.until', NOT_PAST);
      if (until <= found.from || (found.until !== null && found.until <= until)) {
        const message = 'An experiment can end after it begins, and before it would end anyway.';
        return refuse('PARTNERS_EXPERIMENT_ENDED', message);
      }
      const experiment = { ...found, until };
      await saveExperimentEnd(tx, experiment);
      return { experiment };
    },
  });
}

/** Every experiment of a programme, the earliest begun first. */
export function readExperiments(setting: PartnersSetting, programmeId: ProgrammeId): Promise<Experiment[]> {
  return inTransaction(setting.database, (tx) => findExperiments(tx, programmeId));
}
