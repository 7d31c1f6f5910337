import { In } from 'typeorm';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { ActionRule } from '../core/action-rule';
import { ActionRuleRow, type StoredActionTerms } from './action-rule.row';

const INSERT = sql`/* partners.setActionRule.insert */
insert into action_rule (id, programme_id, partner_id, action, version, points, limit_count, limit_period, distinct_by,
                         terms, valid_from, set_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`;

const IN_ORDER = { partnerId: 'asc', action: 'asc', version: 'asc' } as const;

/** Writes one version. */
export async function insertActionRule(tx: Tx, programmeId: ProgrammeId, rule: ActionRule, setAt: Date): Promise<void> {
  const { id, partnerId, action, version, points, limit, distinctBy, validFrom } = rule;
  const reward = [points, limit?.count ?? null, limit?.period ?? null, distinctBy, termsText(rule)];
  await tx.query(INSERT, [id, programmeId, partnerId, action, version, ...reward, validFrom, setAt]);
}

/** Every version of some partners' rules, by action, oldest first. */
export async function findActionRules(
  tx: Tx,
  programmeId: ProgrammeId,
  partnerIds: readonly PartnerId[],
): Promise<ActionRule[]> {
  const where = { programmeId, partnerId: In([...partnerIds]) };
  return (await tx.find(ActionRuleRow, { where, order: IN_ORDER })).map(actionRuleOf);
}

/** Every version of every action rule of a programme. */
export async function findAllActionRules(tx: Tx, programmeId: ProgrammeId): Promise<ActionRule[]> {
  return (await tx.find(ActionRuleRow, { where: { programmeId }, order: IN_ORDER })).map(actionRuleOf);
}

/** What a rule asks for beside its limit, as JSON; null when nothing. */
function termsText({ condition, tiers, tierPoints, signUpDays }: ActionRule): string | null {
  const points = tierPoints?.map((one) => ({ tier: one.tier, points: one.points.toString() }));
  const text = JSON.stringify({ condition: condition ?? undefined, tiers, tierPoints: points, signUpDays });
  return text === '{}' ? null : text;
}

function termsFrom({ tierPoints, ...terms }: StoredActionTerms): Partial<ActionRule> {
  if (tierPoints === undefined) return terms;
  return { ...terms, tierPoints: tierPoints.map(({ tier, points }) => ({ tier, points: BigInt(points) })) };
}

function actionRuleOf({
  programmeId: _,
  setAt: __,
  limitCount,
  limitPeriod,
  terms,
  ...rule
}: ActionRuleRow): ActionRule {
  const limit = limitCount === null || limitPeriod === null ? null : { count: limitCount, period: limitPeriod };
  return { ...rule, ...(terms === null ? {} : termsFrom(terms)), limit };
}
