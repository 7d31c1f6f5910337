import type { Pool } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type MemberId, type ProgrammeId } from '../../../../kernel/values/id';
import type { Party } from '../../core/points/lot';

/** One account of a party in one of the two books; its balance is credits less debits, so that a book sums to zero. */
export interface PartyAccount {
  readonly book: 'POINTS' | 'MONEY';
  readonly kind: string;
  readonly partyId: Party;
  /** Of an account kept for a pair, the creditor; undefined for those of one party. */
  readonly counterpartyId?: Party;
  /** Points, or micro-units of the programme's currency. */
  readonly balance: bigint;
}

const POINTS_BOOK = sql`/* ledger.accountBook.points */
select kind, owner, sum(amount) as balance
  from (
    select e.debit_kind as kind, e.debit_owner as owner, -e.amount as amount
      from wallet w join entry e on e.bucket = w.bucket and e.wallet = w.wallet where w.programme_id = $1
    union all
    select e.credit_kind, e.credit_owner, e.amount
      from wallet w join entry e on e.bucket = w.bucket and e.wallet = w.wallet where w.programme_id = $1
  ) one
 where kind in ('ISSUED', 'REDEEMED', 'EXPIRED', 'CLAWED_BACK')
 group by kind, owner order by kind, owner nulls last`;
const MONEY_BOOK = sql`/* ledger.accountBook.money */
with owed as (
  select c.debtor_id, c.creditor_id, c.hub_account, c.hub_owner, c.micros
    from wallet w join claim c on c.bucket = w.bucket and c.wallet = w.wallet where w.programme_id = $1
)
select kind, owner, counterparty, sum(micros) as balance
  from (
    select case when debtor_id is null then hub_account else 'CLEARING' end as kind,
           case when debtor_id is null then hub_owner else debtor_id end as owner, null::uuid as counterparty, -micros as micros from owed
    union all
    select case when creditor_id is null then hub_account else 'CLEARING' end,
           case when creditor_id is null then hub_owner else creditor_id end, null, micros from owed
    union all
    select debit_kind, debit_owner, null, -micros from money_entry where programme_id = $1
    union all
    select credit_kind, credit_owner, null, micros from money_entry where programme_id = $1
    union all
    select e.debit_kind, e.debit_owner, e.debit_counterparty, -e.micros
      from settlement_entry e join settlement_cycle y on y.id = e.cycle_id and y.currency = e.currency where e.programme_id = $1
    union all
    select e.credit_kind, e.credit_owner, e.credit_counterparty, e.micros
      from settlement_entry e join settlement_cycle y on y.id = e.cycle_id and y.currency = e.currency where e.programme_id = $1
  ) one
 group by kind, owner, counterparty order by kind, owner nulls last, counterparty nulls last`;
const partyFrom = (uuid: string | null | undefined): Party => (uuid == null ? null : idFromUuid('ptr', uuid));
/** Accounts kept for a pair: their owner is the debtor. */
const OF_PAIRS = new Set(['ROUNDING_CARRY', 'DISPUTE_SUSPENSE']);

/** Every account of parties a programme's books hold: of the points book those that are no member's, and the money book. */
export async function loadPartyAccounts(pool: Pool, programmeId: ProgrammeId): Promise<PartyAccount[]> {
  const load = async (book: PartyAccount['book'], text: string): Promise<PartyAccount[]> => {
    const { rows } = await pool.query<{
      kind: string;
      owner: string | null;
      counterparty?: string | null;
      balance: string;
    }>(text, [uuidOf(programmeId)]);
    return rows.map(({ kind, owner, counterparty, balance }) => ({
      ...{ book, kind, balance: BigInt(balance), partyId: partyFrom(owner) },
      ...(OF_PAIRS.has(kind) ? { counterpartyId: partyFrom(counterparty) } : {}),
    }));
  };
  return [...(await load('POINTS', POINTS_BOOK)), ...(await load('MONEY', MONEY_BOOK))];
}

/** A member's accounts. */
export interface MemberAccounts {
  readonly memberId: MemberId;
  readonly wallet: string;
  readonly available: bigint;
  readonly pending: bigint;
  readonly held: bigint;
  readonly owed: readonly { readonly partyId: Party; readonly points: bigint }[];
}

const MEMBERS = sql`/* ledger.accountBook.members */
select w.wallet, w.available, w.pending, w.held, w.owed
  from wallet w where w.programme_id = $1 and w.wallet > $2::uuid order by w.wallet limit $3`;

/** A page of members' accounts, those that were ever posted to. */
export async function loadMemberAccounts(
  pool: Pool,
  programmeId: ProgrammeId,
  { afterWallet, limit }: { afterWallet: string | null; limit: number },
): Promise<MemberAccounts[]> {
  const { rows } = await pool.query<{
    wallet: string;
    available: string;
    pending: string;
    held: string;
    owed: { creditor: string | null; points: string }[] | null;
  }>(MEMBERS, [uuidOf(programmeId), afterWallet ?? '00000000-0000-0000-0000-000000000000', limit]);
  return rows.map(({ wallet, available, pending, held, owed }) => ({
    memberId: idFromUuid('mem', wallet),
    wallet,
    available: BigInt(available),
    pending: BigInt(pending),
    held: BigInt(held),
    owed: (owed ?? []).map(({ creditor, points }) => ({
      partyId: creditor === null ? null : idFromUuid('ptr', creditor),
      points: BigInt(points),
    })),
  }));
}
