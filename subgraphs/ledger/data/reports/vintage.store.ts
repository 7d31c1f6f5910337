import type { Pool } from 'pg';
import { idFromUuid, uuidOf, type ProgrammeId } from '../../../../kernel/values/id';
import type { Month, VintageFlow } from '../../core/reports/vintage';
import type { Party } from '../../core/settlement/directional-total';
import { LOAD_FLOWS, VINTAGES_ROLLED_UP } from './vintage-roll-up.store';

/** Whose points, and what was recorded by the end of a month. */
export interface VintageScope {
  readonly programmeId: ProgrammeId;
  readonly through: Month;
  /** All issuers when null. */
  readonly issuerId: Party;
}

/** What happened in a month, and how many members it was the first for. */
export interface CountedFlow extends VintageFlow {
  /** Members whose first points of the vintage were recorded then. */
  readonly members: bigint;
  /** Those among them that had no points of the issuer at all before. */
  readonly membersOfIssuer: bigint;
}

type Row = Record<string, string> & { readonly issuer_id: string | null };

/**
 * What happened to points, by issuer, month of earning and month of recording, as of now: as many rows as those are, in a time that
 * goes by them and by what was posted since the last pass, however long the book.
 */
export async function loadVintageFlows(
  pool: Pool,
  { programmeId, through, issuerId }: VintageScope,
): Promise<CountedFlow[]> {
  const fromXid = await VINTAGES_ROLLED_UP.fromXid(pool);
  const values = [uuidOf(programmeId), through, issuerId === null ? null : uuidOf(issuerId), fromXid];
  const { rows } = await pool.query<Row>(LOAD_FLOWS, values);
  return rows.map((row) => ({
    issuerId: row.issuer_id === null ? null : idFromUuid('ptr', row.issuer_id),
    vintage: row.vintage ?? '',
    month: row.month ?? '',
    issued: BigInt(row.issued ?? 0),
    redeemed: BigInt(row.redeemed ?? 0),
    clawedBack: BigInt(row.clawed_back ?? 0),
    expired: BigInt(row.expired ?? 0),
    allocatedMicros: BigInt(row.allocated_micros ?? 0),
    members: BigInt(row.members ?? 0),
    membersOfIssuer: BigInt(row.members_of_issuer ?? 0),
  }));
}
