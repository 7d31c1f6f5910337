import type { ReplicationStanding } from '../../kernel/db/change-stream/standing';
import type { Examined } from './examined';

const MEGABYTE = 1_048_576n;

/** What the standing of the ledger's change stream means, and what to do. Nothing of it stops a hub: events then come later. */
export function judgeReplication(standing: ReplicationStanding): Examined[] {
  const obstacle = obstacleOf(standing);
  const way: Examined =
    obstacle === null
      ? { state: 'ok', what: 'events of ledger follow the log' }
      : {
          state: 'warn',
          what: `events of ledger are looked for in the journal, and come later: ${obstacle.why}`,
          advice: obstacle.advice,
        };
  return [way, ...limitOf(standing), ...slotsOf(standing)];
}

function obstacleOf({
  walLevel,
  mayReplicate,
  slotsFree,
  slots,
}: ReplicationStanding): { why: string; advice: string } | null {
  if (walLevel !== 'logical')
    return {
      why: `wal_level is ${walLevel}`,
      advice: 'Set wal_level = logical and restart that PostgreSQL (docs/OPERATIONS.md).',
    };
  if (!mayReplicate)
    return {
      why: 'its role has no REPLICATION',
      advice: 'Run hub migrate --provision, or let an administrator: alter role … replication.',
    };
  // With a slot of its own active, a running ledger has what it needs.
  if (slotsFree <= 0 && !slots.some(({ isActive }) => isActive))
    return { why: 'the server has no slot left', advice: 'Raise max_replication_slots, or drop slots nobody reads.' };
  return null;
}

function limitOf({ walLevel, keptAtMostBytes }: ReplicationStanding): Examined[] {
  if (walLevel !== 'logical' || keptAtMostBytes !== null) return [];
  return [
    {
      state: 'warn',
      what: 'the server of ledger keeps its log for a slot without a limit: a reader that hangs could fill the disk',
      advice: 'Set max_slot_wal_keep_size, for example to 4GB.',
    },
  ];
}

function slotsOf({ slots, keptAtMostBytes }: ReplicationStanding): Examined[] {
  return slots.flatMap(({ name, isTemporary, isActive, isLost, keptBytes }): Examined[] => {
    const slot = `slot ${name} in the database of ledger`;
    if (!isTemporary && !isActive) {
      const what = `${slot} is read by nobody and keeps ${keptBytes / MEGABYTE} MB of log; the hub makes none that outlive it`;
      return [{ state: 'warn', what, advice: `If it is no longer needed: select pg_drop_replication_slot('${name}')` }];
    }
    if (isLost)
      return [
        {
          state: 'warn',
          what: `${slot} fell too far behind and is lost`,
          advice: 'Its reader begins anew by itself and loses nothing; look why it was slow.',
        },
      ];
    if (keptAtMostBytes === null || keptBytes * 2n < keptAtMostBytes) return [];
    const what = `${slot} is ${keptBytes / MEGABYTE} MB behind, of ${keptAtMostBytes / MEGABYTE} MB at most`;
    return [{ state: 'warn', what, advice: 'Look at the process that serves the ledger: it does not keep up.' }];
  });
}
