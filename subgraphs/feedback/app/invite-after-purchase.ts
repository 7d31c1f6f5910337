import type { Tx } from '../../../kernel/db/transaction';
import { newId, type ProgrammeId } from '../../../kernel/values/id';
import { expiryOf, quietWindow } from '../core/invitation';
import type { Survey } from '../core/survey';
import { insertInvitation } from '../data/invitation.store';
import { findRunningSurvey } from '../data/survey.store';
import type { FeedbackSetting } from './setting';

/** A purchase somebody may be asked about. */
export interface PurchaseHeard {
  readonly memberId: string;
  readonly partnerId: string;
  /** Id of the event it was heard by. */
  readonly sourceEventId: string;
  /** When the ledger recorded it, by the ledger's clock. */
  readonly recordedAt: Date;
}

/**
 * Invites the buyer to the running survey, unless the member was asked within the survey's quiet period. The same event
 * heard again invites nobody again.
 *
 * Two clocks meet here. The quiet period counts between purchases, in the ledger's time, which a sandbox may set; the time
 * to answer is the member's own and counts from now.
 */
export async function inviteAfterPurchase(
  { clock }: Pick<FeedbackSetting, 'clock'>,
  tx: Tx,
  programmeId: ProgrammeId,
  { memberId, partnerId, sourceEventId, recordedAt }: PurchaseHeard,
): Promise<void> {
  const survey = await runningSurvey(tx, programmeId);
  if (survey === null) return;
  const now = clock.now();
  await insertInvitation(tx, programmeId, {
    ...{ id: newId('inv'), surveyId: survey.id, memberId, partnerId, sourceEventId },
    ...{ purchaseRecordedAt: recordedAt, createdAt: now, expiresAt: expiryOf(survey, now) },
    quiet: quietWindow(survey, recordedAt),
  });
}

/** Surveys found running, by the transaction: one reads hundreds of purchases, and asks once. */
const found = new WeakMap<Tx, Map<ProgrammeId, Promise<Survey | null>>>();

function runningSurvey(tx: Tx, programmeId: ProgrammeId): Promise<Survey | null> {
  const surveys = found.get(tx) ?? new Map<ProgrammeId, Promise<Survey | null>>();
  found.set(tx, surveys);
  const survey = surveys.get(programmeId) ?? findRunningSurvey(tx, programmeId);
  surveys.set(programmeId, survey);
  return survey;
}
