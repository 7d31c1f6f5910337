import {
  expectThat,
  firstFault,
  idempotencyKeyFault,
  ifGiven,
  wholeFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import { isRefusal, type Outcome } from '../../../kernel/errors/refusal';
import type { Id, PartnerId } from '../../../kernel/values/id';
import { ANNOUNCED_MAX } from './announced';
import { arbitrageIn, type Redeemers } from './arbitrage-guard';
import { nextVersion, type Version } from './versions';

/**
 * When money moves. `AT_REDEMPTION`: the funder pays the redeemer when points are spent. `AT_ISSUANCE`: the issuer pays the
 * hub's fund when points become available, and the fund pays redeemers. `HYBRID`: a part in advance, the rest when spent.
 */
export type SettlementModel = 'AT_REDEMPTION' | 'AT_ISSUANCE' | 'HYBRID';

/** A stretch of the calendar in the programme's time zone; `EVER` never begins anew. */
export type LimitPeriod = 'DAY' | 'MONTH' | 'YEAR' | 'EVER';

/** The most points a partner may issue in a period. */
export interface IssuanceCap {
  readonly points: bigint;
  readonly period: LimitPeriod;
}

/** What may be agreed beside the prices every contract has; what is not agreed is none. */
interface RicherTerms {
  /** I: what the issuer pays for a point when it issues it, in micro-units; 0 unless AT_ISSUANCE. */
  readonly issuanceMicros: bigint;
  /** h: the part of the reimbursement paid in advance, in basis points; 0 unless HYBRID. */
  readonly prefundBps: number;
  /** b: the issuer's part of what its expired points had paid for, in basis points; 0 unless AT_ISSUANCE. */
  readonly breakageShareBps: number;
  /** Points stay pending until the issuer's payment is confirmed; never where nothing is paid in advance. */
  readonly releaseOnFunding: boolean;
  /** null: no such cap. */
  readonly issuanceCap: IssuanceCap | null;
  /** The exposure in micro-units above which its points stop being issued; null: no such cap. */
  readonly netDebitCapMicros: bigint | null;
  /** The part of that cap at which an alert is announced, in basis points; means nothing without a cap. */
  readonly netDebitAlertBps: number;
}

/** What is agreed where nothing else is said: an alert at 80 % of the cap. */
const ALERT_BPS = 8_000;

/** One version of what operator and partner agreed. */
export interface Contract extends Version, RicherTerms {
  readonly id: Id<'ctr'>;
  readonly partnerId: PartnerId;
  readonly settlementModel: SettlementModel;
  /** What this partner is paid for a point it accepts, in micro-units of the programme's currency. */
  readonly reimbursementMicros: bigint;
  /** What this partner pays the programme for a point it issues, in micro-units. */
  readonly feeMicros: bigint;
}

/** What a version says, whoever's and whichever it is. */
export type AgreedTerms = Omit<Contract, 'id' | 'partnerId' | 'version'>;

/** The terms an admin proposes. Fields left out stay out of the idempotency key's body, so that older calls repeat as they were. */
export interface ContractTerms extends Nullable<RicherTerms> {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly validFrom: Date;
  readonly settlementModel: SettlementModel;
  readonly reimbursementMicros: bigint;
  readonly feeMicros: bigint;
}

type Nullable<T> = { readonly [Name in keyof T]?: T[Name] | null };

/** All terms of a version, with what was not agreed as none. */
export function termsOf(input: ContractTerms): AgreedTerms {
  const { validFrom, settlementModel, reimbursementMicros, feeMicros, issuanceCap } = input;
  return {
    ...{ validFrom, settlementModel, reimbursementMicros, feeMicros },
    issuanceMicros: input.issuanceMicros ?? 0n,
    prefundBps: input.prefundBps ?? 0,
    breakageShareBps: input.breakageShareBps ?? 0,
    releaseOnFunding: input.releaseOnFunding ?? false,
    issuanceCap: issuanceCap ? { points: issuanceCap.points, period: issuanceCap.period } : null,
    netDebitCapMicros: input.netDebitCapMicros ?? null,
    netDebitAlertBps: input.netDebitAlertBps ?? ALERT_BPS,
  };
}

/** The first field of proposed terms that cannot be what it says. */
export function contractTermsFault(input: ContractTerms): Fault {
  const amount = (field: string, value: bigint) => wholeFault(`input.${field}`, value, { min: 0n, max: ANNOUNCED_MAX });
  const terms = termsOf(input);
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    amount('reimbursementMicros', terms.reimbursementMicros),
    amount('feeMicros', terms.feeMicros),
    amount('issuanceMicros', terms.issuanceMicros),
    wholeFault('input.prefundBps', terms.prefundBps, { min: 0, max: 10_000 }),
    wholeFault('input.breakageShareBps', terms.breakageShareBps, { min: 0, max: 10_000 }),
    ifGiven(terms.issuanceCap, ({ points }) => amount('issuanceCap.points', points)),
    ifGiven(terms.netDebitCapMicros, (micros) => amount('netDebitCapMicros', micros)),
    ifGiven(input.netDebitAlertBps, (bps) => alertFault(bps, terms.netDebitCapMicros)),
    modelFault(terms),
  );
}

function alertFault(bps: number, capMicros: bigint | null): Fault {
  const field = 'input.netDebitAlertBps';
  return firstFault(
    wholeFault(field, bps, { min: 1, max: 10_000 }),
    expectThat(field, capMicros !== null, 'is a part of a net-debit cap, which is not asked for'),
  );
}

/** Terms that mean nothing under their settlement model are refused: whoever agreed them would believe they count. */
function modelFault(terms: ReturnType<typeof termsOf>): Fault {
  const model = terms.settlementModel;
  return firstFault(
    expectThat(
      'input.issuanceMicros',
      terms.issuanceMicros === 0n || model === 'AT_ISSUANCE',
      'is a price of AT_ISSUANCE only',
    ),
    expectThat('input.prefundBps', terms.prefundBps > 0 === (model === 'HYBRID'), 'is above 0 for HYBRID, else 0'),
    expectThat(
      'input.breakageShareBps',
      terms.breakageShareBps === 0 || model === 'AT_ISSUANCE',
      'is a share of a fund, which only AT_ISSUANCE has',
    ),
    expectThat(
      'input.releaseOnFunding',
      !terms.releaseOnFunding || model !== 'AT_REDEMPTION',
      'waits for a payment in advance, which AT_REDEMPTION has not',
    ),
  );
}

/** What a proposed version is held against. */
export interface AgreedSoFar extends Redeemers {
  readonly faceValueMicros: bigint;
  /** Every version of every contract of the programme. */
  readonly contracts: readonly Contract[];
}

/**
 * Decides whether terms may become the next version of a partner's contract.
 *
 * @returns the version's number; or PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE, PARTNERS_NOT_AFTER_LATEST_VERSION,
 *          PARTNERS_ISSUANCE_BELOW_REIMBURSEMENT or PARTNERS_REIMBURSEMENT_ABOVE_RESERVE, each with its figures
 */
export function agreeVersion(
  terms: AgreedTerms,
  partnerId: PartnerId,
  agreed: AgreedSoFar,
): Outcome<{ version: number }> {
  const version = nextVersion(
    agreed.contracts.filter((contract) => contract.partnerId === partnerId),
    terms.validFrom,
  );
  if (isRefusal(version)) {
    // The price is told first: it is wrong at whatever instant.
    return arbitrageIn({ ...terms, partnerId }, { ...agreed, contracts: [] }) ?? version;
  }
  return arbitrageIn({ ...terms, partnerId }, agreed) ?? { version };
}
