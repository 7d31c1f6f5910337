import type { Client } from 'pg';
import { Asking, flush, type Answers, type FlushStatement } from '../../../../kernel/db/flush';
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
  /** Whether they ask how often it bought before. */
  readonly asksOrders: boolean;
}

/** What rules may know of a member at a partner. */
export interface LoadedPerson {
  readonly facts: MemberFacts;
  readonly orders: readonly Date[];
}

/** An instant as milliseconds since 1970: reading a date's text takes longer than all else of a row. */
const inMs = (column: string) => `floor(extract(epoch from ${column}) * 1000)::bigint`;

const LOAD_MEMBERS = `/* ledger.post.loadMemberFacts */
select k.place::integer, ${inMs('m.enrolled_at')} as enrolled_ms, f.consented, f.segments, f.attributes
  from unnest($1::uuid[], $2::uuid[]) with ordinality as k(programme_id, member_id, place)
  left join member_projection m on (m.programme_id, m.member_id) = (k.programme_id, k.member_id)
  left join member_facts f on (f.programme_id, f.member_id) = (k.programme_id, k.member_id)`;

interface FactsRow {
  readonly place: number;
  readonly enrolled_ms: string | null;
  /** Null, as the two below: members announced no facts of this member. */
  readonly consented: boolean | null;
  readonly segments: string[] | null;
  readonly attributes: MemberFacts['attributes'] | null;
}

function factsFrom({ enrolled_ms: ms, consented, segments, attributes }: FactsRow): MemberFacts {
  const enrolledAt = ms === null ? null : new Date(Number(ms));
  if (consented === null || segments === null || attributes === null) return { ...NO_MEMBER_FACTS, enrolledAt };
  return { enrolledAt, consented, segments: new Set(segments), attributes };
}

/** The most earlier purchases that are counted. */
const ORDERS_MAX = 5_000;

const LOAD_ORDERS = `/* ledger.post.loadOrders */
select k.place::integer, ${inMs('o.occurred_at')} as at
  from unnest($1::smallint[], $2::uuid[], $3::uuid[], $4::timestamptz[]) with ordinality as k(bucket, wallet, partner_id, since, place)
  cross join lateral (
    select p.occurred_at from purchase p
     where p.bucket = k.bucket and p.wallet = k.wallet and p.partner_id = k.partner_id and p.occurred_at >= k.since
     limit ${ORDERS_MAX}) o`;

/** What rules ask of members, read for a batch at once under the wallets' locks, so that no purchase is missed. */
export async function loadPersons(client: Client, asked: readonly FactsRequest[]): Promise<LoadedPerson[]> {
  const asking = new Asking();
  const persons = askPersons(asking, asked);
  return persons(await flush(client, asking.statements));
}

/** Adds to a flush what rules ask of members. @returns what finds them in its answers, in the order they were asked for */
export function askPersons(asking: Asking, asked: readonly FactsRequest[]): (answers: Answers) => LoadedPerson[] {
  const buyers = asked.flatMap((one, n) => (one.asksOrders ? [{ ...one, n }] : []));
  const members = asking.add<FactsRow>(membersOf(asked));
  const orders = asking.add<{ place: number; at: string }>(ordersOf(buyers));
  return (answers) => {
    const known = new Map(members(answers).map((row) => [row.place, factsFrom(row)]));
    const before = new Map<number, Date[]>();
    for (const { place, at } of orders(answers)) {
      const { n } = buyers[place - 1] as (typeof buyers)[number];
      const list = before.get(n);
      if (list === undefined) before.set(n, [new Date(Number(at))]);
      else list.push(new Date(Number(at)));
    }
    return asked.map((_, n) => ({ facts: known.get(n + 1) ?? NO_MEMBER_FACTS, orders: before.get(n) ?? [] }));
  };
}

function membersOf(asked: readonly FactsRequest[]): FlushStatement | null {
  if (asked.length === 0) return null;
  const values = [
    arrayText(asked.map(({ programmeId }) => uuidOf(programmeId))),
    arrayText(asked.map(({ memberId }) => uuidOf(memberId))),
  ];
  return { name: 'ledger.post.loadMemberFacts', text: LOAD_MEMBERS, values };
}

function ordersOf(buyers: readonly FactsRequest[]): FlushStatement | null {
  if (buyers.length === 0) return null;
  const values = [
    arrayText(buyers.map(({ key }) => key.bucket)),
    arrayText(buyers.map(({ key }) => key.wallet)),
    arrayText(buyers.map(({ partnerId }) => uuidOf(partnerId))),
    `{${buyers.map(({ ordersSince }) => `"${ordersSince.toISOString()}"`).join(',')}}`,
  ];
  return { name: 'ledger.post.loadOrders', text: LOAD_ORDERS, values };
}
