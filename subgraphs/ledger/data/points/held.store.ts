import type { Answers, Asking } from '../../../../kernel/db/flush';
import { sql } from '../../../../kernel/db/sql';
import { points, type Points } from '../../../../kernel/values/points';
import type { Wallet, WalletKey } from '../../core/points/wallet';
import { keyArrays, walletText, type WalletRequest } from './wallet-request';

/** Asked of wallets that have something on hold, which few have when they come. */
const LOAD_HELD = sql`/* ledger.post.loadHeldLots */
select h.bucket, h.wallet, e.lot_seq, sum(e.amount) as held
  from unnest($1::smallint[], $2::uuid[]) as k(bucket, wallet)
  join wallet w on w.bucket = k.bucket and w.wallet = k.wallet and w.held > 0
  join hold h on h.bucket = w.bucket and h.wallet = w.wallet and h.state = 'OPEN'
  join entry e on e.bucket = h.bucket and e.wallet = h.wallet and e.seq = h.seq and e.credit_kind = 'HELD'
 group by h.bucket, h.wallet, e.lot_seq`;

/** What is on hold of each lot, by `walletText`. */
type HeldLots = ReadonlyMap<string, Wallet['heldByLot']>;

/**
 * Adds to a flush what is on hold, lot by lot, in wallets whose spendable lots are asked for.
 *
 * @returns what reads the answer
 */
export function askHeld(asking: Asking, wallets: readonly WalletRequest[]): (answers: Answers) => HeldLots {
  const keys = wallets.filter(({ needs }) => needs.lots).map(({ key }) => key);
  const statement =
    keys.length === 0 ? null : { name: 'ledger.post.loadHeldLots', text: LOAD_HELD, values: keyArrays(keys) };
  const held = asking.add<WalletKey & { lot_seq: string; held: string }>(statement);
  return (answers) => {
    const lotsOf = new Map<string, Map<bigint, Points>>();
    for (const row of held(answers)) {
      const lots = lotsOf.get(walletText(row)) ?? new Map<bigint, Points>();
      lotsOf.set(walletText(row), lots.set(BigInt(row.lot_seq), points(BigInt(row.held))));
    }
    return lotsOf;
  };
}
