import { randomBytes } from 'node:crypto';
import type { Principal } from '../../../kernel/context/principal';
import { newId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import type { ContractTerms } from '../core/contract';
import type { EarningRate } from '../core/earning-rule';
import type { NewPartner } from '../core/partner';
import type { NewProgramme } from '../core/programme';

/** A key no other call uses. */
export const freshKey = (): string => randomBytes(8).toString('hex');

/** One point is 0.01 EUR; three rungs; a sandbox in which one person may agree. */
export function aProgramme(change: Partial<NewProgramme> = {}): NewProgramme {
  return {
    idempotencyKey: freshKey(),
    key: `p-${freshKey()}`,
    name: 'Sunny Street',
    currencyName: 'Sunny points',
    currency: 'EUR',
    faceValueMicros: 10_000n,
    timeZone: 'Europe/Warsaw',
    defaultLanguage: 'pl',
    isSandbox: true,
    singleApprover: true,
    disputeWindowDays: 14,
    pointsValidityDays: 365,
    opensAt: new Date('2026-01-01T00:00:00Z'),
    tiers: [
      { code: 'BASE', name: 'Base', thresholdPoints: 0n },
      { code: 'SILVER', name: 'Silver', thresholdPoints: 1_000n },
      { code: 'GOLD', name: 'Gold', thresholdPoints: 5_000n },
    ],
    ...change,
  };
}

export function aPartner(change: Partial<NewPartner> = {}): NewPartner {
  return {
    idempotencyKey: freshKey(),
    code: `C${freshKey()}`,
    name: 'Piekarnia',
    canIssue: true,
    canRedeem: true,
    ...change,
  };
}

/** Reimburses a point with 0.008 EUR, no fee. */
export function someTerms(partnerId: PartnerId, change: Partial<ContractTerms> = {}): ContractTerms {
  return {
    idempotencyKey: freshKey(),
    partnerId,
    validFrom: new Date('2026-01-01T00:00:00Z'),
    settlementModel: 'AT_REDEMPTION',
    reimbursementMicros: 8_000n,
    feeMicros: 0n,
    ...change,
  };
}

/** One point for each whole unit of the currency. */
export function aRate(partnerId: PartnerId, change: Partial<EarningRate> = {}): EarningRate {
  return {
    idempotencyKey: freshKey(),
    partnerId,
    kind: 'BASE_RATE',
    points: 1n,
    perAmountMinor: 100n,
    validFrom: new Date('2026-01-01T00:00:00Z'),
    ...change,
  };
}

export const theHost: Principal = { kind: 'host', subject: 'ops' };

export const anAdminOf = (programmeId: ProgrammeId, subject = 'ada'): Principal => ({
  kind: 'admin',
  programmeId,
  subject,
});

export const aMemberOf = (programmeId: ProgrammeId): Principal => ({
  kind: 'member',
  programmeId,
  memberId: newId('mem'),
});

export const aKeyOf = (programmeId: ProgrammeId, partnerId: PartnerId): Principal => ({
  kind: 'partner',
  programmeId,
  partnerId,
  keyId: newId('key'),
  scopes: [],
});
