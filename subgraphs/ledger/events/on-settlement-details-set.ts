import type { EventReaction } from '../../../kernel/events/consumer';
import { acceptPartyDetails } from '../app/documents/accept-party-details';

/** partners announced who a party is in law and where its money goes: papers and payments of the ledger name it. */
export const onSettlementDetailsSet: EventReaction = (tx, { programmeId, payload }) =>
  acceptPartyDetails(tx, programmeId, payload);
