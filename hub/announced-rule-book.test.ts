import type { CampaignTerms, RuleTerms } from '../kernel/conditions/rule-terms';
import type { PurchaseRule } from '../subgraphs/partners/core/purchase-rule';
import fc from 'fast-check';
import { newId } from '../kernel/values/id';
import { readRuleBook } from '../subgraphs/ledger/app/read-rule-book';
import { actionRewardFault, type ActionRule } from '../subgraphs/partners/core/action-rule';
import { ANNOUNCED_MAX } from '../subgraphs/partners/core/announced';
import { contractTermsFault, termsOf, type Contract, type ContractTerms } from '../subgraphs/partners/core/contract';
import { earningRateFault, type EarningRule } from '../subgraphs/partners/core/earning-rule';
import { newProgrammeFault, type Programme } from '../subgraphs/partners/core/programme';
import { PLAIN_TERMS, programmeTermsOf, type AskedTerms } from '../subgraphs/partners/core/programme-terms';
import type { Experiment } from '../subgraphs/partners/core/experiment';
import type { Tier } from '../subgraphs/partners/core/ladder';
import type { RuleBook } from '../subgraphs/partners/core/rule-book';
import type { ChangeableTerms, TermsChange } from '../subgraphs/partners/core/terms-change';
import { ruleBookPublished } from '../subgraphs/partners/events/published';
import { aProgramme } from '../subgraphs/partners/testkit/builders';

const programmeId = newId('prg');
const partnerId = newId('ptr');
const idempotencyKey = 'k';
const whole = fc.bigInt(0n, ANNOUNCED_MAX);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const bps = fc.integer({ min: 1, max: 10_000 });
const days = fc.integer({ min: 0, max: 365 });
const instant = fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const limitPeriod = fc.constantFrom('DAY', 'MONTH', 'YEAR', 'EVER');

const prices = fc.record({
  validFrom: instant,
  reimbursementMicros: whole,
  feeMicros: whole,
  issuanceCap: maybe(fc.record({ points: whole, period: limitPeriod })),
  netDebitCapMicros: maybe(whole),
});
const ofModel = fc.oneof(
  fc.record({ settlementModel: fc.constant('AT_REDEMPTION') }),
  fc.record({
    settlementModel: fc.constant('AT_ISSUANCE'),
    issuanceMicros: whole,
    breakageShareBps: bps,
    releaseOnFunding: fc.boolean(),
  }),
  fc.record({ settlementModel: fc.constant('HYBRID'), prefundBps: bps, releaseOnFunding: fc.boolean() }),
);
const contractTerms: fc.Arbitrary<ContractTerms> = fc
  .tuple(prices, ofModel)
  .map(([price, model]) => ({ idempotencyKey, partnerId, ...price, ...model }));

const experiment: fc.Arbitrary<Experiment> = fc.record({
  id: fc.constantFrom(newId('exp'), newId('exp')),
  code: fc.constant('spring'),
  name: fc.string(),
  kind: fc.constantFrom('CAMPAIGN', 'REWARD', 'CHANNEL', 'PLACEMENT'),
  subject: fc.string(),
  arms: fc.constant([
    { code: 'held', weight: 1, isControl: true },
    { code: 'treated', weight: 9, isControl: false },
  ]),
  from: instant,
  until: maybe(instant),
  createdAt: instant,
});

const askedTerms: fc.Arbitrary<AskedTerms> = fc.record({
  expiry: maybe(
    fc.record({
      kind: fc.constantFrom('FIXED', 'ROLLING', 'END_OF_PERIOD'),
      period: fc.constantFrom('MONTH', 'QUARTER', 'YEAR'),
      warningDays: fc.uniqueArray(days, { maxLength: 10 }).map((list) => list.sort((a, b) => b - a)),
    }),
  ),
  drawOrder: maybe(fc.constantFrom('FIRST_TO_EXPIRE', 'PRO_RATA_BY_ISSUER')),
  reversalGraceDays: maybe(days),
  arrearsLimitPoints: maybe(whole),
  stepUpAbovePoints: maybe(whole),
  receiptClaimDays: maybe(days),
  missingPointsAnswerDays: maybe(days),
  tierPolicy: maybe(
    fc.record({
      period: fc.constantFrom('LIFETIME', 'CALENDAR_YEAR', 'ROLLING_YEAR'),
      graceDays: days,
      noticeDays: days,
    }),
  ),
});

