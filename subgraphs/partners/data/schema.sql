-- Written by "npm run schema:dump" from the migrations, for reading. Change it with a migration.

-- Tables

create table action_rule (
  id text not null,
  programme_id text not null,
  partner_id text not null,
  action text not null,
  version integer not null,
  points bigint not null,
  limit_count integer,
  limit_period text,
  distinct_by text,
  valid_from timestamp with time zone not null,
  set_at timestamp with time zone not null,
  terms jsonb,
  constraint action_rule_pkey PRIMARY KEY (id),
  constraint action_rule_partner_id_action_valid_from_key UNIQUE (partner_id, action, valid_from),
  constraint action_rule_partner_id_action_version_key UNIQUE (partner_id, action, version),
  constraint action_limit_is_whole CHECK (((limit_count IS NULL) = (limit_period IS NULL))),
  constraint action_rule_id_check CHECK ((id ~ '^rul_[0-9a-f]{32}$'::text)),
  constraint action_rule_limit_count_check CHECK ((limit_count > 0)),
  constraint action_rule_limit_period_check CHECK ((limit_period = ANY (ARRAY['DAY'::text, 'MONTH'::text, 'YEAR'::text, 'EVER'::text]))),
  constraint action_rule_points_check CHECK ((points > 0)),
  constraint action_rule_version_check CHECK ((version > 0)),
  constraint action_rule_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);
alter table action_rule enable row level security;
alter table action_rule force row level security;

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
  issuance_micros bigint default 0 not null,
  prefund_bps integer default 0 not null,
  breakage_share_bps integer default 0 not null,
  release_on_funding boolean default false not null,
  issuance_cap_points bigint,
  issuance_cap_period text,
  net_debit_cap_micros bigint,
  net_debit_alert_bps integer default 8000 not null,
  constraint contract_pkey PRIMARY KEY (id),
  constraint contract_partner_id_valid_from_key UNIQUE (partner_id, valid_from),
  constraint contract_partner_id_version_key UNIQUE (partner_id, version),
  constraint breakage_share_is_of_its_model CHECK ((((breakage_share_bps >= 0) AND (breakage_share_bps <= 10000)) AND ((breakage_share_bps = 0) OR (settlement_model = 'AT_ISSUANCE'::text)))),
  constraint contract_fee_micros_check CHECK ((fee_micros >= 0)),
  constraint contract_id_check CHECK ((id ~ '^ctr_[0-9a-f]{32}$'::text)),
  constraint contract_issuance_cap_period_check CHECK ((issuance_cap_period = ANY (ARRAY['DAY'::text, 'MONTH'::text, 'YEAR'::text, 'EVER'::text]))),
  constraint contract_issuance_cap_points_check CHECK ((issuance_cap_points >= 0)),
  constraint contract_issuance_micros_check CHECK ((issuance_micros >= 0)),
  constraint contract_net_debit_alert_bps_check CHECK (((net_debit_alert_bps >= 1) AND (net_debit_alert_bps <= 10000))),
  constraint contract_net_debit_cap_micros_check CHECK ((net_debit_cap_micros >= 0)),
  constraint contract_reimbursement_micros_check CHECK ((reimbursement_micros >= 0)),
  constraint contract_version_check CHECK ((version > 0)),
  constraint issuance_cap_is_whole CHECK (((issuance_cap_points IS NULL) = (issuance_cap_period IS NULL))),
  constraint issuance_price_is_of_its_model CHECK (((issuance_micros = 0) OR (settlement_model = 'AT_ISSUANCE'::text))),
  constraint prefund_is_of_its_model CHECK ((((prefund_bps >= 0) AND (prefund_bps <= 10000)) AND ((prefund_bps > 0) = (settlement_model = 'HYBRID'::text)))),
  constraint reimbursement_within_face_value CHECK ((reimbursement_micros <= face_value_micros)),
  constraint release_waits_for_a_payment CHECK (((NOT release_on_funding) OR (settlement_model <> 'AT_REDEMPTION'::text))),
  constraint settlement_model_is_known CHECK ((settlement_model = ANY (ARRAY['AT_REDEMPTION'::text, 'AT_ISSUANCE'::text, 'HYBRID'::text]))),
  constraint contract_programme_id_face_value_micros_fkey FOREIGN KEY (programme_id, face_value_micros) REFERENCES programme(id, face_value_micros),
  constraint contract_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);
