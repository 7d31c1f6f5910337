-- Written by "npm run schema:dump" from the migrations, for reading. Change it with a migration.

-- Tables

create table announced_terms (
  programme_id text not null,
  version integer not null,
  takes_effect_at timestamp with time zone not null,
  texts jsonb not null,
  announced_at timestamp with time zone not null,
  told_up_to text default ''::text not null,
  told_at timestamp with time zone,
  constraint announced_terms_pkey PRIMARY KEY (programme_id, version),
  constraint announced_terms_texts_check CHECK ((jsonb_typeof(texts) = 'array'::text)),
  constraint announced_terms_version_check CHECK ((version > 1))
);
alter table announced_terms enable row level security;
alter table announced_terms force row level security;

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

create table identity_link (
  id text not null,
  programme_id text not null,
  kind text not null,
  partner_id text not null,
  blind_index text not null,
  member_id text not null,
  linked_at timestamp with time zone not null,
  constraint identity_link_pkey PRIMARY KEY (id),
  constraint one_identity_one_member UNIQUE (programme_id, blind_index),
  constraint customer_number_has_partner CHECK (((kind = 'PARTNER_CUSTOMER_ID'::text) = (partner_id <> ''::text))),
  constraint identity_link_blind_index_check CHECK ((blind_index ~ '^[0-9a-f]{64}$'::text)),
  constraint identity_link_id_check CHECK ((id ~ '^idl_[0-9a-f]{32}$'::text)),
  constraint identity_link_kind_check CHECK ((kind = ANY (ARRAY['EMAIL'::text, 'PHONE'::text, 'CARD'::text, 'PARTNER_CUSTOMER_ID'::text]))),
  constraint identity_of_member FOREIGN KEY (programme_id, member_id) REFERENCES member(programme_id, id) DEFERRABLE INITIALLY DEFERRED
);
alter table identity_link enable row level security;
alter table identity_link force row level security;

create table inbox_cursor (
  feed text not null,
  "position" text,
  handled bigint default 0 not null,
  updated_at timestamp with time zone default now() not null,
  constraint inbox_cursor_pkey PRIMARY KEY (feed)
);

create table member (
  id text not null,
  programme_id text not null,
  display_name text,
  language text,
  terms_accepted_at timestamp with time zone not null,
  enrolled_at timestamp with time zone not null,
  constraint member_pkey PRIMARY KEY (id),
  constraint member_of_programme UNIQUE (programme_id, id),
  constraint member_id_check CHECK ((id ~ '^mem_[0-9a-f]{32}$'::text)),
  constraint member_programme_id_check CHECK ((programme_id ~ '^prg_[0-9a-f]{32}$'::text))
);
alter table member enable row level security;
alter table member force row level security;

create table member_attribute (
  programme_id text not null,
  member_id text not null,
  partner_id text not null,
  name text not null,
  value jsonb not null,
  set_at timestamp with time zone not null,
  constraint member_attribute_pkey PRIMARY KEY (member_id, partner_id, name),
  constraint member_attribute_partner_id_check CHECK ((partner_id ~ '^ptr_[0-9a-f]{32}$'::text)),
  constraint member_attribute_value_check CHECK (((jsonb_typeof(value) = ANY (ARRAY['string'::text, 'number'::text, 'boolean'::text])) AND (length((value)::text) <= 2000))),
  constraint member_attribute_programme_id_member_id_fkey FOREIGN KEY (programme_id, member_id) REFERENCES member(programme_id, id)
);
alter table member_attribute enable row level security;
alter table member_attribute force row level security;

create table member_fact_version (
  programme_id text not null,
  member_id text not null,
  version bigint not null,
  consented boolean default false not null,
  consent_decided_at timestamp with time zone,
  constraint member_fact_version_pkey PRIMARY KEY (member_id),
  constraint consent_was_decided CHECK (((NOT consented) OR (consent_decided_at IS NOT NULL))),
  constraint member_fact_version_version_check CHECK ((version > 0)),
  constraint member_fact_version_programme_id_member_id_fkey FOREIGN KEY (programme_id, member_id) REFERENCES member(programme_id, id)
);
alter table member_fact_version enable row level security;
alter table member_fact_version force row level security;

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

