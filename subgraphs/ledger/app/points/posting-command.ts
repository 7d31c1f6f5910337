import type { Refusal } from '../../../../kernel/errors/refusal';
import { canonicalJson, digest, type Digest } from '../../../../kernel/values/canonical';
import type { MemberId, PartnerId, ProgrammeId } from '../../../../kernel/values/id';
import type { Counter } from '../../core/caps/cap-use';
import type { JointPlan } from '../../core/movements/carry-out';
import type { Purchase } from '../../core/movements/purchase';
import type { PostingFacts, PostingPlan } from '../../core/points/posting';
import { walletKeyOf, type Wallet, type WalletKey } from '../../core/points/wallet';
import type { PlannedTransaction } from '../../data/points/apply.store';
import { commandHash } from '../../data/points/posting.store';
import type { LinkKey, LinkState } from '../../data/directory.store';
import { NO_NEEDS, type Needs } from '../../data/points/wallet-request';

export { NO_NEEDS, type Needs };

/** A member whose wallet a command moves. */
export interface WalletRef {
  readonly key: WalletKey;
  readonly memberId: MemberId;
}

/** The link between a partner and the member that a command of that partner stands on. */
export interface LinkNeeded extends LinkKey {
  /** The member showed a card: as good as a confirmation, for this command. */
  readonly cardPresented: boolean;
  /** Points are spent: a link the member has not confirmed does not do. */
  readonly toSpend: boolean;
}

/** What a caller asks for, by the name they gave it. */
export interface Intent {
  /** The name at its wallet: the hash of caller, operation and the caller's key. */
  readonly hash: Digest;
  readonly bodyHash: Digest;
}

/** One command on one wallet, or on a few at once, ready to be decided under their locks. */
export interface PostingCommand extends WalletRef {
  readonly programmeId: ProgrammeId;
  /** Who asks; the ledger itself for what falls due. */
  readonly caller: string;
  /** The intent's name and the hash of its body; null for what falls due, which is idempotent by its rule. */
  readonly intent: Intent | null;
  /** The partner's document this command records, unique for ever. */
  readonly document: PartnerDocument | null;
  /** The link it stands on, read under the wallet's lock; none for what needs none. */
  readonly link?: LinkNeeded | null;
  /** What of the wallet's lots and past the rule asks for. */
  readonly needs: Needs;
  /** Wallets moved as well, in one transaction of the database; their spendable lots are loaded. */
  readonly others: readonly WalletRef[];
  /** The links that the others' parts stand on, in the order of `others`; absent where they need none. */
  readonly otherLinks?: readonly LinkNeeded[];
  /** Whether a wallet that was never posted to is made; not for one that is only named by an id in the input. */
  readonly opensWallet: boolean;
  /** Decided like any other, under the same locks, and nothing of it is kept. */
  readonly isPreview?: boolean;
  /**
   * A purchase or action that rules beyond the base rate may reward: what they ask about the member, and the budgets they spend
   * from, are read for it. A plan that such rules had a part in, of a command without it, is a bug and throws.
   */
  readonly earns?: Earning;
  /** The pure rule. Null: nothing to do. */
  plan(wallet: Wallet, facts: PostingFacts, others: readonly Wallet[]): PostingPlan | JointPlan | Refusal | null;
}

/** What decides which rules may apply. */
export interface Earning {
  readonly partnerId: PartnerId;
  readonly occurredAt: Date;
  readonly channel: string | null;
  /** The action's name; absent for a purchase. */
  readonly action?: string;
}

/** What decides which rules may apply to a purchase. */
export function earningOf({ partnerId, occurredAt, channel }: Purchase): Earning {
  return { partnerId, occurredAt, channel };
}

export type DocumentKind = 'PURCHASE' | 'REDEMPTION' | 'RETURN' | 'ACCRUAL' | 'ACTION';

/** A partner's receipt. */
export interface PartnerDocument {
  readonly partnerId: PartnerId;
  readonly kind: DocumentKind;
  readonly externalRef: string;
  readonly hash: Digest;
}

/** Names a receipt by its own hash, so that one directory serves all wallets and no receipt credits two members. */
export function documentOf(partnerId: PartnerId, kind: DocumentKind, externalRef: string): PartnerDocument {
  return { partnerId, kind, externalRef, hash: documentHash(partnerId, kind, externalRef) };
}

/** 32 digits of SHA-256 over partner, kind and reference: as many as a UUID, which stores them. */
export function documentHash(partnerId: PartnerId, kind: DocumentKind, externalRef: string): Digest {
  return digest(`${partnerId}\n${kind}\n${externalRef}`).slice(0, 32);
}

/**
 * The intent of a caller.
 *
 * @param body what was asked, without the key; compared by hash, so the order of its fields does not matter
 */
export function intentOf(
  caller: string,
  { operation, idempotencyKey, body }: { operation: string; idempotencyKey: string; body: unknown },
): Intent {
  return { hash: commandHash({ caller, operation, idempotencyKey }), bodyHash: digest(canonicalJson(body)) };
}

/** Every link a command stands on. */
export function linksOf({ link, otherLinks = [] }: Pick<PostingCommand, 'link' | 'otherLinks'>): LinkNeeded[] {
  return link ? [link, ...otherLinks] : [...otherLinks];
}

/** A wallet by its member. */
export function walletOf(memberId: MemberId): WalletRef {
  return { key: walletKeyOf(memberId), memberId };
}

/** What became of a command. */
export type PostingOutcome =
  /** Posted now: its own transaction, and all that were written with it, in order. */
  | {
      readonly kind: 'posted';
      readonly own: PlannedTransaction;
      readonly all: readonly PlannedTransaction[];
      /** The link it stood on, where one was needed. */
      readonly link?: LinkState | undefined;
      /** It would have been: nothing was written. */
      readonly isPreview?: true;
    }
  /** Posted by an earlier call with the same key; read the transaction of this version. */
  | { readonly kind: 'replayed'; readonly seq: bigint; readonly link?: LinkState | undefined }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The ledger knows of no link between partner and member; nothing was looked at or made. */
  | { readonly kind: 'stranger' }
  | { readonly kind: 'nothing' };

/**
 * Not decided yet: a cap's share of this lane does not suffice, so it is decided alone with all shares at hand; and where what a
 * partner owes was not counted so far, once its counter was opened.
 */
export type BatchOutcome = PostingOutcome | { readonly kind: 'deferred'; readonly unopened?: Counter };
