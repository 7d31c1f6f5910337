import { newId, type MemberId, type PartnerId, type ProgrammeId } from '../../../kernel/values/id';
import type { CurrencyCode } from '../../../kernel/values/money';
import { points } from '../../../kernel/values/points';
import type { Contract, RuleBook } from '../core/rule-book';
import type { LotTerms, OpenLot, Party } from '../core/points/lot';
import { NO_PAST, NONE_HELD, walletKeyOf, type Wallet } from '../core/points/wallet';

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
    faceValueMicros: 10_000n,
    pointsValidityDays: null,
    expiry: { kind: 'FIXED', period: 'YEAR', warningDays: [] },
    drawOrder: 'FIRST_TO_EXPIRE',
    reversalGraceDays: 0,
    arrearsLimitPoints: null,
    stepUpAbovePoints: null,
    receiptClaimDays: 30,
    missingPointsAnswerDays: 14,
    tierPolicy: { period: 'LIFETIME', graceDays: 0, noticeDays: 0 },
    opensAt: from,
    partners: brands.map((id, n) => ({ id, code: `P0${n + 1}`, canIssue: true, canRedeem: true, status: 'ACTIVE' })),
    contracts: brands.map((partnerId) => aContract(partnerId)),
    actionRules: [],
    purchaseRules: [],
    purposeBudgets: [],
    conversionRates: [],
    experiments: [],
    earningRules: brands.map((partnerId) => ({
      id: newId('rul'),
      partnerId,
      validFrom: from,
      points: 1n,
      perAmountMinor: 100n,
      pendingDays: 0,
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

/** A contract in force since 2020: settled at redemption, 0.01 a point, no fee, no cap. */
export function aContract(partnerId: PartnerId, change: Partial<Contract> = {}): Contract {
  return {
    partnerId,
    version: 1,
    validFrom: new Date('2020-01-01T00:00:00Z'),
    settlementModel: 'AT_REDEMPTION',
    reimbursementMicros: 10_000n,
    issuanceMicros: 0n,
    feeMicros: 0n,
    prefundBps: 0,
    breakageShareBps: 0,
    releaseOnFunding: false,
    issuanceCap: null,
    netDebitCapMicros: null,
    netDebitAlertBps: 8_000,
    ...change,
  };
}

/** The announcement a rule book came from. */
export function announcementOf(book: RuleBook): object {
  const text = (value: unknown): unknown =>
    JSON.parse(
      JSON.stringify(value, (_name, field: unknown) => (typeof field === 'bigint' ? field.toString() : field)),
    );
  const { programmeId, programmeKey, version, partners, contracts, earningRules, actionRules, tiers, ...rest } = book;
  const { purchaseRules, purposeBudgets, conversionRates, experiments, termsChanges, ...programme } = rest;
  const rungs = (ladder: RuleBook['tiers']) =>
    ladder.map(({ threshold, ...tier }) => ({ ...tier, thresholdPoints: threshold }));
  return text({
    version,
    programme: { ...programme, id: programmeId, key: programmeKey },
    partners,
    contracts,
    earningRules,
    actionRules,
    purchaseRules: purchaseRules.map(({ campaign, ...rule }) => ({
      ...rule,
      campaign: campaign && {
        ...campaign,
        funding: campaign.funding.map(({ partyId, bps }) => ({ partnerId: partyId, bps })),
      },
    })),
    purposeBudgets,
    conversionRates,
    experiments,
    tiers: rungs(tiers),
    termsChanges: termsChanges?.map((change) => ({
      ...change,
      terms: { ...change.terms, tiers: rungs(change.terms.tiers) },
    })),
  }) as object;
}

/** Terms of a lot its issuer pays for when it is spent. */
export function termsAtRedemption(issuerId: Party, change: Partial<LotTerms> = {}): LotTerms {
  return {
    settlementModel: 'AT_REDEMPTION',
    contractVersion: 1,
    issuanceMicros: 0n,
    reserveMicros: 10_000n,
    feeMicros: 0n,
    prefundBps: 0,
    breakageShareBps: 0,
    funding: [{ partyId: issuerId, bps: 10_000 }],
    ...change,
  };
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
    tier: { code: null, since: null, until: null, countedSince: null, dueAt: null },
    isFrozen: false,
    chain: null,
    lots,
    pendingLots: [],
    heldByLot: NONE_HELD,
    owed: [],
    past: NO_PAST,
  };
}
