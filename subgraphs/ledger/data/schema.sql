-- Written by "npm run schema:dump" from the migrations, for reading. Change it with a migration.

-- Tables

create table account_freeze (
  id uuid not null,
  programme_id uuid not null,
  bucket smallint not null,
  wallet uuid not null,
  found text not null,
  seq bigint,
  frozen_at timestamp with time zone default clock_timestamp() not null,
  released_at timestamp with time zone,
  released_by text,
  reason text,
  constraint account_freeze_pkey PRIMARY KEY (id),
  constraint account_freeze_check CHECK ((((released_at IS NULL) = (released_by IS NULL)) AND ((released_at IS NULL) = (reason IS NULL))))
);
alter table account_freeze enable row level security;
alter table account_freeze force row level security;

create table adjustment (
  id uuid not null,
  programme_id uuid not null,
  member_id uuid not null,
  kind text not null,
  points bigint not null,
  sponsor_id uuid,
  lot_seq bigint,
  expires_at timestamp with time zone,
  cost_centre text not null,
  reason text not null,
  content_hash text not null,
  state text default 'PROPOSED'::text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  decided_by text,
  decided_at timestamp with time zone,
  posted_seq bigint,
  refused_code text,
  constraint adjustment_pkey PRIMARY KEY (id),
  constraint adjustment_check CHECK (((kind = 'DEBIT'::text) = (lot_seq IS NOT NULL))),
  constraint adjustment_check1 CHECK (((state = 'PROPOSED'::text) = (decided_by IS NULL))),
  constraint adjustment_check2 CHECK (((state = 'REFUSED'::text) = (refused_code IS NOT NULL))),
  constraint adjustment_kind_check CHECK ((kind = ANY (ARRAY['GOODWILL'::text, 'CREDIT'::text, 'DEBIT'::text]))),
  constraint adjustment_lot_seq_check CHECK ((lot_seq > 0)),
  constraint adjustment_points_check CHECK ((points > 0)),
  constraint adjustment_state_check CHECK ((state = ANY (ARRAY['PROPOSED'::text, 'APPROVED'::text, 'REJECTED'::text, 'REFUSED'::text])))
);
alter table adjustment enable row level security;
alter table adjustment force row level security;

create table award (
  bucket smallint not null,
  wallet uuid not null,
  partner_id uuid not null,
  action text not null,
  occasion text not null,
  seq bigint not null,
  occurred_at timestamp with time zone not null,
  constraint award_pkey PRIMARY KEY (bucket, wallet, partner_id, action, occasion, seq)
);
alter table award enable row level security;
alter table award force row level security;

create table bank_entry (
  programme_id uuid not null,
  end_to_end_id text not null,
  cycle_id uuid not null,
  partner_id uuid not null,
  identity text not null,
  amount_minor bigint not null,
  currency text not null,
  booked_on date,
  bank_ref text,
  imported_by text not null,
  imported_at timestamp with time zone not null,
  constraint bank_entry_pkey PRIMARY KEY (programme_id, end_to_end_id),
  constraint bank_entry_amount_minor_check CHECK ((amount_minor > 0)),
  constraint bank_entry_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id)
);
alter table bank_entry enable row level security;
alter table bank_entry force row level security;

create table buy_out (
  id uuid not null,
  programme_id uuid not null,
  partner_id uuid not null,
  contract_version integer not null,
  breakage_bps integer not null,
  reason text not null,
  content_hash text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  approved_by text,
  approved_at timestamp with time zone,
  constraint buy_out_pkey PRIMARY KEY (id),
  constraint buy_out_breakage_bps_check CHECK (((breakage_bps >= 0) AND (breakage_bps <= 10000))),
  constraint buy_out_check CHECK (((approved_by IS NULL) = (approved_at IS NULL)))
);
alter table buy_out enable row level security;
alter table buy_out force row level security;

create table campaign_decision (
  programme_id uuid not null,
  campaign_id uuid not null,
  month text not null,
  decision text not null,
  reason text not null,
  decided_by text not null,
  decided_at timestamp with time zone not null,
  constraint campaign_decision_pkey PRIMARY KEY (programme_id, campaign_id, month),
  constraint campaign_decision_decision_check CHECK ((decision = ANY (ARRAY['KEPT'::text, 'CHANGED'::text, 'STOPPED'::text]))),
  constraint campaign_decision_programme_id_campaign_id_month_fkey FOREIGN KEY (programme_id, campaign_id, month) REFERENCES campaign_verdict(programme_id, campaign_id, month)
);
alter table campaign_decision enable row level security;
alter table campaign_decision force row level security;

create table campaign_lot (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null,
  seq bigint not null,
  campaign_id uuid not null,
  points bigint not null,
  occurred_at timestamp with time zone not null,
  constraint campaign_lot_pkey PRIMARY KEY (bucket, wallet, lot_seq),
  constraint campaign_lot_points_check CHECK ((points > 0))
);
alter table campaign_lot enable row level security;
alter table campaign_lot force row level security;

create table campaign_response (
  hash uuid not null,
  body_hash uuid not null,
  programme_id uuid not null,
  campaign_id uuid not null,
  member_id uuid not null,
  partner_id uuid not null,
  kind text not null,
  occurred_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  constraint campaign_response_pkey PRIMARY KEY (hash),
  constraint campaign_response_kind_check CHECK ((kind = ANY (ARRAY['OPENED'::text, 'USED'::text])))
);
alter table campaign_response enable row level security;
alter table campaign_response force row level security;

create table campaign_verdict (
  programme_id uuid not null,
  campaign_id uuid not null,
  month text not null,
  verdict text not null,
  reasons jsonb not null,
  counts jsonb not null,
  through timestamp with time zone not null,
  given_at timestamp with time zone not null,
  constraint campaign_verdict_pkey PRIMARY KEY (programme_id, campaign_id, month),
  constraint campaign_verdict_month_check CHECK ((month ~ '^[0-9]{4}-[0-9]{2}$'::text)),
  constraint campaign_verdict_verdict_check CHECK ((verdict = ANY (ARRAY['KEEP'::text, 'CHANGE'::text, 'STOP'::text, 'UNDECIDED'::text])))
);
alter table campaign_verdict enable row level security;
alter table campaign_verdict force row level security;

create table cap_share (
  programme_id uuid not null,
  shard smallint not null,
  partner_id uuid not null,
  kind text not null,
  period text not null,
  cap_limit bigint not null,
  granted bigint not null,
  used bigint default 0 not null,
  version bigint default 1 not null,
  constraint cap_share_pkey PRIMARY KEY (programme_id, partner_id, kind, period, shard),
  constraint cap_share_cap_limit_check CHECK ((cap_limit > 0)),
  constraint cap_share_kind_check CHECK (((kind = ANY (ARRAY['ISSUANCE'::text, 'NET_DEBIT'::text])) OR (kind ~ '^(CAMPAIGN|PURPOSE):'::text))),
  constraint cap_share_shard_check CHECK ((shard >= 0)),
  constraint cap_share_version_check CHECK ((version > 0))
) with (fillfactor=50);
alter table cap_share enable row level security;
alter table cap_share force row level security;

create table chain_seal (
  n bigint not null,
  buckets smallint[] not null,
  wallets uuid[] not null,
  seqs bigint[] not null,
  upto timestamp with time zone not null,
  hash bytea not null,
  constraint chain_seal_pkey PRIMARY KEY (n),
  constraint chain_seal_check CHECK ((cardinality(wallets) = cardinality(buckets))),
  constraint chain_seal_check1 CHECK ((cardinality(seqs) = cardinality(buckets))),
  constraint chain_seal_n_check CHECK ((n > 0))
);

