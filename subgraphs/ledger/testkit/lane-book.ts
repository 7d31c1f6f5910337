import { inTransaction } from '../../../kernel/db/transaction';
import type { Refusal } from '../../../kernel/errors/refusal';
import type { TestDatabase } from '../../../kernel/testkit/database';
import type { Clock } from '../../../kernel/values/clock';
import { openLog } from '../../../kernel/telemetry/log';
import { TermsShelf } from '../data/points/terms.store';
import { NO_NEEDS, type Needs } from '../data/points/wallet-request';
import { canonicalJson, digest, type Digest } from '../../../kernel/values/canonical';
import type { MemberId } from '../../../kernel/values/id';
import { walletKeyOf, type WalletKey } from '../core/points/wallet';
import type { RuleBook } from '../core/rule-book';
import type { PlannedTransaction } from '../data/points/apply.store';
import { commandHash } from '../data/points/posting.store';
import { saveRuleBook } from '../data/programme.store';
import type { Asked, Receipt } from './asked';
import { announcementOf } from './book';

/** A member's book as a command names it. */
interface BookRef {
  readonly key: WalletKey;
  readonly memberId: MemberId;
}

/** Something asked, as the lanes take it. */
export interface LaneCommand extends BookRef {
  readonly programmeId: RuleBook['programmeId'];
  readonly caller: string;
  readonly intent: { readonly hash: Digest; readonly bodyHash: Digest } | null;
  readonly document: (Receipt & { readonly hash: Digest }) | null;
  readonly needs: Needs;
  readonly others: readonly BookRef[];
  readonly opensWallet: boolean;
  plan: Asked['plan'];
}

/** What the lanes answer. */
export type LaneOutcome =
  | { readonly kind: 'posted'; readonly own: PlannedTransaction; readonly all: readonly PlannedTransaction[] }
  | { readonly kind: 'replayed'; readonly seq: bigint }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'stranger' }
  | { readonly kind: 'nothing' };

/** What lanes on a test's database are opened with; twice for two processes. */
export function laneOptions(database: TestDatabase, rules: RuleBook, clock: Clock) {
  return {
    url: database.url,
    lanes: 2,
    batchMax: 500,
    shelf: { book: async () => rules, held: () => rules },
    terms: new TermsShelf(),
    clock,
    log: openLog('test', 'silent'),
    onPosted: () => undefined,
  };
}

/** Puts a programme's rules into a database, as its announcement would. */
export async function announce(database: TestDatabase, rules: RuleBook): Promise<void> {
  const { programmeId, version, isSandbox, currency, opensAt } = rules;
  const payload = announcementOf(rules);
  await inTransaction(database, (tx) =>
    saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
  );
}

/**
 * What a test asks, as a command.
 *
 * @param idempotencyKey null: as what falls due is posted, by nobody's wish
 * @param body what the caller says it asked; two commands of one key with different bodies contradict each other
 */
export function commandOf(
  { memberId, plan, needs, receipt, others = [] }: Asked,
  { programmeId }: Pick<RuleBook, 'programmeId'>,
  idempotencyKey: string | null,
  body: unknown = idempotencyKey,
): LaneCommand {
  const refOf = (one: MemberId): BookRef => ({ key: walletKeyOf(one), memberId: one });
  const named = { caller: 'test', operation: 'test' };
  return {
    ...refOf(memberId),
    programmeId,
    caller: 'test',
    intent:
      idempotencyKey === null
        ? null
        : { hash: commandHash({ ...named, idempotencyKey }), bodyHash: digest(canonicalJson(body)) },
    document: receipt === undefined ? null : { ...receipt, hash: hashOf(receipt) },
    needs: { ...NO_NEEDS, ...needs },
    others: others.map(refOf),
    opensWallet: true,
    plan,
  };
}

/** The code of a refusal, or what became of a command instead. */
export function codeOf(outcome: LaneOutcome): string {
  return outcome.kind === 'refused' ? outcome.refusal.code : outcome.kind;
}

function hashOf({ partnerId, kind, externalRef }: Receipt): Digest {
  return digest([partnerId, kind, externalRef].join('\n')).slice(0, 32);
}
