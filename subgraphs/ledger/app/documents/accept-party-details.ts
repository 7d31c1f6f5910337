import { z } from 'zod';
import type { Tx } from '../../../../kernel/db/transaction';
import { parseId, type PartnerId, type ProgrammeId } from '../../../../kernel/values/id';
import { savePartyDetails } from '../../data/documents/party-details.store';

const text = z.string().nullable();

/** Settlement details as partners announces them; unknown fields are passed over. */
const payload = z.object({
  partnerId: z
    .string()
    .refine((id) => parseId('ptr', id) !== null)
    .transform((id) => id as PartnerId)
    .nullable(),
  version: z.number().int().min(1),
  validFrom: z.iso.datetime({ offset: true }).transform((instant) => new Date(instant)),
  legalName: z.string(),
  ...{ street: text, city: text, postCode: text, country: z.string(), vatId: text, iban: z.string(), bic: text },
  ...{ mandateId: text, mandateSignedOn: text, creditorSchemeId: text, isSelfBilled: z.boolean() },
});

/** Takes over a version of a party's settlement details. */
export async function acceptPartyDetails(tx: Tx, programmeId: ProgrammeId, announcement: unknown): Promise<void> {
  await savePartyDetails(tx, programmeId, payload.parse(announcement));
}