create table claim (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  n smallint not null,
  entry_n smallint not null,
  cycle_id uuid not null,
  debtor_id uuid,
  creditor_id uuid,
  kind text not null,
  micros bigint not null,
  lot_seq bigint not null,
  points bigint not null,
  contract_version integer not null,
  currency text not null,
  hub_account text,
  hub_owner uuid,
  constraint claim_pkey PRIMARY KEY (bucket, wallet, seq, n),
  constraint claim_check CHECK ((debtor_id IS DISTINCT FROM creditor_id)),
  constraint claim_check1 CHECK ((((debtor_id IS NULL) OR (creditor_id IS NULL)) = (hub_account IS NOT NULL))),
  constraint claim_hub_account_check CHECK ((hub_account = ANY (ARRAY['POINT_FUND'::text, 'PREFUND'::text, 'DEFERRED_MARGIN'::text, 'MARGIN_INCOME'::text, 'BREAKAGE_INCOME'::text, 'PROGRAMME_FEES'::text, 'GOODWILL_EXPENSE'::text]))),
  constraint claim_kind_check CHECK ((kind = ANY (ARRAY['REDEMPTION'::text, 'REDEMPTION_REVERSAL'::text, 'ARREARS_OFFSET'::text, 'PROGRAMME_FEE'::text, 'PROGRAMME_FEE_CREDIT'::text, 'ISSUANCE_FUNDING'::text, 'ISSUANCE_REFUND'::text, 'BREAKAGE_SHARE'::text, 'BUY_OUT'::text]))),
  constraint claim_micros_check CHECK ((micros <> 0))
);
alter table claim enable row level security;
alter table claim force row level security;

create table claim_line (
  cycle_id uuid not null,
  pair smallint not null,
  n integer not null,
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  claim_n smallint not null,
  kind text not null,
  micros bigint not null,
  lot_seq bigint not null,
  remainder integer not null,
  tie integer not null,
  dispute_id uuid,
  constraint claim_line_pkey PRIMARY KEY (cycle_id, pair, n)
);
alter table claim_line enable row level security;
alter table claim_line force row level security;

create table claim_pair (
  cycle_id uuid not null,
  pair smallint not null,
  debtor_id uuid,
  creditor_id uuid,
  lines integer not null,
  micros bigint not null,
  remainders bigint not null,
  constraint claim_pair_pkey PRIMARY KEY (cycle_id, pair),
  constraint claim_pair_remainders_check CHECK ((remainders >= 0))
) with (fillfactor=70);
alter table claim_pair enable row level security;
alter table claim_pair force row level security;

create table claim_part (
  cycle_id uuid not null,
  pair smallint not null,
  kind text not null,
  contract_version integer not null,
  lines integer not null,
  micros bigint not null,
  points bigint not null,
  constraint claim_part_pkey PRIMARY KEY (cycle_id, pair, kind, contract_version)
) with (fillfactor=70);
alter table claim_part enable row level security;
alter table claim_part force row level security;

create table claim_remainder (
  cycle_id uuid not null,
  pair smallint not null,
  remainder integer not null,
  lines integer not null,
  constraint claim_remainder_pkey PRIMARY KEY (cycle_id, pair, remainder),
  constraint claim_remainder_lines_check CHECK ((lines >= 0)),
  constraint claim_remainder_remainder_check CHECK ((remainder >= 0))
) with (fillfactor=70);
alter table claim_remainder enable row level security;
alter table claim_remainder force row level security;

create table closing_package (
  cycle_id uuid not null,
  head text not null,
  signature text not null,
  key_id text not null,
  public_key text not null,
  signed_at timestamp with time zone default clock_timestamp() not null,
  constraint closing_package_pkey PRIMARY KEY (cycle_id),
  constraint closing_package_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id)
);
alter table closing_package enable row level security;
alter table closing_package force row level security;

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

create table command_refusal (
  bucket smallint not null,
  wallet uuid not null,
  command_hash uuid not null,
  body_hash bytea not null,
  refusal jsonb not null,
  decided_at timestamp with time zone default clock_timestamp() not null,
  constraint command_refusal_pkey PRIMARY KEY (bucket, wallet, command_hash)
);

create table cycle_activity (
  cycle_id uuid not null,
  transactions bigint not null,
  latest_recorded_at timestamp with time zone not null,
  constraint cycle_activity_pkey PRIMARY KEY (cycle_id)
);
alter table cycle_activity enable row level security;
alter table cycle_activity force row level security;

create table cycle_step (
  cycle_id uuid not null,
  to_state text not null,
  cut_off_at timestamp with time zone,
  content_hash text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  approved_by text,
  approved_at timestamp with time zone,
  terms jsonb,
  constraint cycle_step_pkey PRIMARY KEY (cycle_id, to_state),
  constraint cycle_step_check CHECK (((approved_by IS NULL) = (approved_at IS NULL))),
  constraint cycle_step_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id)
);
alter table cycle_step enable row level security;
alter table cycle_step force row level security;

create table default_share (
  default_id uuid not null,
  party_id uuid,
  minor bigint not null,
  constraint default_share_minor_check CHECK ((minor > 0)),
  constraint default_share_default_id_fkey FOREIGN KEY (default_id) REFERENCES partner_default(id)
);
alter table default_share enable row level security;
alter table default_share force row level security;

create table directional_total (
  cycle_id uuid not null,
  pair smallint not null,
  debtor_id uuid,
  creditor_id uuid,
  exact_micros bigint not null,
  carry_in_micros bigint not null,
  billed_minor bigint not null,
  carry_micros bigint not null,
  suspense_micros bigint default 0 not null,
  lines integer default 0 not null,
  cut_remainder integer,
  cut_tie integer default 0 not null,
  constraint directional_total_pkey PRIMARY KEY (cycle_id, pair),
  constraint directional_total_lines_check CHECK ((lines >= 0))
);
alter table directional_total enable row level security;
alter table directional_total force row level security;

create table dispute (
  id uuid not null,
  programme_id uuid not null,
  cycle_id uuid not null,
  pair smallint not null,
  n integer not null,
  micros bigint not null,
  remainder integer not null,
  tie integer not null,
  reason text not null,
  raised_by text not null,
  raised_at timestamp with time zone not null,
  state text default 'OPEN'::text not null,
  outcome text,
  owed_micros bigint,
  answer text,
  content_hash text,
  proposed_by text,
  proposed_at timestamp with time zone,
  approved_by text,
  approved_at timestamp with time zone,
  posted_cycle_id uuid,
  constraint dispute_pkey PRIMARY KEY (id),
  constraint dispute_cycle_id_pair_n_key UNIQUE (cycle_id, pair, n),
  constraint dispute_check CHECK ((((state = 'OPEN'::text) = (outcome IS NULL)) AND ((outcome IS NULL) = (owed_micros IS NULL)))),
  constraint dispute_check1 CHECK ((((state = 'RESOLVED'::text) = (approved_by IS NOT NULL)) AND ((approved_by IS NULL) = (posted_cycle_id IS NULL)))),
  constraint dispute_outcome_check CHECK ((outcome = ANY (ARRAY['ACCEPT'::text, 'REJECT'::text, 'PARTIAL'::text]))),
  constraint dispute_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'PROPOSED'::text, 'RESOLVED'::text])))
);
alter table dispute enable row level security;
alter table dispute force row level security;

create table document (
  hash uuid not null,
  programme_id uuid not null,
  partner_id uuid not null,
  kind text not null,
  external_ref text not null,
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  constraint document_pkey PRIMARY KEY (hash),
  constraint document_kind_check CHECK ((kind = ANY (ARRAY['PURCHASE'::text, 'REDEMPTION'::text, 'RETURN'::text, 'ACCRUAL'::text, 'ACTION'::text])))
);
alter table document enable row level security;
alter table document force row level security;

