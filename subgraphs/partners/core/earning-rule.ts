import { firstFault, idempotencyKeyFault, ifGiven, wholeFault, type Fault } from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome } from '../../../kernel/errors/refusal';
import type { Id, PartnerId } from '../../../kernel/values/id';
import { ANNOUNCED_MAX } from './announced';
import { nextVersion, type Version } from './versions';

/** How a purchase becomes points; so far only one rate for every sale of a partner. */
export type EarningRuleKind = 'BASE_RATE';

/** One version of a partner's earning rule: earned = floor(amountMinor × points / perAmountMinor). */
export interface EarningRule extends Version {
  readonly id: Id<'rul'>;
  readonly partnerId: PartnerId;
  readonly kind: EarningRuleKind;
  readonly points: bigint;
  /** Minor units of the programme's currency that earn `points`. */
  readonly perAmountMinor: bigint;
  /** Days points wait before they can be spent; 0: none. */
  readonly pendingDays: number;
}

/** The rate an admin proposes. */
export interface EarningRate {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly kind: EarningRuleKind;
  readonly points: bigint;
  readonly perAmountMinor: bigint;
  readonly validFrom: Date;
  readonly pendingDays?: number | null;
}

/** The first field of a proposed rate that cannot be what it says. */
export function earningRateFault(input: EarningRate): Fault {
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    wholeFault('input.points', input.points, { min: 0n, max: ANNOUNCED_MAX }),
    wholeFault('input.perAmountMinor', input.perAmountMinor, { min: 1n, max: ANNOUNCED_MAX }),
    ifGiven(input.pendingDays, (days) => wholeFault('input.pendingDays', days, { min: 0, max: 365 })),
  );
}

/** Decides whether a rate may become the next version; else PARTNERS_NOT_AFTER_LATEST_VERSION. */
export function setVersion(rate: EarningRate, existing: readonly Version[]): Outcome<{ version: number }> {
  const version = nextVersion(existing, rate.validFrom);
  return isRefusal(version) ? version : { version };
}
