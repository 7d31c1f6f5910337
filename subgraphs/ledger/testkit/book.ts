import { newId, type MemberId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import type { CurrencyCode } from '../../../kernel/values/money';
import { points } from '../../../kernel/values/points';
import type { RuleBook } from '../core/rule-book';
import { walletKeyOf, type OpenLot, type Wallet } from '../core/points/wallet';

/** A rule book of two brands: 1 point per whole euro, 0.01 EUR a point, no fee, never expiring. */
export function aRuleBook(change: Partial<RuleBook> = {}): RuleBook & { readonly brands: [PartnerId, PartnerId] } {
  const brands: [PartnerId, PartnerId] = [newId('ptr'), newId('ptr')];
  const from = new Date('2020-01-01T00:00:00Z');
  return {
    version: 1n,
    programmeId: newId('prg'),
    programmeKey: 'test',
    currency: 'EUR' as CurrencyCode,
    timeZone: 'Europe/Warsaw',
    isSandbox: true,
    singleApprover: true,
    disputeWindowDays: 0,
    pointsValidityDays: null,
    opensAt: from,
    partners: brands.map((id, n) => ({ id, code: `P0${n + 1}`, canIssue: true, canRedeem: true, status: 'ACTIVE' })),
    contracts: brands.map((partnerId) => ({
      partnerId,
      version: 1,
      validFrom: from,
      settlementModel: 'AT_REDEMPTION',
      reimbursementMicros: 10_000n,
      feeMicros: 0n,
    })),
    earningRules: brands.map((partnerId) => ({
      id: newId('rul'),
      partnerId,
      validFrom: from,
      points: 1n,
      perAmountMinor: 100n,
    })),
    tiers: [
      { code: 'BASE', name: 'Base', threshold: points(0n) },
      { code: 'SILVER', name: 'Silver', threshold: points(500n) },
      { code: 'GOLD', name: 'Gold', threshold: points(1_000n) },
    ],
    ...change,
    brands,
  };
}

/** The announcement a rule book came from. */
export function announcementOf(book: RuleBook): object {
  const text = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (_name, field: unknown) => (typeof field === 'bigint' ? field.toString() : field)),
    );
  const { programmeId, programmeKey, version, partners, contracts, earningRules, tiers, ...programme } = book;
  return text({
    version,
    programme: { ...programme, id: programmeId, key: programmeKey },
    partners,
    contracts,
    earningRules,
    tiers: tiers.map(({ code, name, threshold }) => ({ code, name, thresholdPoints: threshold })),
  }) as object;
}

/** A wallet nothing has happened to, with lots as given. */
export function aWallet(
  programmeId: ProgrammeId,
  lots: readonly OpenLot[] = [],
  memberId: MemberId = newId('mem'),
): Wallet {
  const available = points(lots.reduce((sum, { remaining }) => sum + remaining, 0n));
  const none = points(0n);
  return {
    key: walletKeyOf(memberId),
    programmeId,
    memberId,
    seq: BigInt(lots.length),
    lotCount: BigInt(lots.length),
    balances: { available, pending: none, held: none, arrears: none, qualifying: available },
    tierCode: null,
    tierSince: null,
    lots,
    holds: new Map(),
  };
}