create table earn_explanation (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  attributes jsonb,
  explanation jsonb not null,
  constraint earn_explanation_pkey PRIMARY KEY (bucket, wallet, seq)
);
alter table earn_explanation enable row level security;
alter table earn_explanation force row level security;

create table entry (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  n smallint not null,
  debit_kind text not null,
  debit_owner uuid,
  credit_kind text not null,
  credit_owner uuid,
  amount bigint not null,
  lot_seq bigint not null,
  constraint entry_pkey PRIMARY KEY (bucket, wallet, seq, n),
  constraint entry_amount_check CHECK ((amount > 0)),
  constraint entry_check CHECK ((((debit_kind || ' '::text) || credit_kind) = ANY (ARRAY['ISSUED PENDING'::text, 'ISSUED AVAILABLE'::text, 'PENDING AVAILABLE'::text, 'PENDING CLAWED_BACK'::text, 'AVAILABLE HELD'::text, 'HELD AVAILABLE'::text, 'HELD REDEEMED'::text, 'AVAILABLE REDEEMED'::text, 'REDEEMED AVAILABLE'::text, 'AVAILABLE EXPIRED'::text, 'EXPIRED AVAILABLE'::text, 'AVAILABLE CLAWED_BACK'::text, 'ARREARS CLAWED_BACK'::text, 'AVAILABLE ARREARS'::text, 'AVAILABLE TRANSFERRED'::text, 'TRANSFERRED AVAILABLE'::text])))
);
alter table entry enable row level security;
alter table entry force row level security;

create table guarantee (
  programme_id uuid not null,
  fund text not null,
  partner_id uuid,
  held_minor bigint not null,
  constraint guarantee_check CHECK (((fund = 'DEPOSIT'::text) = (partner_id IS NOT NULL))),
  constraint guarantee_fund_check CHECK ((fund = ANY (ARRAY['DEPOSIT'::text, 'DEFAULT_FUND'::text]))),
  constraint guarantee_held_minor_check CHECK ((held_minor >= 0))
);
alter table guarantee enable row level security;
alter table guarantee force row level security;

create table guarantee_payment (
  id uuid not null,
  programme_id uuid not null,
  fund text not null,
  partner_id uuid not null,
  direction text not null,
  amount_minor bigint not null,
  bank_ref text not null,
  reason text not null,
  content_hash text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  approved_by text,
  approved_at timestamp with time zone,
  constraint guarantee_payment_pkey PRIMARY KEY (id),
  constraint guarantee_payment_programme_id_bank_ref_key UNIQUE (programme_id, bank_ref),
  constraint guarantee_payment_amount_minor_check CHECK ((amount_minor > 0)),
  constraint guarantee_payment_check CHECK (((approved_by IS NULL) = (approved_at IS NULL))),
  constraint guarantee_payment_direction_check CHECK ((direction = ANY (ARRAY['PAID_IN'::text, 'PAID_OUT'::text]))),
  constraint guarantee_payment_fund_check CHECK ((fund = ANY (ARRAY['DEPOSIT'::text, 'DEFAULT_FUND'::text])))
);
alter table guarantee_payment enable row level security;
alter table guarantee_payment force row level security;

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
  constraint hold_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'CAPTURED'::text, 'RELEASED'::text, 'TIMED_OUT'::text])))
);
alter table hold enable row level security;
alter table hold force row level security;

create table identity_projection (
  programme_id uuid not null,
  blind_index bytea not null,
  member_id uuid not null,
  constraint identity_projection_pkey PRIMARY KEY (programme_id, blind_index)
);
alter table identity_projection enable row level security;
alter table identity_projection force row level security;

create table inbox_cursor (
  feed text not null,
  "position" text,
  handled bigint default 0 not null,
  updated_at timestamp with time zone default now() not null,
  constraint inbox_cursor_pkey PRIMARY KEY (feed)
);

create table journal_feed (
  batch bigint not null,
  buckets smallint[] not null,
  wallets uuid[] not null,
  seqs bigint[] not null,
  numbered_at timestamp with time zone default clock_timestamp() not null,
  constraint journal_feed_pkey PRIMARY KEY (batch),
  constraint journal_feed_batch_check CHECK ((batch > 0)),
  constraint journal_feed_buckets_check CHECK ((cardinality(buckets) > 0)),
  constraint journal_feed_check CHECK ((cardinality(wallets) = cardinality(buckets))),
  constraint journal_feed_check1 CHECK ((cardinality(seqs) = cardinality(buckets)))
);

create table journal_feed_state (
  only_row boolean default true not null,
  snapshot pg_snapshot not null,
  base_batch bigint not null,
  system_id text not null,
  constraint journal_feed_state_pkey PRIMARY KEY (only_row),
  constraint journal_feed_state_base_batch_check CHECK ((base_batch >= 0)),
  constraint journal_feed_state_only_row_check CHECK (only_row)
);

create table journal_transaction (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  xid xid8 default pg_current_xact_id() not null,
  programme_id uuid not null,
  kind text not null,
  cause_seq bigint,
  partner_id uuid,
  external_ref text,
  reason text,
  peer_wallet uuid,
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
  command_hash uuid,
  body_hash bytea,
  occurred_at timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  written_at timestamp with time zone default clock_timestamp() not null,
  chain bytea not null,
  marks bytea,
  constraint journal_transaction_pkey PRIMARY KEY (bucket, wallet, seq),
  constraint journal_transaction_arrears_after_check CHECK ((arrears_after >= 0)),
  constraint journal_transaction_available_after_check CHECK ((available_after >= 0)),
  constraint journal_transaction_check CHECK ((cause_seq < seq)),
  constraint journal_transaction_check1 CHECK (((command_hash IS NULL) = (body_hash IS NULL))),
  constraint journal_transaction_held_after_check CHECK ((held_after >= 0)),
  constraint journal_transaction_pending_after_check CHECK ((pending_after >= 0)),
  constraint journal_transaction_qualifying_after_check CHECK ((qualifying_after >= 0)),
  constraint journal_transaction_seq_check CHECK ((seq > 0))
);
alter table journal_transaction enable row level security;
alter table journal_transaction force row level security;

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
  issuer_id uuid,
  quantity bigint not null,
  terms_id uuid not null,
  earned_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  parent_wallet uuid,
  parent_lot_seq bigint,
  constraint lot_pkey PRIMARY KEY (bucket, wallet, lot_seq),
  constraint lot_check CHECK (((parent_wallet IS NULL) = (parent_lot_seq IS NULL))),
  constraint lot_lot_seq_check CHECK ((lot_seq > 0)),
  constraint lot_quantity_check CHECK ((quantity > 0))
);
alter table lot enable row level security;
alter table lot force row level security;

create table lot_extension (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null,
  seq bigint not null,
  expires_at timestamp with time zone not null,
  constraint lot_extension_pkey PRIMARY KEY (bucket, wallet, lot_seq, seq)
);
alter table lot_extension enable row level security;
alter table lot_extension force row level security;

