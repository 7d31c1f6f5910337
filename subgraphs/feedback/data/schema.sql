-- Written by "npm run schema:dump" from the migrations, for reading. Change it with a migration.

-- Tables

create table answer (
  programme_id text not null,
  invitation_id text not null,
  question_id text not null,
  kind text not null,
  score smallint,
  text text,
  constraint answer_pkey PRIMARY KEY (invitation_id, question_id),
  constraint answer_fits_its_kind CHECK ((((kind = 'NPS'::text) AND (score IS NOT NULL) AND ((score >= 0) AND (score <= 10)) AND (text IS NULL)) OR ((kind = 'TEXT'::text) AND (score IS NULL) AND (text IS NOT NULL)))),
  constraint answer_programme_id_invitation_id_fkey FOREIGN KEY (programme_id, invitation_id) REFERENCES invitation(programme_id, id)
);
alter table answer enable row level security;
alter table answer force row level security;

create table command_key (
  caller text not null,
  operation text not null,
  key text not null,
  body_hash bytea not null,
  outcome jsonb not null,
  recorded_at timestamp with time zone default now() not null,
  programme_id text default COALESCE(current_setting('hub.programme'::text, true), ''::text),
  constraint command_key_pkey PRIMARY KEY (caller, operation, key)
);
alter table command_key enable row level security;
alter table command_key force row level security;

create table inbox_cursor (
  feed text not null,
  "position" text,
  handled bigint default 0 not null,
  updated_at timestamp with time zone default now() not null,
  constraint inbox_cursor_pkey PRIMARY KEY (feed)
);

create table invitation (
  id text not null,
  programme_id text not null,
  survey_id text not null,
  member_id text not null,
  partner_id text not null,
  source_event_id text not null,
  purchase_recorded_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  answered_at timestamp with time zone,
  constraint invitation_pkey PRIMARY KEY (id),
  constraint invitation_of_programme UNIQUE (programme_id, id),
  constraint one_invitation_per_event UNIQUE (source_event_id),
  constraint invitation_id_check CHECK ((id ~ '^inv_[0-9a-f]{32}$'::text)),
  constraint invitation_member_id_check CHECK ((member_id ~ '^mem_[0-9a-f]{32}$'::text)),
  constraint invitation_partner_id_check CHECK ((partner_id ~ '^ptr_[0-9a-f]{32}$'::text)),
  constraint invitation_programme_id_survey_id_fkey FOREIGN KEY (programme_id, survey_id) REFERENCES survey(programme_id, id)
);
alter table invitation enable row level security;
alter table invitation force row level security;

create table outbox (
  xid xid8 default pg_current_xact_id() not null,
  seq bigint generated always as identity not null,
  id text not null,
  type text not null,
  programme_id text not null,
  aggregate_id text not null,
  recorded_at timestamp with time zone not null,
  payload jsonb not null,
  constraint outbox_pkey PRIMARY KEY (xid, seq),
  constraint outbox_id_key UNIQUE (id)
);
alter table outbox enable row level security;
alter table outbox force row level security;

create table survey (
  id text not null,
  programme_id text not null,
  question_id text not null,
  question text not null,
  follow_up_id text,
  follow_up text,
  quiet_days integer not null,
  invitation_days integer not null,
  status text not null,
  opened_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint survey_pkey PRIMARY KEY (id),
  constraint survey_follow_up_id_key UNIQUE (follow_up_id),
  constraint survey_of_programme UNIQUE (programme_id, id),
  constraint survey_question_id_key UNIQUE (question_id),
  constraint closed_since_when CHECK (((status = 'CLOSED'::text) = (closed_at IS NOT NULL))),
  constraint follow_up_is_whole CHECK (((follow_up_id IS NULL) = (follow_up IS NULL))),
  constraint survey_follow_up_id_check CHECK ((follow_up_id ~ '^qst_[0-9a-f]{32}$'::text)),
  constraint survey_id_check CHECK ((id ~ '^svy_[0-9a-f]{32}$'::text)),
  constraint survey_invitation_days_check CHECK ((invitation_days > 0)),
  constraint survey_programme_id_check CHECK ((programme_id ~ '^prg_[0-9a-f]{32}$'::text)),
  constraint survey_question_id_check CHECK ((question_id ~ '^qst_[0-9a-f]{32}$'::text)),
  constraint survey_quiet_days_check CHECK ((quiet_days > 0)),
  constraint survey_status_check CHECK ((status = ANY (ARRAY['RUNNING'::text, 'CLOSED'::text])))
);
alter table survey enable row level security;
alter table survey force row level security;

-- Indexes

CREATE INDEX invitation_by_member ON public.invitation USING btree (programme_id, member_id, purchase_recorded_at);

CREATE INDEX invitation_by_survey ON public.invitation USING btree (survey_id);

CREATE INDEX invitation_unanswered ON public.invitation USING btree (programme_id, member_id, id) WHERE (answered_at IS NULL);

CREATE UNIQUE INDEX one_running_survey ON public.survey USING btree (programme_id) WHERE (status = 'RUNNING'::text);

-- Row security

create policy hub_tenant on answer as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on answer as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on command_key as PERMISSIVE for ALL using (((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)) OR (programme_id IS NULL))) with check (((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)) OR (programme_id IS NULL)));

create policy hub_work on command_key as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on invitation as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on invitation as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on outbox as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on outbox as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on survey as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on survey as PERMISSIVE for ALL using (true) with check (true);
