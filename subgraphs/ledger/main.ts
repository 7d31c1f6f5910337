import type { OpenSubgraph, SubgraphDefinition, SubgraphSurroundings } from '../../kernel/graph/subgraph';
import { openContext } from './api/context';
import { ledgerDatabase } from './data/database';
import { openLedger } from './app/open-ledger';
import { verifyChains } from './app/verify/verify-chains';
import { readLedgerConfig } from './config';
import {
  onIdentityLinked,
  onMemberFactsChanged,
  onMemberEnrolled,
  onPartnerLinkChanged,
} from './events/on-members-announced';
import { onRuleBookPublished } from './events/on-rule-book-published';
import { onSettlementDetailsSet } from './events/on-settlement-details-set';
import { buildLedgerSchema } from './schema';

const reactions = {
  'partners.rule_book.published.v1': onRuleBookPublished,
  'partners.settlement_details.set.v1': onSettlementDetailsSet,
  'members.member.enrolled.v1': onMemberEnrolled,
  'members.identity.linked.v1': onIdentityLinked,
  'members.partner_link.changed.v1': onPartnerLinkChanged,
  'members.member_facts.changed.v1': onMemberFactsChanged,
};

/** The book: points, lots, holds, tiers, claims, settlement. It follows partners and members. */
export const ledgerDefinition: SubgraphDefinition = {
  ...ledgerDatabase,
  name: 'ledger',
  sdl: () => buildLedgerSchema().sdl,
  invariants: 'subgraphs/ledger/invariants',
  verify: verifyChains,
  open,
};

async function open(surroundings: SubgraphSurroundings): Promise<OpenSubgraph> {
  const { ledger, feed, start, stop } = await openLedger(surroundings, { ...readLedgerConfig(), reactions });
  return {
    name: 'ledger',
    schema: buildLedgerSchema().schema,
    feed,
    createContext: (request) => openContext(ledger, request),
    start,
    stop,
  };
}
