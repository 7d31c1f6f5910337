import { randomBytes } from 'node:crypto';
import { Consumer } from '../../kernel/events/consumer';
import { OutboxFeed } from '../../kernel/events/outbox';
import type { OpenSubgraph, SubgraphDefinition, SubgraphSurroundings } from '../../kernel/graph/subgraph';
import { openLog } from '../../kernel/telemetry/log';
import { openContext, type RewardsSetting } from './api/context';
import { ledgerOver } from './app/ledger';
import { orderSteps } from './app/order-steps';
import { Recovery } from './app/recovery';
import { readRewardsConfig } from './config';
import { VOUCHER_CODE_BYTES } from './core/voucher-code';
import { rewardsDatabase } from './data/database';
import { IdentitySeal } from './data/identity-seal';
import { onRuleBookPublished } from './events/on-rule-book-published';
import { buildRewardsSchema } from './schema';

/** What is won: the catalogue, orders and vouchers. It follows partners and commands the ledger. */
export const rewardsDefinition: SubgraphDefinition = {
  ...rewardsDatabase,
  name: 'rewards',
  sdl: () => buildRewardsSchema().sdl,
  invariants: 'subgraphs/rewards/invariants',
  open,
};

async function open({ database, peers, secrets, clock }: SubgraphSurroundings): Promise<OpenSubgraph> {
  const log = openLog('rewards', readRewardsConfig().logLevel);
  const feed = new OutboxFeed(database);
  const announced = () => feed.hint();
  const seal = new IdentitySeal(secrets.identity);
  const reactions = { 'partners.rule_book.published.v1': onRuleBookPublished };
  const partners = new Consumer({ feedName: 'partners', feed: peers.feed('partners'), database, reactions, log });
  const drawRandom = () => randomBytes(VOUCHER_CODE_BYTES);
  const setting: RewardsSetting = {
    database,
    clock,
    log,
    announced,
    seal,
    cursorSecret: secrets.cursor,
    ledger: ledgerOver(peers.link('ledger'), log),
    orders: orderSteps({ database, clock, announced, seal, drawRandom }),
    catchUpPartners: () => partners.catchUp(),
  };
  const recovery = new Recovery(setting);
  return {
    name: 'rewards',
    schema: buildRewardsSchema().schema,
    feed,
    createContext: (request) => openContext(setting, request),
    start: async () => (partners.start(), recovery.start()),
    stop: async () => void (await Promise.all([recovery.stop(), partners.stop()])),
  };
}
