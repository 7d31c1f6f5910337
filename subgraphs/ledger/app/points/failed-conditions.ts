import type { Logger } from '../../../../kernel/telemetry/log';
import { counter } from '../../../../kernel/telemetry/metrics';
import type { PlannedTransaction } from '../../data/points/apply.store';

const failed = counter(
  'hub_rule_conditions_failed_total',
  'Conditions that could not be decided when a purchase was recorded.',
  [],
);

/** Counts and logs the rules of a purchase whose condition failed: they gave nothing, and whoever wrote them should know. */
export function reportFailedConditions({ plan: { explained, partnerId } }: PlannedTransaction, log: Logger): void {
  for (const { ruleId, reason } of explained?.explanation.passed ?? []) {
    if (reason !== 'CONDITION_FAILED') continue;
    failed.inc();
    log.warn({ event: 'rule.condition.failed', ruleId, partnerId });
  }
}
