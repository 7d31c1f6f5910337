import { asAdministrator } from '../../../kernel/db/provision';
import { uuidOf, type MemberId } from '../../../kernel/values/id';
import type { PartsHub } from './parts';

/** A purchase of one euro as it was answered. */
export interface NamedSale {
  readonly points: number;
  /** The version of the rule book that it says it was posted by. */
  readonly version: bigint;
}

/** The bonuses that a version gives beside one point for the euro; versions not named gave what the one before gave. */
export type RulesByVersion = Map<bigint, readonly number[]>;

/** Sales whose points are not what all rules of the version they name come to. */
export function halfApplied(
  sales: readonly NamedSale[],
  given: RulesByVersion,
): { version: bigint; points: number; expected: number }[] {
  return sales
    .map(({ points, version }) => ({ points, version, expected: pointsBy(version, given) }))
    .filter(({ points, expected }) => points !== expected);
}

/** How many versions a number of sales name. */
export function versionsUsed(sales: readonly NamedSale[]): number {
  return new Set(sales.map(({ version }) => version)).size;
}

function pointsBy(version: bigint, given: RulesByVersion): number {
  const earlier = [...given.keys()].filter((known) => known <= version);
  const last = earlier.reduce<bigint | null>((latest, one) => (latest === null || one > latest ? one : latest), null);
  if (last === null) throw new Error(`pointsBy: nothing is known of version ${version}`);
  return 1 + given.get(last)!.reduce((sum, bonus) => sum + bonus, 0);
}

interface Posted {
  readonly wallet: string;
  readonly version: string;
}

/** What the ledger's journal says of sales. */
export class PostedSales {
  constructor(private readonly parts: PartsHub) {}

  /** How many of some members bought by a version or a later one, and when the first did. */
  async soldBy(members: readonly MemberId[], version: bigint): Promise<{ members: number; first: Date | null }> {
    const [row] = await this.ask<{ members: string; first: Date | null }>(
      `select count(distinct wallet) as members, min(recorded_at) as first
         from journal_transaction where wallet = any($1) and kind = 'EARN' and rule_book_version >= $2`,
      [members.map(uuidOf), version.toString()],
    );
    return { members: Number(row!.members), first: row!.first };
  }

  /**
   * Sales with the versions their postings name.
   *
   * @param earned what each member's sales were answered, in order: a member's postings are in that order too
   */
  async sales(members: readonly MemberId[], earned: readonly (readonly number[])[]): Promise<NamedSale[]> {
    const posted = await this.ask<Posted>(
      `select wallet, rule_book_version as version
         from journal_transaction where wallet = any($1) and kind = 'EARN' order by wallet, seq`,
      [members.map(uuidOf)],
    );
    return members.flatMap((memberId, n) => {
      const own = posted.filter(({ wallet }) => wallet === uuidOf(memberId));
      const answered = earned[n] ?? [];
      if (own.length !== answered.length) throw new Error(`${own.length} postings of ${answered.length} sales`);
      return own.map(({ version }, sale) => ({ points: answered[sale]!, version: BigInt(version) }));
    });
  }

  private async ask<Row extends object>(query: string, values: unknown[]): Promise<Row[]> {
    const url = new URL(this.parts.postgres.superuserUrl);
    url.pathname = '/hub_ledger';
    let rows: Row[] = [];
    await asAdministrator(url.href, async (client) => {
      ({ rows } = await client.query<Row>(query, values));
    });
    return rows;
  }
}
