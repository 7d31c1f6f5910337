import { Consumer } from '../../kernel/events/consumer';
import { OutboxFeed } from '../../kernel/events/outbox';
import type { OpenSubgraph, SubgraphDefinition, SubgraphSurroundings } from '../../kernel/graph/subgraph';
import { openLog } from '../../kernel/telemetry/log';
import { openContext } from './api/context';
import { noticeRounds } from './app/tell-members';
import { readMembersConfig } from './config';
import { membersDatabase } from './data/database';
import { onRuleBookPublished } from './events/on-rule-book-published';
import { buildMembersSchema } from './schema';

/** Who people are: enrolment, identities, and what they let partners do. It follows partners. */
export const membersDefinition: SubgraphDefinition = {
  ...membersDatabase,
  name: 'members',
  sdl: () => buildMembersSchema().sdl,
  invariants: 'subgraphs/members/invariants',
  open,
};

async function open({ database, peers, secrets, clock }: SubgraphSurroundings): Promise<OpenSubgraph> {
  const feed = new OutboxFeed(database);
  const setting = { database, clock, identityKey: secrets.identity, announced: () => feed.hint() };
  const log = openLog('members', readMembersConfig().logLevel);
  const notices = noticeRounds({ database, clock, log });
  const partners = new Consumer({
    feedName: 'partners',
    feed: peers.feed('partners'),
    database,
    reactions: { 'partners.rule_book.published.v1': onRuleBookPublished },
    log,
  });
  return {
    name: 'members',
    schema: buildMembersSchema().schema,
    feed,
    createContext: (request) => openContext(setting, request),
    start: async () => {
      partners.start();
      notices.start();
    },
    stop: async () => {
      await notices.stop();
      await partners.stop();
    },
  };
}
