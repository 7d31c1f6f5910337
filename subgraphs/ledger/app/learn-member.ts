import type { Tx } from '../../../kernel/db/transaction';
import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import { saveIdentity, saveLink, saveMember, type LinkState, type RunSql } from '../data/directory.store';

const within =
  (tx: Tx): RunSql =>
  (text, values) =>
    tx.query(text, [...values]);

/** Keeps that a member exists and since when. */
export function learnMember(
  tx: Tx,
  fact: { programmeId: ProgrammeId; memberId: MemberId; enrolledAt: Date },
): Promise<void> {
  return saveMember(within(tx), fact);
}

/** Keeps which member an identity names, by its blind index only. */
export function learnIdentity(
  tx: Tx,
  fact: { programmeId: ProgrammeId; memberId: MemberId; blindIndex: string },
): Promise<void> {
  return saveIdentity(within(tx), fact);
}

/** Keeps how far a partner's link to a member goes. */
export function learnLink(
  tx: Tx,
  fact: { programmeId: ProgrammeId; memberId: MemberId; partnerId: PartnerId; state: LinkState },
): Promise<void> {
  return saveLink(within(tx), fact);
}
