import { assertNamed, sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type MemberId, type ProgrammeId } from '../../../../kernel/values/id';
import type { Party } from '../../core/settlement/directional-total';
import { rollUpHealed } from './roll-up.store';
import { partyFrom } from './total.store';
import { balancesThatAreNotTheirLots, pointsThatDoNotSumToZero } from './trial-sql';

/** Checks that find a version of an account. */
type AccountCheck = 'CLAIM' | 'BALANCE' | 'POINTS';

/** Something that keeps a cycle from being drawn up. */
export type TrialFinding =
  | { readonly what: AccountCheck; readonly memberId: MemberId; readonly version: bigint }
  | { readonly what: 'FUND'; readonly issuerId: Party; readonly missingMicros: bigint };

/** What was found while rolling up, looked at again. */
function stillWrong(what: AccountCheck, check: (transactions: string) => string): string {
  const found = `(select j.* from trial_finding f join journal_transaction j using (bucket, wallet, seq)
                   where f.programme_id = $1 and f.what = '${what}')`;
  const statement = `/* ledger.draft.stillWrong */ select wallet, seq from (${check(found)}) b order by wallet, seq limit 20`;
  assertNamed(statement);
  return statement;
}

const RECHECKED = [
  { what: 'BALANCE', statement: stillWrong('BALANCE', balancesThatAreNotTheirLots) },
  { what: 'POINTS', statement: stillWrong('POINTS', pointsThatDoNotSumToZero) },
] as const;
const FOUND = sql`/* ledger.draft.found */
select distinct what from trial_finding where programme_id = $1`;
const FUNDS = sql`/* ledger.draft.checkFunds */
select issuer_id, reserve_micros - fund_micros as missing from point_fund
 where programme_id = $1 and fund_micros < reserve_micros order by issuer_id limit 20`;
const FORGET = sql`/* ledger.draft.forgetFindings */
delete from trial_finding where programme_id = $1 and what = $2`;

/**
 * Trial checks of a close, after everything is rolled up: points sum to zero, balances are their lots, claims re-derive from their
 * entries, each fund covers what is outstanding at the reserve price.
 *
 * @returns what is wrong, at most twenty rows of each; none when the cycle may be drawn up
 */
export async function findTrialFaults(tx: Tx, programmeId: ProgrammeId): Promise<TrialFinding[]> {
  const programme = uuidOf(programmeId);
  const found = (what: AccountCheck, rows: { wallet: string; seq: string }[]) =>
    rows.map(({ wallet, seq }): TrialFinding => ({ what, memberId: idFromUuid('mem', wallet), version: BigInt(seq) }));
  const passedOver = (await tx.query(FOUND, [programme])) as { what: AccountCheck }[];
  const suspected = new Set(passedOver.map(({ what }) => what));
  // What was found while rolling up is looked at again: what was put right since blocks nothing.
  const faults = suspected.has('CLAIM') ? found('CLAIM', await rollUpHealed(tx, programme)) : [];
  for (const { what, statement } of RECHECKED) {
    if (!suspected.has(what)) continue;
    const rows = (await tx.query(statement, [programme])) as { wallet: string; seq: string }[];
    if (rows.length === 0) await tx.query(FORGET, [programme, what]);
    faults.push(...found(what, rows));
  }
  const funds = (await tx.query(FUNDS, [programme])) as { issuer_id: string | null; missing: string }[];
  const short = funds.map(({ issuer_id, missing }): TrialFinding => ({
    ...{ what: 'FUND', issuerId: partyFrom(issuer_id), missingMicros: BigInt(missing) },
  }));
  return [...faults, ...short];
}
