import { createHash } from 'node:crypto';
import type { Refusal } from '../../../../kernel/errors/refusal';
import type { PartnerId, ProgrammeId, MemberId } from '../../../../kernel/values/id';
import type { PostingFacts, PostingPlan } from '../../core/points/posting';
import type { Wallet, WalletKey } from '../../core/points/wallet';
import type { PlannedTransaction } from '../../data/points/apply.store';

/** One command on one wallet, ready to be decided under its lock. */
export interface PostingCommand {
  readonly key: WalletKey;
  readonly programmeId: ProgrammeId;
  readonly memberId: MemberId;
  /** Who asks; the ledger itself for what falls due. */
  readonly caller: string;
  /** The intent's name and the hash of its body; null for what falls due, which is idempotent by its rule. */
  readonly intent: { readonly operation: string; readonly idempotencyKey: string; readonly bodyHash: Buffer } | null;
  /** The partner's document this command records, unique for ever. */
  readonly document: PartnerDocument | null;
  /** Whether the rule draws, restores or expires lots. */
  readonly needsLots: boolean;
  /** The hold the rule closes. */
  readonly holdSeq: bigint | null;
  /** The pure rule. Null: nothing to do. */
  plan(wallet: Wallet, facts: PostingFacts): PostingPlan | Refusal | null;
}

/** A partner's receipt. */
export interface PartnerDocument {
  readonly partnerId: PartnerId;
  readonly kind: 'PURCHASE' | 'REDEMPTION';
  readonly externalRef: string;
  readonly hash: Buffer;
}

/** Names a receipt by its own hash, so that one directory serves all wallets and no receipt credits two members. */
export function documentOf(partnerId: PartnerId, kind: PartnerDocument['kind'], externalRef: string): PartnerDocument {
  const hash = createHash('sha256').update([partnerId, kind, externalRef].join('\n')).digest();
  return { partnerId, kind, externalRef, hash };
}

/** What became of a command. */
export type PostingOutcome =
  /** Posted now. */
  | { readonly kind: 'posted'; readonly transaction: PlannedTransaction }
  /** Posted by an earlier call with the same key; read the transaction of this version. */
  | { readonly kind: 'replayed'; readonly seq: bigint }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'nothing' };
