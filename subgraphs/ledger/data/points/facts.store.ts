import type { Client } from 'pg';
import { Asking, flush } from '../../../../kernel/db/flush';
import { uuidOf, type MemberId, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import { NO_MEMBER_FACTS, type MemberFacts } from '../../core/rules/member-facts';
import type { WalletKey } from '../../core/points/wallet';
import { arrayText } from './wallet-request';

/** Of whom rules ask, where, and since when earlier purchases count. */
export interface FactsRequest {
  readonly key: WalletKey;
  readonly memberId: MemberId;
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
  readonly ordersSince: Date;
}

/** What rules may know of a member at a partner. */
export interface LoadedPerson {
  readonly facts: MemberFacts;
  readonly orders: readonly Date[];
}

const LOAD_MEMBERS = `/* ledger.post.loadMemberFacts */
select k.place::integer, m.enrolled_at, f.consented, f.segments, f.attributes
  from unnest($1::uuid[], $2::uuid[]) with ordinality as k(programme_id, member_id, place)
  left join member_projection m on (m.programme_id, m.member_id) = (k.programme_id, k.member_id)
  left join member_facts f on (f.programme_id, f.member_id) = (k.programme_id, k.member_id)`;

interface FactsRow {
  readonly place: number;
  readonly enrolled_at: Date | null;
  /** Null, as the two below: members announced no facts of this member. */
  readonly consented: boolean | null;
  readonly segments: string[] | null;
  readonly attributes: MemberFacts['attributes'] | null;
}

function factsFrom({ enrolled_at: enrolledAt, consented, segments, attributes }: FactsRow): MemberFacts {
  if (consented === null || segments === null || attributes === null) return { ...NO_MEMBER_FACTS, enrolledAt };
  return { enrolledAt, consented, segments: new Set(segments), attributes };
}

/** The most earlier purchases that are counted. */
const ORDERS_MAX = 5_000;

const LOAD_ORDERS = `/* ledger.post.loadOrders */
select k.place::integer, o.occurred_at
  from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::timestamptz[]) with ordinality as k(bucket, wallet, partner_id, since, place)
  cross join lateral (
    select p.occurred_at from purchase p
     where p.bucket = k.bucket and p.wallet = k.wallet and p.partner_id = k.partner_id and p.occurred_at >= k.since
     limit ${ORDERS_MAX}) o`;

/** What rules ask of members, for a batch at once; called under the wallets' locks, so that no purchase is missed. */
export async function loadPersons(client: Client, asked: readonly FactsRequest[]): Promise<LoadedPerson[]> {
  const asking = new Asking();
  const members = asking.add<FactsRow>({
    name: 'ledger.post.loadMemberFacts',
    text: LOAD_MEMBERS,
    values: [
      arrayText(asked.map(({ programmeId }) => uuidOf(programmeId))),
      arrayText(asked.map(({ memberId }) => uuidOf(memberId))),
    ],
  });
  const orders = asking.add<{ place: number; occurred_at: Date }>({
    name: 'ledger.post.loadOrders',
    text: LOAD_ORDERS,
    values: [
      arrayText(asked.map(({ key }) => key.bucket)),
      arrayText(asked.map(({ key }) => key.wallet)),
      arrayText(asked.map(({ partnerId }) => uuidOf(partnerId))),
      `{${asked.map(({ ordersSince }) => `"${ordersSince.toISOString()}"`).join(',')}}`,
    ],
  });
  const answers = await flush(client, asking.statements);
  const known = new Map(members(answers).map((row) => [row.place, factsFrom(row)]));
  const before = new Map<number, Date[]>();
  for (const { place, occurred_at: at } of orders(answers)) before.set(place, [...(before.get(place) ?? []), at]);
  return asked.map((_, n) => ({
    facts: known.get(n + 1) ?? NO_MEMBER_FACTS,
    orders: before.get(n + 1) ?? [],
  }));
}