alter table contract enable row level security;
alter table contract force row level security;

create table contract_proposal (
  id text not null,
  programme_id text not null,
  partner_id text not null,
  version integer not null,
  terms text not null,
  content_hash text not null,
  state text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  constraint contract_proposal_pkey PRIMARY KEY (id),
  constraint contract_proposal_content_hash_check CHECK ((content_hash ~ '^[0-9a-f]{64}$'::text)),
  constraint contract_proposal_id_check CHECK ((id ~ '^cpr_[0-9a-f]{32}$'::text)),
  constraint contract_proposal_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'APPROVED'::text, 'WITHDRAWN'::text, 'REPLACED'::text]))),
  constraint contract_proposal_version_check CHECK ((version > 0)),
  constraint decided_is_whole CHECK ((((state = 'OPEN'::text) = (decided_by IS NULL)) AND ((decided_by IS NULL) = (decided_at IS NULL)))),
  constraint contract_proposal_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);
alter table contract_proposal enable row level security;
alter table contract_proposal force row level security;

create table conversion_rate (
  programme_id text not null,
  currency text not null,
  day date not null,
  rate text not null,
  source text not null,
  set_at timestamp with time zone not null,
  constraint conversion_rate_pkey PRIMARY KEY (programme_id, currency, day),
  constraint conversion_rate_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint conversion_rate_rate_check CHECK ((rate ~ '^[0-9]{1,9}([.][0-9]{1,12})?$'::text)),
  constraint conversion_rate_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES programme(id)
);
alter table conversion_rate enable row level security;
alter table conversion_rate force row level security;

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
  pending_days integer default 0 not null,
  constraint earning_rule_pkey PRIMARY KEY (id),
  constraint earning_rule_partner_id_kind_valid_from_key UNIQUE (partner_id, kind, valid_from),
  constraint earning_rule_partner_id_kind_version_key UNIQUE (partner_id, kind, version),
  constraint earning_rule_id_check CHECK ((id ~ '^rul_[0-9a-f]{32}$'::text)),
  constraint earning_rule_kind_check CHECK ((kind = 'BASE_RATE'::text)),
  constraint earning_rule_pending_days_check CHECK (((pending_days >= 0) AND (pending_days <= 365))),
  constraint earning_rule_per_amount_minor_check CHECK ((per_amount_minor > 0)),
  constraint earning_rule_points_check CHECK ((points >= 0)),
  constraint earning_rule_version_check CHECK ((version > 0)),
  constraint earning_rule_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);
alter table earning_rule enable row level security;
alter table earning_rule force row level security;

create table experiment (
  id text not null,
  programme_id text not null,
  code text not null,
  name text not null,
  kind text not null,
  subject text,
  arms jsonb not null,
  begins_at timestamp with time zone not null,
  ends_at timestamp with time zone,
  created_at timestamp with time zone not null,
  constraint experiment_pkey PRIMARY KEY (id),
  constraint experiment_programme_id_code_key UNIQUE (programme_id, code),
  constraint experiment_check CHECK (((kind = 'ALL_CAMPAIGNS'::text) = (subject IS NULL))),
  constraint experiment_check1 CHECK (((ends_at IS NULL) OR (ends_at > begins_at))),
  constraint experiment_id_check CHECK ((id ~ '^exp_[0-9a-f]{32}$'::text)),
  constraint experiment_kind_check CHECK ((kind = ANY (ARRAY['CAMPAIGN'::text, 'ALL_CAMPAIGNS'::text, 'REWARD'::text, 'CHANNEL'::text, 'PLACEMENT'::text]))),
  constraint experiment_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES programme(id)
);
alter table experiment enable row level security;
alter table experiment force row level security;