create table lot_terms (
  id uuid not null,
  settlement_model text not null,
  contract_version integer not null,
  issuance_micros bigint not null,
  reserve_micros bigint not null,
  fee_micros bigint not null,
  prefund_bps integer not null,
  breakage_share_bps integer not null,
  funding jsonb not null,
  constraint lot_terms_pkey PRIMARY KEY (id),
  constraint lot_terms_breakage_share_bps_check CHECK (((breakage_share_bps >= 0) AND (breakage_share_bps <= 10000))),
  constraint lot_terms_fee_micros_check CHECK ((fee_micros >= 0)),
  constraint lot_terms_issuance_micros_check CHECK ((issuance_micros >= 0)),
  constraint lot_terms_prefund_bps_check CHECK (((prefund_bps >= 0) AND (prefund_bps <= 10000))),
  constraint lot_terms_reserve_micros_check CHECK ((reserve_micros >= 0)),
  constraint lot_terms_settlement_model_check CHECK ((settlement_model = ANY (ARRAY['AT_REDEMPTION'::text, 'AT_ISSUANCE'::text, 'HYBRID'::text])))
);
alter table lot_terms enable row level security;
alter table lot_terms force row level security;

create table member_facts (
  programme_id uuid not null,
  member_id uuid not null,
  version bigint not null,
  consented boolean not null,
  segments text[] not null,
  attributes jsonb not null,
  constraint member_facts_pkey PRIMARY KEY (programme_id, member_id),
  constraint member_facts_version_check CHECK ((version > 0)),
  constraint no_attribute_without_consent CHECK ((consented OR (attributes = '{}'::jsonb)))
);
alter table member_facts enable row level security;
alter table member_facts force row level security;

create table member_projection (
  programme_id uuid not null,
  member_id uuid not null,
  enrolled_at timestamp with time zone not null,
  constraint member_projection_pkey PRIMARY KEY (programme_id, member_id)
);
alter table member_projection enable row level security;
alter table member_projection force row level security;

create table missing_claim (
  id uuid not null,
  programme_id uuid not null,
  member_id uuid not null,
  partner_id uuid not null,
  external_ref text not null,
  amount_minor bigint not null,
  currency text not null,
  occurred_at timestamp with time zone not null,
  opened_at timestamp with time zone not null,
  answer_by timestamp with time zone not null,
  state text default 'OPEN'::text not null,
  reason text,
  closed_at timestamp with time zone,
  settles_as text,
  constraint missing_claim_pkey PRIMARY KEY (id),
  constraint missing_claim_amount_minor_check CHECK ((amount_minor > 0)),
  constraint missing_claim_check CHECK (((state = 'OPEN'::text) = (closed_at IS NULL))),
  constraint missing_claim_settles_as_check CHECK ((settles_as = ANY (ARRAY['CREDITED'::text, 'GOODWILL'::text]))),
  constraint missing_claim_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'CREDITED'::text, 'REJECTED'::text, 'GOODWILL'::text, 'EARNED_NOTHING'::text, 'REFUSED'::text]))),
  constraint settled_is_not_rejected CHECK (((settles_as IS NULL) OR (state <> 'REJECTED'::text)))
);
alter table missing_claim enable row level security;
alter table missing_claim force row level security;

create table money_entry (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  n smallint not null,
  entry_n smallint not null,
  programme_id uuid not null,
  cycle_id uuid not null,
  debit_kind text not null,
  debit_owner uuid,
  credit_kind text not null,
  credit_owner uuid,
  micros bigint not null,
  lot_seq bigint not null,
  currency text not null,
  constraint money_entry_pkey PRIMARY KEY (bucket, wallet, seq, n),
  constraint money_entry_check CHECK (((debit_kind IS DISTINCT FROM credit_kind) OR (debit_owner IS DISTINCT FROM credit_owner))),
  constraint money_entry_micros_check CHECK ((micros > 0))
);
alter table money_entry enable row level security;
alter table money_entry force row level security;

create table net_position (
  cycle_id uuid not null,
  party_id uuid,
  net_minor bigint not null,
  carry_in_minor bigint default 0 not null,
  carry_out_minor bigint default 0 not null,
  pay_minor bigint default 0 not null,
  pay_currency text,
  pay_amount_minor bigint default 0 not null,
  rate text,
  fx_difference_micros bigint default 0 not null,
  constraint net_position_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id)
);
alter table net_position enable row level security;
alter table net_position force row level security;

create table open_lot (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null,
  programme_id uuid not null,
  issuer_id uuid,
  terms_id uuid not null,
  remaining bigint not null,
  earned_at timestamp with time zone not null,
  expires_at timestamp with time zone default 'infinity'::timestamp with time zone not null,
  constraint open_lot_pkey PRIMARY KEY (bucket, wallet, expires_at, earned_at, lot_seq),
  constraint open_lot_remaining_check CHECK ((remaining > 0))
) with (fillfactor=80);
alter table open_lot enable row level security;
alter table open_lot force row level security;

create table partner_default (
  id uuid not null,
  programme_id uuid not null,
  cycle_id uuid not null,
  partner_id uuid not null,
  owed_minor bigint not null,
  deposit_minor bigint not null,
  fund_minor bigint not null,
  reason text not null,
  content_hash text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  approved_by text,
  approved_at timestamp with time zone,
  posted_cycle_id uuid,
  constraint partner_default_pkey PRIMARY KEY (id),
  constraint partner_default_cycle_id_partner_id_key UNIQUE (cycle_id, partner_id),
  constraint partner_default_check CHECK ((((approved_by IS NULL) = (approved_at IS NULL)) AND ((approved_by IS NULL) = (posted_cycle_id IS NULL)))),
  constraint partner_default_check1 CHECK (((deposit_minor + fund_minor) <= owed_minor)),
  constraint partner_default_deposit_minor_check CHECK ((deposit_minor >= 0)),
  constraint partner_default_fund_minor_check CHECK ((fund_minor >= 0)),
  constraint partner_default_owed_minor_check CHECK ((owed_minor > 0)),
  constraint partner_default_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id),
  constraint partner_default_posted_cycle_id_fkey FOREIGN KEY (posted_cycle_id) REFERENCES settlement_cycle(id)
);
alter table partner_default enable row level security;
alter table partner_default force row level security;

create table partner_link_projection (
  programme_id uuid not null,
  member_id uuid not null,
  partner_id uuid not null,
  state text not null,
  constraint partner_link_projection_pkey PRIMARY KEY (programme_id, member_id, partner_id),
  constraint partner_link_projection_state_check CHECK ((state = ANY (ARRAY['CREDIT_ONLY'::text, 'OPEN'::text])))
);
alter table partner_link_projection enable row level security;
alter table partner_link_projection force row level security;

create table party_details (
  programme_id uuid not null,
  partner_id uuid,
  version integer not null,
  valid_from timestamp with time zone not null,
  identity jsonb not null,
  constraint party_details_version_check CHECK ((version > 0))
);
alter table party_details enable row level security;
alter table party_details force row level security;

create table passed_rules (
  id uuid not null,
  passed jsonb not null,
  constraint passed_rules_pkey PRIMARY KEY (id)
);
alter table passed_rules enable row level security;
alter table passed_rules force row level security;

create table pending_lot (
  bucket smallint not null,
  wallet uuid not null,
  lot_seq bigint not null,
  programme_id uuid not null,
  remaining bigint not null,
  release_at timestamp with time zone,
  constraint pending_lot_pkey PRIMARY KEY (bucket, wallet, lot_seq),
  constraint pending_lot_remaining_check CHECK ((remaining > 0))
);
alter table pending_lot enable row level security;
alter table pending_lot force row level security;

create table point_fund (
  programme_id uuid not null,
  issuer_id uuid,
  fund_micros bigint not null,
  reserve_micros bigint not null
);
alter table point_fund enable row level security;
alter table point_fund force row level security;

