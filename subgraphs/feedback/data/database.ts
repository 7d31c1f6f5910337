import type { DatabaseDefinition } from '../../../kernel/db/database';
import { InvitationRow } from './invitation.row';
import { Feedback1763895000000 } from './migrations/1763895000000-feedback';
import { SurveyRow } from './survey.row';

/** This subgraph's own database: nobody else reads it. */
export const feedbackDatabase = {
  name: 'feedback',
  rows: [SurveyRow, InvitationRow],
  migrations: [Feedback1763895000000],
  appendOnly: ['outbox', 'command_key', 'answer'],
} as const satisfies DatabaseDefinition;
