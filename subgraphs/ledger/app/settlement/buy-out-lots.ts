import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { once } from '../../../../kernel/db/command-key';
import { inTransaction } from '../../../../kernel/db/transaction';
import { expectThat, firstFault, idempotencyKeyFault, textFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Outcome, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { canonicalHash } from '../../../../kernel/values/canonical';
import { newId, parseId, type MemberId, type ProgrammeId } from '../../../../kernel/values/id';
import { planBuyOut, type BuyOut } from '../../core/movements/buy-out';
import { refuse } from '../../core/refusals';
import { contractAt, partnerIn, type RuleBook } from '../../core/rule-book';
import { loadProgrammeNow } from '../../data/programme.store';
import {
  approveBuyOut as keepApproval,
  holdersToBuyOut,
  insertBuyOut,
  lockBuyOut,
} from '../../data/settlement/buy-out.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { NO_NEEDS, walletOf } from '../points/posting-command';

export interface BuyOutLotsInput {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  /** The part of the outstanding points agreed never to be spent, in basis points. */
  readonly agreedBreakageBps: number;
  readonly reason: string;
}

export interface ApproveBuyOutInput {
  readonly buyOutId: string;
  readonly contentHash: string;
}

/** What whoever asks is told. */
export interface BuyOutAnswer {
  readonly buyOutId: string;
  readonly contentHash: string;
  readonly proposed: boolean;
  /** Whether no lot is left to buy out; if not, the same approval sent again goes on. */
  readonly isDone: boolean;
  /** Accounts bought out by this call. */
  readonly accounts: number;
}

/** Accounts at once, and the most in one call: what is left is for the next. */
const [AT_ONCE, MOST] = [200, 10_000];

/** Proposes that an issuer, now paying at issuance, pays for the points it has outstanding as well. Admin. */
export async function buyOutLots(
  ledger: Ledger,
  principal: Principal,
  input: BuyOutLotsInput,
): Promise<Outcome<BuyOutAnswer & { replayed: boolean }>> {
  const { agreedBreakageBps: breakageBps, reason, idempotencyKey: key } = input;
  const fault = firstFault(
    idempotencyKeyFault(key),
    expectThat('input.agreedBreakageBps', breakageBps >= 0 && breakageBps <= 10_000, 'lies between 0 and 10,000'),
    textFault('input.reason', reason, 500),
  );
  if (fault !== null) return fault;
  if (principal.kind !== 'admin') return forbidden('Only a programme’s admin proposes a buy-out.');
  const { programmeId, subject: proposedBy } = principal;
  const partnerId = parseId('ptr', input.partnerId);
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  if (partnerId === null || partnerIn(book, partnerId) === undefined) return notFound('partner');
  const body = { partnerId, breakageBps, reason };
  return inTransaction(ledger.database, (tx) =>
    once(tx, { caller: callerOf(principal), operation: 'buyOutLots', key, body }, async () => {
      const now = (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now();
      const contract = contractAt(book, partnerId, now);
      if (contract?.settlementModel !== 'AT_ISSUANCE') {
        return refuse('LEDGER_BUY_OUT_NOT_AGREED', 'The partner’s contract in force does not pay at issuance.');
      }
      const id = newId('bto');
      const contentHash = canonicalHash({ ...body, contractVersion: contract.version }).toString('hex');
      const proposal = { id, ...body, contractVersion: contract.version, contentHash, proposedBy, proposedAt: now };
      await insertBuyOut(tx, programmeId, proposal);
      return { buyOutId: id, contentHash, proposed: true, isDone: false, accounts: 0 };
    }),
  );
}

/**
 * Approves a buy-out another person proposed, and buys out account by account. Interrupted it goes on when the same approval is
 * sent again: an account that is bought out has nothing left to buy.
 */
export async function approveBuyOut(
  ledger: Ledger,
  principal: Principal,
  input: ApproveBuyOutInput,
): Promise<Outcome<BuyOutAnswer>> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') {
    return forbidden('Only a finance approver or another admin of the programme approves a buy-out.');
  }
  const { programmeId } = principal;
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  const buyOut = await approved(ledger, { programmeId, by: principal.subject, book }, input);
  if (isRefusal(buyOut)) return buyOut;
  const { buyOutId, contentHash } = input;
  const done = await buyOutAccounts(ledger, { programmeId, caller: callerOf(principal), buyOut });
  return { buyOutId, contentHash, proposed: false, ...done };
}

async function approved(
  ledger: Ledger,
  { programmeId, by, book }: { programmeId: ProgrammeId; by: string; book: RuleBook },
  { buyOutId, contentHash }: ApproveBuyOutInput,
): Promise<BuyOut | Refusal> {
  const id = parseId('bto', buyOutId);
  if (id === null) return notFound('buy-out');
  return inTransaction(ledger.database, async (tx): Promise<BuyOut | Refusal> => {
    const stored = await lockBuyOut(tx, programmeId, id);
    if (stored === null) return notFound('buy-out');
    const contract = book.contracts.find(
      ({ partnerId, version }) => partnerId === stored.partnerId && version === stored.contractVersion,
    );
    if (stored.contentHash !== contentHash || contract === undefined) {
      return refuse('LEDGER_CYCLE_CONTENT_CHANGED', 'What would be approved is not what was proposed.');
    }
    if (stored.proposedBy === by && !(book.isSandbox && book.singleApprover)) {
      return refuse('LEDGER_SELF_APPROVAL', 'Another person must approve this buy-out.');
    }
    const now = (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now();
    if (stored.approvedBy === null) await keepApproval(tx, id, by, now);
    return { issuerId: stored.partnerId, contract, breakageBps: stored.breakageBps };
  });
}

async function buyOutAccounts(
  ledger: Ledger,
  at: { programmeId: ProgrammeId; caller: string; buyOut: BuyOut },
): Promise<{ isDone: boolean; accounts: number }> {
  const { programmeId, caller, buyOut } = at;
  const without: MemberId[] = [];
  let accounts = 0;
  while (accounts + without.length < MOST) {
    const of = { programmeId, partnerId: buyOut.issuerId, without, limit: AT_ONCE };
    const holders = await holdersToBuyOut(ledger.database.pool, of);
    if (holders.length === 0) return { isDone: without.length === 0, accounts };
    const outcomes = await Promise.all(
      holders.map((memberId) =>
        ledger.lanes.post({
          ...{
            ...walletOf(memberId),
            programmeId,
            caller,
            intent: null,
            document: null,
            others: [],
            opensWallet: false,
          },
          needs: { ...NO_NEEDS, lots: true },
          plan: (wallet, facts) => planBuyOut(wallet, buyOut, facts),
        }),
      ),
    );
    accounts += outcomes.filter(({ kind }) => kind === 'posted').length;
    // An account whose posting is stopped keeps its lots; it is bought out when it may be posted to again.
    holders.forEach((memberId, n) => outcomes[n]?.kind === 'refused' && without.push(memberId));
  }
  return { isDone: false, accounts };
}
