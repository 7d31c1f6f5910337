import { isRefusal, type Refusal } from '../../../kernel/errors/refusal';
import type { MemberId } from '../../../kernel/values/id';
import { carryOut, carryOutJointly, type CarriedOut, type JointPlan, type Step } from '../core/movements/carry-out';
import type { PostingFacts, PostingPlan } from '../core/points/posting';
import type { Wallet } from '../core/points/wallet';
import type { RuleBook } from '../core/rule-book';
import type { Asked } from './asked';
import { aWallet } from './book';
import { pastFrom } from './paper-past';

/** What became of something asked: the transactions it made, in order, and which one it asked for itself. */
export type PaperOutcome =
  | { readonly kind: 'posted'; readonly own: Step; readonly all: readonly Step[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'nothing' };

/**
 * A programme's book on paper: wallets in memory, posted to by the real rules. As the ledger does, it reads the past from the
 * journal once for each batch; within a batch each command meets what those before it left. For tests of what the rules decide;
 * nothing of stores, keys or receipts is in it.
 */
export class PaperBook {
  /** Every journal transaction, in the order posted. */
  readonly journal: Step[] = [];
  private readonly pages = new Map<MemberId, Step[]>();
  private readonly batch = new Map<MemberId, Wallet>();

  constructor(
    readonly rules: RuleBook,
    public now: Date,
  ) {}

  /** A member's wallet as the next batch would load it. */
  wallet(memberId: MemberId): Wallet {
    return { ...this.standing(memberId), past: pastFrom(this.pages.get(memberId) ?? []) };
  }

  /** A member's wallet as it stands; its past only as far as its last batch knew it. */
  standing(memberId: MemberId): Wallet {
    return this.pages.get(memberId)?.at(-1)?.after ?? aWallet(this.rules.programmeId, [], memberId);
  }

  post(asked: Asked): PaperOutcome {
    return this.postBatch([asked])[0] as PaperOutcome;
  }

  postBatch(batch: readonly Asked[]): PaperOutcome[] {
    this.batch.clear();
    return batch.map((asked) => this.decide(asked));
  }

  private decide({ memberId, plan, others = [] }: Asked): PaperOutcome {
    const facts: PostingFacts = { programmeId: this.rules.programmeId, book: this.rules, now: this.now };
    const wallets = [memberId, ...others].map((one) => this.loaded(one)) as [Wallet, ...Wallet[]];
    const carried =
      wallets.length === 1
        ? alone(wallets[0], plan, facts)
        : (carryOutJointly(wallets, (own, rest) => plan(own, facts, rest) as JointPlan | Refusal | null, facts) ?? []);
    if (isRefusal(carried)) return { kind: 'refused', refusal: carried };
    const [own] = carried;
    if (own === undefined) return { kind: 'nothing' };
    const all = carried.flatMap(({ steps }) => steps);
    for (const step of all) this.keep(step);
    return { kind: 'posted', own: own.own, all };
  }

  private loaded(memberId: MemberId): Wallet {
    const wallet = this.batch.get(memberId) ?? this.wallet(memberId);
    this.batch.set(memberId, wallet);
    return wallet;
  }

  private keep(step: Step): void {
    const { memberId } = step.after;
    this.journal.push(step);
    const page = this.pages.get(memberId);
    if (page === undefined) this.pages.set(memberId, [step]);
    else page.push(step);
    this.batch.set(memberId, step.after);
  }
}

function alone(wallet: Wallet, plan: Asked['plan'], facts: PostingFacts): CarriedOut[] | Refusal {
  const carried = carryOut(wallet, (standing) => plan(standing, facts, []) as PostingPlan | Refusal | null, facts);
  if (carried === null) return [];
  return isRefusal(carried) ? carried : [carried];
}