create table partner_link (
  programme_id text not null,
  member_id text not null,
  partner_id text not null,
  state text not null,
  linked_at timestamp with time zone not null,
  opened_at timestamp with time zone,
  constraint partner_link_pkey PRIMARY KEY (member_id, partner_id),
  constraint open_since_when CHECK (((state = 'OPEN'::text) = (opened_at IS NOT NULL))),
  constraint partner_link_partner_id_check CHECK ((partner_id ~ '^ptr_[0-9a-f]{32}$'::text)),
  constraint partner_link_state_check CHECK ((state = ANY (ARRAY['CREDIT_ONLY'::text, 'OPEN'::text]))),
  constraint partner_link_programme_id_member_id_fkey FOREIGN KEY (programme_id, member_id) REFERENCES member(programme_id, id)
);
alter table partner_link enable row level security;
alter table partner_link force row level security;

create table partner_standing (
  programme_id text not null,
  partner_id text not null,
  status text not null,
  version bigint not null,
  constraint partner_standing_pkey PRIMARY KEY (programme_id, partner_id),
  constraint partner_standing_is_known CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text, 'LEAVING'::text, 'LEFT'::text])))
);
alter table partner_standing enable row level security;
alter table partner_standing force row level security;

create table segment (
  id text not null,
  programme_id text not null,
  code text not null,
  name text not null,
  created_at timestamp with time zone not null,
  constraint segment_pkey PRIMARY KEY (id),
  constraint segment_of_programme UNIQUE (programme_id, id),
  constraint segment_programme_id_code_key UNIQUE (programme_id, code),
  constraint segment_code_check CHECK ((code ~ '^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$'::text)),
  constraint segment_id_check CHECK ((id ~ '^seg_[0-9a-f]{32}$'::text))
);
alter table segment enable row level security;
alter table segment force row level security;

create table segment_member (
  programme_id text not null,
  segment_id text not null,
  member_id text not null,
  added_at timestamp with time zone not null,
  constraint segment_member_pkey PRIMARY KEY (segment_id, member_id),
  constraint segment_member_programme_id_member_id_fkey FOREIGN KEY (programme_id, member_id) REFERENCES member(programme_id, id),
  constraint segment_member_programme_id_segment_id_fkey FOREIGN KEY (programme_id, segment_id) REFERENCES segment(programme_id, id)
);
alter table segment_member enable row level security;
alter table segment_member force row level security;

create table terms_notice (
  programme_id text not null,
  member_id text not null,
  version integer not null,
  noticed_at timestamp with time zone not null,
  acknowledged_at timestamp with time zone,
  constraint terms_notice_pkey PRIMARY KEY (member_id, version),
  constraint terms_notice_programme_id_member_id_fkey FOREIGN KEY (programme_id, member_id) REFERENCES member(programme_id, id),
  constraint terms_notice_programme_id_version_fkey FOREIGN KEY (programme_id, version) REFERENCES announced_terms(programme_id, version)
);
alter table terms_notice enable row level security;
alter table terms_notice force row level security;

-- Indexes

CREATE INDEX announced_terms_to_tell ON public.announced_terms USING btree (programme_id, version) WHERE (told_at IS NULL);

CREATE INDEX identity_link_by_member ON public.identity_link USING btree (member_id);

CREATE INDEX member_by_programme ON public.member USING btree (programme_id, id);

CREATE INDEX segment_member_by_member ON public.segment_member USING btree (member_id);

CREATE INDEX terms_notice_by_version ON public.terms_notice USING btree (programme_id, version) INCLUDE (acknowledged_at);

-- Row security

create policy hub_tenant on announced_terms as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on announced_terms as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on command_key as PERMISSIVE for ALL using (((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)) OR (programme_id IS NULL))) with check (((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)) OR (programme_id IS NULL)));

create policy hub_work on command_key as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on identity_link as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on identity_link as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on member as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on member as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on member_attribute as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on member_attribute as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on member_fact_version as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on member_fact_version as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on outbox as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on outbox as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on partner_link as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on partner_link as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on partner_standing as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on partner_standing as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on segment as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on segment as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on segment_member as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on segment_member as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on terms_notice as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on terms_notice as PERMISSIVE for ALL using (true) with check (true);
