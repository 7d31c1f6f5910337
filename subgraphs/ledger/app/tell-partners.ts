import type { SubgraphLink } from '../../../kernel/graph/link';
import type { Logger } from '../../../kernel/telemetry/log';
import { newId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';

/** A leaving partner whose points are all gone and whose dues are all settled. */
export interface Departure {
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
  /** Names the intent: told twice, it is done once. */
  readonly runOffId: string;
}

/** Tells partners that a partner has left; false when it could not be told now. */
export type TellDeparture = (departure: Departure) => Promise<boolean>;

const HAS_LEFT = `mutation PartnerHasLeft($input: PartnerLeavesInput!) {
  answer: partnerHasLeft(input: $input) { __typename ... on Refusal { code message } }
}`;
/** Somebody waits for the answer. */
const PATIENCE_MS = 5_000;

/** Tells partners as the ledger. */
export function tellDepartureBy(link: SubgraphLink, log: Logger): TellDeparture {
  return async ({ programmeId, partnerId, runOffId }) => {
    const input = { idempotencyKey: runOffId, partnerId, reason: `Its points have run off (${runOffId}).` };
    const told = link.execute({
      query: HAS_LEFT,
      operationName: 'PartnerHasLeft',
      variables: { input },
      context: {
        principal: { kind: 'service', name: 'ledger', programmeId },
        requestId: newId('req'),
        deadlineAt: new Date(Date.now() + PATIENCE_MS),
      },
    });
    try {
      const { data } = await told;
      const answer = data?.['answer'] as { __typename: string; code?: string } | undefined;
      if (answer?.__typename === 'PartnerLeavesSuccess') return true;
      log.warn({ event: 'run_off.not_told', partnerId, code: answer?.code });
    } catch (error) {
      // Partners is away: whoever approved asks again, and the end of the run-off stands meanwhile.
      log.warn({ event: 'run_off.not_told', partnerId, error });
    }
    return false;
  };
}
