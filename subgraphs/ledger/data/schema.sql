-- Written by "npm run schema:dump" from the migrations, for reading. Change it with a migration.

-- Tables

create table claim (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  n smallint not null,
  cycle_id uuid not null,
  debtor_id uuid,
  creditor_id uuid,
  kind text not null,
  micros bigint not null,
  lot_seq bigint not null,
  points bigint not null,
  contract_version integer not null,
  currency text not null,
  constraint claim_pkey PRIMARY KEY (bucket, wallet, seq, n),
  constraint claim_check CHECK ((debtor_id IS DISTINCT FROM creditor_id)),
  constraint claim_kind_check CHECK ((kind = ANY (ARRAY['REDEMPTION'::text, 'PROGRAMME_FEE'::text]))),
  constraint claim_bucket_wallet_seq_fkey FOREIGN KEY (bucket, wallet, seq) REFERENCES journal_transaction(bucket, wallet, seq)
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

create table command_outcome (
  bucket smallint not null,
  wallet uuid not null,
  caller text not null,
  operation text not null,
  key text not null,
  body_hash bytea not null,
  seq bigint,
  outcome jsonb,
  decided_at timestamp with time zone default clock_timestamp() not null,
  constraint command_outcome_pkey PRIMARY KEY (bucket, wallet, caller, operation, key),
  constraint command_outcome_check CHECK (((seq IS NULL) <> (outcome IS NULL)))
);

create table cycle_step (
  cycle_id uuid not null,
  to_state text not null,
  cut_off_at timestamp with time zone,
  content_hash text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  approved_by text,
  approved_at timestamp with time zone,
  constraint cycle_step_pkey PRIMARY KEY (cycle_id, to_state),
  constraint cycle_step_check CHECK (((approved_by IS NULL) = (approved_at IS NULL))),
  constraint cycle_step_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id)
);

create table directional_total (
  cycle_id uuid not null,
  pair smallint not null,
  debtor_id uuid,
  creditor_id uuid,
  exact_micros bigint not null,
  carry_in_micros bigint not null,
  billed_minor bigint not null,
  carry_micros bigint not null,
  constraint directional_total_pkey PRIMARY KEY (cycle_id, pair),
  constraint directional_total_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id)
);

create table document (
  hash bytea not null,
  programme_id uuid not null,
  partner_id uuid not null,
  kind text not null,
  external_ref text not null,
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  constraint document_pkey PRIMARY KEY (hash),
  constraint document_kind_check CHECK ((kind = ANY (ARRAY['PURCHASE'::text, 'REDEMPTION'::text, 'RETURN'::text])))
);

create table entry (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  n smallint not null,
  debit_kind text not null,
  debit_owner uuid not null,
  credit_kind text not null,
  credit_owner uuid not null,
  amount bigint not null,
  lot_seq bigint not null,
  constraint entry_pkey PRIMARY KEY (bucket, wallet, seq, n),
  constraint entry_amount_check CHECK ((amount > 0)),
  constraint entry_check CHECK ((((((((debit_kind = 'ISSUED'::text) AND (credit_kind = 'AVAILABLE'::text)) OR ((debit_kind = 'AVAILABLE'::text) AND (credit_kind = 'REDEEMED'::text))) OR ((debit_kind = 'AVAILABLE'::text) AND (credit_kind = 'HELD'::text))) OR ((debit_kind = 'HELD'::text) AND (credit_kind = 'AVAILABLE'::text))) OR ((debit_kind = 'HELD'::text) AND (credit_kind = 'REDEEMED'::text))) OR ((debit_kind = 'AVAILABLE'::text) AND (credit_kind = 'EXPIRED'::text)))),
  constraint entry_bucket_wallet_seq_fkey FOREIGN KEY (bucket, wallet, seq) REFERENCES journal_transaction(bucket, wallet, seq)
);

create table hold (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  programme_id uuid not null,
  partner_id uuid not null,
  points bigint not null,
  state text not null,
  captured bigint default 0 not null,
  closed_seq bigint,
  expires_at timestamp with time zone not null,
  constraint hold_pkey PRIMARY KEY (bucket, wallet, seq),
  constraint hold_check CHECK (((captured >= 0) AND (captured <= points))),
  constraint hold_check1 CHECK (((state = 'OPEN'::text) = (closed_seq IS NULL))),
  constraint hold_points_check CHECK ((points > 0)),
  constraint hold_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'CAPTURED'::text, 'RELEASED'::text, 'TIMED_OUT'::text]))),
  constraint hold_bucket_wallet_seq_fkey FOREIGN KEY (bucket, wallet, seq) REFERENCES journal_transaction(bucket, wallet, seq)
);