create table programme_clock (
  programme_id uuid not null,
  test_now timestamp with time zone,
  open_cycle_id uuid not null,
  warned_to timestamp with time zone default '-infinity'::timestamp with time zone not null,
  constraint programme_clock_pkey PRIMARY KEY (programme_id)
);
alter table programme_clock enable row level security;
alter table programme_clock force row level security;

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
  constraint purchase_points_check CHECK ((points >= 0))
);
alter table purchase enable row level security;
alter table purchase force row level security;

create table purchase_return (
  bucket smallint not null,
  wallet uuid not null,
  purchase_seq bigint not null,
  seq bigint not null,
  amount_minor bigint not null,
  clawed_back bigint not null,
  constraint purchase_return_pkey PRIMARY KEY (bucket, wallet, purchase_seq, seq),
  constraint purchase_return_amount_minor_check CHECK ((amount_minor > 0)),
  constraint purchase_return_clawed_back_check CHECK ((clawed_back >= 0))
);
alter table purchase_return enable row level security;
alter table purchase_return force row level security;

create table receipt (
  hash uuid not null,
  programme_id uuid not null,
  partner_id uuid not null,
  external_ref text not null,
  amount_minor bigint not null,
  currency text not null,
  branch text,
  channel text,
  lines jsonb,
  occurred_at timestamp with time zone not null,
  claim_until timestamp with time zone not null,
  recorded_at timestamp with time zone not null,
  constraint receipt_pkey PRIMARY KEY (hash),
  constraint receipt_amount_minor_check CHECK ((amount_minor >= 0))
);
alter table receipt enable row level security;
alter table receipt force row level security;

create table redemption_money (
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  amount_minor bigint not null,
  currency text not null,
  constraint redemption_money_pkey PRIMARY KEY (bucket, wallet, seq),
  constraint redemption_money_amount_minor_check CHECK ((amount_minor > 0))
);
alter table redemption_money enable row level security;
alter table redemption_money force row level security;

create table redemption_rate (
  id uuid not null,
  programme_id uuid not null,
  issuer_id uuid,
  vintage text not null,
  rate_bps integer not null,
  reason text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  approved_by text,
  approved_at timestamp with time zone,
  constraint redemption_rate_pkey PRIMARY KEY (id),
  constraint redemption_rate_check CHECK (((approved_by IS NULL) = (approved_at IS NULL))),
  constraint redemption_rate_rate_bps_check CHECK (((rate_bps >= 0) AND (rate_bps <= 10000))),
  constraint redemption_rate_vintage_check CHECK ((vintage ~ '^[0-9]{4}-[0-9]{2}$'::text))
);
alter table redemption_rate enable row level security;
alter table redemption_rate force row level security;

create table redemption_reversal (
  bucket smallint not null,
  wallet uuid not null,
  redemption_seq bigint not null,
  seq bigint not null,
  points bigint not null,
  constraint redemption_reversal_pkey PRIMARY KEY (bucket, wallet, redemption_seq, seq),
  constraint redemption_reversal_points_check CHECK ((points > 0))
);
alter table redemption_reversal enable row level security;
alter table redemption_reversal force row level security;

create table roll_up_state (
  only_row boolean default true not null,
  snapshot pg_snapshot not null,
  system_id text not null,
  constraint roll_up_state_pkey PRIMARY KEY (only_row),
  constraint roll_up_state_only_row_check CHECK (only_row)
);

create table rule_book (
  programme_id uuid not null,
  version bigint not null,
  is_sandbox boolean not null,
  book jsonb not null,
  constraint rule_book_pkey PRIMARY KEY (programme_id),
  constraint rule_book_version_check CHECK ((version > 0))
);
alter table rule_book enable row level security;
alter table rule_book force row level security;

create table run_off (
  id uuid not null,
  programme_id uuid not null,
  partner_id uuid not null,
  points bigint not null,
  liability_micros numeric not null,
  breakage_bps integer not null,
  deposit_minor bigint not null,
  reason text not null,
  state text default 'PROPOSED'::text not null,
  content_hash text not null,
  proposed_by text not null,
  proposed_at timestamp with time zone not null,
  approved_by text,
  approved_at timestamp with time zone,
  ended_by text,
  ended_at timestamp with time zone,
  returned_minor bigint,
  told_at timestamp with time zone,
  constraint run_off_pkey PRIMARY KEY (id),
  constraint run_off_programme_id_partner_id_key UNIQUE (programme_id, partner_id),
  constraint run_off_breakage_bps_check CHECK (((breakage_bps >= 0) AND (breakage_bps <= 10000))),
  constraint run_off_check CHECK (((state = 'PROPOSED'::text) = (approved_by IS NULL))),
  constraint run_off_check1 CHECK ((((state = 'ENDED'::text) = (ended_by IS NOT NULL)) AND ((ended_by IS NULL) = (returned_minor IS NULL)))),
  constraint run_off_deposit_minor_check CHECK ((deposit_minor >= 0)),
  constraint run_off_liability_micros_check CHECK ((liability_micros >= (0)::numeric)),
  constraint run_off_points_check CHECK ((points >= 0)),
  constraint run_off_state_check CHECK ((state = ANY (ARRAY['PROPOSED'::text, 'RUNNING'::text, 'ENDING'::text, 'ENDED'::text])))
);
alter table run_off enable row level security;
alter table run_off force row level security;

create table run_off_draw (
  cycle_id uuid not null,
  partner_id uuid not null,
  minor bigint not null,
  constraint run_off_draw_pkey PRIMARY KEY (cycle_id, partner_id),
  constraint run_off_draw_minor_check CHECK ((minor > 0)),
  constraint run_off_draw_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id)
);
alter table run_off_draw enable row level security;
alter table run_off_draw force row level security;

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
  pay_from_minor bigint default 0 not null,
  constraint settlement_cycle_pkey PRIMARY KEY (id),
  constraint settlement_cycle_programme_id_number_key UNIQUE (programme_id, number),
  constraint settlement_cycle_check CHECK (((state = 'OPEN'::text) = (cut_off_at IS NULL))),
  constraint settlement_cycle_number_check CHECK ((number > 0)),
  constraint settlement_cycle_pay_from_minor_check CHECK ((pay_from_minor >= 0)),
  constraint settlement_cycle_state_check CHECK ((state = ANY (ARRAY['OPEN'::text, 'CUT_OFF'::text, 'DRAFT'::text, 'ISSUED'::text, 'AGREED'::text, 'NETTED'::text, 'INSTRUCTED'::text, 'SETTLED'::text, 'LOCKED'::text]))),
  constraint settlement_cycle_version_check CHECK ((version > 0))
);
alter table settlement_cycle enable row level security;
alter table settlement_cycle force row level security;

create table settlement_entry (
  cycle_id uuid not null,
  n integer not null,
  programme_id uuid not null,
  debit_kind text not null,
  debit_owner uuid,
  debit_counterparty uuid,
  credit_kind text not null,
  credit_owner uuid,
  credit_counterparty uuid,
  micros bigint not null,
  currency text not null,
  cause text not null,
  constraint settlement_entry_pkey PRIMARY KEY (cycle_id, n),
  constraint settlement_entry_check CHECK ((((debit_kind IS DISTINCT FROM credit_kind) OR (debit_owner IS DISTINCT FROM credit_owner)) OR (debit_counterparty IS DISTINCT FROM credit_counterparty))),
  constraint settlement_entry_micros_check CHECK ((micros > 0)),
  constraint settlement_entry_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id)
);
alter table settlement_entry enable row level security;
alter table settlement_entry force row level security;

create table settlement_rate (
  cycle_id uuid not null,
  partner_id uuid not null,
  currency text not null,
  rate text not null,
  source text not null,
  rate_id text not null,
  constraint settlement_rate_pkey PRIMARY KEY (cycle_id, partner_id),
  constraint settlement_rate_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id)
);
alter table settlement_rate enable row level security;
alter table settlement_rate force row level security;

