import type { Refusal } from '../../../kernel/errors/refusal';
import { refuse } from './refusals';

/** A dated version of something agreed: in force from its instant until the next version's. */
export interface Version {
  /** 1, 2, 3 … without gaps. */
  readonly version: number;
  readonly validFrom: Date;
}

/**
 * Finds the version in force at an instant: the last one that had begun.
 *
 * @param versions in any order
 * @returns null before the first version begins
 */
export function inForceAt<V extends Version>(versions: readonly V[], at: Date): V | null {
  const begun = versions.filter(({ validFrom }) => validFrom <= at);
  return begun.reduce<V | null>(
    (latest, version) => (latest === null || version.version > latest.version ? version : latest),
    null,
  );
}

/**
 * Numbers the next version.
 *
 * @param versions all that exist, in any order
 * @returns its number, or PARTNERS_NOT_AFTER_LATEST_VERSION when it would begin no later than the latest one: a version
 *          that has been in force stays what it was, and two never begin at once
 */
export function nextVersion(versions: readonly Version[], validFrom: Date): number | Refusal {
  const latest = versions.reduce<Version | null>(
    (last, version) => (last === null || version.version > last.version ? version : last),
    null,
  );
  if (latest === null) return 1;
  if (validFrom > latest.validFrom) return latest.version + 1;
  const latestValidFrom = latest.validFrom;
  return refuse(
    'PARTNERS_NOT_AFTER_LATEST_VERSION',
    `Version ${latest.version} begins at ${latestValidFrom.toISOString()}; the next one must begin later.`,
    { latestValidFrom },
  );
}