create table identity_projection (
  programme_id uuid not null,
  blind_index bytea not null,
  member_id uuid not null,
  constraint identity_projection_pkey PRIMARY KEY (programme_id, blind_index)
);

create table inbox_cursor (
  feed text not null,
  "position" text,
  handled bigint default 0 not null,
  updated_at timestamp with time zone default now() not null,
  constraint inbox_cursor_pkey PRIMARY KEY (feed)
);

create table journal_transaction (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  xid xid8 default pg_current_xact_id() not null,
  programme_id uuid not null,
  kind text not null,
  partner_id uuid,
  external_ref text,
  cycle_id uuid not null,
  rule_book_version bigint not null,
  points bigint not null,
  available_after bigint not null,
  pending_after bigint not null,
  held_after bigint not null,
  arrears_after bigint not null,
  qualifying_after bigint not null,
  tier_before text,
  tier_after text,
  caller text not null,
  occurred_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  written_at timestamp with time zone default clock_timestamp() not null,
  constraint journal_transaction_pkey PRIMARY KEY (bucket, wallet, seq),
  constraint journal_transaction_arrears_after_check CHECK ((arrears_after >= 0)),
  constraint journal_transaction_available_after_check CHECK ((available_after >= 0)),
  constraint journal_transaction_held_after_check CHECK ((held_after >= 0)),
  constraint journal_transaction_pending_after_check CHECK ((pending_after >= 0)),
  constraint journal_transaction_qualifying_after_check CHECK ((qualifying_after >= 0)),
  constraint journal_transaction_seq_check CHECK ((seq > 0))
);

create table ledger_epoch (
  only_row boolean default true not null,
  epoch text not null,
  started_at timestamp with time zone default now() not null,
  constraint ledger_epoch_pkey PRIMARY KEY (only_row),
  constraint ledger_epoch_only_row_check CHECK (only_row)
);

create table lot (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null,
  seq bigint not null,
  issuer_id uuid not null,
  quantity bigint not null,
  settlement_model text not null,
  contract_version integer not null,
  fee_micros bigint not null,
  earned_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  constraint lot_pkey PRIMARY KEY (bucket, wallet, lot_seq),
  constraint lot_lot_seq_check CHECK ((lot_seq > 0)),
  constraint lot_quantity_check CHECK ((quantity > 0)),
  constraint lot_bucket_wallet_seq_fkey FOREIGN KEY (bucket, wallet, seq) REFERENCES journal_transaction(bucket, wallet, seq)
);

create table member_projection (
  programme_id uuid not null,
  member_id uuid not null,
  enrolled_at timestamp with time zone not null,
  constraint member_projection_pkey PRIMARY KEY (programme_id, member_id)
);

create table net_position (
  cycle_id uuid not null,
  party_id uuid,
  net_minor bigint not null,
  constraint net_position_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id)
);

create table open_lot (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null,
  programme_id uuid not null,
  issuer_id uuid not null,
  remaining bigint not null,
  earned_at timestamp with time zone not null,
  expires_at timestamp with time zone default 'infinity'::timestamp with time zone not null,
  constraint open_lot_pkey PRIMARY KEY (bucket, wallet, expires_at, earned_at, lot_seq),
  constraint open_lot_remaining_check CHECK ((remaining > 0))
) with (fillfactor=80);

create table partner_link_projection (
  programme_id uuid not null,
  member_id uuid not null,
  partner_id uuid not null,
  state text not null,
  constraint partner_link_projection_pkey PRIMARY KEY (programme_id, member_id, partner_id),
  constraint partner_link_projection_state_check CHECK ((state = ANY (ARRAY['CREDIT_ONLY'::text, 'OPEN'::text])))
);

create table programme_clock (
  programme_id uuid not null,
  test_now timestamp with time zone,
  open_cycle_id uuid not null,
  constraint programme_clock_pkey PRIMARY KEY (programme_id)
);

create table purchase (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  programme_id uuid not null,
  partner_id uuid not null,
  external_ref text not null,
  amount_minor bigint not null,
  currency text not null,
  branch text,
  channel text,
  lines jsonb,
  rule_id text,
  points bigint not null,
  occurred_at timestamp with time zone not null,
  constraint purchase_pkey PRIMARY KEY (bucket, wallet, seq),
  constraint purchase_amount_minor_check CHECK ((amount_minor >= 0)),
  constraint purchase_points_check CHECK ((points >= 0)),
  constraint purchase_bucket_wallet_seq_fkey FOREIGN KEY (bucket, wallet, seq) REFERENCES journal_transaction(bucket, wallet, seq)
);

