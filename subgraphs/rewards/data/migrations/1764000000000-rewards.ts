import type { MigrationInterface, QueryRunner } from 'typeorm';
import { COMMAND_KEY_DDL } from '../../../../kernel/db/command-key';
import { OUTBOX_DDL } from '../../../../kernel/events/outbox';

const TABLES = `
create table rule_book (
  programme_id text primary key,
  version bigint not null
);

create table partner_standing (
  programme_id text not null references rule_book,
  partner_id text not null,
  can_redeem boolean not null,
  is_active boolean not null,
  primary key (programme_id, partner_id)
);

create table reward (
  id text primary key,
  programme_id text not null,
  offered_by text not null,
  name text not null check (length(name) between 1 and 200),
  price_points bigint not null check (price_points > 0),
  valid_from timestamptz not null,
  valid_until timestamptz check (valid_until > valid_from),
  voucher_validity_days integer not null check (voucher_validity_days between 1 and 3650),
  stock_offered integer check (stock_offered > 0),
  stock_left integer check (stock_left between 0 and stock_offered),
  created_at timestamptz not null,
  unique (programme_id, id),
  check ((stock_offered is null) = (stock_left is null))
);
create index reward_by_price on reward (programme_id, price_points, id);

create table reward_order (
  id text primary key,
  programme_id text not null,
  reward_id text not null,
  partner_id text not null,
  placed_by text not null check (placed_by in ('MEMBER', 'PARTNER')),
  member_id text,
  sealed_identity bytea,
  quantity integer not null check (quantity between 1 and 10),
  price_points bigint not null check (price_points > 0),
  state text not null check (state in ('PLACED', 'HELD', 'VOUCHERED', 'CAPTURED', 'CANCELLED')),
  hold_id text,
  redemption_id text,
  refusal jsonb,
  placed_at timestamptz not null,
  hold_expires_at timestamptz not null,
  resume_at timestamptz not null,
  attempts integer not null default 0,
  unique (programme_id, id),
  foreign key (programme_id, reward_id) references reward (programme_id, id),
  constraint identity_is_forgotten_after_the_hold check (sealed_identity is null or state = 'PLACED'),
  constraint held_order_names_its_hold
    check (state in ('PLACED', 'CANCELLED') or (hold_id is not null and member_id is not null)),
  constraint captured_order_names_its_redemption check ((state = 'CAPTURED') = (redemption_id is not null)),
  constraint cancelled_order_says_why check ((state = 'CANCELLED') = (refusal is not null))
);
create index reward_order_unfinished on reward_order (resume_at) where state not in ('CAPTURED', 'CANCELLED');
create index reward_order_by_reward on reward_order (reward_id);

create table voucher (
  id text primary key,
  programme_id text not null,
  order_id text not null,
  reward_id text not null,
  member_id text not null,
  partner_id text not null,
  code text not null unique,
  state text not null check (state in ('ISSUED', 'USED', 'PARTLY_USED', 'EXPIRED', 'CANCELLED')),
  expires_at timestamptz not null,
  issued_at timestamptz,
  foreign key (programme_id, order_id) references reward_order (programme_id, id)
);
create index voucher_by_order on voucher (order_id);
create index voucher_of_member on voucher (programme_id, member_id, id) where issued_at is not null;
`;

/** A final order stays as it ended, and no order goes back: what a caller was told once remains true. */
const ORDER_MOVES_FORWARD = `
create function refuse_backward_order() returns trigger language plpgsql as $$
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
end $$;
create trigger order_moves_forward before update on reward_order
  for each row execute function refuse_backward_order();
`;

/** All tables of rewards. */
export class Rewards1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(OUTBOX_DDL);
    await runner.query(COMMAND_KEY_DDL);
    await runner.query(TABLES);
    await runner.query(ORDER_MOVES_FORWARD);
  }

  async down(): Promise<void> {
    throw new Error('Rewards: migrations only go forward; restore a backup instead.');
  }
}
