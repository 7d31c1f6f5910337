import type { DatabaseDefinition } from '../../../kernel/db/database';
import { USUAL_TENANCY } from '../../../kernel/db/tenancy';
import { Rewards1764000000000 } from './migrations/1764000000000-rewards';
import { PartnerStandingRow } from './partner-standing.row';
import { RewardOrderRow } from './reward-order.row';
import { RewardRow } from './reward.row';
import { VoucherRow } from './voucher.row';
import { CommandKeysOfProgrammes1795892000000 } from './migrations/1795892000000-command-keys-of-programmes';

/** This subgraph's own database: nobody else reads it. */
export const rewardsDatabase = {
  name: 'rewards',
  rows: [RewardRow, RewardOrderRow, VoucherRow, PartnerStandingRow],
  migrations: [Rewards1764000000000, CommandKeysOfProgrammes1795892000000],
  appendOnly: ['outbox', 'command_key'],
  tenancy: USUAL_TENANCY,
} as const satisfies DatabaseDefinition;
