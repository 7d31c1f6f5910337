import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { appendEvents } from '../../../kernel/events/outbox';
import { parseId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import {
  identityOf,
  settlementDetailsFault,
  type NewSettlementDetails,
  type SettlementDetails,
} from '../core/settlement-details';
import { nextVersion } from '../core/versions';
import { lockPartner } from '../data/partner.store';
import { lockRuleBook } from '../data/rule-book.store';
import { findSettlementDetails, insertSettlementDetails } from '../data/settlement-details.store';
import { settlementDetailsSet } from '../events/published';
import { adminOf } from './authorise';
import type { PartnersSetting } from './setting';

/**
 * Sets the next version of who a party is in law and where its money goes. The rule book does not hold it: who reads what
 * was agreed learns nobody's account number.
 *
 * Refuses FORBIDDEN unless an admin asks, NOT_FOUND, PARTNERS_NOT_AFTER_LATEST_VERSION.
 */
export async function setSettlementDetails(
  setting: PartnersSetting,
  principal: Principal,
  input: NewSettlementDetails,
): Promise<Replayable<{ details: SettlementDetails }> | Refusal> {
  const fault = settlementDetailsFault(input);
  if (fault !== null) return fault;
  const admin = adminOf(principal);
  if (isRefusal(admin)) return admin;
  const partnerId = input.partnerId === undefined || input.partnerId === null ? null : parseId('ptr', input.partnerId);
  if (partnerId === null && typeof input.partnerId === 'string') return notFound('partner');
  const { programmeId } = admin;
  const now = setting.clock.now();
  const { idempotencyKey: key, ...body } = input;
  const command = { caller: callerOf(principal), operation: 'setSettlementDetails', key, body };
  const outcome = await inTransaction(setting.database, (tx) =>
    once(tx, command, () => set(tx, { programmeId, partnerId, input, now })),
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
  }: { programmeId: ProgrammeId; partnerId: PartnerId | null; input: NewSettlementDetails; now: Date },
): Promise<Outcome<{ details: SettlementDetails }>> {
  // Versions of one party follow each other without gaps: its row is locked, or the rule book's for the operator.
  if (partnerId === null) await lockRuleBook(tx, programmeId);
  else if ((await lockPartner(tx, programmeId, partnerId)) === null) return notFound('partner');
  const version = nextVersion(await findSettlementDetails(tx, programmeId, [partnerId]), input.validFrom);
  if (isRefusal(version)) return version;
  const details: SettlementDetails = { ...identityOf(input), partnerId, version, validFrom: input.validFrom };
  await insertSettlementDetails(tx, programmeId, { details, setAt: now });
  await appendEvents(tx, 'partners', [settlementDetailsSet(details, programmeId)], now);
  return { details };
}
