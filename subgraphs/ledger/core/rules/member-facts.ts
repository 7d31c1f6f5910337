/** What the ledger knows of a member besides the book of points: a projection of what members announces. */
export interface MemberFacts {
  /** Codes of the segments the member is in. */
  readonly segments: ReadonlySet<string>;
  /** null: not known here. */
  readonly enrolledAt: Date | null;
  /** Whether the member agreed to be profiled; without it members announces no attributes. */
  readonly consented: boolean;
  /** What partners keep of a member, each under its own id and name, such as `ptr_….birthMonth`. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
}

/** A member of whom nothing is known: in no segment, not asked for consent. Rules that ask for more do not apply. */
export const NO_MEMBER_FACTS: MemberFacts = {
  segments: new Set(),
  enrolledAt: null,
  consented: false,
  attributes: {},
};