create table statement_agreement (
  cycle_id uuid not null,
  partner_id uuid not null,
  version bigint not null,
  agreed_by text not null,
  agreed_at timestamp with time zone not null,
  constraint statement_agreement_pkey PRIMARY KEY (cycle_id, partner_id),
  constraint statement_agreement_cycle_id_fkey FOREIGN KEY (cycle_id) REFERENCES settlement_cycle(id)
);
alter table statement_agreement enable row level security;
alter table statement_agreement force row level security;

create table trial_finding (
  programme_id uuid not null,
  what text not null,
  bucket smallint not null,
  wallet uuid not null,
  seq bigint not null,
  found_at timestamp with time zone default clock_timestamp() not null,
  constraint trial_finding_pkey PRIMARY KEY (what, bucket, wallet, seq),
  constraint trial_finding_what_check CHECK ((what = ANY (ARRAY['CLAIM'::text, 'BALANCE'::text, 'POINTS'::text])))
);
alter table trial_finding enable row level security;
alter table trial_finding force row level security;

create table verification_round (
  n bigint generated always as identity not null,
  kind text not null,
  since timestamp with time zone,
  upto timestamp with time zone not null,
  accounts bigint not null,
  findings jsonb not null,
  ended_at timestamp with time zone default clock_timestamp() not null,
  constraint verification_round_pkey PRIMARY KEY (n),
  constraint verification_round_kind_check CHECK ((kind = ANY (ARRAY['WINDOW'::text, 'ALL'::text, 'SEAL'::text])))
);

create table vintage_flow (
  programme_id uuid not null,
  issuer_id uuid,
  vintage text not null,
  month text not null,
  issued numeric not null,
  redeemed numeric not null,
  clawed_back numeric not null,
  expired numeric not null,
  allocated_micros numeric not null,
  members bigint not null,
  members_of_issuer bigint not null,
  constraint vintage_flow_month_check CHECK ((month ~ '^[0-9]{4}-[0-9]{2}$'::text)),
  constraint vintage_flow_vintage_check CHECK ((vintage ~ '^[0-9]{4}-[0-9]{2}$'::text))
) with (fillfactor=70);
alter table vintage_flow enable row level security;
alter table vintage_flow force row level security;

create table vintage_roll_up_state (
  only_row boolean default true not null,
  snapshot pg_snapshot not null,
  system_id text not null,
  constraint vintage_roll_up_state_pkey PRIMARY KEY (only_row),
  constraint vintage_roll_up_state_only_row_check CHECK (only_row)
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
  tier_until timestamp with time zone,
  counted_since timestamp with time zone,
  tier_due_at timestamp with time zone,
  frozen_at timestamp with time zone,
  owed jsonb,
  chain bytea,
  constraint wallet_pkey PRIMARY KEY (bucket, wallet),
  constraint wallet_arrears_check CHECK ((arrears >= 0)),
  constraint wallet_available_check CHECK ((available >= 0)),
  constraint wallet_check CHECK (((available = 0) OR (arrears = 0))),
  constraint wallet_check1 CHECK (((arrears = 0) = (owed IS NULL))),
  constraint wallet_held_check CHECK ((held >= 0)),
  constraint wallet_lots_check CHECK ((lots >= 0)),
  constraint wallet_pending_check CHECK ((pending >= 0)),
  constraint wallet_qualifying_check CHECK ((qualifying >= 0)),
  constraint wallet_seq_check CHECK ((seq >= 0))
) with (fillfactor=50);
alter table wallet enable row level security;
alter table wallet force row level security;

create table wrong_receipts (
  programme_id uuid not null,
  member_id uuid not null,
  partner_id uuid not null,
  count integer not null,
  locked_until timestamp with time zone,
  constraint wrong_receipts_pkey PRIMARY KEY (programme_id, member_id, partner_id),
  constraint wrong_receipts_count_check CHECK ((count >= 0))
);
alter table wrong_receipts enable row level security;
alter table wrong_receipts force row level security;

-- Indexes

CREATE INDEX account_freeze_programme ON public.account_freeze USING btree (programme_id, id DESC);

CREATE UNIQUE INDEX account_freeze_standing ON public.account_freeze USING btree (bucket, wallet) WHERE (released_at IS NULL);

CREATE INDEX adjustment_programme ON public.adjustment USING btree (programme_id, id DESC);

CREATE INDEX bank_entry_cycle ON public.bank_entry USING btree (cycle_id);

CREATE INDEX buy_out_programme ON public.buy_out USING btree (programme_id, id DESC);

CREATE INDEX campaign_lot_campaign ON public.campaign_lot USING btree (campaign_id, wallet);

CREATE INDEX campaign_response_campaign ON public.campaign_response USING btree (campaign_id, kind, member_id);

CREATE INDEX claim_cycle ON public.claim USING brin (cycle_id) WITH (autosummarize='on');

CREATE UNIQUE INDEX claim_pair_parties ON public.claim_pair USING btree (cycle_id, debtor_id, creditor_id) NULLS NOT DISTINCT;

CREATE UNIQUE INDEX default_share_party ON public.default_share USING btree (default_id, party_id) NULLS NOT DISTINCT;

CREATE UNIQUE INDEX directional_total_pair ON public.directional_total USING btree (cycle_id, debtor_id, creditor_id) NULLS NOT DISTINCT;

CREATE INDEX dispute_programme ON public.dispute USING btree (programme_id, id DESC);

CREATE INDEX entry_undone ON public.entry USING btree (bucket, wallet, lot_seq) WHERE ((credit_kind = ANY (ARRAY['CLAWED_BACK'::text, 'EXPIRED'::text])) OR (debit_kind = 'EXPIRED'::text));

CREATE UNIQUE INDEX guarantee_owner ON public.guarantee USING btree (programme_id, fund, partner_id) NULLS NOT DISTINCT;

CREATE INDEX hold_due ON public.hold USING btree (programme_id, expires_at) WHERE (state = 'OPEN'::text);

CREATE INDEX journal_transaction_cycle ON public.journal_transaction USING brin (cycle_id) WITH (autosummarize='on');

CREATE INDEX journal_transaction_written ON public.journal_transaction USING brin (written_at) WITH (pages_per_range='32', autosummarize='on');

CREATE INDEX journal_transaction_xid ON public.journal_transaction USING brin ((((xid)::text)::bigint)) WITH (pages_per_range='32', autosummarize='on');

CREATE UNIQUE INDEX journal_transaction_command ON public.journal_transaction USING btree (bucket, wallet, command_hash) WHERE (command_hash IS NOT NULL);

CREATE INDEX lot_continued ON public.lot USING btree (bucket, wallet, parent_lot_seq) WHERE (parent_lot_seq IS NOT NULL);

CREATE INDEX member_facts_segments ON public.member_facts USING gin (segments);

CREATE INDEX missing_claim_due ON public.missing_claim USING btree (programme_id, answer_by) WHERE (state = 'OPEN'::text);

CREATE INDEX missing_claim_member ON public.missing_claim USING btree (programme_id, member_id, id DESC);

CREATE INDEX missing_claim_partner ON public.missing_claim USING btree (programme_id, partner_id, id DESC);

CREATE UNIQUE INDEX missing_claim_receipt ON public.missing_claim USING btree (programme_id, partner_id, external_ref) WHERE (state = 'OPEN'::text);

CREATE INDEX money_entry_programme ON public.money_entry USING btree (programme_id, debit_kind, credit_kind);

CREATE UNIQUE INDEX net_position_party ON public.net_position USING btree (cycle_id, party_id) NULLS NOT DISTINCT;

