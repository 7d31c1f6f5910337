import fc from 'fast-check';
import { isRefusal } from '../../../kernel/errors/refusal';
import { newId } from '../../../kernel/values/id';
import { aPartner, aProgramme, aRate, someTerms } from '../testkit/builders';
import { agreeVersion, contractTermsFault, termsOf } from './contract';
import { earningRateFault } from './earning-rule';
import { newPartnerFault } from './partner';
import { keyRequestFault, scopesOf, whyNoKey, type PartnerKey } from './partner-key';
import { newProgrammeFault, whyNotFounded } from './programme';
import { inForceAt, nextVersion } from './versions';

const partnerId = newId('ptr');
const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

describe('a new programme', () => {
  it('is taken as the builder makes it', () => expect(newProgrammeFault(aProgramme())).toBeNull());

  it.each([
    ['input.key', { key: 'Sunny' }],
    ['input.name', { name: '\u200b' }],
    ['input.currency', { currency: 'EURO' }],
    ['input.faceValueMicros', { faceValueMicros: 0n }],
    ['input.timeZone', { timeZone: 'Europe/Nowhere' }],
    ['input.defaultLanguage', { defaultLanguage: 'p' }],
    ['input.disputeWindowDays', { disputeWindowDays: -1 }],
    ['input.pointsValidityDays', { pointsValidityDays: 0 }],
    ['input.tiers', { tiers: [] }],
    ['input.tiers[0].thresholdPoints', { tiers: [{ code: 'A', name: 'A', thresholdPoints: 1n }] }],
  ])('names %s when that is what is wrong', (field, change) => {
    expect(newProgrammeFault(aProgramme(change))).toMatchObject({ code: 'INVALID_INPUT', facts: { field } });
  });

  it('has a ladder that rises, no code twice', () => {
    const rung = (code: string, thresholdPoints: bigint) => ({ code, name: code, thresholdPoints });
    const faultOf = (...tiers: ReturnType<typeof rung>[]) => newProgrammeFault(aProgramme({ tiers }))?.facts?.field;
    expect(faultOf(rung('A', 0n), rung('B', 5n), rung('C', 5n))).toBe('input.tiers[2].thresholdPoints');
    expect(faultOf(rung('A', 0n), rung('B', 5n), rung('A', 9n))).toBe('input.tiers[2].code');
  });

  it('lets nobody approve an own proposal where money is real', () => {
    expect(whyNotFounded(aProgramme({ isSandbox: false, singleApprover: true }))?.code).toBe(
      'PARTNERS_SINGLE_APPROVER_NEEDS_SANDBOX',
    );
    expect(whyNotFounded(aProgramme({ isSandbox: true, singleApprover: true }))).toBeNull();
  });
});

it('refuses a partner that neither issues nor redeems', () => {
  expect(newPartnerFault(aPartner({ canIssue: false, canRedeem: false }))?.facts).toEqual({ field: 'input.canRedeem' });
});

describe('the arbitrage guard', () => {
  it('agrees a reimbursement exactly when it is at most the face value', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 62n), fc.bigInt(1n, 2n ** 62n), (reimbursementMicros, faceValueMicros) => {
        const agreed = agreeVersion(termsOf(someTerms(partnerId, { reimbursementMicros })), partnerId, {
          faceValueMicros,
          partners: [],
          contracts: [],
        });
        expect(isRefusal(agreed)).toBe(reimbursementMicros > faceValueMicros);
      }),
    );
  });

  it('tells both figures', () => {
    const terms = someTerms(partnerId, { reimbursementMicros: 10_001n });
    expect(
      agreeVersion(termsOf(terms), partnerId, { faceValueMicros: 10_000n, partners: [], contracts: [] }),
    ).toMatchObject({
      code: 'PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE',
      facts: { reimbursementMicros: 10_001n, faceValueMicros: 10_000n },
    });
  });

  it('refuses amounts below zero by field', () => {
    expect(contractTermsFault(someTerms(partnerId, { feeMicros: -1n }))?.facts).toEqual({ field: 'input.feeMicros' });
    expect(earningRateFault(aRate(partnerId, { perAmountMinor: 0n }))?.facts).toEqual({
      field: 'input.perAmountMinor',
    });
  });
});

describe('versions', () => {
  const versions = [
    { version: 2, validFrom: day(10) },
    { version: 1, validFrom: day(1) },
  ];

  it('are in force from their own instant until the next one’s', () => {
    expect([day(0), day(1), day(9), day(10), day(99)].map((at) => inForceAt(versions, at)?.version ?? null)).toEqual([
      null,
      1,
      1,
      2,
      2,
    ]);
  });

  it('follow each other and never begin at once or before the latest', () => {
    expect(nextVersion([], day(1))).toBe(1);
    expect(nextVersion(versions, day(11))).toBe(3);
    for (const validFrom of [day(10), day(5)]) {
      expect(nextVersion(versions, validFrom)).toMatchObject({
        code: 'PARTNERS_NOT_AFTER_LATEST_VERSION',
        facts: { latestValidFrom: day(10) },
      });
    }
  });
});

describe('keys', () => {
  const known = ['members:enrol', 'points:earn', 'accrual:direct'];
  const request = { idempotencyKey: 'k', partnerId };
  const key = (change: Partial<PartnerKey>): PartnerKey => ({
    ...{
      id: newId('key'),
      partnerId,
      scopes: known,
      issuedAt: day(1),
      expiresAt: null,
      revokedAt: null,
      addresses: null,
      lastUsedAt: null,
    },
    ...change,
  });

  it('give points without a purchase only when that was asked for by name', () => {
    expect(scopesOf(request, known)).toEqual(['members:enrol', 'points:earn']);
    expect(scopesOf({ ...request, scopes: ['accrual:direct'] }, known)).toEqual(['accrual:direct']);
  });

  it('have only scopes that exist, at least one, and an end that is not past', () => {
    const faultOf = (change: object) =>
      keyRequestFault({ ...request, ...change }, { known, now: day(5) })?.facts?.field;
    expect(faultOf({ scopes: ['points:mint'] })).toBe('input.scopes');
    expect(faultOf({ scopes: [] })).toBe('input.scopes');
    expect(faultOf({ expiresAt: day(5) })).toBe('input.expiresAt');
    expect(faultOf({ expiresAt: day(6), scopes: ['points:earn'] })).toBeUndefined();
  });

  it('are two at most, not counting what is revoked or has run out', () => {
    const gone = [key({ revokedAt: day(2) }), key({ expiresAt: day(4) })];
    expect(whyNoKey([...gone, key({})], day(5))).toBeNull();
    expect(whyNoKey([...gone, key({}), key({ expiresAt: day(6) })], day(5))?.code).toBe('PARTNERS_TOO_MANY_KEYS');
  });
});
