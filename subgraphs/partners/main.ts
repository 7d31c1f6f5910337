import { OutboxFeed } from '../../kernel/events/outbox';
import type { OpenSubgraph, SubgraphDefinition, SubgraphSurroundings } from '../../kernel/graph/subgraph';
import { openLog } from '../../kernel/telemetry/log';
import { openContext } from './api/context';
import { readPartnersConfig } from './config';
import { partnersDatabase } from './data/database';
import { buildPartnersSchema } from './schema';

/** The rule book: programmes, partners, contracts, earning rules, keys. It follows nobody. */
export const partnersDefinition: SubgraphDefinition = {
  ...partnersDatabase,
  name: 'partners',
  sdl: () => buildPartnersSchema().sdl,
  invariants: 'subgraphs/partners/invariants',
  open,
};

async function open({ database, clock, secrets }: SubgraphSurroundings): Promise<OpenSubgraph> {
  const feed = new OutboxFeed(database);
  const log = openLog('partners', readPartnersConfig().logLevel);
  const setting = { database, clock, log, announced: () => feed.hint() };
  return {
    name: 'partners',
    schema: buildPartnersSchema().schema,
    feed,
    createContext: (request) => openContext(setting, secrets.cursor, request),
    start: async () => {},
    stop: async () => {},
  };
}
