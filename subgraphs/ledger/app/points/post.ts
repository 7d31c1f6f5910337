import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound } from '../../../../kernel/errors/shared-refusals';
import type { MemberId, ProgrammeId } from '../../../../kernel/values/id';
import { walletKeyOf } from '../../core/points/wallet';
import { refuse } from '../../core/refusals';
import type { LinkState } from '../../data/directory.store';
import { loadTransaction } from '../../data/points/transaction.store';
import type { Ledger } from '../ledger';
import { postedFrom, type PostedTransaction } from './posted';
import {
  intentOf,
  linksOf,
  NO_NEEDS,
  walletOf,
  type Needs,
  type PostingCommand,
  type PostingOutcome,
} from './posting-command';

/** What a caller wants posted; the rest of a command follows from who asks. */
export interface PostRequest
  extends
    Pick<PostingCommand, 'plan'>,
    Partial<Pick<PostingCommand, 'earns' | 'document' | 'opensWallet' | 'isPreview' | 'link' | 'otherLinks'>> {
  readonly programmeId: ProgrammeId;
  readonly memberId: MemberId;
  readonly operation: string;
  readonly idempotencyKey: string;
  /** What was asked, without the key. */
  readonly body: unknown;
  /** What the rule asks for besides the wallet's row; default nothing. */
  readonly needs?: Partial<Needs>;
  /** Other members moved in the same transaction; default none. */
  readonly others?: readonly MemberId[];
}

/** A posting, and whether it is that of an earlier call with the same key. */
export interface Posted {
  readonly transaction: PostedTransaction;
  readonly replayed: boolean;
  /** The acting partner may credit but not read: it is shown what it credited and nothing else. */
  readonly creditOnly?: boolean;
}

/**
 * Sends one command down its lane and answers what became of it. When the rules held do not cover it yet, what partners
 * has announced is read once and the command sent again; when the link it stands on is not known, members is asked once.
 *
 * @returns NOT_FOUND for a member the partner is not linked to, exactly as for one who does not exist;
 *          LEDGER_MEMBER_NOT_KNOWN_YET when members would have to be asked and cannot be
 */
export async function post(ledger: Ledger, principal: Principal, request: PostRequest): Promise<Posted | Refusal> {
  const { programmeId, memberId, operation, idempotencyKey, body } = request;
  const caller = callerOf(principal);
  const command: PostingCommand = {
    key: walletKeyOf(memberId),
    memberId,
    programmeId,
    caller,
    // A key names an intent to post: a preview neither uses it up nor is answered by it.
    intent: request.isPreview === true ? null : intentOf(caller, { operation, idempotencyKey, body }),
    document: request.document ?? null,
    link: request.link ?? null,
    needs: request.needs === undefined ? NO_NEEDS : { ...NO_NEEDS, ...request.needs },
    others: (request.others ?? []).map(walletOf),
    ...(request.otherLinks === undefined ? {} : { otherLinks: request.otherLinks }),
    opensWallet: request.opensWallet ?? true,
    isPreview: request.isPreview ?? false,
    earns: request.earns,
    plan: request.plan,
  };
  const outcome = await postInformed(ledger, command);
  if (isRefusal(outcome)) return outcome;
  switch (outcome.kind) {
    case 'posted':
      return {
        transaction: postedFrom(outcome.own, outcome.all),
        replayed: false,
        creditOnly: isBlind(outcome, command),
      };
    case 'replayed': {
      const transaction = await readPosted(ledger, { programmeId, memberId }, outcome.seq);
      return { transaction, replayed: true, creditOnly: isBlind(outcome, command) };
    }
    case 'refused':
      return outcome.refusal;
    case 'stranger':
      return notFound('member');
    case 'nothing':
      throw new Error(`post: ${operation} decided nothing`);
  }
}

/**
 * Posts a command, and once more after each of the two things the ledger may not have heard of yet was asked for: the link first,
 * because it is looked at first, then the rules.
 */
async function postInformed(ledger: Ledger, command: PostingCommand): Promise<PostingOutcome | Refusal> {
  let outcome = await ledger.lanes.post(command);
  if (outcome.kind === 'stranger') {
    const states = await Promise.all(linksOf(command).map((link) => ledger.directory.linkOf(link)));
    const unknown = states.find(isRefusal);
    if (unknown !== undefined) return unknown;
    const areThere = states.length > 0 && states.every((state) => state !== null);
    if (areThere) outcome = await ledger.lanes.post(command);
    // Members knows the link and the ledger's copy does not hold it: that passes, and a till must not be told it never will.
    if (areThere && outcome.kind === 'stranger') {
      return refuse('LEDGER_MEMBER_NOT_KNOWN_YET', 'The ledger has not heard of this member’s link yet.');
    }
  }
  if (outcome.kind === 'refused' && outcome.refusal.code === 'LEDGER_PROGRAMME_NOT_READY') {
    await ledger.catchUpRules();
    outcome = await ledger.lanes.post(command);
  }
  return outcome;
}

/**
 * A partner that may credit but not read, and had no card shown to it either; and one that asks again after the member left it.
 * What it is shown goes by the link of this instant.
 */
function isBlind({ link }: { link?: LinkState | undefined }, command: PostingCommand): boolean {
  if (!command.link || link === 'OPEN') return false;
  return link === undefined || !command.link.cardPresented;
}

/** A transaction posted before, as first answered. */
export async function readPosted(
  ledger: Pick<Ledger, 'database'>,
  { programmeId, memberId }: { programmeId: ProgrammeId; memberId: MemberId },
  seq: bigint,
): Promise<PostedTransaction> {
  const key = walletKeyOf(memberId);
  const found = await loadTransaction(ledger.database.pool, { key, programmeId }, seq);
  if (found === null) throw new Error(`readPosted: wallet ${key.wallet} has no version ${seq}`);
  return { key, memberId, ...found };
}
