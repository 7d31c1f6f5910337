import type { DatabaseDefinition } from '../../../kernel/db/database';
import { USUAL_TENANCY } from '../../../kernel/db/tenancy';
import { InvitationRow } from './invitation.row';
import { Feedback1763895000000 } from './migrations/1763895000000-feedback';
import { SurveyRow } from './survey.row';
import { CommandKeysOfProgrammes1795892000000 } from './migrations/1795892000000-command-keys-of-programmes';

/** This subgraph's own database: nobody else reads it. */
export const feedbackDatabase = {
  name: 'feedback',
  rows: [SurveyRow, InvitationRow],
  migrations: [Feedback1763895000000, CommandKeysOfProgrammes1795892000000],
  appendOnly: ['outbox', 'command_key', 'answer'],
  tenancy: USUAL_TENANCY,
} as const satisfies DatabaseDefinition;