create table inbox_cursor (
  feed text not null,
  "position" text,
  handled bigint default 0 not null,
  updated_at timestamp with time zone default now() not null,
  constraint inbox_cursor_pkey PRIMARY KEY (feed)
);

create table intake (
  programme_id text not null,
  partner_id text not null,
  version integer not null,
  customer_kind text not null,
  mappings jsonb not null,
  set_at timestamp with time zone not null,
  constraint intake_pkey PRIMARY KEY (partner_id, version),
  constraint intake_version_check CHECK ((version > 0)),
  constraint intake_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);
alter table intake enable row level security;
alter table intake force row level security;

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
  leaving_since timestamp with time zone,
  constraint partner_pkey PRIMARY KEY (id),
  constraint partner_of_programme UNIQUE (programme_id, id),
  constraint partner_programme_id_code_key UNIQUE (programme_id, code),
  constraint leaving_since_when CHECK (((status <> 'LEAVING'::text) OR (leaving_since IS NOT NULL))),
  constraint partner_id_check CHECK ((id ~ '^ptr_[0-9a-f]{32}$'::text)),
  constraint partner_issues_or_redeems CHECK ((can_issue OR can_redeem)),
  constraint partner_status_is_known CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text, 'LEAVING'::text, 'LEFT'::text]))),
  constraint partner_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES programme(id)
);
alter table partner enable row level security;
alter table partner force row level security;

create table partner_branch (
  programme_id text not null,
  partner_id text not null,
  code text not null,
  name text not null,
  channels text[] not null,
  opens_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint partner_branch_pkey PRIMARY KEY (partner_id, code),
  constraint partner_branch_channels_check CHECK (((cardinality(channels) > 0) AND (channels <@ ARRAY['TILL'::text, 'ONLINE'::text, 'APP'::text]))),
  constraint partner_branch_check CHECK ((closed_at >= opens_at)),
  constraint partner_branch_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);
alter table partner_branch enable row level security;
alter table partner_branch force row level security;

create table partner_key (
  id text not null,
  programme_id text not null,
  partner_id text not null,
  key_hash text not null,
  scopes text[] not null,
  issued_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  addresses text[],
  last_used_at timestamp with time zone,
  constraint partner_key_pkey PRIMARY KEY (id),
  constraint partner_key_key_hash_key UNIQUE (key_hash),
  constraint partner_key_addresses_check CHECK (((cardinality(addresses) >= 1) AND (cardinality(addresses) <= 50))),
  constraint partner_key_id_check CHECK ((id ~ '^key_[0-9a-f]{32}$'::text)),
  constraint partner_key_key_hash_check CHECK ((key_hash ~ '^[0-9a-f]{64}$'::text)),
  constraint partner_key_scopes_check CHECK ((cardinality(scopes) > 0)),
  constraint partner_key_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);
