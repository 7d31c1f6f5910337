import fc from 'fast-check';
import { newId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import * as ask from '../../testkit/asked';
import { aContract, aRuleBook } from '../../testkit/book';
import { PaperBook } from '../../testkit/paper-book';
import { available, expiredOf } from '../points/account';
import { EMPTY_PLAN } from '../points/posting';
import type { Wallet } from '../points/wallet';
import { planBuyOut } from './buy-out';
import { planClawback } from './clawback';
import { splitParts } from './hold';
import { earnedPoints } from './purchase-earning';

// Mistakes that other loyalty ledgers have made, replayed against this one. Each comes with the mistake itself as a negative
// control: the same property, held to a rule that makes it, must fail.

const START = new Date('2026-03-01T12:00:00Z');
const DAY = 86_400_000;
const brands = aRuleBook();
const [issuer, redeemer] = brands.brands;
const rules = { ...brands, timeZone: 'UTC', pointsValidityDays: 30 };
// 3 points for every 2.50: what a part of a purchase earns is never the part of what the whole earned.
const rule = { ...rules.earningRules[0]!, points: 3n, perAmountMinor: 250n };
const book = { ...rules, earningRules: [rule, ...rules.earningRules.slice(1)] };
const paidFirst = aContract(issuer, { version: 2, settlementModel: 'AT_ISSUANCE', issuanceMicros: 12_000n });
const buyOut = { issuerId: issuer, contract: paidFirst, breakageBps: 1_000 };

/** Whether a property holds for a variant of a rule. */
function holds<T>(arbitrary: fc.Arbitrary<T>, property: (value: T) => void): boolean {
  return !fc.check(fc.property(arbitrary, property), { seed: 7, numRuns: 400 }).failed;
}

describe('a refund', () => {
  type Variant = (asked: ask.Asked, sum: { purchaseSeq: bigint; amountMinor: bigint }) => ask.Asked;
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('return' as const), size: fc.integer({ min: 1, max: 4_000 }) }),
      fc.record({ kind: fc.constant('spend' as const), size: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ kind: fc.constant('wait' as const), size: fc.integer({ min: 1, max: 20 }) }),
      fc.record({ kind: fc.constant('buy out' as const), size: fc.constant(0) }),
    ),
    { maxLength: 8 },
  );
  const story = fc.record({ amountMinor: fc.integer({ min: 250, max: 10_000 }), steps });
  type Story = { amountMinor: number; steps: { kind: 'return' | 'spend' | 'wait' | 'buy out'; size: number }[] };

  const play = (variant: Variant) => (told: Story) => {
    const paper = new PaperBook(book, START);
    const memberId = newId('mem');
    const at = (partnerId = issuer) => ({ memberId, partnerId, occurredAt: paper.now });
    paper.post(ask.purchase(at(), 'sale', BigInt(told.amountMinor)));
    let keptMinor = BigInt(told.amountMinor);
    const giveBack = (size: bigint, n: number) => {
      const sum = { purchaseSeq: 1n, amountMinor: size < keptMinor ? size : keptMinor };
      if (sum.amountMinor === 0n) return;
      const outcome = paper.post(variant(ask.purchaseReturn(at(), `return ${n}`, sum), sum));
      expect(outcome.kind).toBe('posted');
      keptMinor -= sum.amountMinor;
    };
    told.steps.forEach(({ kind, size }, n) => {
      if (kind === 'return') giveBack(BigInt(size), n);
      else if (kind === 'spend') paper.post(ask.redemption(at(redeemer), `spend ${n}`, BigInt(size)));
      else if (kind === 'buy out') paper.post({ memberId, plan: (wallet, facts) => planBuyOut(wallet, buyOut, facts) });
      else paper.now = new Date(paper.now.getTime() + size * DAY);
      tellWhatIsOwed(paper, memberId, keptMinor);
    });
    giveBack(keptMinor, 99);
    tellWhatIsOwed(paper, memberId, keptMinor);
    expect(paper.wallet(memberId).balances.available).toBe(0n);
  };

  function tellWhatIsOwed(paper: PaperBook, memberId: Wallet['memberId'], keptMinor: bigint): void {
    const { balances, past } = paper.wallet(memberId);
    const { quantity } = past.lots.get(1n)!;
    // Of the purchase's lot, and of the one that continues it once it is bought out.
    const lots = [...past.lots.values()];
    const expired = lots.reduce((sum, lot) => sum + lot.expired, 0n);
    const clawedBack = lots.reduce((sum, lot) => sum + lot.clawedBack, 0n);
    const spent = [...past.redemptions.values()].reduce((sum, one) => sum + one.points, 0n);
    // Every point is taken back or expires, and not both; nobody owes more than they spent.
    expect(clawedBack + expired <= quantity).toBe(true);
    expect(balances.arrears <= spent).toBe(true);
    if (expired > 0n) return;
    expect(clawedBack).toBe(quantity - earnedPoints(rule, keptMinor));
    expect(balances.available - balances.arrears).toBe(earnedPoints(rule, keptMinor) - spent);
  }

  const forgetting =
    (forget: (wallet: Wallet) => Wallet): Variant =>
    (asked) => ({
      ...asked,
      plan: (wallet, facts, others) => asked.plan(forget(wallet), facts, others),
    });
  const withLots = (wallet: Wallet, change: object): Wallet => ({
    ...wallet,
    past: { ...wallet.past, lots: new Map([...wallet.past.lots].map(([n, lot]) => [n, { ...lot, ...change }])) },
  });

  it('takes each point of a purchase once, however the goods come back, and in the end all that is there', () => {
    fc.assert(
      fc.property(
        story,
        play((asked) => asked),
      ),
      { numRuns: 400 },
    );
  });

  it('would be caught taking points twice: a return that forgets what returns before it took', () => {
    const forgetful = forgetting((wallet) => {
      const purchases = [...wallet.past.purchases].map(([n, one]) => [n, { ...one, clawedBack: points(0n) }] as const);
      return { ...wallet, past: { ...wallet.past, purchases: new Map(purchases) } };
    });
    expect(holds(story, play(forgetful))).toBe(false);
  });

  it('would be caught taking expired points again: a return that forgets what has expired', () => {
    const forgetful = forgetting((wallet) => withLots(wallet, { expired: points(0n) }));
    expect(holds(story, play(forgetful))).toBe(false);
  });

  it('would be caught keeping points: a return that rounds each part by itself', () => {
    const generous: Variant = (asked, { amountMinor, purchaseSeq }) => ({
      ...asked,
      plan: (wallet, facts) => {
        const part = { lotSeq: 1n, points: earnedPoints(rule, amountMinor), issuerId: null, isGift: false, reason: '' };
        const plan = planClawback(wallet, part, facts);
        return 'code' in plan ? plan : { ...plan, returned: { purchaseSeq, amountMinor, clawedBack: part.points } };
      },
    });
    expect(holds(story, play(generous))).toBe(false);
  });
});

