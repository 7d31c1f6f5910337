import { In } from 'typeorm';
import type { Database } from '../../../kernel/db/database';
import { sql } from '../../../kernel/db/sql';
import type { Tx } from '../../../kernel/db/transaction';
import type { ProgrammeId } from '../../../kernel/values/id';
import type { Points } from '../../../kernel/values/points';
import type { Reward, RewardId } from '../core/reward';
import { RewardRow } from './reward.row';

const INSERT = sql`/* rewards.createReward.insertReward */
insert into reward (id, programme_id, offered_by, name, price_points, valid_from, valid_until, voucher_validity_days,
                    stock_offered, stock_left, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)`;

export async function insertReward(tx: Tx, reward: Reward, createdAt: Date): Promise<void> {
  await tx.query(INSERT, [
    reward.id,
    reward.programmeId,
    reward.offeredBy,
    reward.name,
    reward.pricePoints.toString(),
    reward.validFrom,
    reward.validUntil,
    reward.voucherValidityDays,
    reward.stockOffered,
    createdAt,
  ]);
}

/** The reward, locked so that its stock stays what was read; orders that only refer to it are not held up. */
export function lockReward(tx: Tx, programmeId: ProgrammeId, id: RewardId): Promise<Reward | null> {
  return tx.findOne(RewardRow, {
    where: { programmeId, id },
    lock: { mode: 'for_no_key_update' },
    comment: 'rewards.redeemReward.lockReward',
  });
}

const MOVE_STOCK = sql`/* rewards.reward.moveStock */
update reward set stock_left = stock_left + $3 where programme_id = $1 and id = $2 and stock_left is not null`;

/**
 * Takes pieces from the stock (negative) or gives them back; a reward without stock is left alone. Taking more than
 * there is breaks the column's check: read the reward under its lock first.
 */
export async function moveStock(tx: Tx, programmeId: ProgrammeId, id: RewardId, pieces: number): Promise<void> {
  await tx.query(MOVE_STOCK, [programmeId, id, pieces]);
}

/** These rewards, in no order; those of another programme are absent. */
export function rewardsByIds(
  database: Database,
  programmeId: ProgrammeId,
  ids: readonly RewardId[],
): Promise<Reward[]> {
  return database.dataSource.manager.find(RewardRow, {
    where: { programmeId, id: In([...ids]) },
    comment: 'rewards.reward.byIds',
  });
}

/** All rewards of a programme, oldest first, from after an id on. */
export function rewardsInOrderMade(
  database: Database,
  programmeId: ProgrammeId,
  page: { after: string | null; limit: number },
): Promise<Reward[]> {
  return database.dataSource.manager
    .createQueryBuilder(RewardRow, 'reward')
    .comment('rewards.reward.inOrderMade')
    .where('reward.programmeId = :programmeId and reward.id > :after', { programmeId, after: page.after ?? '' })
    .orderBy('reward.id')
    .limit(page.limit)
    .getMany();
}

/** The rewards of a programme that are not over, cheapest first, from after a price and id on. */
export function rewardsByPrice(
  database: Database,
  programmeId: ProgrammeId,
  page: { after: { pricePoints: Points; id: RewardId } | null; limit: number; now: Date },
): Promise<Reward[]> {
  const { after, limit, now } = page;
  return database.dataSource.manager
    .createQueryBuilder(RewardRow, 'reward')
    .comment('rewards.reward.byPrice')
    .where('reward.programmeId = :programmeId and (reward.validUntil is null or reward.validUntil > :now)', {
      programmeId,
      now,
    })
    .andWhere('(reward.pricePoints, reward.id) > (:price::bigint, :id)', {
      price: (after?.pricePoints ?? 0n).toString(),
      id: after?.id ?? '',
    })
    .orderBy('reward.pricePoints')
    .addOrderBy('reward.id')
    .limit(limit)
    .getMany();
}
