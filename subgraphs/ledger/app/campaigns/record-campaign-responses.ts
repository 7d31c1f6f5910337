import type { Principal } from '../../../../kernel/context/principal';
import { textFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { notFound, refuseShared } from '../../../../kernel/errors/shared-refusals';
import { campaignsOf, runsAt, type Campaign } from '../../core/campaigns/campaign';
import { notYet } from '../../core/not-yet';
import { refuse } from '../../core/refusals';
import { keepResponses, type CampaignResponse, type ResponseKind } from '../../data/campaigns/response.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { programmeNow } from '../programme-now';
import { actingAs, memberToCredit, type Acting } from '../points/acting';
import type { MemberRef } from '../points/member-directory';

export interface RecordCampaignResponseInput {
  readonly idempotencyKey: string;
  readonly campaignId: string;
  readonly member: MemberRef;
  readonly kind: ResponseKind;
  readonly occurredAt: Date;
}

/** A response that is kept, now or since before. */
export type KeptCampaignResponse = CampaignResponse & { readonly replayed: boolean };

/**
 * Keeps what members answered campaigns: that they opened what was sent to them, or used it, as a coupon at the till. It moves no
 * points. Any partner of the programme where it happened may tell it; each row has its own outcome.
 *
 * Refuses a row: INVALID_INPUT, FORBIDDEN, NOT_FOUND (campaign, or a member that is not the partner's), IDEMPOTENCY_MISMATCH,
 * LEDGER_OCCURRED_IN_FUTURE, LEDGER_CAMPAIGN_NOT_RUNNING.
 *
 * @param malformed by row: why a row could not be read, decided at the edge
 */
export async function recordCampaignResponses(
  ledger: Ledger,
  principal: Principal,
  inputs: readonly RecordCampaignResponseInput[],
  malformed: readonly (Refusal | null)[] = [],
): Promise<(KeptCampaignResponse | Refusal)[]> {
  const acting = actingAs(principal, 'points:earn');
  if (isRefusal(acting)) return inputs.map((_, row) => malformed[row] ?? acting);
  const campaigns = await knownCampaigns(ledger, acting, inputs);
  if (isRefusal(campaigns)) return inputs.map((_, row) => malformed[row] ?? campaigns);
  const now = await programmeNow(ledger, acting.programmeId);
  const read = await Promise.all(
    inputs.map(async (input, row) => {
      if (malformed[row]) return malformed[row];
      return readRow(ledger, acting, { input, path: `input[${row}]`, campaign: campaigns.get(input.campaignId), now });
    }),
  );
  const responses = read.filter((one) => !isRefusal(one));
  const kept = await keepResponses(ledger.database.pool, acting.programmeId, { responses, recordedAt: now });
  const outcomes = new Map(responses.map((response, n) => [response, kept[n]] as const));
  return read.map((one) => {
    if (isRefusal(one)) return one;
    const outcome = outcomes.get(one);
    if (outcome === 'MISMATCH') {
      return refuseShared('IDEMPOTENCY_MISMATCH', 'This key was used before with another body.');
    }
    return { ...one, replayed: outcome === 'REPLAYED' };
  });
}

interface Row {
  readonly input: RecordCampaignResponseInput;
  readonly path: string;
  readonly campaign: Campaign | undefined;
  readonly now: Date;
}

async function readRow(
  ledger: Ledger,
  acting: Acting,
  { input, path, campaign, now }: Row,
): Promise<CampaignResponse | Refusal> {
  const fault = textFault(`${path}.idempotencyKey`, input.idempotencyKey, 255);
  if (fault !== null) return fault;
  if (campaign === undefined) return notFound('campaign');
  const found = await memberToCredit(ledger, acting, { ref: input.member, path: `${path}.member` });
  if (isRefusal(found)) return found;
  const link = await ledger.directory.linkOf(found.link);
  if (link === null) return notFound('member');
  if (isRefusal(link)) return link;
  const { idempotencyKey, kind, occurredAt } = input;
  if (occurredAt > now) return notYet('It', now);
  if (!runsAt(campaign, occurredAt)) {
    return refuse('LEDGER_CAMPAIGN_NOT_RUNNING', 'The campaign does not run at that instant.');
  }
  const { programmeId, partnerId } = acting;
  return {
    programmeId,
    campaignId: campaign.id,
    memberId: found.memberId,
    partnerId,
    idempotencyKey,
    kind,
    occurredAt,
  };
}

/** The programme's campaigns; what partners announced is read once more where one is named that is not among them. */
async function knownCampaigns(
  ledger: Ledger,
  { programmeId }: Acting,
  inputs: readonly RecordCampaignResponseInput[],
): Promise<Map<string, Campaign> | Refusal> {
  const held = await currentBook(ledger, programmeId);
  if (isRefusal(held)) return held;
  const byId = (book: typeof held) => new Map<string, Campaign>(campaignsOf(book).map((one) => [one.id, one]));
  const known = byId(held);
  if (inputs.every(({ campaignId }) => known.has(campaignId))) return known;
  await ledger.catchUpRules();
  return byId((await ledger.book(programmeId)) ?? held);
}
