import type { Refusal } from '../../../kernel/errors/refusal';
import type { PartnerId } from '../../../kernel/values/id';
import type { Contract } from './contract';
import type { EarningRule } from './earning-rule';
import type { Partner } from './partner';
import type { InForce } from './purchase-rule';
import type { PurposeBudget } from './rule-settings';
import type { Rebate, RebateRules } from './rebate';
import { refuse } from './refusals';

/** All of a rule book that a loop can run through, as it would be with the change that is judged. */
export interface LoopRules extends RebateRules {
  readonly partners: readonly Pick<Partner, 'id' | 'code' | 'canRedeem' | 'canIssue' | 'status'>[];
  readonly contracts: readonly Contract[];
  readonly purposeBudgets: readonly PurposeBudget[];
}

const WHOLE_BPS = 10_000;

/**
 * A loop for members: a purchase that brings back at least its own price in points, which any redeemer takes for goods. Whoever buys and
 * spends goes round for ever.
 *
 * @param rise the most of where a change brings back more; null: nowhere
 * @returns PARTNERS_ARBITRAGE_LOOP with the loop in words, or null
 */
export function memberLoopIn(rise: Rebate | null, partnerId: PartnerId, book: LoopRules): Refusal | null {
  if (rise === null || rise.boundedBps < WHOLE_BPS) return null;
  const { boundedBps, codes } = rise;
  const issuer = codeOf(book, partnerId);
  return loop([
    `buy at ${issuer} and get ${boundedBps / 100} % back as points (${codes.join(', ') || 'base rate'})`,
    `spend them at ${openRedeemers(book)[0]?.code ?? 'any redeemer'}`,
    `buy at ${issuer} again`,
  ]);
}

/**
 * A loop across partners: a campaign whose points others pay for, as many as are issued and at once. The issuer sells to itself, spends the
 * points where it is paid for them, takes the goods back, and is left with what the others paid. A budget ends it, and so do points
 * that wait until a return is no longer possible.
 *
 * Source: SETTLEMENT §3. At redemption the issuer is paid r a point and owes its share of r and of the fee; under the other models it owes
 * all of r itself, so it gains nothing.
 *
 * @param before the rules without the change: loops that are there already are not its fault
 * @returns PARTNERS_ARBITRAGE_LOOP with the loop in words, or null
 */
export function partnerLoopIn(book: LoopRules, before: LoopRules): Refusal | null {
  for (const campaign of book.rules) {
    const steps = stepsOf(campaign, book);
    const known = before.rules.find(({ id }) => id === campaign.id);
    if (steps !== null && (known === undefined || stepsOf(known, before) === null)) return loop(steps);
  }
  return null;
}

function stepsOf(campaign: InForce, book: LoopRules): string[] | null {
  const terms = campaign.terms?.campaign ?? null;
  if (terms === null || terms.phase === 'TEASER') return null;
  const { partnerId, code } = campaign;
  const funding = terms.funding ?? [{ partnerId, bps: WHOLE_BPS }];
  const ownBps = BigInt(funding.find((share) => share.partnerId === partnerId)?.bps ?? 0);
  const isBounded = (terms.budgetPoints ?? null) !== null || hasPurposeBudget(campaign, book);
  if (ownBps === BigInt(WHOLE_BPS) || isBounded) return null;
  for (const at of instantsOf(campaign, book)) {
    const contract = latestOf(book.contracts, partnerId, at);
    const base = latestOf(book.earningRules, partnerId, at);
    if (contract?.settlementModel !== 'AT_REDEMPTION' || base === null || base.pendingDays > 0) continue;
    const gains = ({ id }: { id: PartnerId }) => {
      const paid = latestOf(book.contracts, id, at)?.reimbursementMicros ?? 0n;
      return paid * (BigInt(WHOLE_BPS) - ownBps) > ownBps * contract.feeMicros ? paid : 0n;
    };
    const redeemer = openRedeemers(book).find((one) => gains(one) > 0n);
    if (redeemer === undefined) continue;
    const others = funding.filter((share) => share.partnerId !== partnerId);
    const payers = others.map((one) => codeOf(book, one.partnerId)).join(', ');
    return [
      `buy at ${codeOf(book, partnerId)} and earn by ${code}, which ${payers} pays for`,
      `spend the points at ${redeemer.code}, which is paid ${gains(redeemer)} micro-units a point`,
      `return the purchase at ${codeOf(book, partnerId)}`,
    ];
  }
  return null;
}

/** Where terms may change while the campaign runs: at its own beginning, and where a contract or base rate begins. */
function instantsOf({ validFrom, until }: InForce, { contracts, earningRules }: LoopRules): Date[] {
  const later = [...contracts, ...earningRules]
    .map((version) => version.validFrom)
    .filter((at) => at > validFrom && (until === null || at < until));
  return [validFrom, ...later];
}

function hasPurposeBudget({ partnerId, terms }: InForce, { purposeBudgets }: LoopRules): boolean {
  return purposeBudgets.some((budget) => budget.partnerId === partnerId && budget.purpose === terms?.campaign?.purpose);
}

function latestOf<V extends Contract | EarningRule>(versions: readonly V[], partnerId: PartnerId, at: Date): V | null {
  return versions
    .filter((version) => version.partnerId === partnerId && version.validFrom <= at)
    .reduce<V | null>((last, one) => (last === null || one.version > last.version ? one : last), null);
}

/** A suspended one may come back. */
function openRedeemers({ partners }: LoopRules): LoopRules['partners'] {
  return partners.filter(({ canRedeem, status }) => canRedeem && (status === 'ACTIVE' || status === 'SUSPENDED'));
}

const codeOf = ({ partners }: LoopRules, id: string): string => partners.find((one) => one.id === id)?.code ?? id;

function loop(steps: readonly string[]): Refusal {
  return refuse('PARTNERS_ARBITRAGE_LOOP', `There would be a loop: ${steps.join('; ')}.`, { loop: steps });
}