alter table partner_key enable row level security;
alter table partner_key force row level security;

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
  expiry_kind text default 'FIXED'::text not null,
  expiry_period text default 'YEAR'::text not null,
  expiry_warning_days integer[] default '{30,7,1}'::integer[] not null,
  draw_order text default 'FIRST_TO_EXPIRE'::text not null,
  reversal_grace_days integer default 0 not null,
  arrears_limit_points bigint,
  step_up_above_points bigint,
  receipt_claim_days integer default 30 not null,
  missing_points_answer_days integer default 14 not null,
  tier_period text default 'LIFETIME'::text not null,
  tier_grace_days integer default 0 not null,
  tier_notice_days integer default 0 not null,
  rebate_limit_bps integer,
  constraint programme_pkey PRIMARY KEY (id),
  constraint programme_face_value UNIQUE (id, face_value_micros),
  constraint programme_key_key UNIQUE (key),
  constraint expiry_needs_a_validity CHECK (((expiry_kind = 'FIXED'::text) OR (points_validity_days IS NOT NULL))),
  constraint programme_arrears_limit_points_check CHECK ((arrears_limit_points >= 0)),
  constraint programme_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
  constraint programme_dispute_window_days_check CHECK (((dispute_window_days >= 0) AND (dispute_window_days <= 365))),
  constraint programme_draw_order_check CHECK ((draw_order = ANY (ARRAY['FIRST_TO_EXPIRE'::text, 'PRO_RATA_BY_ISSUER'::text]))),
  constraint programme_expiry_kind_check CHECK ((expiry_kind = ANY (ARRAY['FIXED'::text, 'ROLLING'::text, 'END_OF_PERIOD'::text]))),
  constraint programme_expiry_period_check CHECK ((expiry_period = ANY (ARRAY['MONTH'::text, 'QUARTER'::text, 'YEAR'::text]))),
  constraint programme_face_value_micros_check CHECK ((face_value_micros > 0)),
  constraint programme_id_check CHECK ((id ~ '^prg_[0-9a-f]{32}$'::text)),
  constraint programme_key_check CHECK ((key ~ '^[a-z][a-z0-9-]{0,62}$'::text)),
  constraint programme_missing_points_answer_days_check CHECK ((missing_points_answer_days >= 0)),
  constraint programme_points_validity_days_check CHECK ((points_validity_days > 0)),
  constraint programme_rebate_limit_bps_check CHECK (((rebate_limit_bps >= 0) AND (rebate_limit_bps <= 9999))),
  constraint programme_receipt_claim_days_check CHECK ((receipt_claim_days >= 0)),
  constraint programme_reversal_grace_days_check CHECK ((reversal_grace_days >= 0)),
  constraint programme_step_up_above_points_check CHECK ((step_up_above_points >= 0)),
  constraint programme_tier_grace_days_check CHECK ((tier_grace_days >= 0)),
  constraint programme_tier_notice_days_check CHECK ((tier_notice_days >= 0)),
  constraint programme_tier_period_check CHECK ((tier_period = ANY (ARRAY['LIFETIME'::text, 'CALENDAR_YEAR'::text, 'ROLLING_YEAR'::text]))),
  constraint single_approver_needs_sandbox CHECK ((is_sandbox OR (NOT single_approver)))
);
alter table programme enable row level security;
alter table programme force row level security;

create table purchase_rule (
  id text not null,
  programme_id text not null,
  partner_id text not null,
  code text not null,
  version integer not null,
  campaign_id text,
  valid_from timestamp with time zone not null,
  valid_until timestamp with time zone,
  terms jsonb,
  set_at timestamp with time zone not null,
  constraint purchase_rule_pkey PRIMARY KEY (id),
  constraint purchase_rule_partner_id_code_version_key UNIQUE (partner_id, code, version),
  constraint purchase_rule_campaign_id_check CHECK ((campaign_id ~ '^cmp_[0-9a-f]{32}$'::text)),
  constraint purchase_rule_check CHECK ((valid_until > valid_from)),
  constraint purchase_rule_id_check CHECK ((id ~ '^rul_[0-9a-f]{32}$'::text)),
  constraint purchase_rule_version_check CHECK ((version > 0)),
  constraint purchase_rule_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);
alter table purchase_rule enable row level security;
alter table purchase_rule force row level security;

create table purpose_budget (
  n bigint generated always as identity not null,
  programme_id text not null,
  partner_id text not null,
  purpose text not null,
  points bigint not null,
  period text not null,
  set_at timestamp with time zone not null,
  constraint purpose_budget_pkey PRIMARY KEY (n),
  constraint purpose_budget_period_check CHECK ((period = ANY (ARRAY['DAY'::text, 'MONTH'::text, 'YEAR'::text, 'EVER'::text]))),
  constraint purpose_budget_points_check CHECK ((points > 0)),
  constraint purpose_budget_purpose_check CHECK ((purpose = ANY (ARRAY['ENROLMENT'::text, 'EARNING'::text, 'PERSONAL_OFFERS'::text, 'LIFECYCLE'::text]))),
  constraint purpose_budget_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);
