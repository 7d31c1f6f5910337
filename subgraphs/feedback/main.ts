import { Consumer } from '../../kernel/events/consumer';
import { OutboxFeed } from '../../kernel/events/outbox';
import type { OpenSubgraph, SubgraphDefinition, SubgraphSurroundings } from '../../kernel/graph/subgraph';
import { openLog } from '../../kernel/telemetry/log';
import { openContext } from './api/context';
import { readFeedbackConfig } from './config';
import { feedbackDatabase } from './data/database';
import { onPurchaseRecorded } from './events/on-purchase-recorded';
import { buildFeedbackSchema } from './schema';

/** What members think: surveys, invitations, answers, scores. It follows the ledger. */
export const feedbackDefinition: SubgraphDefinition = {
  ...feedbackDatabase,
  name: 'feedback',
  sdl: () => buildFeedbackSchema().sdl,
  invariants: 'subgraphs/feedback/invariants',
  open,
};

async function open({ database, peers, secrets, clock }: SubgraphSurroundings): Promise<OpenSubgraph> {
  const feed = new OutboxFeed(database);
  const setting = { database, clock, announced: () => feed.hint() };
  const ledger = new Consumer({
    feedName: 'ledger',
    feed: peers.feed('ledger'),
    database,
    reactions: { 'ledger.purchase.recorded.v1': onPurchaseRecorded(setting) },
    log: openLog('feedback', readFeedbackConfig().logLevel),
  });
  return {
    name: 'feedback',
    schema: buildFeedbackSchema().schema,
    feed,
    createContext: (request) => openContext(setting, secrets.cursor, request),
    start: async () => ledger.start(),
    stop: () => ledger.stop(),
  };
}