CREATE INDEX open_lot_due ON public.open_lot USING btree (programme_id, expires_at) WHERE (expires_at < 'infinity'::timestamp with time zone);

CREATE UNIQUE INDEX party_details_version ON public.party_details USING btree (programme_id, partner_id, version) NULLS NOT DISTINCT;

CREATE INDEX pending_lot_due ON public.pending_lot USING btree (programme_id, release_at) WHERE (release_at IS NOT NULL);

CREATE UNIQUE INDEX point_fund_issuer ON public.point_fund USING btree (programme_id, issuer_id) NULLS NOT DISTINCT;

CREATE INDEX purchase_occurred_at_idx ON public.purchase USING brin (occurred_at);

CREATE INDEX redemption_rate_programme ON public.redemption_rate USING btree (programme_id, id DESC);

CREATE UNIQUE INDEX settlement_cycle_open ON public.settlement_cycle USING btree (programme_id) WHERE (state = 'OPEN'::text);

CREATE INDEX settlement_entry_programme ON public.settlement_entry USING btree (programme_id);

CREATE INDEX trial_finding_programme ON public.trial_finding USING btree (programme_id);

CREATE INDEX verification_round_kind ON public.verification_round USING btree (kind, upto DESC);

CREATE UNIQUE INDEX vintage_flow_of ON public.vintage_flow USING btree (programme_id, issuer_id, vintage, month) NULLS NOT DISTINCT;

CREATE INDEX wallet_frozen ON public.wallet USING btree (programme_id) WHERE (frozen_at IS NOT NULL);

CREATE INDEX wallet_programme ON public.wallet USING btree (programme_id, wallet);

CREATE INDEX wallet_tier_due ON public.wallet USING btree (programme_id, tier_due_at) WHERE (tier_due_at IS NOT NULL);

-- Functions

CREATE OR REPLACE FUNCTION public.check_balances()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  wrong record;
begin
  select j.wallet, j.seq into wrong
    from posted j
    left join lateral (
      select p.available_after, p.pending_after, p.held_after, p.arrears_after from journal_transaction p
       where p.bucket = j.bucket and p.wallet = j.wallet and p.seq = j.seq - 1) b on true
    cross join lateral (
      select coalesce(sum(case when e.credit_kind = 'AVAILABLE' then e.amount else 0 end)
               - sum(case when e.debit_kind = 'AVAILABLE' then e.amount else 0 end), 0) as available,
             coalesce(sum(case when e.credit_kind = 'PENDING' then e.amount else 0 end)
               - sum(case when e.debit_kind = 'PENDING' then e.amount else 0 end), 0) as pending,
             coalesce(sum(case when e.credit_kind = 'HELD' then e.amount else 0 end)
               - sum(case when e.debit_kind = 'HELD' then e.amount else 0 end), 0) as held,
             coalesce(sum(case when e.debit_kind = 'ARREARS' then e.amount else 0 end)
               - sum(case when e.credit_kind = 'ARREARS' then e.amount else 0 end), 0) as arrears
        from entry e where e.bucket = j.bucket and e.wallet = j.wallet and e.seq = j.seq) s
   where j.available_after <> coalesce(b.available_after, 0) + s.available
      or j.pending_after <> coalesce(b.pending_after, 0) + s.pending
      or j.held_after <> coalesce(b.held_after, 0) + s.held
      or j.arrears_after <> coalesce(b.arrears_after, 0) + s.arrears
      or (j.seq > 1 and b.available_after is null)
   limit 1;
  if found then
    raise exception 'LEDGER_UNBALANCED: version % of wallet % is not its entries', wrong.seq, wrong.wallet
      using errcode = 'check_violation';
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.check_versions()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  wrong record;
begin
  select a.wallet, a.seq into wrong from added a
   where (select j.xid from journal_transaction j where j.bucket = a.bucket and j.wallet = a.wallet and j.seq = a.seq)
         is distinct from pg_current_xact_id()
   limit 1;
  if found then
    raise exception 'LEDGER_VERSION_POSTED: % is added to version % of wallet %, which is not of this transaction',
      tg_table_name, wrong.seq, wrong.wallet using errcode = 'check_violation';
  end if;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.check_wallets()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  wrong record;
begin
  for wrong in
    select w.*
      from changed w
      left join lateral (
        select j.seq, j.available_after, j.pending_after, j.held_after, j.arrears_after, j.qualifying_after, j.tier_after
          from journal_transaction j where j.bucket = w.bucket and j.wallet = w.wallet order by j.seq desc limit 1) j on true
     where w.seq <> coalesce(j.seq, 0)
        or w.available <> coalesce(j.available_after, 0)
        or w.pending <> coalesce(j.pending_after, 0)
        or w.held <> coalesce(j.held_after, 0)
        or w.arrears <> coalesce(j.arrears_after, 0)
        or w.qualifying <> coalesce(j.qualifying_after, 0)
        or w.tier_code is distinct from j.tier_after
  loop
    if tg_op = 'UPDATE' then
      perform from before b
        where (b.bucket, b.wallet, b.seq, b.available, b.pending, b.held, b.arrears, b.qualifying) = (wrong.bucket, wrong.wallet,
              wrong.seq, wrong.available, wrong.pending, wrong.held, wrong.arrears, wrong.qualifying)
          and b.tier_code is not distinct from wrong.tier_code;
      continue when found;
    end if;
    raise exception 'LEDGER_WALLET_NOT_POSTED: wallet % is not as its newest version left it', wrong.wallet
      using errcode = 'check_violation';
  end loop;
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.micros_per_minor(currency text)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  -- The currencies are those that ISO 4217 gives other than two decimals.
  select case
           when currency in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 1000
           when currency in ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF',
                             'XOF', 'XPF') then 1000000
           else 10000
         end
$function$;

CREATE OR REPLACE FUNCTION public.refuse_change()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  raise exception 'LEDGER_APPEND_ONLY: % of % is refused', tg_op, tg_table_name using errcode = 'restrict_violation';
end
$function$;

CREATE OR REPLACE FUNCTION public.refuse_stale_share(kept boolean)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if not kept then
    raise exception 'LEDGER_STALE_SHARE: a share was changed since it was read' using errcode = 'serialization_failure';
  end if;
end
$function$;

-- Views

create view statement_line with (security_invoker=true) as
 SELECT l.cycle_id,
    l.pair,
    l.n,
    l.bucket,
    l.wallet,
    l.seq,
    l.claim_n,
    l.kind,
    l.micros,
    l.lot_seq,
    l.dispute_id,
    (d.id IS NOT NULL) AS is_disputed,
        CASE
            WHEN (d.id IS NOT NULL) THEN (0)::bigint
            ELSE (((l.micros - l.remainder) / micros_per_minor(y.currency)) + (((t.cut_remainder IS NOT NULL) AND ((l.remainder > t.cut_remainder) OR ((l.remainder = t.cut_remainder) AND (l.tie <= t.cut_tie)))))::integer)
        END AS billed_minor
   FROM (((claim_line l
     JOIN directional_total t ON (((t.cycle_id = l.cycle_id) AND (t.pair = l.pair))))
     JOIN settlement_cycle y ON ((y.id = l.cycle_id)))
     LEFT JOIN dispute d ON (((d.cycle_id = l.cycle_id) AND (d.pair = l.pair) AND (d.n = l.n))));

-- Triggers

CREATE TRIGGER award_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.award FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER bank_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.bank_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaign_decision_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.campaign_decision FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaign_lot_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.campaign_lot FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaign_response_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.campaign_response FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER campaign_verdict_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.campaign_verdict FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER chain_seal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.chain_seal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER claim_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.claim FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER claim_is_posted AFTER INSERT ON public.claim REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_versions();

