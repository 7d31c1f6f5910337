import { firstFault, idempotencyKeyFault, wholeFault, type Fault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome } from '../../../kernel/errors/refusal';
import type { Id, PartnerId } from '../../../kernel/values/id';
import { POINTS_MAX } from '../../../kernel/values/points';
import { refuse } from './refusals';
import { nextVersion, type Version } from './versions';

/** When money moves; so far only when points are spent: the funder pays the redeemer. */
export type SettlementModel = 'AT_REDEMPTION';

/** One version of what operator and partner agreed. */
export interface Contract extends Version {
  readonly id: Id<'ctr'>;
  readonly partnerId: PartnerId;
  readonly settlementModel: SettlementModel;
  /** What this partner is paid for a point it accepts, in micro-units of the programme's currency. */
  readonly reimbursementMicros: bigint;
  /** What this partner pays the programme for a point it issues, in micro-units. */
  readonly feeMicros: bigint;
}

/** The terms an admin proposes. */
export interface ContractTerms {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly validFrom: Date;
  readonly settlementModel: SettlementModel;
  readonly reimbursementMicros: bigint;
  readonly feeMicros: bigint;
}

/** The first field of proposed terms that cannot be what it says. */
export function contractTermsFault(input: ContractTerms): Fault {
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    wholeFault('input.reimbursementMicros', input.reimbursementMicros, { min: 0n, max: POINTS_MAX }),
    wholeFault('input.feeMicros', input.feeMicros, { min: 0n, max: POINTS_MAX }),
  );
}

/**
 * Decides whether terms may become the next version of a partner's contract.
 *
 * The arbitrage guard: a point is never reimbursed above the value members see. Otherwise a partner could buy from itself,
 * redeem with itself and be paid the difference by the coalition. Source: SETTLEMENT §1, r ≤ v.
 *
 * @param existing all versions of this partner's contract
 * @returns the version's number; or PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE with both figures, or
 *          PARTNERS_NOT_AFTER_LATEST_VERSION
 */
export function agreeVersion(
  terms: ContractTerms,
  { faceValueMicros, existing }: { faceValueMicros: bigint; existing: readonly Version[] },
): Outcome<{ version: number }> {
  const { reimbursementMicros } = terms;
  if (reimbursementMicros > faceValueMicros) {
    return refuse(
      'PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE',
      `A point would be reimbursed with ${reimbursementMicros} micro-units and is worth ${faceValueMicros}.`,
      { reimbursementMicros, faceValueMicros },
    );
  }
  const version = nextVersion(existing, terms.validFrom);
  return isRefusal(version) ? version : { version };
}
