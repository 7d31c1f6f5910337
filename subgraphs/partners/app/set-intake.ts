import type { Principal } from '../../../kernel/context/principal';
import type { Replayable } from '../../../kernel/db/command-key';
import { firstFault, idempotencyKeyFault } from '../../../kernel/errors/check-input';
import type { Refusal } from '../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../kernel/errors/shared-refusals';
import { appendEvents } from '../../../kernel/events/outbox';
import type { PartnerId } from '../../../kernel/values/id';
import { intakeFault, type Intake, type NewIntake } from '../core/intake/intake';
import { findIntakes, insertIntake } from '../data/intake.store';
import { findProgramme } from '../data/programme.store';
import { intakeSet } from '../events/published';
import { mayReadTermsOf, type Person } from './authorise';
import { prepareAtPartner } from './change-at-partner';
import type { PartnersSetting } from './setting';

/**
 * Sets how a partner's customer-data messages become commands; it replaces what was set before. Gateways follow within a second.
 *
 * Refuses FORBIDDEN unless an admin or the partner's own staff asks, NOT_FOUND.
 */
export function setIntake(
  setting: PartnersSetting,
  principal: Principal,
  input: NewIntake,
): Promise<Replayable<{ intake: Intake }> | Refusal> {
  return prepareAtPartner(setting, principal, {
    operation: 'setIntake',
    input,
    by: (caller) => deskOf(caller, input.partnerId),
    fault: () => firstFault(idempotencyKeyFault(input.idempotencyKey), intakeFault(input)),
    work: async (tx, { programmeId, partnerId, now }) => {
      const programme = await findProgramme(tx, programmeId);
      if (programme === null) return notFound('programme');
      const [latest] = await findIntakes(tx, programmeId, [partnerId]);
      const { customerKind, mappings } = input;
      const intake: Intake = { partnerId, version: (latest?.version ?? 0) + 1, customerKind, mappings };
      await insertIntake(tx, programmeId, { intake, setAt: now });
      await appendEvents(tx, 'partners', [intakeSet(intake, { programmeId, currency: programme.currency })], now);
      return { intake };
    },
  });
}

/** An admin, or a partner's own staff; to those of another partner it is not there. */
function deskOf(principal: Principal, partnerId: string): Person | Refusal {
  if (principal.kind === 'admin') return principal;
  if (principal.kind === 'staff') return principal.partnerId === partnerId ? principal : notFound('partner');
  return forbidden('Only an admin of the programme, or the partner’s staff, may do this.');
}

/** What some partners have set, for themselves and those who run the programme; to others there is none. */
export async function readIntakes(
  setting: PartnersSetting,
  principal: Principal,
  ids: readonly PartnerId[],
): Promise<Intake[]> {
  if (!('programmeId' in principal)) return [];
  const shown = ids.filter((id) => mayReadTermsOf(principal, id));
  return findIntakes(setting.database.dataSource.manager, principal.programmeId, shown);
}
