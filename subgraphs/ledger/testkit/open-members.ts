import type { SubgraphLink } from '../../../kernel/graph/link';

/** The subgraph members as the ledger asks it, where everybody is open to every partner: those of a set that a test adds to. */
export function openMembers(partners: ReadonlySet<string>): SubgraphLink {
  return {
    name: 'members',
    execute: async ({ variables }) => {
      const partnerLinks = [...partners].map((partnerId) => ({ partnerId, state: 'OPEN' }));
      return { data: { memberStanding: { memberId: variables?.['memberId'], partnerLinks } } };
    },
    subscribe: () => Promise.reject(new Error('nobody subscribes to members')),
    close: async () => undefined,
  };
}
