-- Written by "npm run schema:dump" from the migrations, for reading. Change it with a migration.

-- Tables

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

create table partner_standing (
  programme_id text not null,
  partner_id text not null,
  can_redeem boolean not null,
  is_active boolean not null,
  constraint partner_standing_pkey PRIMARY KEY (programme_id, partner_id),
  constraint partner_standing_programme_id_fkey FOREIGN KEY (programme_id) REFERENCES rule_book(programme_id)
);
alter table partner_standing enable row level security;
alter table partner_standing force row level security;

create table reward (
  id text not null,
  programme_id text not null,
  offered_by text not null,
  name text not null,
  price_points bigint not null,
  valid_from timestamp with time zone not null,
  valid_until timestamp with time zone,
  voucher_validity_days integer not null,
  stock_offered integer,
  stock_left integer,
  created_at timestamp with time zone not null,
  constraint reward_pkey PRIMARY KEY (id),
  constraint reward_programme_id_id_key UNIQUE (programme_id, id),
  constraint reward_check CHECK ((valid_until > valid_from)),
  constraint reward_check1 CHECK (((stock_left >= 0) AND (stock_left <= stock_offered))),
  constraint reward_check2 CHECK (((stock_offered IS NULL) = (stock_left IS NULL))),
  constraint reward_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
  constraint reward_price_points_check CHECK ((price_points > 0)),
  constraint reward_stock_offered_check CHECK ((stock_offered > 0)),
  constraint reward_voucher_validity_days_check CHECK (((voucher_validity_days >= 1) AND (voucher_validity_days <= 3650)))
);
alter table reward enable row level security;
alter table reward force row level security;

create table reward_order (
  id text not null,
  programme_id text not null,
  reward_id text not null,
  partner_id text not null,
  placed_by text not null,
  member_id text,
  sealed_identity bytea,
  quantity integer not null,
  price_points bigint not null,
  state text not null,
  hold_id text,
  redemption_id text,
  refusal jsonb,
  placed_at timestamp with time zone not null,
  hold_expires_at timestamp with time zone not null,
  resume_at timestamp with time zone not null,
  attempts integer default 0 not null,
  constraint reward_order_pkey PRIMARY KEY (id),
  constraint reward_order_programme_id_id_key UNIQUE (programme_id, id),
  constraint cancelled_order_says_why CHECK (((state = 'CANCELLED'::text) = (refusal IS NOT NULL))),
  constraint captured_order_names_its_redemption CHECK (((state = 'CAPTURED'::text) = (redemption_id IS NOT NULL))),
  constraint held_order_names_its_hold CHECK (((state = ANY (ARRAY['PLACED'::text, 'CANCELLED'::text])) OR ((hold_id IS NOT NULL) AND (member_id IS NOT NULL)))),
  constraint identity_is_forgotten_after_the_hold CHECK (((sealed_identity IS NULL) OR (state = 'PLACED'::text))),
  constraint reward_order_placed_by_check CHECK ((placed_by = ANY (ARRAY['MEMBER'::text, 'PARTNER'::text]))),
  constraint reward_order_price_points_check CHECK ((price_points > 0)),
  constraint reward_order_quantity_check CHECK (((quantity >= 1) AND (quantity <= 10))),
  constraint reward_order_state_check CHECK ((state = ANY (ARRAY['PLACED'::text, 'HELD'::text, 'VOUCHERED'::text, 'CAPTURED'::text, 'CANCELLED'::text]))),
  constraint reward_order_programme_id_reward_id_fkey FOREIGN KEY (programme_id, reward_id) REFERENCES reward(programme_id, id)
);
alter table reward_order enable row level security;
alter table reward_order force row level security;

create table rule_book (
  programme_id text not null,
  version bigint not null,
  constraint rule_book_pkey PRIMARY KEY (programme_id)
);
alter table rule_book enable row level security;
alter table rule_book force row level security;

create table voucher (
  id text not null,
  programme_id text not null,
  order_id text not null,
  reward_id text not null,
  member_id text not null,
  partner_id text not null,
  code text not null,
  state text not null,
  expires_at timestamp with time zone not null,
  issued_at timestamp with time zone,
  constraint voucher_pkey PRIMARY KEY (id),
  constraint voucher_code_key UNIQUE (code),
  constraint voucher_state_check CHECK ((state = ANY (ARRAY['ISSUED'::text, 'USED'::text, 'PARTLY_USED'::text, 'EXPIRED'::text, 'CANCELLED'::text]))),
  constraint voucher_programme_id_order_id_fkey FOREIGN KEY (programme_id, order_id) REFERENCES reward_order(programme_id, id)
);
alter table voucher enable row level security;
alter table voucher force row level security;

-- Indexes

CREATE INDEX reward_by_price ON public.reward USING btree (programme_id, price_points, id);

CREATE INDEX reward_order_by_reward ON public.reward_order USING btree (reward_id);

CREATE INDEX reward_order_unfinished ON public.reward_order USING btree (resume_at) WHERE (state <> ALL (ARRAY['CAPTURED'::text, 'CANCELLED'::text]));

CREATE INDEX voucher_by_order ON public.voucher USING btree (order_id);

CREATE INDEX voucher_of_member ON public.voucher USING btree (programme_id, member_id, id) WHERE (issued_at IS NOT NULL);

-- Functions

CREATE OR REPLACE FUNCTION public.refuse_backward_order()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  line constant text[] := array['PLACED', 'HELD', 'VOUCHERED', 'CAPTURED'];
begin
  if old.state in ('CAPTURED', 'CANCELLED') then
    raise exception 'order % is final', old.id;
  end if;
  if new.state not in (old.state, 'CANCELLED')
     and array_position(line, new.state) <> array_position(line, old.state) + 1 then
    raise exception 'order % cannot go from % to %', old.id, old.state, new.state;
  end if;
  return new;
end $function$;

-- Triggers

CREATE TRIGGER order_moves_forward BEFORE UPDATE ON public.reward_order FOR EACH ROW EXECUTE FUNCTION refuse_backward_order();

-- Row security

create policy hub_tenant on command_key as PERMISSIVE for ALL using (((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)) OR (programme_id IS NULL))) with check (((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)) OR (programme_id IS NULL)));

create policy hub_work on command_key as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on outbox as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on outbox as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on partner_standing as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on partner_standing as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on reward as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on reward as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on reward_order as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on reward_order as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on rule_book as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on rule_book as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on voucher as PERMISSIVE for ALL using ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text))) with check ((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)));

create policy hub_work on voucher as PERMISSIVE for ALL using (true) with check (true);