create table rule_book (
  programme_id uuid not null,
  version bigint not null,
  is_sandbox boolean not null,
  book jsonb not null,
  constraint rule_book_pkey PRIMARY KEY (programme_id),
  constraint rule_book_version_check CHECK ((version > 0))
);

create table settlement_cycle (
  id uuid not null,
  programme_id uuid not null,
  number integer not null,
  state text not null,
  currency text not null,
  opens_at timestamp with time zone not null,
  cut_off_at timestamp with time zone,
  issued_at timestamp with time zone,
  version bigint default 1 not null,
  constraint settlement_cycle_pkey PRIMARY KEY (id),
  constraint settlement_cycle_programme_id_number_key UNIQUE (programme_id, number),
  constraint settlement_cycle_check CHECK (((state = 'OPEN'::text) = (cut_off_at IS NULL))),
  constraint settlement_cycle_number_check CHECK ((number > 0)),
  constraint settlement_cycle_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'CUT_OFF'::text, 'DRAFT'::text, 'ISSUED'::text, 'AGREED'::text, 'NETTED'::text]))),
  constraint settlement_cycle_version_check CHECK ((version > 0))
);

create table statement_line (
  cycle_id uuid not null,
  pair smallint not null,
  n integer not null,
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  claim_n smallint not null,
  kind text not null,
  micros bigint not null,
  billed_minor bigint not null,
  lot_seq bigint not null,
  constraint statement_line_pkey PRIMARY KEY (cycle_id, pair, n),
  constraint statement_line_cycle_id_pair_fkey FOREIGN KEY (cycle_id, pair) REFERENCES directional_total(cycle_id, pair)
);

create table wallet (
  bucket smallint not null,
  wallet uuid not null,
  programme_id uuid not null,
  seq bigint default 0 not null,
  lots bigint default 0 not null,
  available bigint default 0 not null,
  pending bigint default 0 not null,
  held bigint default 0 not null,
  arrears bigint default 0 not null,
  qualifying bigint default 0 not null,
  tier_code text,
  tier_since timestamp with time zone,
  constraint wallet_pkey PRIMARY KEY (bucket, wallet),
  constraint wallet_arrears_check CHECK ((arrears >= 0)),
  constraint wallet_available_check CHECK ((available >= 0)),
  constraint wallet_check CHECK (((available = 0) OR (arrears = 0))),
  constraint wallet_held_check CHECK ((held >= 0)),
  constraint wallet_lots_check CHECK ((lots >= 0)),
  constraint wallet_pending_check CHECK ((pending >= 0)),
  constraint wallet_qualifying_check CHECK ((qualifying >= 0)),
  constraint wallet_seq_check CHECK ((seq >= 0))
) with (fillfactor=50);

-- Indexes

CREATE INDEX claim_cycle ON public.claim USING btree (cycle_id, debtor_id, creditor_id);

CREATE UNIQUE INDEX directional_total_pair ON public.directional_total USING btree (cycle_id, debtor_id, creditor_id) NULLS NOT DISTINCT;

CREATE INDEX journal_transaction_cycle ON public.journal_transaction USING btree (cycle_id);

CREATE INDEX journal_transaction_xid ON public.journal_transaction USING btree (xid);

CREATE UNIQUE INDEX net_position_party ON public.net_position USING btree (cycle_id, party_id) NULLS NOT DISTINCT;

CREATE INDEX open_lot_due ON public.open_lot USING btree (programme_id, expires_at) WHERE (expires_at < 'infinity'::timestamp with time zone);

CREATE UNIQUE INDEX open_lot_once ON public.open_lot USING btree (bucket, wallet, lot_seq);

CREATE INDEX purchase_partner ON public.purchase USING btree (programme_id, partner_id);

CREATE UNIQUE INDEX settlement_cycle_open ON public.settlement_cycle USING btree (programme_id) WHERE (state = 'OPEN'::text);

CREATE INDEX wallet_programme ON public.wallet USING btree (programme_id, wallet);

-- Functions

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'LEDGER_APPEND_ONLY: % of % is refused', tg_op, tg_table_name using errcode = 'restrict_violation';
end
$function$;

-- Triggers

CREATE TRIGGER claim_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.claim FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER document_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.document FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER journal_transaction_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.journal_transaction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER lot_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.lot FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER purchase_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.purchase FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
