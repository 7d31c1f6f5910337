import {
  codeFault,
  expectThat,
  firstFault,
  idempotencyKeyFault,
  textFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';

/** Where a partner stands: a suspended one earns nothing for members, one that left never comes back. */
export type PartnerStatus = 'ACTIVE' | 'SUSPENDED' | 'LEFT';

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
