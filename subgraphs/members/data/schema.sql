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

create table command_key (
  caller text not null,
  operation text not null,
  key text not null,
  body_hash bytea not null,
  outcome jsonb not null,
  recorded_at timestamp with time zone default now() not null,
  constraint command_key_pkey PRIMARY KEY (caller, operation, key)
);

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

create table partner_standing (
  programme_id text not null,
  partner_id text not null,
  status text not null,
  version bigint not null,
  constraint partner_standing_pkey PRIMARY KEY (programme_id, partner_id),
  constraint partner_standing_is_known CHECK ((status = ANY (ARRAY['ACTIVE'::text, 'SUSPENDED'::text, 'LEAVING'::text, 'LEFT'::text])))
);

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

create table segment_member (
  programme_id text not null,
  segment_id text not null,
  member_id text not null,
  added_at timestamp with time zone not null,
  constraint segment_member_pkey PRIMARY KEY (segment_id, member_id),
  constraint segment_member_programme_id_member_id_fkey FOREIGN KEY (programme_id, member_id) REFERENCES member(programme_id, id),
  constraint segment_member_programme_id_segment_id_fkey FOREIGN KEY (programme_id, segment_id) REFERENCES segment(programme_id, id)
);

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

-- Indexes

CREATE INDEX announced_terms_to_tell ON public.announced_terms USING btree (programme_id, version) WHERE (told_at IS NULL);

CREATE INDEX identity_link_by_member ON public.identity_link USING btree (member_id);

CREATE INDEX member_by_programme ON public.member USING btree (programme_id, id);

CREATE INDEX segment_member_by_member ON public.segment_member USING btree (member_id);

CREATE INDEX terms_notice_by_version ON public.terms_notice USING btree (programme_id, version) INCLUDE (acknowledged_at);
