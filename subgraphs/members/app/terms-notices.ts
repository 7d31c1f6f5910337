import { callerOf, type Principal } from '../../../kernel/context/principal';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import type { MemberId } from '../../../kernel/values/id';
import {
  acknowledgementFault,
  type Acknowledgement,
  type NoticeProgress,
  type TermsNotice,
} from '../core/terms-notice';
import { acknowledgeNotice, findNoticeProgress, findNotices } from '../data/terms-notice.store';
import { memberOf } from './authorise';
import type { MembersSetting } from './setting';

/** Notices of some members: a member's own, all for those who run the programme, none for everybody else. */
export async function readTermsNotices(
  { database }: MembersSetting,
  principal: Principal,
  memberIds: readonly MemberId[],
): Promise<TermsNotice[]> {
  const runsIt = principal.kind === 'admin' || principal.kind === 'finance';
  if (!runsIt && principal.kind !== 'member') return [];
  const seen = runsIt ? memberIds : memberIds.filter((id) => id === principal.memberId);
  return findNotices(database.dataSource.manager, principal.programmeId, seen);
}

/** How far the telling of a programme's terms has come, for those who run it; null to all others. */
export async function readNoticeProgress(
  { database }: MembersSetting,
  principal: Principal,
): Promise<NoticeProgress[] | null> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') return null;
  return findNoticeProgress(database.dataSource.manager, principal.programmeId);
}

/**
 * Keeps that a member has read a notice. Terms take effect whether it has or not.
 *
 * Refuses FORBIDDEN unless a member asks, NOT_FOUND when it has no such notice.
 */
export async function acknowledgeTermsNotice(
  setting: MembersSetting,
  principal: Principal,
  input: Acknowledgement,
): Promise<Replayable<{ notice: TermsNotice }> | Refusal> {
  const member = memberOf(principal);
  if (isRefusal(member)) return member;
  const fault = acknowledgementFault(input);
  if (fault !== null) return fault;
  const { programmeId, memberId } = member;
  const { idempotencyKey: key, ...body } = input;
  const command = { caller: callerOf(principal), operation: 'acknowledgeTermsNotice', key, body };
  return inTransaction(setting.database, (tx) =>
    once(tx, command, async (): Promise<Outcome<{ notice: TermsNotice }>> => {
      await acknowledgeNotice(tx, programmeId, { memberId, version: input.version, at: setting.clock.now() });
      const notices = await findNotices(tx, programmeId, [memberId]);
      const notice = notices.find(({ version }) => version === input.version);
      return notice === undefined ? notFound('notice') : { notice };
    }),
  );
}
