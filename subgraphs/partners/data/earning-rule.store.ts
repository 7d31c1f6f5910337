import { In } from 'typeorm';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { EarningRule } from '../core/earning-rule';
import { EarningRuleRow } from './earning-rule.row';

const INSERT = sql`/* partners.setEarningRule.insert */
insert into earning_rule (id, programme_id, partner_id, version, kind, points, per_amount_minor, valid_from,
                          pending_days, set_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/** Writes one version. */
export async function insertEarningRule(
  tx: Tx,
  programmeId: ProgrammeId,
  rule: EarningRule,
  setAt: Date,
): Promise<void> {
  const { id, partnerId, version, kind, points, perAmountMinor, validFrom, pendingDays } = rule;
  const rate = [kind, points, perAmountMinor, validFrom, pendingDays];
  await tx.query(INSERT, [id, programmeId, partnerId, version, ...rate, setAt]);
}

/** Every version of some partners' rules, oldest first. */
export async function findEarningRules(
  tx: Tx,
  programmeId: ProgrammeId,
  partnerIds: readonly PartnerId[],
): Promise<EarningRule[]> {
  const rows = await tx.find(EarningRuleRow, {
    where: { programmeId, partnerId: In([...partnerIds]) },
    order: { partnerId: 'asc', version: 'asc' },
  });
  return rows.map(earningRuleOf);
}

/** Every version of every rule of a programme. */
export async function findAllEarningRules(tx: Tx, programmeId: ProgrammeId): Promise<EarningRule[]> {
  const rows = await tx.find(EarningRuleRow, { where: { programmeId }, order: { partnerId: 'asc', version: 'asc' } });
  return rows.map(earningRuleOf);
}

function earningRuleOf({ programmeId: _, setAt: __, ...rule }: EarningRuleRow): EarningRule {
  return rule;
}
