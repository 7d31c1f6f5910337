import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import type { PartnerId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import type { Posted } from '../../app/points/post';
import type { DrawView, PostedTransaction } from '../../app/points/posted';
import type { AccountView, HoldReading, LotName, LotReading } from '../../app/points/read-account';
import { memberScopedId } from '../../core/points/scoped-id';

/** The parents of `Redemption` and `Draw`: what their resolvers go on from. */
export interface RedemptionView {
  readonly id: string;
  readonly redeemerId: PartnerId | null;
  readonly points: bigint;
  readonly reversed: bigint;
  readonly draws: readonly DrawOfLot[];
}
export interface DrawOfLot extends Pick<DrawView, 'points' | 'claimMicros'> {
  readonly lotName: LotName;
  readonly currency: string;
}

type Shown<Value> = Value & { readonly account: AccountView; readonly replayed: boolean };

/** Makes a success of a posting; a refusal passes. */
export function successOf<Value extends object>(
  principal: Principal,
  outcome: Posted | Refusal,
  show: (transaction: PostedTransaction) => Value,
): Shown<Value> | Refusal {
  if (isRefusal(outcome)) return outcome;
  const { transaction, replayed } = outcome;
  return { ...show(transaction), account: accountAfter(principal, outcome), replayed };
}

/** The account as the posting left it, now or when it was first made. */
function accountAfter(principal: Principal, { transaction, creditOnly }: Posted): AccountView {
  const programmeId = programmeOf(principal);
  if (programmeId === null) throw new TypeError('accountAfter: a posting belongs to a programme');
  const { memberId, seq: version, balances, issued } = transaction;
  if (creditOnly !== true) return { memberId, programmeId, version, ...balances };
  // The member has not opened itself to this partner: of its points the partner learns those it just gave, and neither
  // how many there are nor, by the version, how often it shops elsewhere.
  const none = points(0n);
  const given = issued?.remaining ?? none;
  return {
    memberId,
    programmeId,
    version: 0n,
    available: given,
    pending: none,
    held: none,
    arrears: none,
    isVeiled: true,
  };
}

export function showPurchase({ key, seq, purchase, issued }: PostedTransaction): object {
  if (purchase === null) throw new TypeError(`showPurchase: version ${seq} is no purchase`);
  const { externalRef, amountMinor, currency, occurredAt, points: earned } = purchase;
  const lots: LotReading[] =
    issued === null
      ? []
      : [{ ...issued, id: memberScopedId('lot', key.wallet, issued.lotSeq), quantity: issued.remaining }];
  return {
    purchase: {
      id: memberScopedId('txn', key.wallet, seq),
      externalRef,
      amount: { amountMinor, currency },
      occurredAt,
      returned: { amountMinor: 0n, currency },
    },
    earned,
    lots,
  };
}

export function showRedemption(transaction: PostedTransaction): { redemption: RedemptionView } {
  const { key, seq, memberId, partnerId, currency, draws } = transaction;
  const redemption: RedemptionView = {
    id: memberScopedId('txn', key.wallet, seq),
    redeemerId: partnerId,
    // A capture's own points are what came back: what was spent is what was drawn.
    points: draws.reduce((sum, draw) => sum + draw.points, 0n),
    reversed: 0n,
    draws: draws.map(({ lotSeq, points: taken, claimMicros }) => ({
      lotName: { memberId, lotSeq },
      points: taken,
      claimMicros,
      currency,
    })),
  };
  return { redemption };
}

export function showHold({ key, seq, hold }: PostedTransaction): { hold: HoldReading } {
  if (hold === null) throw new TypeError(`showHold: version ${seq} is of no hold`);
  const { points: held, state, expiresAt } = hold;
  return { hold: { id: memberScopedId('hld', key.wallet, hold.seq), points: held, state, expiresAt } };
}
