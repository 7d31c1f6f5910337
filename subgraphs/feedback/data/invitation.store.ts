import type { SelectQueryBuilder } from 'typeorm';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { MemberId, ProgrammeId } from '../../../kernel/values/id';
import type { Invitation, InvitationId } from '../core/invitation';
import { questionsOf, type SurveyId } from '../core/survey';
import { InvitationRow } from './invitation.row';

/** An invitation to be made, and when its member must not have been asked. */
export interface NewInvitation {
  readonly id: InvitationId;
  readonly surveyId: SurveyId;
  readonly memberId: string;
  readonly partnerId: string;
  readonly sourceEventId: string;
  readonly purchaseRecordedAt: Date;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly quiet: { readonly after: Date; readonly before: Date };
}

const INSERT = sql`/* feedback.inviteAfterPurchase.insert */
insert into invitation (id, programme_id, survey_id, member_id, partner_id, source_event_id, purchase_recorded_at,
                        created_at, expires_at)
select $1, $2, $3, $4, $5, $6, $7::timestamptz, $8::timestamptz, $9::timestamptz
 where not exists (
   select 1 from invitation
    where programme_id = $2 and member_id = $4
      and purchase_recorded_at > $10::timestamptz and purchase_recorded_at < $11::timestamptz)
on conflict (source_event_id) do nothing`;

/**
 * Writes an invitation, unless the event invited somebody before or the member was asked within the quiet window. Whoever
 * follows the feed holds the row of its place meanwhile, so no two of these run at once.
 */
export async function insertInvitation(tx: Tx, programmeId: ProgrammeId, invitation: NewInvitation): Promise<void> {
  const { id, surveyId, memberId, partnerId, sourceEventId, purchaseRecordedAt, createdAt, expiresAt } = invitation;
  const { after, before } = invitation.quiet;
  await tx.query(INSERT, [
    ...[id, programmeId, surveyId, memberId, partnerId, sourceEventId],
    ...[purchaseRecordedAt, createdAt, expiresAt, after, before],
  ]);
}

/** Those of a programme's invitations that are named, in any order, in one statement. */
export function findInvitations(tx: Tx, programmeId: ProgrammeId, ids: readonly InvitationId[]): Promise<Invitation[]> {
  return read(
    withSurvey(tx, programmeId)
      .comment('feedback.invitation.byIds')
      .andWhere('invitation.id = any(:ids)', { ids: [...ids] }),
  );
}

/** A member's invitations that can be answered now, newest first, from after an id on. */
export function findOpenInvitations(
  tx: Tx,
  programmeId: ProgrammeId,
  page: { memberId: MemberId; now: Date; after: string | null; limit: number },
): Promise<Invitation[]> {
  const { memberId, now, after, limit } = page;
  const query = withSurvey(tx, programmeId)
    .comment('feedback.invitation.open')
    .andWhere('invitation.memberId = :memberId and invitation.answeredAt is null', { memberId })
    .andWhere('invitation.expiresAt > :now', { now })
    .orderBy('invitation.id', 'DESC')
    .limit(limit);
  return read(after === null ? query : query.andWhere('invitation.id < :after', { after }));
}

/** A member's invitation, its row locked until the transaction ends; null when the member has none of that id. */
export async function lockInvitation(
  tx: Tx,
  programmeId: ProgrammeId,
  { id, memberId }: { id: InvitationId; memberId: MemberId },
): Promise<Invitation | null> {
  const [found] = await read(
    withSurvey(tx, programmeId)
      .comment('feedback.answerSurvey.lockInvitation')
      .andWhere('invitation.id = :id and invitation.memberId = :memberId', { id, memberId })
      .setLock('pessimistic_write', undefined, ['invitation']),
  );
  return found ?? null;
}

function withSurvey(tx: Tx, programmeId: ProgrammeId): SelectQueryBuilder<InvitationRow> {
  return tx
    .createQueryBuilder(InvitationRow, 'invitation')
    .innerJoinAndSelect('invitation.survey', 'survey')
    .where('invitation.programmeId = :programmeId', { programmeId });
}

async function read(query: SelectQueryBuilder<InvitationRow>): Promise<Invitation[]> {
  const rows = await query.getMany();
  return rows.map(({ id, programmeId, surveyId, memberId, partnerId, expiresAt, answeredAt, survey }) => {
    const questions = questionsOf(survey);
    return { id, programmeId, surveyId, memberId, partnerId, questions, expiresAt, answeredAt };
  });
}
