import type { Party } from '../settlement/directional-total';

/** Who a party is in law, and where its money goes; what partners announced of it. */
export interface PartyIdentity {
  readonly legalName: string;
  readonly street: string | null;
  readonly city: string | null;
  readonly postCode: string | null;
  /** ISO 3166-1 alpha-2. */
  readonly country: string;
  readonly vatId: string | null;
  readonly iban: string;
  readonly bic: string | null;
  readonly mandateId: string | null;
  /** YYYY-MM-DD. */
  readonly mandateSignedOn: string | null;
  readonly creditorSchemeId: string | null;
  readonly isSelfBilled: boolean;
}

/** One version of a party's identity. */
export interface PartyDetails extends PartyIdentity {
  /** The operator's when null. */
  readonly partnerId: Party;
  readonly version: number;
  readonly validFrom: Date;
}

/**
 * The details that papers of a cycle show: those in force at its cut-off, or the first there are when the party gave none by
 * then. Later versions never change papers of earlier cycles.
 *
 * @param versions of one party, in any order
 */
export function detailsForPapers(versions: readonly PartyDetails[], cutOffAt: Date): PartyDetails | null {
  const byAge = [...versions].sort((a, b) => a.version - b.version);
  return byAge.filter(({ validFrom }) => validFrom <= cutOffAt).at(-1) ?? byAge[0] ?? null;
}
