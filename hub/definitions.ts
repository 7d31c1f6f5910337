import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SUBGRAPHS } from '../kernel/context/principal';
import type { SubgraphDefinition } from '../kernel/graph/subgraph';

/** The subgraphs of this hub. */
export const definitions: readonly SubgraphDefinition[] = SUBGRAPHS.filter((name) =>
  ['.ts', '.js'].some((end) => existsSync(join(__dirname, '..', 'subgraphs', name, `main${end}`))),
).map((name) => {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- what does not exist yet cannot be imported
  const module = require(`../subgraphs/${name}/main`) as Record<string, SubgraphDefinition>;
  return module[`${name}Definition`] as SubgraphDefinition;
});
