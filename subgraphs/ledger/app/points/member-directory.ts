import DataLoader from 'dataloader';
import type { Database } from '../../../../kernel/db/database';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { invalidInput, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId, type MemberId, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import { blindIndex, normaliseIdentity, type IdentityKindName } from '../../../../kernel/values/identity';
import { refuse } from '../../core/refusals';
import {
  findIdentities,
  findLinks,
  findMembers,
  keepIdentity,
  keepLink,
  saveMember,
  type LinkKey,
  type LinkState,
  type RunSql,
} from '../../data/directory.store';

/** A member as a caller names one: by id, or by an identity they show. */
export interface MemberRef {
  readonly id?: string | null;
  readonly identity?: { readonly kind: IdentityKindName; readonly value: string } | null;
}

/** What members says of one member. */
export interface MemberStanding {
  readonly memberId: MemberId;
  readonly partnerLinks: readonly { readonly partnerId: PartnerId; readonly state: LinkState }[];
}

/** Asks members about someone the projection does not know. Throws when members cannot be asked. */
export type AskMembers = (
  programmeId: ProgrammeId,
  who: { readonly blindIndex: string } | { readonly memberId: MemberId },
) => Promise<MemberStanding | null>;

/** Finds members for postings: by projection, and on a miss by asking members once. */
export class MemberDirectory {
  // No cache: rows change under us. The loaders only gather what one turn of the event loop asks into one statement.
  private readonly identities = new DataLoader<{ programmeId: ProgrammeId; blindIndex: string }, MemberId | null>(
    (keys) => findIdentities(this.database.pool, keys),
    { cache: false, maxBatchSize: 1_000 },
  );
  private readonly links = new DataLoader<LinkKey, LinkState | null>((keys) => findLinks(this.database.pool, keys), {
    cache: false,
    maxBatchSize: 1_000,
  });

  constructor(
    private readonly database: Database,
    private readonly identityKey: string,
    private readonly askMembers: AskMembers,
  ) {}

  /**
   * The member a partner's command names, whether or not the two are linked: that is read under the wallet's lock.
   *
   * @param path where the reference stands in the input, for INVALID_INPUT to name
   * @returns NOT_FOUND for an identity nobody has; LEDGER_MEMBER_NOT_KNOWN_YET when members would have to be asked and
   *          cannot be
   */
  async findMember(
    { programmeId, partnerId }: { readonly programmeId: ProgrammeId; readonly partnerId: PartnerId },
    ref: MemberRef,
    path = 'input.member',
  ): Promise<MemberId | Refusal> {
    return this.resolve({ programmeId, partnerId }, ref, path);
  }

  /**
   * A member of the programme, whoever asks: for those who run it, and for a member that gives points to another.
   *
   * @returns NOT_FOUND for a member of another programme, exactly as for one who does not exist; a partner's own customer
   *          numbers name nobody here
   */
  async findOfProgramme(programmeId: ProgrammeId, ref: MemberRef, path = 'input.member'): Promise<MemberId | Refusal> {
    if (ref.identity?.kind === 'PARTNER_CUSTOMER_ID') return notFound('member');
    const memberId = await this.resolve({ programmeId, partnerId: null }, ref, path);
    if (isRefusal(memberId)) return memberId;
    const known = await findMembers(this.database.pool, programmeId, [memberId]);
    if (known.has(memberId)) return memberId;
    const standing = await this.ask(programmeId, { memberId });
    if (standing === null) return notFound('member');
    return isRefusal(standing) ? standing : memberId;
  }

  /** How far a partner's link to a member goes; asks members when the projection has none. */
  async linkOf(key: LinkKey): Promise<LinkState | null | Refusal> {
    const link = await this.links.load(key);
    if (link !== null) return link;
    const standing = await this.ask(key.programmeId, { memberId: key.memberId });
    if (standing === null || isRefusal(standing)) return standing;
    return standing.partnerLinks.find(({ partnerId }) => partnerId === key.partnerId)?.state ?? null;
  }

  private async resolve(
    { programmeId, partnerId }: { programmeId: ProgrammeId; partnerId: PartnerId | null },
    ref: MemberRef,
    path: string,
  ): Promise<MemberId | Refusal> {
    if (ref.identity === undefined || ref.identity === null) {
      return parseId('mem', ref.id) ?? notFound('member');
    }
    const { kind, value } = ref.identity;
    const normalised = normaliseIdentity(kind, value);
    if (normalised === null) return invalidInput(`${path}.identity.value`, `is not an identity of kind ${kind}`);
    const index = blindIndex(this.identityKey, { programmeId, kind, partnerId, normalised });
    const known = await this.identities.load({ programmeId, blindIndex: index });
    if (known !== null) return known;
    const standing = await this.ask(programmeId, { blindIndex: index });
    if (standing === null) return notFound('member');
    return isRefusal(standing) ? standing : standing.memberId;
  }

  /** What members answers is kept at once where nothing is known; the events on their way will say the same, or newer. */
  private async ask(
    programmeId: ProgrammeId,
    who: Parameters<AskMembers>[1],
  ): Promise<MemberStanding | null | Refusal> {
    let standing: MemberStanding | null;
    try {
      standing = await this.askMembers(programmeId, who);
    } catch {
      return refuse(
        'LEDGER_MEMBER_NOT_KNOWN_YET',
        'The ledger does not know this member yet and cannot ask at the moment.',
      );
    }
    if (standing !== null) await this.keep(programmeId, standing, who);
    return standing;
  }

  private async keep(
    programmeId: ProgrammeId,
    standing: MemberStanding,
    who: Parameters<AskMembers>[1],
  ): Promise<void> {
    const run: RunSql = (text, values) => this.database.pool.query(text, [...values]);
    const { memberId } = standing;
    // When it was enrolled comes with the event; until then the member was enrolled no later than now.
    await saveMember(run, { programmeId, memberId, enrolledAt: new Date() });
    if ('blindIndex' in who) await keepIdentity(run, { programmeId, memberId, blindIndex: who.blindIndex });
    for (const { partnerId, state } of standing.partnerLinks)
      await keepLink(run, { programmeId, memberId, partnerId, state });
  }
}
