import { constrainedMemory } from 'node:process';
import { totalmem } from 'node:os';

const MB = 1024 ** 2;
const [BUFFERS_MIN, BUFFERS_MAX] = [128 * MB, 4_096 * MB];

/**
 * Given on the command line, so that they hold whatever the files in the data directory say. The first three are the
 * durability we promise; `wal_level` lets events be read from the log, by a slot and a sender for each process that serves the
 * ledger; the slot limit keeps a reader that hangs from filling the disk.
 */
const FIXED = {
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  wal_level: 'logical',
  max_replication_slots: '20',
  max_wal_senders: '20',
  max_slot_wal_keep_size: '4GB',
  max_connections: '200',
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // a socket's path may be 107 bytes long; a data directory's often is longer
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
};

/**
 * A large book is met at random, so after each checkpoint nearly every posting writes whole pages to the log: checkpoints are
 * rare and spread out. At most 4 GB of log lie about, and recovery after a kill replays at most that. Segments that were written
 * are kept for new use, 1 GB of them: making one takes 50 ms in which no till is answered. Measured: bench/results.
 */
const FOR_GROWTH = {
  max_wal_size: '4GB',
  min_wal_size: '1GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
};

/** How the server is set for a machine: a quarter of its memory as page cache, from 128 MB to 4 GB. */
export function serverSettings(memoryBytes = ownMemory()): Readonly<Record<string, string>> {
  const buffers = Math.min(Math.max(memoryBytes / 4, BUFFERS_MIN), BUFFERS_MAX);
  return { ...FIXED, ...FOR_GROWTH, shared_buffers: `${Math.floor(buffers / MB)}MB` };
}

/** What this process may use: a container's limit, where it has one below the machine's memory. */
function ownMemory(): number {
  const limit = constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}