describe('expiry', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('earn' as const), size: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ kind: fc.constant('spend' as const), size: fc.integer({ min: 1, max: 60 }) }),
      fc.record({ kind: fc.constant('wait' as const), size: fc.integer({ min: 1, max: 25 }) }),
    ),
    { minLength: 3, maxLength: 12 },
  );
  type Story = { kind: 'earn' | 'spend' | 'wait'; size: number }[];

  const play = (sweep: (memberId: Wallet['memberId']) => ask.Asked) => (told: Story) => {
    const paper = new PaperBook(book, START);
    const memberId = newId('mem');
    const at = (partnerId = issuer) => ({ memberId, partnerId, occurredAt: paper.now });
    told.forEach(({ kind, size }, n) => {
      if (kind === 'earn') paper.post(ask.purchase(at(), `sale ${n}`, BigInt(size) * 250n));
      else if (kind === 'spend') paper.post(ask.redemption(at(redeemer), `spend ${n}`, BigInt(size)));
      else {
        paper.now = new Date(paper.now.getTime() + size * DAY);
        const before = paper.wallet(memberId);
        paper.post(sweep(memberId));
        const valid = before.lots.filter(({ expiresAt }) => expiresAt === null || expiresAt > paper.now);
        const left = (lots: Wallet['lots']) => lots.map(({ lotSeq, remaining }) => `${lotSeq}: ${remaining}`);
        expect(left(paper.wallet(memberId).lots)).toEqual(left(valid));
        const worth = valid.reduce((sum, { remaining }) => sum + remaining, 0n);
        expect(paper.wallet(memberId).balances.available).toBe(worth);
      }
    });
  };

  it('takes what is left of the lots whose time has come, and nothing of any other', () => {
    fc.assert(fc.property(steps, play(ask.sweep)), { numRuns: 400 });
  });

  it('would be caught wiping valid points: expiry of all that was earned so long ago, spent since or not', () => {
    // The debits of spending are not paired with the lots they drew, so what was spent counts as still there.
    const unpaired = (memberId: Wallet['memberId']): ask.Asked => ({
      memberId,
      plan: (standing, facts) => {
        const before = facts.now.getTime() - 31 * DAY;
        const old = [...standing.past.lots.values()].filter(({ earnedAt }) => earnedAt.getTime() < before);
        const due = old.reduce((sum, lot) => sum + lot.quantity - lot.expired, 0n);
        const { taken } = splitParts(
          standing.lots.map((lot) => ({ lot, points: lot.remaining })),
          due,
        );
        if (taken.length === 0) return null;
        const entries = taken.map((part) => ({
          debit: available(standing.memberId),
          credit: expiredOf(part.lot.issuerId),
          amount: part.points,
          lotSeq: part.lot.lotSeq,
        }));
        return { ...EMPTY_PLAN, kind: 'EXPIRY', partnerId: null, occurredAt: facts.now, entries };
      },
    });
    expect(holds(steps, play(unpaired))).toBe(false);
  });
});