const rate = fc.record({
  points: whole,
  perAmountMinor: fc.bigInt(1n, ANNOUNCED_MAX),
  validFrom: instant,
  pendingDays: days,
});
const reward = fc.record({
  action: fc.constantFrom('signup', 'social.connected', 'review-2.written'),
  points: fc.bigInt(1n, ANNOUNCED_MAX),
  limit: maybe(fc.record({ count: fc.integer({ min: 1, max: 1_000_000 }), period: limitPeriod })),
  distinctBy: maybe(fc.constantFrom('network', 'order_id')),
  validFrom: instant,
});

function programmeOf(asked: AskedTerms): Programme {
  const { idempotencyKey: _, ...input } = aProgramme({ ...asked, pointsValidityDays: 365 });
  expect(newProgrammeFault({ ...input, idempotencyKey })).toBeNull();
  const { pointsValidityDays = null, opensAt } = input;
  return { ...input, ...programmeTermsOf(asked), id: programmeId, pointsValidityDays, opensAt: opensAt! };
}

function contractOf(terms: ContractTerms, version: number): Contract {
  expect(contractTermsFault(terms)).toBeNull();
  return { ...termsOf(terms), id: newId('ctr'), partnerId, version };
}

function bookOf(parts: Partial<RuleBook> & { programme: Programme }): RuleBook {
  return {
    version: 7n,
    partners: [
      {
        id: partnerId,
        programmeId,
        code: 'P01',
        name: 'P',
        canIssue: true,
        canRedeem: false,
        status: 'SUSPENDED',
        leavingSince: null,
      },
    ],
    branches: [],
    ...{ contracts: [], earningRules: [], actionRules: [], purchaseRules: [], purposeBudgets: [], conversionRates: [] },
    ...{ experiments: [], termsChanges: [] },
    ...parts,
  };
}

/** What travels: the payload as JSON. */
const payloadOf = (book: RuleBook): Record<string, never> =>
  JSON.parse(JSON.stringify(ruleBookPublished(book).payload)) as Record<string, never>;

