import type { SubgraphLink } from '../../../kernel/graph/link';

/** The subgraph partners as the ledger tells it who has left. A test may switch it off. */
export class ToldPartners implements SubgraphLink {
  readonly name = 'partners' as const;
  answers = true;
  /** What it was told, in order. */
  readonly told: { readonly partnerId: string; readonly idempotencyKey: string }[] = [];

  async execute({ variables }: Parameters<SubgraphLink['execute']>[0]) {
    if (!this.answers) throw new Error('partners does not answer');
    this.told.push((variables as { input: ToldPartners['told'][number] }).input);
    return { data: { answer: { __typename: 'PartnerLeavesSuccess' } } };
  }

  subscribe(): Promise<never> {
    return Promise.reject(new Error('nobody subscribes to partners'));
  }

  async close(): Promise<void> {}
}
