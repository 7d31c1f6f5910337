import type { PoolClient } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { idFromUuid, uuidOf, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import type { PurchaseLineFact } from '../../core/movements/purchase';
import type { MemberFacts } from '../../core/rules/member-facts';
import { NO_MEMBER_FACTS } from '../../core/rules/member-facts';
import type { Surroundings } from '../../core/rules/purchase-facts';
import type { PastPurchase } from '../../core/simulate-rule/replay';

/** Which purchases: of one partner, made from an instant until before another. */
export interface Stretch {
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
  readonly from: Date;
  readonly to: Date;
}

/** A purchase as it was posted. */
export interface PostedPurchase extends PastPurchase {
  readonly wallet: string;
  readonly points: bigint;
}

const stretchOf = ({ programmeId, partnerId, from, to }: Stretch) => [uuidOf(programmeId), uuidOf(partnerId), from, to];

const COUNT = sql`/* ledger.simulateRule.count */
select count(*)::integer as count
  from (select from purchase p
         where p.programme_id = $1 and p.partner_id = $2 and p.occurred_at >= $3 and p.occurred_at < $4 limit $5) counted`;

/** How many purchases there are in a stretch; counts no further than a limit. */
export async function countPurchases(client: PoolClient, stretch: Stretch, limit: number): Promise<number> {
  const { rows } = await client.query<{ count: number }>(COUNT, [...stretchOf(stretch), limit]);
  return rows[0]?.count ?? 0;
}

const DECLARE = sql`/* ledger.simulateRule.declare */
declare past no scroll cursor for
select p.wallet, p.external_ref, p.amount_minor, p.currency, p.branch, p.channel, p.lines, p.points, p.occurred_at,
       x.attributes as told, t.tier_before, m.enrolled_at, f.consented, f.segments, f.attributes,
       case when $5 then array(
         select extract(epoch from o.occurred_at) * 1000 from purchase o
          where o.bucket = p.bucket and o.wallet = p.wallet and o.partner_id = p.partner_id and o.seq < p.seq
            and o.occurred_at >= p.occurred_at - interval '368 days') else '{}' end as orders
  from purchase p
  join journal_transaction t on t.bucket = p.bucket and t.wallet = p.wallet and t.seq = p.seq
  left join earn_explanation x on x.bucket = p.bucket and x.wallet = p.wallet and x.seq = p.seq
  left join member_projection m on m.programme_id = p.programme_id and m.member_id = p.wallet
  left join member_facts f on f.programme_id = p.programme_id and f.member_id = p.wallet
 where p.programme_id = $1 and p.partner_id = $2 and p.occurred_at >= $3 and p.occurred_at < $4
 order by p.occurred_at, p.wallet, p.seq`;

const PAGE = 200;
const FETCH = `/* ledger.simulateRule.fetch */ fetch ${PAGE} from past`;

interface Row {
  wallet: string;
  external_ref: string;
  amount_minor: string;
  currency: string;
  branch: string | null;
  channel: string | null;
  lines: readonly (Omit<PurchaseLineFact, 'amount'> & { amount: { amountMinor: string; currency: string } })[] | null;
  points: string;
  occurred_at: Date;
  told: Surroundings | null;
  tier_before: string | null;
  enrolled_at: Date | null;
  consented: boolean | null;
  segments: string[] | null;
  attributes: MemberFacts['attributes'] | null;
  orders: string[];
}

/**
 * The purchases of a stretch as they happened, page by page: however many there are, one page is held.
 *
 * @param client in a transaction; the cursor ends with it
 */
export async function* pastPurchases(
  client: PoolClient,
  stretch: Stretch,
  asksOrders: boolean,
): AsyncGenerator<PostedPurchase[]> {
  await client.query(DECLARE, [...stretchOf(stretch), asksOrders]);
  for (;;) {
    const { rows } = await client.query<Row>(FETCH);
    if (rows.length > 0) yield rows.map((row) => purchaseFrom(row, stretch.partnerId));
    if (rows.length < PAGE) return;
  }
}

function purchaseFrom(row: Row, partnerId: PartnerId): PostedPurchase {
  return {
    wallet: row.wallet,
    points: BigInt(row.points),
    purchase: {
      partnerId,
      externalRef: row.external_ref,
      amountMinor: BigInt(row.amount_minor),
      currency: row.currency,
      occurredAt: row.occurred_at,
      branch: row.branch,
      channel: row.channel,
      lines:
        row.lines?.map(({ amount, ...line }) => ({
          ...line,
          amount: { amountMinor: BigInt(amount.amountMinor), currency: amount.currency },
        })) ?? null,
      surroundings: row.told,
    },
    memberId: idFromUuid('mem', row.wallet),
    person: { tier: row.tier_before, facts: factsFrom(row), orders: row.orders.map((ms) => new Date(Number(ms))) },
  };
}

function factsFrom({ enrolled_at: enrolledAt, consented, segments, attributes }: Row): MemberFacts {
  if (consented === null || segments === null || attributes === null) return { ...NO_MEMBER_FACTS, enrolledAt };
  return { enrolledAt, consented, segments: new Set(segments), attributes };
}
