import { z } from 'zod';
import type { Tx } from '../../../kernel/db/transaction';
import { parseId, type IdPrefix, type Id, type ProgrammeId } from '../../../kernel/values/id';
import { saveIdentity, saveLink, saveMember, type RunSql } from '../data/directory.store';
import { saveFacts } from '../data/member-facts.store';

const idOf = <P extends IdPrefix>(prefix: P) =>
  z
    .string()
    .refine((text) => parseId(prefix, text) !== null)
    .transform((text) => text as Id<P>);
const enrolled = z.object({ memberId: idOf('mem') });
const identityLinked = z.object({ memberId: idOf('mem'), blindIndex: z.string().regex(/^[0-9a-f]{64}$/) });
const linkChanged = z.object({ memberId: idOf('mem'), partnerId: idOf('ptr'), state: z.enum(['CREDIT_ONLY', 'OPEN']) });
const factsChanged = z.object({
  memberId: idOf('mem'),
  version: z
    .string()
    .regex(/^[0-9]{1,18}$/)
    .transform(BigInt),
  consented: z.boolean(),
  segments: z.array(z.string()),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
});

/** What members announced, and of which programme. */
interface Announced {
  readonly programmeId: ProgrammeId;
  readonly payload: unknown;
}

const within =
  (tx: Tx): RunSql =>
  (text, values) =>
    tx.query(text, [...values]);

/** Keeps that a member exists and since when. */
export function learnMember(
  tx: Tx,
  { programmeId, payload, enrolledAt }: Announced & { enrolledAt: Date },
): Promise<void> {
  return saveMember(within(tx), { programmeId, ...enrolled.parse(payload), enrolledAt });
}

/** Keeps which member an identity names, by its blind index only. */
export function learnIdentity(tx: Tx, { programmeId, payload }: Announced): Promise<void> {
  return saveIdentity(within(tx), { programmeId, ...identityLinked.parse(payload) });
}

/** Keeps how far a partner's link to a member goes. */
export function learnLink(tx: Tx, { programmeId, payload }: Announced): Promise<void> {
  return saveLink(within(tx), { programmeId, ...linkChanged.parse(payload) });
}

/** Keeps what rules may ask of a member. */
export function learnFacts(tx: Tx, { programmeId, payload }: Announced): Promise<void> {
  return saveFacts(within(tx), { programmeId, ...factsChanged.parse(payload) });
}
