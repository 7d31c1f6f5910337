import { programmeOf, type Principal } from '../../../kernel/context/principal';
import type { PartnerId } from '../../../kernel/values/id';
import { maskedIban, type SettlementDetails } from '../core/settlement-details';
import { findSettlementDetails } from '../data/settlement-details.store';
import { mayReadTermsOf } from './authorise';
import type { PartnersSetting } from './setting';

/**
 * Every version of some parties' details, null among the ids meaning the operator's. Partners see each other as they stand on
 * an invoice: without account numbers and mandates. Members and strangers see none.
 */
export async function readSettlementDetails(
  setting: PartnersSetting,
  principal: Principal,
  ids: readonly (PartnerId | null)[],
): Promise<SettlementDetails[]> {
  const programmeId = programmeOf(principal);
  if (programmeId === null || principal.kind === 'member') return [];
  const found = await findSettlementDetails(setting.database.dataSource.manager, programmeId, ids);
  return found.map((details) => (maySeeAccountOf(principal, details.partnerId) ? details : asOnAnInvoice(details)));
}

function maySeeAccountOf(principal: Principal, partnerId: PartnerId | null): boolean {
  if (partnerId !== null) return mayReadTermsOf(principal, partnerId);
  return principal.kind === 'admin' || principal.kind === 'finance' || principal.kind === 'service';
}

function asOnAnInvoice(details: SettlementDetails): SettlementDetails {
  return { ...details, iban: maskedIban(details.iban), mandateId: null, mandateSignedOn: null, creditorSchemeId: null };
}
