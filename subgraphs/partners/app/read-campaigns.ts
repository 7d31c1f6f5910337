import { inTransaction } from '../../../kernel/db/transaction';
import type { ProgrammeId } from '../../../kernel/values/id';
import { calendarOf, type CalendarEntry } from '../core/campaign-calendar';
import { windowsOf } from '../core/purchase-rule';
import { findPurchaseRules } from '../data/purchase-rule.store';
import type { PartnersSetting } from './setting';

/** The campaigns of a programme that run at some time of [from, to), with those that stand in each other's way. */
export async function readCampaignCalendar(
  setting: PartnersSetting,
  programmeId: ProgrammeId,
  span: { from: Date; to: Date },
): Promise<CalendarEntry[]> {
  const versions = await inTransaction(setting.database, (tx) => findPurchaseRules(tx, programmeId));
  return calendarOf(windowsOf(versions.filter(({ campaignId }) => campaignId !== null)), span);
}
