import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import type { Refusal } from '../../../kernel/errors/refusal';
import { forbidden } from '../../../kernel/errors/shared-refusals';
import { newId } from '../../../kernel/values/id';
import { wholeTier } from '../core/ladder';
import { newProgrammeFault, whyNotFounded, type NewProgramme, type Programme } from '../core/programme';
import { programmeTermsOf } from '../core/programme-terms';
import { refuse } from '../core/refusals';
import { insertProgramme } from '../data/programme.store';
import { changeRuleBook, type InRuleBook } from './change-rule-book';
import type { PartnersSetting } from './setting';

/**
 * Founds a programme with its ladder, and publishes version 1 of its rule book.
 *
 * Refuses FORBIDDEN unless the host asks, PARTNERS_SINGLE_APPROVER_NEEDS_SANDBOX, PARTNERS_PROGRAMME_KEY_TAKEN.
 */
export async function createProgramme(
  setting: PartnersSetting,
  principal: Principal,
  input: NewProgramme,
): Promise<Replayable<{ programme: Programme } & InRuleBook> | Refusal> {
  const fault = newProgrammeFault(input);
  if (fault !== null) return fault;
  if (principal.kind !== 'host') return forbidden('Only the host of this hub may found a programme.');
  const { idempotencyKey: _, ...asked } = input;
  const id = newId('prg');
  return changeRuleBook(setting, {
    principal,
    operation: 'createProgramme',
    input,
    programmeId: id,
    work: async (tx, now) => {
      const refusal = whyNotFounded(input);
      if (refusal !== null) return refusal;
      const programme: Programme = {
        ...asked,
        ...programmeTermsOf(asked),
        id,
        tiers: asked.tiers.map(wholeTier),
        pointsValidityDays: asked.pointsValidityDays ?? null,
        opensAt: asked.opensAt ?? now,
      };
      if (await insertProgramme(tx, programme, now)) return { programme };
      return refuse('PARTNERS_PROGRAMME_KEY_TAKEN', `The key ${input.key} is taken.`);
    },
  });
}
