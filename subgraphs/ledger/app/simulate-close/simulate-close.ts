import type { Principal } from '../../../../kernel/context/principal';
import { firstFault, ifGiven, expectThat, wholeFault, type Fault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId, type PartnerId } from '../../../../kernel/values/id';
import type { Party } from '../../core/points/lot';
import { contractAt, type RuleBook } from '../../core/rule-book';
import {
  addClaim,
  addCost,
  AS_IT_IS,
  type ExactNets,
  type OtherTerms,
  type Trial,
} from '../../core/simulate-close/simulation';
import { findCycles } from '../../data/settlement/cycle.store';
import { loadClaimed, movedPoints, type MovedRow } from '../../data/simulate-close/moved-points.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { readingOnly } from '../reading-only';

/** Other terms for one partner. */
export interface PartnerTrial {
  readonly partnerId: string;
  /** AT_REDEMPTION, AT_ISSUANCE or HYBRID. */
  readonly settlementModel?: string | null;
  readonly reimbursementMicros?: bigint | null;
  readonly issuanceMicros?: bigint | null;
  readonly feeMicros?: bigint | null;
  readonly prefundBps?: number | null;
  readonly breakageShareBps?: number | null;
}

/** One party's net, as it is and as it would be, in exact micro-units: positive receives. */
export interface SimulatedNet {
  readonly partyId: Party;
  readonly asItIsMicros: bigint;
  readonly simulatedMicros: bigint;
}

export interface Simulation {
  readonly currency: string;
  readonly nets: readonly SimulatedNet[];
}

/**
 * What a cycle would come to under other terms, open or closed, and what it comes to as it is: its claims, exactly and before rounding.
 * The difference is what moved under the one and under the other terms, so that it is the terms' alone; points bought out stay bought out.
 * All of it is one view of the book, also while postings go on, and nothing is written.
 */
export async function simulateClose(
  ledger: Pick<Ledger, 'database' | 'whole' | 'clock' | 'book' | 'catchUpRules'>,
  principal: Principal,
  { cycleId: cycle, terms }: { cycleId: string; terms: readonly PartnerTrial[] },
): Promise<Simulation | Refusal> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance')
    return forbidden('What would be is for the programme’s admins and finance to try.');
  const { programmeId } = principal;
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  const fault = firstFault(...terms.map((one, n) => trialFault(one, `terms[${n}]`, book)));
  if (fault !== null) return fault;
  const cycleId = parseId('cyc', cycle);
  const [found] = cycleId === null ? [] : await findCycles(ledger.database.pool, programmeId, [cycleId]);
  if (cycleId === null || found === undefined) return notFound('settlement cycle');
  const at = found.cutOffAt ?? ledger.clock.now();
  const trial = trialOf(terms, book, at);
  const unfunded = firstFault(...terms.map((one, n) => fundFault(one, `terms[${n}]`, { book, at, trial })));
  if (unfunded !== null) return unfunded;
  const [claimed, now, then]: [ExactNets, ExactNets, ExactNets] = [new Map(), new Map(), new Map()];
  await readingOnly(ledger, async (client) => {
    for (const claim of await loadClaimed(client, cycleId)) addClaim(claimed, claim);
    for await (const moved of movedPoints(client, programmeId, cycleId)) {
      const perPoint = priceAt(book, moved);
      addCost(now, { ...moved, perPoint }, AS_IT_IS);
      addCost(then, { ...moved, perPoint }, trial);
    }
  });
  const of = (nets: ExactNets, partyId: Party) => nets.get(partyId) ?? 0n;
  const parties = [...new Set([...claimed.keys(), ...now.keys(), ...then.keys()])];
  const nets = parties.map((partyId) => ({
    partyId,
    asItIsMicros: of(claimed, partyId),
    simulatedMicros: of(claimed, partyId) + of(then, partyId) - of(now, partyId),
  }));
  return { currency: found.currency, nets: nets.sort((a, b) => ((a.partyId ?? '~') < (b.partyId ?? '~') ? -1 : 1)) };
}

/** The redeemer's price in force when it happened; the operator's, and a partner's without a contract, is what was reserved. */
function priceAt(book: RuleBook, { redeemerId, pricedAt, lot }: MovedRow): bigint | null {
  if (redeemerId === null) return lot.terms.reserveMicros;
  return contractAt(book, redeemerId as PartnerId, pricedAt)?.reimbursementMicros ?? lot.terms.reserveMicros;
}

function trialOf(terms: readonly PartnerTrial[], book: RuleBook, at: Date): Trial {
  const others = new Map<Party, OtherTerms>(
    terms.map(({ partnerId, ...one }) => {
      const given = Object.entries(one).filter(([, value]) => value !== null && value !== undefined);
      return [partnerId as PartnerId, Object.fromEntries(given) as OtherTerms];
    }),
  );
  const isPriced = terms.some(({ reimbursementMicros }) => reimbursementMicros != null);
  return { terms: others, reserveMicros: isPriced ? highestPrice(book, at, others) : null };
}

function highestPrice(book: RuleBook, at: Date, others: ReadonlyMap<Party, OtherTerms>): bigint {
  const prices = book.partners
    .filter(({ canRedeem }) => canRedeem)
    .map(({ id }) => others.get(id)?.reimbursementMicros ?? contractAt(book, id, at)?.reimbursementMicros ?? 0n);
  return prices.reduce((a, b) => (a > b ? a : b), 0n);
}

const MODELS: ReadonlySet<string> = new Set(['AT_REDEMPTION', 'AT_ISSUANCE', 'HYBRID']);
const MICROS_MAX = 1_000_000_000_000n;

function trialFault(one: PartnerTrial, path: string, book: RuleBook): Fault {
  const amount = (name: string, value: bigint | null | undefined) =>
    ifGiven(value, (micros) => wholeFault(`${path}.${name}`, micros, { min: 0n, max: MICROS_MAX }));
  const share = (name: string, value: number | null | undefined) =>
    ifGiven(value, (bps) => wholeFault(`${path}.${name}`, bps, { min: 0, max: 10_000 }));
  return firstFault(
    expectThat(
      `${path}.partnerId`,
      book.partners.some(({ id }) => id === one.partnerId),
      'is no partner of the programme',
    ),
    ifGiven(one.settlementModel, (model) =>
      expectThat(`${path}.settlementModel`, MODELS.has(model), 'is AT_REDEMPTION, AT_ISSUANCE or HYBRID'),
    ),
    amount('reimbursementMicros', one.reimbursementMicros),
    expectThat(
      `${path}.reimbursementMicros`,
      (one.reimbursementMicros ?? 0n) <= book.faceValueMicros,
      'is at most what a point shows as',
    ),
    amount('issuanceMicros', one.issuanceMicros),
    amount('feeMicros', one.feeMicros),
    share('prefundBps', one.prefundBps),
    share('breakageShareBps', one.breakageShareBps),
  );
}

/** What is paid at issuance must cover what redeemers are paid, as in a contract: a model tried without its price would say nothing. */
function fundFault(one: PartnerTrial, path: string, on: { book: RuleBook; at: Date; trial: Trial }): Fault {
  const contract = contractAt(on.book, one.partnerId as PartnerId, on.at);
  if ((one.settlementModel ?? contract?.settlementModel) !== 'AT_ISSUANCE') return null;
  const issuance = one.issuanceMicros ?? contract?.issuanceMicros ?? 0n;
  const dearest = on.trial.reserveMicros ?? highestPrice(on.book, on.at, new Map());
  return expectThat(
    `${path}.issuanceMicros`,
    issuance >= dearest,
    `is at least ${dearest}, what the dearest redeemer is paid`,
  );
}
