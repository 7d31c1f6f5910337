import {
  codeFault,
  expectThat,
  firstFault,
  idempotencyKeyFault,
  textFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { Refusal } from '../../../kernel/errors/refusal';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import { refuse } from './refusals';

/**
 * Where a partner stands: a suspended one earns nothing for members; one that is leaving neither, and its points run off; one that
 * left never comes back.
 */
export type PartnerStatus = 'ACTIVE' | 'SUSPENDED' | 'LEAVING' | 'LEFT';

/** A business in the coalition. */
export interface Partner {
  readonly id: PartnerId;
  readonly programmeId: ProgrammeId;
  /** Short name for machines, unique in the programme. */
  readonly code: string;
  readonly name: string;
  /** Whether its sales make points exist, which it pays for. */
  readonly canIssue: boolean;
  /** Whether it accepts points, for which it is paid. */
  readonly canRedeem: boolean;
  readonly status: PartnerStatus;
  /** Since when its points run off; null while it is not leaving. */
  readonly leavingSince: Date | null;
}

/** What an admin asks for when a business joins. */
export interface NewPartner extends Pick<Partner, 'code' | 'name' | 'canIssue' | 'canRedeem'> {
  readonly idempotencyKey: string;
}

/** The first field of a new partner that cannot be what it says. */
export function newPartnerFault(input: NewPartner): Fault {
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    codeFault('input.code', input.code),
    textFault('input.name', input.name),
    expectThat('input.canRedeem', input.canIssue || input.canRedeem, 'a partner issues, redeems, or both'),
  );
}

/**
 * Whether a suspension can be lifted.
 *
 * @returns PARTNERS_PARTNER_NOT_SUSPENDED
 */
export function whyNotLifted({ status }: Partner): Refusal | null {
  if (status === 'SUSPENDED') return null;
  return refuse('PARTNERS_PARTNER_NOT_SUSPENDED', `This partner is ${status}.`);
}

/**
 * Whether a partner can begin to leave: an active or a suspended one can.
 *
 * @returns PARTNERS_PARTNER_LEAVING
 */
export function whyNotLeaving({ status }: Partner): Refusal | null {
  if (status === 'ACTIVE' || status === 'SUSPENDED') return null;
  return refuse('PARTNERS_PARTNER_LEAVING', 'This partner is leaving already.');
}

/**
 * Whether a partner has left once its points have run off: one that is leaving has.
 *
 * @returns PARTNERS_PARTNER_NOT_LEAVING
 */
export function whyNotLeft({ status }: Partner): Refusal | null {
  if (status === 'LEAVING') return null;
  return refuse('PARTNERS_PARTNER_NOT_LEAVING', `This partner is ${status}.`);
}
