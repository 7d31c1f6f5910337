import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { firstFault, idempotencyKeyFault } from '../../../kernel/errors/check-input';
import type { Outcome, Refusal } from '../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../kernel/errors/shared-refusals';
import { appendEvents } from '../../../kernel/events/outbox';
import { parseId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import { intakeFault, type Intake, type NewIntake } from '../core/intake/intake';
import { findIntakes, insertIntake } from '../data/intake.store';
import { lockPartner } from '../data/partner.store';
import { findProgramme } from '../data/programme.store';
import { intakeSet } from '../events/published';
import { mayReadTermsOf } from './authorise';
import type { PartnersSetting } from './setting';

/**
 * Sets how a partner's customer-data messages become commands; it replaces what was set before. Gateways follow within a second.
 *
 * Refuses FORBIDDEN unless an admin or the partner's own staff asks, NOT_FOUND.
 */
export async function setIntake(
  setting: PartnersSetting,
  principal: Principal,
  input: NewIntake,
): Promise<Replayable<{ intake: Intake }> | Refusal> {
  const partnerId = parseId('ptr', input.partnerId);
  if (principal.kind !== 'admin' && principal.kind !== 'staff')
    return forbidden('Only an admin of the programme, or the partner’s staff, may do this.');
  if (partnerId === null || (principal.kind === 'staff' && principal.partnerId !== partnerId))
    return notFound('partner');
  const fault = firstFault(idempotencyKeyFault(input.idempotencyKey), intakeFault(input));
  if (fault !== null) return fault;
  const { programmeId } = principal;
  const { idempotencyKey: key, ...body } = input;
  const command = { caller: callerOf(principal), operation: 'setIntake', key, body };
  const outcome = await inTransaction(setting.database, (tx) =>
    once(tx, command, () => set(tx, { programmeId, partnerId, input, now: setting.clock.now() })),
  );
  setting.announced();
  return outcome;
}

async function set(
  tx: Tx,
  {
    programmeId,
    partnerId,
    input,
    now,
  }: { programmeId: ProgrammeId; partnerId: PartnerId; input: NewIntake; now: Date },
): Promise<Outcome<{ intake: Intake }>> {
  if ((await lockPartner(tx, programmeId, partnerId)) === null) return notFound('partner');
  const programme = await findProgramme(tx, programmeId);
  if (programme === null) return notFound('programme');
  const [latest] = await findIntakes(tx, programmeId, [partnerId]);
  const { customerKind, mappings } = input;
  const intake: Intake = { partnerId, version: (latest?.version ?? 0) + 1, customerKind, mappings };
  await insertIntake(tx, programmeId, { intake, setAt: now });
  await appendEvents(tx, 'partners', [intakeSet(intake, { programmeId, currency: programme.currency })], now);
  return { intake };
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
