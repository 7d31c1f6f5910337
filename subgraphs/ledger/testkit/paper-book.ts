import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import type { MemberId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import { carryOut, carryOutPlan, type CarriedOut, type Step } from '../core/movements/carry-out';
import type { LotPart, PastLot } from '../core/points/lot';
import type { PostingFacts, PostingPlan } from '../core/points/posting';
import type { Past, Wallet } from '../core/points/wallet';
import type { RuleBook } from '../core/rule-book';
import { aWallet } from './book';
import type { Asked } from './asked';

/** What became of something asked: the transactions it made, in order, and which one it asked for itself. */
export type PaperOutcome =
  | { readonly kind: 'posted'; readonly own: Step; readonly all: readonly Step[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'nothing' };

/**
 * A programme's book on paper: wallets in memory, posted to by the real rules, with every fact of the past at hand. For tests
 * of what the rules decide; nothing of stores, keys or documents is in it.
 */
export class PaperBook {
  /** Every journal transaction, in the order posted. */
  readonly journal: Step[] = [];
  private readonly wallets = new Map<MemberId, Wallet>();

  constructor(
    readonly rules: RuleBook,
    public now: Date,
  ) {}

  wallet(memberId: MemberId): Wallet {
    return this.wallets.get(memberId) ?? aWallet(this.rules.programmeId, [], memberId);
  }

  post({ memberId, plan, others = [] }: Asked): PaperOutcome {
    const facts: PostingFacts = { programmeId: this.rules.programmeId, book: this.rules, now: this.now };
    const wallets = [memberId, ...others].map((one) => this.wallet(one)) as [Wallet, ...Wallet[]];
    const carried = wallets.length === 1 ? alone(wallets[0], plan, facts) : jointly(wallets, plan, facts);
    if (isRefusal(carried)) return { kind: 'refused', refusal: carried };
    const [own] = carried;
    if (own === undefined) return { kind: 'nothing' };
    const all = carried.flatMap(({ steps }) => steps);
    for (const step of all) this.keep(step);
    return { kind: 'posted', own: own.own, all };
  }

  private keep(step: Step): void {
    this.journal.push(step);
    this.wallets.set(step.after.memberId, {
      ...step.after,
      past: pastWith(this.wallet(step.after.memberId).past, step),
    });
  }
}

function alone(wallet: Wallet, plan: Asked['plan'], facts: PostingFacts): CarriedOut[] | Refusal {
  const carried = carryOut(wallet, (standing) => plan(standing, facts, []) as PostingPlan | Refusal | null, facts);
  if (carried === null) return [];
  return isRefusal(carried) ? carried : [carried];
}

/** What is due in each wallet expires first; then both ends of the plan, or neither. */
function jointly(
  wallets: readonly [Wallet, ...Wallet[]],
  plan: Asked['plan'],
  facts: PostingFacts,
): CarriedOut[] | Refusal {
  const due = wallets.map((wallet) => carryOut(wallet, () => null, facts) as CarriedOut | null);
  const [giver, ...receivers] = wallets.map((wallet, n) => due[n]?.own.after ?? wallet);
  const joint = plan(giver as Wallet, facts, receivers);
  if (joint === null || isRefusal(joint) || !('own' in joint)) return (joint ?? []) as Refusal | CarriedOut[];
  return [joint.own, ...joint.others].flatMap((part, n): CarriedOut[] => {
    const standing = [giver, ...receivers][n] as Wallet;
    if (part === null) return [];
    const carried = carryOutPlan(standing, part, facts);
    return [{ ...carried, steps: [...(due[n]?.steps ?? []), ...carried.steps] }];
  });
}

/** The past of a wallet with what a step adds to it; what it changes of what was there is already in the wallet after it. */
function pastWith(known: Past, { plan, after }: Step): Past {
  const past = after.past;
  const issued = plan.issued.map((lot): [bigint, PastLot] => [
    lot.lotSeq,
    { ...lot, seq: after.seq, clawedBack: points(0n), expired: points(0n), qualifies: plan.qualifying > 0n },
  ]);
  const redemptions = new Map(past.redemptions);
  const redemption = redemptionOf(plan, { known: new Map([...known.lots, ...issued]), seq: after.seq });
  if (redemption !== null) redemptions.set(after.seq, redemption);
  const purchases = new Map(past.purchases);
  if (plan.purchase !== undefined) {
    const { points: earned, ...purchase } = plan.purchase;
    const none = { returnedMinor: 0n, clawedBack: points(0n) };
    purchases.set(after.seq, { ...purchase, ...none, seq: after.seq, earned: points(earned) });
  }
  return { ...past, lots: new Map([...past.lots, ...issued]), redemptions, purchases };
}

function redemptionOf(plan: PostingPlan, { known, seq }: { known: Past['lots']; seq: bigint }) {
  const spent = plan.entries.filter(({ credit }) => credit.kind === 'REDEEMED');
  if (spent.length === 0 || plan.partnerId === null) return null;
  const draws = spent.map(({ lotSeq, amount }): LotPart => ({ lot: known.get(lotSeq) as PastLot, points: amount }));
  return {
    seq,
    partnerId: plan.partnerId,
    points: points(draws.reduce((sum, draw) => sum + draw.points, 0n)),
    draws,
    occurredAt: plan.occurredAt,
    contractVersion: plan.claims.find(({ kind }) => kind === 'REDEMPTION')?.contractVersion ?? null,
    reversed: points(0n),
  };
}
