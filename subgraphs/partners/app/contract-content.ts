import type { Tx } from '../../../kernel/db/transaction';
import { isRefusal, type Outcome } from '../../../kernel/errors/refusal';
import { notFound } from '../../../kernel/errors/shared-refusals';
import { newId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import { agreeVersion, type AgreedTerms, type Contract } from '../core/contract';
import { contentHashOf, type ContractProposal } from '../core/contract-proposal';
import type { Programme } from '../core/programme';
import { lowestFaceValue, programmesFrom } from '../core/terms-change';
import { findAllContracts, insertContract } from '../data/contract.store';
import { findAllPartners } from '../data/partner.store';
import { findProgramme } from '../data/programme.store';
import { findTermsChanges } from '../data/terms-change.store';
import { loopByContract } from './judge-rule';

/** Terms for a partner, put forward by a person at an instant. */
export interface PutForward {
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
  readonly subject: string;
  readonly now: Date;
  readonly terms: AgreedTerms;
}

/**
 * Draws up terms as a partner's next version, against everything agreed at this moment; writes nothing.
 *
 * @returns what the arbitrage guard or the order of versions refuses, PARTNERS_ARBITRAGE_LOOP when it closes a loop through a campaign,
 *          or NOT_FOUND for a partner that left
 */
export async function drawUp(
  tx: Tx,
  { programmeId, partnerId, subject, now, terms }: PutForward,
): Promise<Outcome<{ proposal: ContractProposal; programme: Programme }>> {
  const programme = await findProgramme(tx, programmeId);
  const partners = await findAllPartners(tx, programmeId);
  const isThere = partners.some(({ id, status }) => id === partnerId && status !== 'LEFT');
  if (programme === null || !isThere) return notFound('partner');
  // The least a point is worth from now on: terms that were announced bind whoever agrees a price before they take effect.
  const faceValueMicros = lowestFaceValue(programmesFrom(programme, await findTermsChanges(tx, programmeId), now));
  const contracts = await findAllContracts(tx, programmeId);
  const agreed = agreeVersion(terms, partnerId, { faceValueMicros, partners, contracts });
  if (isRefusal(agreed)) return agreed;
  const { version } = agreed;
  const loop = await loopByContract(tx, { programmeId, now }, { ...terms, id: newId('ctr'), partnerId, version });
  if (loop !== null) return loop;
  const contentHash = contentHashOf({ programmeId, partnerId, version, faceValueMicros, terms });
  const proposal: ContractProposal = {
    ...{ id: newId('cpr'), partnerId, version, terms, contentHash, state: 'OPEN' },
    ...{ proposedBy: subject, proposedAt: now, decidedBy: null, decidedAt: null },
  };
  return { proposal, programme: { ...programme, faceValueMicros } };
}

/** Makes a proposal's terms the partner's contract. */
export async function agreeOn(
  tx: Tx,
  { proposal, programme, at }: { proposal: ContractProposal; programme: Programme; at: Date },
): Promise<Contract> {
  const { partnerId, version, terms } = proposal;
  const contract: Contract = { ...terms, id: newId('ctr'), partnerId, version };
  const { id: programmeId, faceValueMicros } = programme;
  await insertContract(tx, programmeId, { contract, faceValueMicros, agreedAt: at });
  return contract;
}