CREATE TRIGGER closing_package_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.closing_package FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER command_refusal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.command_refusal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER document_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.document FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER earn_explanation_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.earn_explanation FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER entry_is_posted AFTER INSERT ON public.entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_versions();

CREATE TRIGGER journal_feed_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.journal_feed FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER journal_transaction_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.journal_transaction FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER journal_transaction_balanced AFTER INSERT ON public.journal_transaction REFERENCING NEW TABLE AS posted FOR EACH STATEMENT EXECUTE FUNCTION check_balances();

CREATE TRIGGER lot_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.lot FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER lot_extension_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.lot_extension FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER lot_extension_is_posted AFTER INSERT ON public.lot_extension REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_versions();

CREATE TRIGGER lot_terms_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.lot_terms FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER money_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.money_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER money_entry_is_posted AFTER INSERT ON public.money_entry REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_versions();

CREATE TRIGGER passed_rules_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.passed_rules FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER purchase_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.purchase FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER purchase_return_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.purchase_return FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER purchase_return_is_posted AFTER INSERT ON public.purchase_return REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_versions();

CREATE TRIGGER receipt_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.receipt FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER redemption_money_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.redemption_money FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER redemption_money_is_posted AFTER INSERT ON public.redemption_money REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_versions();

CREATE TRIGGER redemption_reversal_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.redemption_reversal FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER redemption_reversal_is_posted AFTER INSERT ON public.redemption_reversal REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION check_versions();

CREATE TRIGGER settlement_entry_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.settlement_entry FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER verification_round_append_only BEFORE DELETE OR UPDATE OR TRUNCATE ON public.verification_round FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER wallet_is_posted AFTER UPDATE ON public.wallet REFERENCING OLD TABLE AS before NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION check_wallets();

CREATE TRIGGER wallet_made_is_posted AFTER INSERT ON public.wallet REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION check_wallets();

-- Row security

create policy hub_tenant on account_freeze as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on account_freeze as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on adjustment as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on adjustment as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on award as PERMISSIVE for ALL using ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = award.bucket) AND (wallet.wallet = award.wallet))))) with check ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = award.bucket) AND (wallet.wallet = award.wallet)))));

create policy hub_work on award as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on bank_entry as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on bank_entry as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on buy_out as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on buy_out as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on campaign_decision as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on campaign_decision as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on campaign_lot as PERMISSIVE for ALL using ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = campaign_lot.bucket) AND (wallet.wallet = campaign_lot.wallet))))) with check ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = campaign_lot.bucket) AND (wallet.wallet = campaign_lot.wallet)))));

create policy hub_work on campaign_lot as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on campaign_response as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on campaign_response as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on campaign_verdict as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on campaign_verdict as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on cap_share as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on cap_share as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on claim as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on claim as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on claim_line as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on claim_line as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on claim_pair as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on claim_pair as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on claim_part as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on claim_part as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on claim_remainder as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on claim_remainder as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on closing_package as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on closing_package as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on command_key as PERMISSIVE for ALL using (((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)) OR (programme_id IS NULL))) with check (((programme_id = NULLIF(current_setting('hub.programme'::text, true), ''::text)) OR (programme_id IS NULL)));

create policy hub_work on command_key as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on cycle_activity as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on cycle_activity as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on cycle_step as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on cycle_step as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on default_share as PERMISSIVE for ALL using ((default_id IN ( SELECT partner_default.id
   FROM partner_default))) with check ((default_id IN ( SELECT partner_default.id
   FROM partner_default)));

create policy hub_work on default_share as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on directional_total as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on directional_total as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on dispute as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on dispute as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on document as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on document as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on earn_explanation as PERMISSIVE for ALL using ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = earn_explanation.bucket) AND (wallet.wallet = earn_explanation.wallet))))) with check ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = earn_explanation.bucket) AND (wallet.wallet = earn_explanation.wallet)))));

create policy hub_work on earn_explanation as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on entry as PERMISSIVE for ALL using ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = entry.bucket) AND (wallet.wallet = entry.wallet))))) with check ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = entry.bucket) AND (wallet.wallet = entry.wallet)))));

create policy hub_work on entry as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on guarantee as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on guarantee as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on guarantee_payment as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on guarantee_payment as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on hold as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on hold as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on identity_projection as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on identity_projection as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on journal_transaction as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on journal_transaction as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on lot as PERMISSIVE for ALL using ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = lot.bucket) AND (wallet.wallet = lot.wallet))))) with check ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = lot.bucket) AND (wallet.wallet = lot.wallet)))));

create policy hub_work on lot as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on lot_extension as PERMISSIVE for ALL using ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = lot_extension.bucket) AND (wallet.wallet = lot_extension.wallet))))) with check ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = lot_extension.bucket) AND (wallet.wallet = lot_extension.wallet)))));

create policy hub_work on lot_extension as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on lot_terms as PERMISSIVE for ALL using (true) with check (true);

create policy hub_work on lot_terms as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on member_facts as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on member_facts as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on member_projection as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on member_projection as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on missing_claim as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on missing_claim as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on money_entry as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on money_entry as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on net_position as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on net_position as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on open_lot as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on open_lot as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on partner_default as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on partner_default as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on partner_link_projection as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on partner_link_projection as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on party_details as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on party_details as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on passed_rules as PERMISSIVE for ALL using (true) with check (true);

create policy hub_work on passed_rules as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on pending_lot as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on pending_lot as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on point_fund as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on point_fund as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on programme_clock as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on programme_clock as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on purchase as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on purchase as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on purchase_return as PERMISSIVE for ALL using ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = purchase_return.bucket) AND (wallet.wallet = purchase_return.wallet))))) with check ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = purchase_return.bucket) AND (wallet.wallet = purchase_return.wallet)))));

create policy hub_work on purchase_return as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on receipt as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on receipt as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on redemption_money as PERMISSIVE for ALL using ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = redemption_money.bucket) AND (wallet.wallet = redemption_money.wallet))))) with check ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = redemption_money.bucket) AND (wallet.wallet = redemption_money.wallet)))));

create policy hub_work on redemption_money as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on redemption_rate as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on redemption_rate as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on redemption_reversal as PERMISSIVE for ALL using ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = redemption_reversal.bucket) AND (wallet.wallet = redemption_reversal.wallet))))) with check ((EXISTS ( SELECT 1
   FROM wallet
  WHERE ((wallet.bucket = redemption_reversal.bucket) AND (wallet.wallet = redemption_reversal.wallet)))));

create policy hub_work on redemption_reversal as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on rule_book as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on rule_book as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on run_off as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on run_off as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on run_off_draw as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on run_off_draw as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on settlement_cycle as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on settlement_cycle as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on settlement_entry as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on settlement_entry as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on settlement_rate as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on settlement_rate as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on statement_agreement as PERMISSIVE for ALL using ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle))) with check ((cycle_id IN ( SELECT settlement_cycle.id
   FROM settlement_cycle)));

create policy hub_work on statement_agreement as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on trial_finding as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on trial_finding as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on vintage_flow as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on vintage_flow as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on wallet as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on wallet as PERMISSIVE for ALL using (true) with check (true);

create policy hub_tenant on wrong_receipts as PERMISSIVE for ALL using ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid)) with check ((programme_id = (substr(NULLIF(current_setting('hub.programme'::text, true), ''::text), 5))::uuid));

create policy hub_work on wrong_receipts as PERMISSIVE for ALL using (true) with check (true);
