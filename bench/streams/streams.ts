import { serverVersion } from '../server-facts';
import { startEmbeddedPostgres } from '../../kernel/db/embedded/embedded-postgres';
import type { Bench } from '../benches';
import { clusterOf } from '../private-folder';
import { measureIdentical } from './identical';
import { measureMembers } from './members';

const NOTHING = { figures: {}, ratios: {} };

/**
 * Streams in the two ways they are used: many who watch the same (case `identical`) and many who each watch
 * their own (case `members`). Case `hive` adds Hive's gateway to the first.
 */
export const benchStreams: Bench = async (run) => {
  const wants = (name: string) => run.cases === null || run.cases.includes(name);
  const server = await startEmbeddedPostgres({
    dataDir: clusterOf(run.folder),
    onProgress: run.tell,
    settings: run.settings,
  });
  try {
    const identical = wants('identical') ? await measureIdentical(run) : NOTHING;
    const members = wants('members') ? await measureMembers(run) : {};
    return {
      postgres: await serverVersion(server.superuserUrl),
      figures: { ...identical.figures, ...members },
      ratios: identical.ratios,
    };
  } finally {
    await server.stop();
  }
};
