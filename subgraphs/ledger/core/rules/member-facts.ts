/** What the ledger knows of a member besides the book of points: a projection of what members announces. */
export interface MemberFacts {
  /** Codes of the segments the member is in. */
  readonly segments: ReadonlySet<string>;
  /** null: not known here. */
  readonly enrolledAt: Date | null;
  /** Whether the member agreed to be shown offers. */
  readonly consented: boolean;
  /** What the coalition keeps of a member under names of its own, such as `birthMonth`. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** A member of whom nothing is known: in no segment, not asked for consent. Rules that ask for more do not apply. */
export const NO_MEMBER_FACTS: MemberFacts = {
  segments: new Set(),
  enrolledAt: null,
  consented: false,
  attributes: {},
};
