-- Written by "npm run schema:dump" from the migrations, for reading. Change it with a migration.

-- Tables

create table command_key (
  caller text not null,
  operation text not null,
  key text not null,
  body_hash bytea not null,
  outcome jsonb not null,
  recorded_at timestamp with time zone default now() not null,
  constraint command_key_pkey PRIMARY KEY (caller, operation, key)
);

create table contract (
  id text not null,
  programme_id text not null,
  partner_id text not null,
  version integer not null,
  valid_from timestamp with time zone not null,
  settlement_model text not null,
  reimbursement_micros bigint not null,
  fee_micros bigint not null,
  face_value_micros bigint not null,
  agreed_at timestamp with time zone not null,
  constraint contract_pkey PRIMARY KEY (id),
  constraint contract_partner_id_valid_from_key UNIQUE (partner_id, valid_from),
  constraint contract_partner_id_version_key UNIQUE (partner_id, version),
  constraint contract_fee_micros_check CHECK ((fee_micros >= 0)),
  constraint contract_id_check CHECK ((id ~ '^ctr_[0-9a-f]{32}$'::text)),
  constraint contract_reimbursement_micros_check CHECK ((reimbursement_micros >= 0)),
  constraint contract_settlement_model_check CHECK ((settlement_model = 'AT_REDEMPTION'::text)),
  constraint contract_version_check CHECK ((version > 0)),
  constraint reimbursement_within_face_value CHECK ((reimbursement_micros <= face_value_micros)),
  constraint contract_programme_id_face_value_micros_fkey FOREIGN KEY (programme_id, face_value_micros) REFERENCES programme(id, face_value_micros),
  constraint contract_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);

create table earning_rule (
  id text not null,
  programme_id text not null,
  partner_id text not null,
  version integer not null,
  kind text not null,
  points bigint not null,
  per_amount_minor bigint not null,
  valid_from timestamp with time zone not null,
  set_at timestamp with time zone not null,
  constraint earning_rule_pkey PRIMARY KEY (id),
  constraint earning_rule_partner_id_kind_valid_from_key UNIQUE (partner_id, kind, valid_from),
  constraint earning_rule_partner_id_kind_version_key UNIQUE (partner_id, kind, version),
  constraint earning_rule_id_check CHECK ((id ~ '^rul_[0-9a-f]{32}$'::text)),
  constraint earning_rule_kind_check CHECK ((kind = 'BASE_RATE'::text)),
  constraint earning_rule_per_amount_minor_check CHECK ((per_amount_minor > 0)),
  constraint earning_rule_points_check CHECK ((points >= 0)),
  constraint earning_rule_version_check CHECK ((version > 0)),
  constraint earning_rule_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);

create table inbox_cursor (
  feed text not null,
  "position" text,
  handled bigint default 0 not null,
  updated_at timestamp with time zone default now() not null,
  constraint inbox_cursor_pkey PRIMARY KEY (feed)
);

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

create table partner (
  id text not null,
  programme_id text not null,
  code text not null,
  name text not null,
  can_issue boolean not null,
  can_redeem boolean not null,
  status text not null,
  status_reason text,
  joined_at timestamp with time zone not null,
  constraint partner_pkey PRIMARY KEY (id),
  constraint partner_of_programme UNIQUE (programme_id, id),
  constraint partner_programme_id_code_key UNIQUE (programme_id, code),
  constraint partner_id_check CHECK ((id ~ '^ptr_[0-9a-f]{32}$'::text)),
  constraint partner_issues_or_redeems CHECK ((can_issue OR can_redeem)),
  constraint partner_status_check CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text, 'LEFT'::text]))),
  constraint partner_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES programme(id)
);

create table partner_key (
  id text not null,
  programme_id text not null,
  partner_id text not null,
  key_hash text not null,
  scopes text[] not null,
  issued_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint partner_key_pkey PRIMARY KEY (id),
  constraint partner_key_key_hash_key UNIQUE (key_hash),
  constraint partner_key_id_check CHECK ((id ~ '^key_[0-9a-f]{32}$'::text)),
  constraint partner_key_key_hash_check CHECK ((key_hash ~ '^[0-9a-f]{64}$'::text)),
  constraint partner_key_scopes_check CHECK ((cardinality(scopes) > 0)),
  constraint partner_key_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);

create table programme (
  id text not null,
  key text not null,
  name text not null,
  currency_name text not null,
  currency text not null,
  face_value_micros bigint not null,
  time_zone text not null,
  default_language text not null,
  is_sandbox boolean not null,
  single_approver boolean not null,
  dispute_window_days integer not null,
  points_validity_days integer,
  opens_at timestamp with time zone not null,
  created_at timestamp with time zone not null,
  constraint programme_pkey PRIMARY KEY (id),
  constraint programme_face_value UNIQUE (id, face_value_micros),
  constraint programme_key_key UNIQUE (key),
  constraint programme_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint programme_dispute_window_days_check CHECK (((dispute_window_days >= 0) AND (dispute_window_days <= 365))),
  constraint programme_face_value_micros_check CHECK ((face_value_micros > 0)),
  constraint programme_id_check CHECK ((id ~ '^prg_[0-9a-f]{32}$'::text)),
  constraint programme_key_check CHECK ((key ~ '^[a-z][a-z0-9-]{0,62}$'::text)),
  constraint programme_points_validity_days_check CHECK ((points_validity_days > 0)),
  constraint single_approver_needs_sandbox CHECK ((is_sandbox OR (NOT single_approver)))
);

create table rule_book_version (
  programme_id text not null,
  version bigint not null,
  constraint rule_book_version_pkey PRIMARY KEY (programme_id),
  constraint rule_book_version_version_check CHECK ((version >= 0)),
  constraint rule_book_version_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES programme(id)
);

create table tier (
  programme_id text not null,
  rank integer not null,
  code text not null,
  name text not null,
  threshold_points bigint not null,
  constraint tier_pkey PRIMARY KEY (programme_id, rank),
  constraint tier_programme_id_code_key UNIQUE (programme_id, code),
  constraint tier_programme_id_threshold_points_key UNIQUE (programme_id, threshold_points),
  constraint first_tier_begins_at_zero CHECK (((rank > 0) OR (threshold_points = 0))),
  constraint tier_rank_check CHECK ((rank >= 0)),
  constraint tier_threshold_points_check CHECK ((threshold_points >= 0)),
  constraint tier_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES programme(id)
);

-- Indexes

CREATE INDEX partner_key_by_partner ON public.partner_key USING btree (partner_id);

-- Functions

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $function$;

-- Triggers

CREATE TRIGGER contract_is_history BEFORE DELETE OR UPDATE OR TRUNCATE ON public.contract FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER earning_rule_is_history BEFORE DELETE OR UPDATE OR TRUNCATE ON public.earning_rule FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
