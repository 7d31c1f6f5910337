import { assertNamed, sql } from '../../../../kernel/db/sql';
import type { Tx } from '../../../../kernel/db/transaction';
import { idFromUuid, uuidOf, type MemberId, type ProgrammeId } from '../../../../kernel/values/id';
import type { Party } from '../../core/settlement/directional-total';
import { rollUpHealed } from './roll-up.store';
import { partyFrom } from './total.store';
import { balancesThatAreNotTheirLots } from './trial-sql';

/** Something that keeps a cycle from being drawn up. */
export type TrialFinding =
  | { readonly what: 'CLAIM' | 'BALANCE'; readonly memberId: MemberId; readonly version: bigint }
  | { readonly what: 'FUND'; readonly issuerId: Party; readonly missingMicros: bigint };

const WRONG_BALANCES = (() => {
  const statement = `/* ledger.draft.wrongBalances */
select wallet, seq from (${balancesThatAreNotTheirLots(
    `(select bucket, wallet from trial_finding where programme_id = $1 and what = 'BALANCE')`,
  )}) b order by wallet limit 20`;
  assertNamed(statement);
  return statement;
})();
const FUNDS = sql`/* ledger.draft.checkFunds */
select issuer_id, reserve_micros - fund_micros as missing from point_fund
 where programme_id = $1 and fund_micros < reserve_micros order by issuer_id limit 20`;
const FORGET = sql`/* ledger.draft.forgetFindings */
delete from trial_finding where programme_id = $1 and what = 'BALANCE'`;

/**
 * Trial checks of a close, after everything is rolled up: claims re-derive from their entries, balances are their lots, each fund
 * covers what is outstanding at the reserve price.
 *
 * @returns what is wrong, at most twenty rows of each; none when the cycle may be drawn up
 */
export async function findTrialFaults(tx: Tx, programmeId: ProgrammeId): Promise<TrialFinding[]> {
  const programme = uuidOf(programmeId);
  const found = (what: 'CLAIM' | 'BALANCE', rows: { wallet: string; seq: string }[]) =>
    rows.map(({ wallet, seq }): TrialFinding => ({ what, memberId: idFromUuid('mem', wallet), version: BigInt(seq) }));
  // What was found while rolling up is looked at again: what was put right since blocks nothing.
  const claims = await rollUpHealed(tx, programme);
  const balances = (await tx.query(WRONG_BALANCES, [programme])) as { wallet: string; seq: string }[];
  if (balances.length === 0) await tx.query(FORGET, [programme]);
  const funds = (await tx.query(FUNDS, [programme])) as { issuer_id: string | null; missing: string }[];
  return [
    ...found('CLAIM', claims),
    ...found('BALANCE', balances),
    ...funds.map(({ issuer_id, missing }): TrialFinding => ({
      ...{ what: 'FUND', issuerId: partyFrom(issuer_id), missingMicros: BigInt(missing) },
    })),
  ];
}
