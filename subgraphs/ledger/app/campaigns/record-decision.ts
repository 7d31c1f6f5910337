import { callerOf, type Principal } from '../../../../kernel/context/principal';
import { once, type Replayable } from '../../../../kernel/db/command-key';
import { inTransaction } from '../../../../kernel/db/transaction';
import { expectThat, firstFault, idempotencyKeyFault, textFault } from '../../../../kernel/errors/check-input';
import type { Outcome, Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId } from '../../../../kernel/values/id';
import type { CampaignDecision } from '../../core/campaigns/verdict';
import { refuse } from '../../core/refusals';
import { isMonth } from '../../core/reports/vintage';
import { keepDecision } from '../../data/campaigns/verdict.store';
import { loadProgrammeNow } from '../../data/programme.store';
import type { Ledger } from '../ledger';

export interface RecordCampaignDecisionInput {
  readonly idempotencyKey: string;
  readonly campaignId: string;
  readonly month: string;
  readonly decision: CampaignDecision['decision'];
  readonly reason: string;
}

type Recorded = { readonly decision: CampaignDecision };

/**
 * Keeps what a person did about a campaign after a month's verdict; it changes no rule. The first one told stands.
 *
 * Refuses FORBIDDEN unless an admin asks, INVALID_INPUT, NOT_FOUND without a verdict, LEDGER_VERDICT_DECIDED.
 */
export async function recordCampaignDecision(
  ledger: Pick<Ledger, 'database' | 'clock'>,
  principal: Principal,
  input: RecordCampaignDecisionInput,
): Promise<Replayable<Recorded> | Refusal> {
  if (principal.kind !== 'admin') return forbidden('Only a programme’s admin decides about its campaigns.');
  const fault = firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    expectThat('input.month', isMonth(input.month), 'must be a month, such as 2026-03'),
    textFault('input.reason', input.reason, 500),
  );
  if (fault !== null) return fault;
  const { programmeId, subject: decidedBy } = principal;
  const campaignId = parseId('cmp', input.campaignId);
  if (campaignId === null) return notFound('campaign verdict');
  const { idempotencyKey: key, ...body } = input;
  const command = { caller: callerOf(principal), operation: 'recordCampaignDecision', key, body };
  return inTransaction(ledger.database, (tx) =>
    once(tx, command, async (): Promise<Outcome<Recorded>> => {
      const decidedAt = (await loadProgrammeNow(tx, programmeId)) ?? ledger.clock.now();
      const decision = { decision: input.decision, reason: input.reason, decidedBy, decidedAt };
      const kept = await keepDecision(tx, programmeId, { campaignId, month: input.month, ...decision });
      if (kept === 'NO_VERDICT') return notFound('campaign verdict');
      if (kept === 'DECIDED_BEFORE')
        return refuse('LEDGER_VERDICT_DECIDED', 'What was done about it is recorded already.');
      return { decision };
    }),
  );
}