alter table purpose_budget enable row level security;
alter table purpose_budget force row level security;

create table rule_book_version (
  programme_id text not null,
  version bigint not null,
  constraint rule_book_version_pkey PRIMARY KEY (programme_id),
  constraint rule_book_version_version_check CHECK ((version >= 0)),
  constraint rule_book_version_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES programme(id)
);
alter table rule_book_version enable row level security;
alter table rule_book_version force row level security;

create table rule_proposal (
  id text not null,
  programme_id text not null,
  partner_id text not null,
  operation text not null,
  code text not null,
  change text not null,
  version integer not null,
  rebate_bps integer,
  limit_bps integer,
  content_hash text not null,
  state text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  constraint rule_proposal_pkey PRIMARY KEY (id),
  constraint decided_is_whole CHECK ((((state = 'OPEN'::text) = (decided_by IS NULL)) AND ((decided_by IS NULL) = (decided_at IS NULL)))),
  constraint rule_proposal_content_hash_check CHECK ((content_hash ~ '^[0-9a-f]{64}$'::text)),
  constraint rule_proposal_id_check CHECK ((id ~ '^rpr_[0-9a-f]{32}$'::text)),
  constraint rule_proposal_operation_check CHECK ((operation = ANY (ARRAY['setPurchaseRule'::text, 'createCampaign'::text, 'changeCampaign'::text, 'setEarningRule'::text]))),
  constraint rule_proposal_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'APPROVED'::text, 'WITHDRAWN'::text, 'REPLACED'::text]))),
  constraint rule_proposal_version_check CHECK ((version > 0)),
  constraint rule_proposal_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);
alter table rule_proposal enable row level security;
alter table rule_proposal force row level security;

create table settlement_details (
  programme_id text not null,
  partner_id text,
  version integer not null,
  valid_from timestamp with time zone not null,
  identity jsonb not null,
  set_at timestamp with time zone not null,
  constraint settlement_details_version_check CHECK ((version > 0)),
  constraint settlement_details_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES programme(id),
  constraint settlement_details_programme_id_partner_id_fkey FOREIGN KEY (programme_id, partner_id) REFERENCES partner(programme_id, id)
);
alter table settlement_details enable row level security;
alter table settlement_details force row level security;

create table terms_change (
  id text not null,
  programme_id text not null,
  version integer not null,
  terms text not null,
  texts text not null,
  takes_effect_at timestamp with time zone not null,
  notice_days integer not null,
  content_hash text not null,
  state text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  rule_book_version bigint,
  constraint terms_change_pkey PRIMARY KEY (id),
  constraint approved_is_announced CHECK (((state = 'APPROVED'::text) = (rule_book_version IS NOT NULL))),
  constraint terms_change_content_hash_check CHECK ((content_hash ~ '^[0-9a-f]{64}$'::text)),
  constraint terms_change_id_check CHECK ((id ~ '^tch_[0-9a-f]{32}$'::text)),
  constraint terms_change_notice_days_check CHECK ((notice_days > 0)),
  constraint terms_change_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'APPROVED'::text, 'WITHDRAWN'::text, 'REPLACED'::text]))),
  constraint terms_change_version_check CHECK ((version > 1)),
  constraint terms_decided_is_whole CHECK ((((state = 'OPEN'::text) = (decided_by IS NULL)) AND ((decided_by IS NULL) = (decided_at IS NULL)))),
  constraint terms_change_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES programme(id)
);
alter table terms_change enable row level security;
alter table terms_change force row level security;