describe('a rule book announced by partners', () => {
  it('is read by the ledger with every term as it was agreed', () => {
    fc.assert(
      fc.property(
        askedTerms,
        fc.array(contractTerms, { maxLength: 4 }),
        fc.array(rate, { maxLength: 3 }),
        fc.array(reward, { maxLength: 3 }),
        fc.array(experiment, { maxLength: 2 }),
        (asked, agreed, rates, rewards, experiments) => {
          const programme = programmeOf(asked);
          const contracts = agreed.map((terms, place) => contractOf(terms, place + 1));
          const earningRules = rates.map((terms, place): EarningRule => {
            expect(earningRateFault({ ...terms, idempotencyKey, partnerId, kind: 'BASE_RATE' })).toBeNull();
            return { ...terms, id: newId('rul'), partnerId, version: place + 1, kind: 'BASE_RATE' };
          });
          const actionRules = rewards.map((terms, place): ActionRule => {
            expect(actionRewardFault({ ...terms, idempotencyKey, partnerId })).toBeNull();
            return { ...terms, id: newId('rul'), partnerId, version: place + 1 };
          });
          const book = bookOf({ programme, contracts, earningRules, actionRules, experiments });
          const read = readRuleBook(payloadOf(book));
          const { id: _, key, tiers, name: __, currencyName: ___, rebateLimitBps: _____, ...settings } = programme;
          expect(read).toEqual({
            ...settings,
            ...{ version: 7n, programmeId, programmeKey: key },
            partners: [
              {
                id: partnerId,
                code: 'P01',
                canIssue: true,
                canRedeem: false,
                status: 'SUSPENDED',
                leavingSince: null,
                branches: [],
              },
            ],
            contracts: contracts.map(({ id: _id, ...terms }) => terms),
            earningRules: earningRules.map(({ version: _version, kind: _kind, ...rule }) => rule),
            actionRules: actionRules.map(({ version: _version, ...rule }) => rule),
            ...{ purchaseRules: [], purposeBudgets: [], conversionRates: [] },
            experiments: experiments.map(({ createdAt: _createdAt, ...experiment }) => experiment),
            tiers: tiers.map(({ code, name, thresholdPoints: threshold }) => ({
              code,
              name,
              threshold,
              multiplierBps: 10_000,
              benefits: [],
            })),
            termsChanges: [],
          });
        },
      ),
    );
  });

  it('is read with the terms that take effect later, whole', () => {
    const texts = [{ language: 'pl', text: 'Od maja punkty żyją dwa lata.' }];
    const terms: ChangeableTerms = {
      ...{ faceValueMicros: 9_000n, pointsValidityDays: 730, arrearsLimitPoints: 5n, stepUpAbovePoints: null },
      expiry: { kind: 'END_OF_PERIOD', period: 'QUARTER', warningDays: [14, 3] },
      tiers: [{ code: 'BASE', name: 'Basis', thresholdPoints: 0n, multiplierBps: 11_000, benefits: [{ texts }] }],
    };
    const change: TermsChange = {
      ...{
        id: newId('tch'),
        version: 2,
        terms,
        takesEffectAt: new Date('2026-05-01T00:00:00+02:00'),
        noticeDays: 30,
        texts,
      },
      ...{
        contentHash: 'f'.repeat(64),
        state: 'APPROVED',
        proposedBy: 'ada',
        proposedAt: new Date(),
        ruleBookVersion: 6n,
      },
      ...{ decidedBy: 'bea', decidedAt: new Date() },
    };
    const { termsChanges } = readRuleBook(payloadOf(bookOf({ programme: programmeOf({}), termsChanges: [change] })));
    const [{ thresholdPoints: threshold, ...rung }] = terms.tiers as [Tier];
    expect(termsChanges).toEqual([
      {
        ...{ version: 2, takesEffectAt: change.takesEffectAt, ruleBookVersion: 6n },
        terms: { ...terms, tiers: [{ ...rung, threshold }] },
      },
    ]);
  });

  it('is read with its rules and campaigns as stretches, each in force until the next', () => {
    const terms: RuleTerms = {
      name: 'Double week',
      effect: { kind: 'MULTIPLIER', bps: 20_000 },
      channels: ['TILL'],
      branches: [],
      categories: [],
      skus: [],
      tiers: ['GOLD'],
      segments: [],
      signUpDays: 7,
      minAmountMinor: 5n,
      capPoints: 9n,
      rounding: 'UP',
      priority: 3,
      group: 'spring',
      condition: 'time.hour > 8',
    };
    const campaign: CampaignTerms = {
      phase: 'FULL',
      purpose: 'EARNING',
      budgetPoints: 1_000n,
      funding: [{ partnerId, bps: 10_000 }],
    };
    const [from, until] = [new Date('2026-03-01T00:00:00Z'), new Date('2026-03-08T00:00:00Z')];
    const first: PurchaseRule = {
      ...{ id: newId('rul'), partnerId, code: 'double', version: 1, campaignId: newId('cmp') },
      ...{ validFrom: from, validUntil: null, terms: { ...terms, campaign } },
    };
    const stop: PurchaseRule = { ...first, id: newId('rul'), version: 2, validFrom: until, terms: null };
    const purposeBudgets = [{ partnerId, purpose: 'EARNING', points: 7n, period: 'MONTH' }] as const;
    const conversionRates = [{ currency: 'PLN', day: '2026-03-01', rate: '0.2345', source: 'NBP table A' }];
    const parts = { purchaseRules: [first, stop], purposeBudgets, conversionRates };
    const read = readRuleBook(payloadOf(bookOf({ programme: programmeOf({}), ...parts })));
    const { budgetPoints, phase, purpose } = campaign;
    const read1 = {
      id: first.campaignId,
      budgetPoints,
      phase,
      purpose,
      funding: [{ partyId: partnerId, bps: 10_000 }],
    };
    expect(read).toMatchObject({ purposeBudgets, conversionRates });
    expect(read.purchaseRules).toEqual([{ ...terms, id: first.id, partnerId, from, until, campaign: read1 }]);
  });

  it('of before the richer terms still reads, as one that has none of them', () => {
    const programme = programmeOf({});
    const terms: ContractTerms = {
      ...{ idempotencyKey, partnerId, validFrom: new Date('2026-01-01T00:00:00Z') },
      ...{ settlementModel: 'AT_REDEMPTION', reimbursementMicros: 8_000n, feeMicros: 0n },
    };
    const payload: Record<string, unknown> = payloadOf(bookOf({ programme, contracts: [contractOf(terms, 1)] }));
    const without = (row: object, names: readonly string[]) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));
    const richer = ['issuanceMicros', 'prefundBps', 'breakageShareBps', 'releaseOnFunding', 'issuanceCap'];
    const earlier = {
      ...without(payload, ['actionRules']),
      programme: without(payload['programme'] as object, Object.keys(PLAIN_TERMS)),
      contracts: (payload['contracts'] as object[]).map((row) =>
        without(row, [...richer, 'netDebitCapMicros', 'netDebitAlertBps']),
      ),
    };
    expect(readRuleBook(earlier)).toEqual(readRuleBook(payload));
    expect(earlier.programme).not.toHaveProperty('expiry');
  });
});
