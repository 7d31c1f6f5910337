import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SUBGRAPHS, type SubgraphName } from '../kernel/context/principal';
import type { SubgraphSchema } from '../kernel/graph/build-subgraph';

/** The SDL of each subgraph, as it is written in its types; a subgraph that does not exist yet is left out. */
export function subgraphSdls(): { name: SubgraphName; sdl: string }[] {
  return SUBGRAPHS.filter(exists).map((name) => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- what does not exist yet cannot be imported
    const module = require(`../subgraphs/${name}/schema`) as Record<string, () => SubgraphSchema>;
    const build = module[`build${name[0]?.toUpperCase()}${name.slice(1)}Schema`];
    if (build === undefined) throw new Error(`subgraphs/${name}/schema.ts exports no schema builder`);
    return { name, sdl: build().sdl };
  });
}

function exists(name: SubgraphName): boolean {
  const file = join(__dirname, '..', 'subgraphs', name, 'schema');
  return existsSync(`${file}.ts`) || existsSync(`${file}.js`);
}
