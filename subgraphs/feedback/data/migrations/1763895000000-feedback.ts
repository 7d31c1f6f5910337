import type { MigrationInterface, QueryRunner } from 'typeorm';
import { COMMAND_KEY_DDL } from '../../../../kernel/db/command-key';
import { OUTBOX_DDL } from '../../../../kernel/events/outbox';

/** Surveys, invitations and answers, and what every subgraph has: outbox and idempotency keys. */
export class Feedback1763895000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OUTBOX_DDL);
    await runner.query(COMMAND_KEY_DDL);
    await runner.query(SURVEY);
    await runner.query(INVITATION);
    await runner.query(ANSWER);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`/* feedback.migration.down */
      drop table answer, invitation, survey, command_key, inbox_cursor, outbox`);
  }
}

const SURVEY = `/* feedback.migration.survey */
create table survey (
  id text primary key check (id ~ '^svy_[0-9a-f]{32}$'),
  programme_id text not null check (programme_id ~ '^prg_[0-9a-f]{32}$'),
  question_id text not null unique check (question_id ~ '^qst_[0-9a-f]{32}$'),
  question text not null,
  follow_up_id text unique check (follow_up_id ~ '^qst_[0-9a-f]{32}$'),
  follow_up text,
  quiet_days integer not null check (quiet_days > 0),
  invitation_days integer not null check (invitation_days > 0),
  status text not null check (status in ('RUNNING', 'CLOSED')),
  opened_at timestamptz not null,
  closed_at timestamptz,
  constraint survey_of_programme unique (programme_id, id),
  constraint follow_up_is_whole check ((follow_up_id is null) = (follow_up is null)),
  constraint closed_since_when check ((status = 'CLOSED') = (closed_at is not null))
);
create unique index one_running_survey on survey (programme_id) where status = 'RUNNING';`;

const INVITATION = `/* feedback.migration.invitation */
create table invitation (
  id text primary key check (id ~ '^inv_[0-9a-f]{32}$'),
  programme_id text not null,
  survey_id text not null,
  member_id text not null check (member_id ~ '^mem_[0-9a-f]{32}$'),
  partner_id text not null check (partner_id ~ '^ptr_[0-9a-f]{32}$'),
  -- The event it answers to: heard again, it invites nobody again.
  source_event_id text not null constraint one_invitation_per_event unique,
  -- When the purchase was recorded, by the ledger's clock: the quiet period counts between these.
  purchase_recorded_at timestamptz not null,
  -- When the invitation was made, by the hub's clock: the time to answer counts from here.
  created_at timestamptz not null,
  expires_at timestamptz not null,
  answered_at timestamptz,
  constraint invitation_of_programme unique (programme_id, id),
  foreign key (programme_id, survey_id) references survey (programme_id, id)
);
create index invitation_by_member on invitation (programme_id, member_id, purchase_recorded_at);
create index invitation_unanswered on invitation (programme_id, member_id, id) where answered_at is null;
create index invitation_by_survey on invitation (survey_id);`;

const ANSWER = `/* feedback.migration.answer */
create table answer (
  programme_id text not null,
  invitation_id text not null,
  question_id text not null,
  kind text not null,
  score smallint,
  text text,
  primary key (invitation_id, question_id),
  foreign key (programme_id, invitation_id) references invitation (programme_id, id),
  constraint answer_fits_its_kind check (
    (kind = 'NPS' and score is not null and score between 0 and 10 and text is null)
    or (kind = 'TEXT' and score is null and text is not null))
);`;
