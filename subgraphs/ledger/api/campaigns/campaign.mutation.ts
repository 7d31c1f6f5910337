import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { invalidInput } from '../../../../kernel/errors/shared-refusals';
import { graphFault } from '../../../../kernel/graph/fault';
import { findMalformed } from '../../../../kernel/graph/scalars';
import { recordCampaignResponses } from '../../app/campaigns/record-campaign-responses';
import type { LedgerContext } from '../context';
import { present } from '../movements/result.type';
import { RecordCampaignResponseInput, RecordCampaignResponseResult } from './campaign.type';

/** The most rows of one call. */
const ROWS_MAX = 1_000;

/** What members answer campaigns. */
@Resolver()
export class CampaignMutation {
  @Mutation(() => [RecordCampaignResponseResult], {
    nullable: 'items',
    description: 'Keeps up to 1,000 responses to campaigns; each has its own outcome, at its own place. Partner.',
  })
  async recordCampaignResponses(
    @Arg('input', () => [RecordCampaignResponseInput], { description: 'The responses.' })
    input: RecordCampaignResponseInput[],
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object[]> {
    if (input.length > ROWS_MAX) throw graphFault('INVALID_INPUT', `input: must have at most ${ROWS_MAX} rows`);
    const malformed = input.map((row, n) => {
      const found = findMalformed(row, `input[${n}]`);
      return found === null ? null : invalidInput(found.field, found.reason);
    });
    const outcomes = await recordCampaignResponses(ledger, principal, input, malformed);
    return outcomes.map((outcome) => present('RecordCampaignResponseSuccess', outcome));
  }
}
