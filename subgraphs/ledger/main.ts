import type { OpenSubgraph, SubgraphDefinition, SubgraphSurroundings } from '../../kernel/graph/subgraph';
import { openContext } from './api/context';
import { ledgerDatabase } from './data/database';
import { openLedger } from './open-ledger';
import { buildLedgerSchema } from './schema';

/** The book: points, lots, holds, tiers, claims, settlement. It follows partners and members. */
export const ledgerDefinition: SubgraphDefinition = {
  ...ledgerDatabase,
  name: 'ledger',
  sdl: () => buildLedgerSchema().sdl,
  invariants: 'subgraphs/ledger/invariants',
  open,
};

async function open(surroundings: SubgraphSurroundings): Promise<OpenSubgraph> {
  const { ledger, feed, start, stop } = await openLedger(surroundings);
  return {
    name: 'ledger',
    schema: buildLedgerSchema().schema,
    feed,
    createContext: (request) => openContext(ledger, request),
    start,
    stop,
  };
}
