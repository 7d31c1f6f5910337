import type { Tx } from '../../../kernel/db/transaction';
import type { Outcome, Refusal } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { Contract } from '../core/contract';
import { memberLoopIn, partnerLoopIn, type LoopRules } from '../core/loop-guard';
import type { Programme } from '../core/programme';
import { windowsOf, type PurchaseRule } from '../core/purchase-rule';
import { judgeRebate, type JudgedPart, type Rebate } from '../core/rebate';
import { mostGenerous, programmesFrom, type ChangeableTerms } from '../core/terms-change';
import { findAllContracts } from '../data/contract.store';
import { findAllEarningRules } from '../data/earning-rule.store';
import { findAllPartners } from '../data/partner.store';
import { findProgramme } from '../data/programme.store';
import { findPurchaseRules } from '../data/purchase-rule.store';
import { findPurposeBudgets } from '../data/rule-settings.store';
import { findTermsChanges } from '../data/terms-change.store';
import type { DrawnRule } from './draw-rule';

/** What a change was found to be. */
export interface Judgement {
  /** The most a purchase could bring back with it. */
  readonly rebate: Rebate;
  /** What one person may decide; null: anything. */
  readonly limitBps: number | null;
  /** Whether it brings back more than that, and more than without the change. */
  readonly isAboveLimit: boolean;
}

/**
 * Judges a rule that is drawn up against all that is in force when it would be.
 *
 * @returns PARTNERS_ARBITRAGE_LOOP when it would close a loop
 */
export async function judgeRule(
  tx: Tx,
  { programmeId, now }: { programmeId: ProgrammeId; now: Date },
  drawn: DrawnRule,
): Promise<Outcome<Judgement>> {
  const known = await loadRules(tx, programmeId, now);
  if (known === null) return notFound('programme');
  const { versions, limitBps, ...rest } = known;
  const before: LoopRules = { ...rest, rules: windowsOf(versions) };
  const after: LoopRules =
    drawn.kind === 'RULE'
      ? { ...rest, rules: windowsOf([...versions, drawn.rule]) }
      : { ...before, earningRules: [...rest.earningRules, drawn.earningRule] };
  const part = partOf(drawn, after);
  const rebate = judgeRebate(part, { after, before });
  const { isRaised, boundedRise } = rebate;
  const loop = memberLoopIn(boundedRise, part.partnerId, after) ?? partnerLoopIn(after, before);
  if (loop !== null) return loop;
  const isOver = limitBps !== null && (rebate.bps === null || rebate.bps > limitBps);
  return { rebate, limitBps, isAboveLimit: isRaised && isOver };
}

/** What of the rules a change touches. A version that would never be in force touches nothing but its first instant. */
function partOf(drawn: DrawnRule, { rules }: LoopRules): JudgedPart {
  if (drawn.kind === 'BASE_RATE') {
    const { partnerId, validFrom: from } = drawn.earningRule;
    return { partnerId, from, until: null, channels: [], branches: [], tiers: [], segments: [] };
  }
  const { id, partnerId, validFrom: from, terms } = drawn.rule;
  const until = rules.find((rule) => rule.id === id)?.until ?? null;
  const of = (name: 'channels' | 'branches' | 'tiers' | 'segments') => terms?.[name] ?? [];
  const whom = { branches: of('branches'), tiers: of('tiers'), segments: of('segments') };
  return { partnerId, from, until, channels: of('channels'), ...whom };
}

/** Whether a partner's next contract would close a loop through some campaign: PARTNERS_ARBITRAGE_LOOP, or null. */
export async function loopByContract(
  tx: Tx,
  { programmeId, now }: { programmeId: ProgrammeId; now: Date },
  contract: Contract,
) {
  const known = await loadRules(tx, programmeId, now);
  if (known === null) return null;
  const { versions, limitBps: _, ...rest } = known;
  const before: LoopRules = { ...rest, rules: windowsOf(versions) };
  return partnerLoopIn({ ...before, contracts: [...before.contracts, contract] }, before);
}

/** Whether a programme's next terms, as generous as they and those before are, would close a loop for members of some partner. */
export async function loopByTerms(
  tx: Tx,
  programmeId: ProgrammeId,
  { terms, from, now }: { terms: ChangeableTerms; from: Date; now: Date },
): Promise<Refusal | null> {
  const known = await loadRules(tx, programmeId, now);
  if (known === null) return null;
  const { versions, limitBps: _, ...rest } = known;
  const before: LoopRules = { ...rest, rules: windowsOf(versions) };
  const after = { ...before, programme: { ...known.programme, ...terms } };
  for (const partnerId of new Set(rest.earningRules.map((rule) => rule.partnerId))) {
    const part = { partnerId, from, until: null, channels: [], branches: [], tiers: [], segments: [] };
    const loop = memberLoopIn(judgeRebate(part, { after, before }).boundedRise, partnerId, after);
    if (loop !== null) return loop;
  }
  return null;
}

async function loadRules(
  tx: Tx,
  programmeId: ProgrammeId,
  now: Date,
): Promise<
  (Omit<LoopRules, 'rules'> & { programme: Programme; versions: PurchaseRule[]; limitBps: number | null }) | null
> {
  const programme = await findProgramme(tx, programmeId);
  if (programme === null) return null;
  const changes = await findTermsChanges(tx, programmeId);
  return {
    programme: mostGenerous(programmesFrom(programme, changes, now)),
    limitBps: programme.rebateLimitBps,
    partners: await findAllPartners(tx, programmeId),
    contracts: await findAllContracts(tx, programmeId),
    earningRules: await findAllEarningRules(tx, programmeId),
    versions: await findPurchaseRules(tx, programmeId),
    purposeBudgets: await findPurposeBudgets(tx, programmeId),
  };
}