create table tier (
  programme_id text not null,
  rank integer not null,
  code text not null,
  name text not null,
  threshold_points bigint not null,
  multiplier_bps integer default 10000 not null,
  benefits jsonb default '[]'::jsonb not null,
  constraint tier_pkey PRIMARY KEY (programme_id, rank),
  constraint tier_programme_id_code_key UNIQUE (programme_id, code),
  constraint tier_programme_id_threshold_points_key UNIQUE (programme_id, threshold_points),
  constraint first_tier_begins_at_zero CHECK (((rank > 0) OR (threshold_points = 0))),
  constraint tier_benefits_check CHECK ((jsonb_typeof(benefits) = 'array'::text)),
  constraint tier_multiplier_bps_check CHECK ((multiplier_bps >= 10000)),
  constraint tier_rank_check CHECK ((rank >= 0)),
  constraint tier_threshold_points_check CHECK ((threshold_points >= 0)),
  constraint tier_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES programme(id)
);
alter table tier enable row level security;
alter table tier force row level security;

-- Indexes

CREATE INDEX contract_proposal_by_partner ON public.contract_proposal USING btree (partner_id, id);

CREATE UNIQUE INDEX one_open_proposal_a_partner ON public.contract_proposal USING btree (partner_id) WHERE (state = 'OPEN'::text);

CREATE INDEX partner_key_by_partner ON public.partner_key USING btree (partner_id);

CREATE INDEX purchase_rule_of_programme ON public.purchase_rule USING btree (programme_id, partner_id, code, version);

CREATE INDEX rule_proposal_by_partner ON public.rule_proposal USING btree (partner_id, id);

CREATE UNIQUE INDEX one_open_proposal_a_rule ON public.rule_proposal USING btree (partner_id, code) WHERE (state = 'OPEN'::text);

CREATE UNIQUE INDEX settlement_details_version ON public.settlement_details USING btree (programme_id, partner_id, version) NULLS NOT DISTINCT;

CREATE UNIQUE INDEX one_open_terms_change ON public.terms_change USING btree (programme_id) WHERE (state = 'OPEN'::text);

CREATE UNIQUE INDEX terms_version_once ON public.terms_change USING btree (programme_id, version) WHERE (state = 'APPROVED'::text);

-- Functions

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $function$;

-- Triggers

CREATE TRIGGER action_rule_is_history BEFORE DELETE OR UPDATE OR TRUNCATE ON public.action_rule FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER contract_is_history BEFORE DELETE OR UPDATE OR TRUNCATE ON public.contract FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER conversion_rate_is_history BEFORE DELETE OR UPDATE OR TRUNCATE ON public.conversion_rate FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER earning_rule_is_history BEFORE DELETE OR UPDATE OR TRUNCATE ON public.earning_rule FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER intake_is_history BEFORE DELETE OR UPDATE OR TRUNCATE ON public.intake FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER purchase_rule_is_history BEFORE DELETE OR UPDATE OR TRUNCATE ON public.purchase_rule FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER purpose_budget_is_history BEFORE DELETE OR UPDATE OR TRUNCATE ON public.purpose_budget FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER settlement_details_is_history BEFORE DELETE OR UPDATE OR TRUNCATE ON public.settlement_details FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Row security

create policy hub_tenant on action_rule as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on action_rule as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on command_key as PERMISSIVE for ALL using (((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)) OR (programme_id IS NULL))) with check (((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)) OR (programme_id IS NULL)));

create policy hub_work on command_key as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on contract as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on contract as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on contract_proposal as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on contract_proposal as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on conversion_rate as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on conversion_rate as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on earning_rule as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on earning_rule as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on experiment as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on experiment as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on intake as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on intake as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on outbox as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on outbox as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on partner as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on partner as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on partner_branch as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on partner_branch as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on partner_key as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on partner_key as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on programme as PERMISSIVE for ALL using ((id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on programme as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on purchase_rule as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on purchase_rule as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on purpose_budget as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on purpose_budget as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on rule_book_version as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on rule_book_version as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on rule_proposal as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on rule_proposal as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on settlement_details as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on settlement_details as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on terms_change as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on terms_change as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on tier as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on tier as PERMISSIVE for ALL using (true) with check (true);
