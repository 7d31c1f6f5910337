import type { SubgraphLink } from '../../../kernel/graph/link';
import { newOpaqueId, type MemberId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import { blindIndex, normaliseIdentity } from '../../../kernel/values/identity';

/** How far a member's links to partners go. */
export type Links = Readonly<Record<PartnerId, 'CREDIT_ONLY' | 'OPEN'>>;

/** The subgraph members as the ledger asks it: who answers where a member stands. A test may switch it off. */
export class KnownMembers implements SubgraphLink {
  readonly name = 'members' as const;
  answers = true;
  private readonly links = new Map<string, Links>();
  private readonly cards = new Map<string, MemberId>();

  constructor(private readonly identityKey: string) {}

  /** A member whom members knows. */
  enrol(programmeId: ProgrammeId, links: Links): MemberId {
    const memberId = newOpaqueId('mem');
    this.links.set(`${programmeId} ${memberId}`, links);
    return memberId;
  }

  /** Every member has left every partner; what the ledger has heard already stays. */
  forgetLinks(): void {
    this.links.clear();
  }

  /** Gives a member a card. */
  addCard(programmeId: ProgrammeId, memberId: MemberId, card: string): void {
    const normalised = normaliseIdentity('CARD', card);
    if (normalised === null) throw new TypeError(`KnownMembers: ${card} is no card's number`);
    this.cards.set(blindIndex(this.identityKey, { programmeId, kind: 'CARD', partnerId: null, normalised }), memberId);
  }

  async execute({ variables, context }: Parameters<SubgraphLink['execute']>[0]) {
    if (!this.answers) throw new Error('members does not answer');
    const { principal } = context;
    const index = variables?.['blindIndex'] as string | null | undefined;
    const memberId = index == null ? (variables?.['memberId'] as MemberId | undefined) : this.cards.get(index);
    const links = 'programmeId' in principal ? this.links.get(`${principal.programmeId} ${memberId}`) : undefined;
    const partnerLinks = Object.entries(links ?? {}).map(([partnerId, state]) => ({ partnerId, state }));
    return { data: { memberStanding: links === undefined ? null : { memberId, partnerLinks } } };
  }

  subscribe(): Promise<never> {
    return Promise.reject(new Error('nobody subscribes to members'));
  }

  async close(): Promise<void> {}
}
