import { callerOf } from '../../../kernel/context/principal';
import type { RequestContext } from '../../../kernel/context/request-context';
import { once, type Replayable } from '../../../kernel/db/command-key';
import { inTransaction, type Tx } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome, type Refusal } from '../../../kernel/errors/refusal';
import { invalidInput, notFound } from '../../../kernel/errors/shared-refusals';
import { newId, parseId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import { points } from '../../../kernel/values/points';
import { refuse } from '../core/refusals';
import { acceptsPoints, parseRewardName, type Reward } from '../core/reward';
import { partnerStandings } from '../data/partner-standing.store';
import { insertReward } from '../data/reward.store';
import { keyFault, mayOffer } from './authorise';
import type { RewardsParts } from './parts';

export interface CreateReward {
  readonly idempotencyKey: string;
  /** The partner that offers it; a partner key may leave it out, an admin must not. */
  readonly offeredBy?: string | null;
  readonly name: string;
  readonly pricePoints: bigint;
  /** Null or absent: from now on. */
  readonly validFrom?: Date | null;
  readonly validUntil?: Date | null;
  readonly voucherValidityDays: number;
  readonly stock?: number | null;
}

const [VALIDITY_DAYS_MAX, STOCK_MAX] = [3_650, 1_000_000_000];

/**
 * Puts a reward in the catalogue.
 *
 * Refuses: INVALID_INPUT, FORBIDDEN, NOT_FOUND (partner), IDEMPOTENCY_*, REWARDS_PARTNER_NOT_KNOWN_YET,
 * REWARDS_PARTNER_CANNOT_REDEEM.
 */
export async function createReward(
  parts: RewardsParts,
  { principal }: RequestContext,
  input: CreateReward,
): Promise<Replayable<{ reward: Reward }>> {
  const checked = check(input, parts.clock.now());
  if (isRefusal(checked)) return { ...checked, replayed: false };
  const named = input.offeredBy == null ? null : parseId('ptr', input.offeredBy);
  if (input.offeredBy != null && named === null) return { ...notFound('partner'), replayed: false };
  const offering = mayOffer(principal, named);
  if (isRefusal(offering)) return { ...offering, replayed: false };
  const unknown = await meetPartner(parts, offering);
  if (unknown !== null) return { ...unknown, replayed: false };
  const { idempotencyKey, ...wish } = input;
  const caller = `${offering.programmeId}/${callerOf(principal)}`;
  return inTransaction(parts.database, (tx) =>
    once(tx, { caller, operation: 'createReward', key: idempotencyKey, body: { ...wish, ...offering } }, () =>
      offer(tx, { ...checked, ...offering }, parts.clock.now()),
    ),
  );
}

/** A partner added a moment ago may be in the rule book and not here: read on before saying that it does not exist. */
async function meetPartner(
  { database, catchUpPartners, log }: RewardsParts,
  { programmeId, partnerId }: { programmeId: ProgrammeId; partnerId: PartnerId },
): Promise<Refusal | null> {
  if ((await partnerStandings(database, programmeId, [partnerId])).length > 0) return null;
  try {
    await catchUpPartners();
    return null;
  } catch (error) {
    log.warn({ event: 'partners.not_reached', err: error });
    return refuse('REWARDS_PARTNER_NOT_KNOWN_YET', 'This partner is not known here yet; try again in a moment.');
  }
}

type Checked = Pick<Reward, 'name' | 'pricePoints' | 'voucherValidityDays' | 'stockOffered'> & {
  readonly validFrom: Date;
  readonly validUntil: Date | null;
};

function check(input: CreateReward, now: Date): Checked | Refusal {
  const { pricePoints, voucherValidityDays, stock = null, validUntil = null } = input;
  const badKey = keyFault(input.idempotencyKey);
  if (badKey !== null) return badKey;
  const name = parseRewardName(input.name);
  if (name === null)
    return invalidInput('input.name', 'must be 1 to 200 characters on one line, with something to read');
  if (pricePoints <= 0n) return invalidInput('input.pricePoints', 'must be more than 0');
  if (voucherValidityDays < 1 || voucherValidityDays > VALIDITY_DAYS_MAX) {
    return invalidInput('input.voucherValidityDays', `must be 1 to ${VALIDITY_DAYS_MAX}`);
  }
  if (stock !== null && (stock < 1 || stock > STOCK_MAX))
    return invalidInput('input.stock', `must be 1 to ${STOCK_MAX}`);
  const validFrom = input.validFrom ?? now;
  if (validUntil !== null && validUntil <= validFrom)
    return invalidInput('input.validUntil', 'must be after the reward opens');
  return { name, pricePoints: points(pricePoints), voucherValidityDays, stockOffered: stock, validFrom, validUntil };
}

async function offer(
  tx: Tx,
  wish: Checked & { programmeId: ProgrammeId; partnerId: PartnerId },
  now: Date,
): Promise<Outcome<{ reward: Reward }>> {
  const { programmeId, partnerId, ...checked } = wish;
  const [standing] = await partnerStandings(tx, programmeId, [partnerId]);
  if (standing === undefined) return notFound('partner');
  if (!acceptsPoints(standing)) {
    return refuse('REWARDS_PARTNER_CANNOT_REDEEM', 'This partner does not accept points, so it cannot offer a reward.');
  }
  const reward: Reward = {
    ...checked,
    id: newId('rwd'),
    programmeId,
    offeredBy: partnerId,
    stockLeft: checked.stockOffered,
  };
  await insertReward(tx, reward, now);
  return { reward };
}
