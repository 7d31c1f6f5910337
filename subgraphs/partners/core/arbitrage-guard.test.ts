import { newId } from '../../../kernel/values/id';
import { arbitrageIn, type Priced, type Redeemers } from './arbitrage-guard';

const [issuer, redeemer, other] = [newId('ptr'), newId('ptr'), newId('ptr')];
const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));
const partners: Redeemers['partners'] = [issuer, redeemer, other].map((id) => ({
  id,
  canRedeem: id !== issuer,
  status: 'ACTIVE',
}));

function priced(partnerId: Priced['partnerId'], from: number, change: Partial<Priced> = {}): Priced {
  const model = { settlementModel: 'AT_REDEMPTION', issuanceMicros: 0n } as const;
  return { partnerId, validFrom: day(from), reimbursementMicros: 8_000n, ...model, ...change };
}
const funded = (from: number, issuanceMicros: bigint) =>
  priced(issuer, from, { settlementModel: 'AT_ISSUANCE', issuanceMicros, reimbursementMicros: 0n });
const refusalOf = (proposed: Priced, contracts: readonly Priced[], of = partners) =>
  arbitrageIn(proposed, { faceValueMicros: 10_000n, partners: of, contracts });

describe('points paid for at issuance', () => {
  it('cost their issuer at least what any open redeemer is paid, told with both prices', () => {
    const agreed = [priced(redeemer, 1), priced(other, 1, { reimbursementMicros: 8_500n })];
    expect(refusalOf(funded(1, 8_500n), agreed)).toBeNull();
    expect(refusalOf(funded(1, 8_499n), agreed)).toMatchObject({
      code: 'PARTNERS_ISSUANCE_BELOW_REIMBURSEMENT',
      facts: { issuanceMicros: 8_499n, reimbursementMicros: 8_500n },
    });
  });

  it('are guarded when the redeemer’s version comes second as well', () => {
    expect(refusalOf(priced(redeemer, 1, { reimbursementMicros: 8_600n }), [funded(1, 8_500n)])?.code).toBe(
      'PARTNERS_ISSUANCE_BELOW_REIMBURSEMENT',
    );
  });

  it('are held against versions of the future too, and not against those that ended or cannot redeem', () => {
    const later = [priced(redeemer, 1), priced(redeemer, 9, { reimbursementMicros: 9_000n })];
    expect(refusalOf(funded(2, 8_500n), later)?.code).toBe('PARTNERS_ISSUANCE_BELOW_REIMBURSEMENT');
    const ended = [priced(redeemer, 1, { reimbursementMicros: 9_000n }), priced(redeemer, 5)];
    expect(refusalOf(funded(5, 8_500n), ended)).toBeNull();
    const left = partners.map((partner) => ({ ...partner, status: 'LEFT' as const }));
    expect(refusalOf(funded(2, 1n), later, left)).toBeNull();
  });

  it('count a suspended redeemer, which may come back', () => {
    const suspended = partners.map((partner) => ({ ...partner, status: 'SUSPENDED' as const }));
    expect(refusalOf(funded(2, 1n), [priced(redeemer, 1)], suspended)?.code).toBe(
      'PARTNERS_ISSUANCE_BELOW_REIMBURSEMENT',
    );
  });
});

describe('the reserve of points funded earlier', () => {
  const hybrid = priced(issuer, 1, { settlementModel: 'HYBRID', reimbursementMicros: 0n });
  const raised = (from: number, reimbursementMicros: bigint) => priced(redeemer, from, { reimbursementMicros });

  it.each([
    ['AT_ISSUANCE', funded(1, 10_000n)],
    ['HYBRID', hybrid],
  ])('is never exceeded by a redeemer’s later price under %s', (_model, issuing) => {
    const agreed = [issuing, priced(redeemer, 1)];
    expect(refusalOf(raised(5, 8_000n), agreed)).toBeNull();
    expect(refusalOf(raised(5, 8_001n), agreed)).toMatchObject({
      code: 'PARTNERS_REIMBURSEMENT_ABOVE_RESERVE',
      facts: { reimbursementMicros: 8_001n, reserveMicros: 8_000n },
    });
  });

  it('is the dearest redeemer’s, so that a cheaper one may rise to it', () => {
    const agreed = [hybrid, priced(redeemer, 1), priced(other, 1, { reimbursementMicros: 9_000n })];
    expect(refusalOf(raised(5, 9_000n), agreed)).toBeNull();
    expect(refusalOf(raised(5, 9_001n), agreed)?.facts).toMatchObject({ reserveMicros: 9_000n });
  });

  it('is the lowest of the time points were funded: a price once lowered stays', () => {
    const agreed = [hybrid, priced(redeemer, 1), raised(3, 7_000n)];
    expect(refusalOf(raised(5, 7_001n), agreed)?.facts).toMatchObject({ reserveMicros: 7_000n });
  });

  it('holds on after funding ended, and does not bind where nothing was funded', () => {
    const ended = [hybrid, priced(issuer, 2, { reimbursementMicros: 0n }), priced(redeemer, 1)];
    expect(refusalOf(raised(30, 8_001n), ended)?.code).toBe('PARTNERS_REIMBURSEMENT_ABOVE_RESERVE');
    expect(refusalOf(raised(5, 9_999n), [priced(issuer, 1), priced(redeemer, 1)])).toBeNull();
  });
});
