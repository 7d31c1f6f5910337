import fc from 'fast-check';
import { MoneySums } from '../testkit/money-book';
import { PaperBook, type PaperOutcome } from '../testkit/paper-book';
import * as ask from '../testkit/asked';
import { askedFor, commands, Memory, SEQUENCE_START, sequenceProgramme, type Command } from '../testkit/sequences';
import type { Step } from './movements/carry-out';
import type { MemberId } from '../../../kernel/values/id';
import type { Party } from './points/lot';
import type { Wallet } from './points/wallet';
import { directionalTotal } from './settlement/directional-total';
import { netPositions } from './settlement/netting';

const MEMBERS = 3;
const DAY = 86_400_000;
const programme = sequenceProgramme(MEMBERS);
const sequences = fc.array(commands(MEMBERS), { minLength: 8, maxLength: 30, size: 'max' });
const RUNS = { numRuns: 200 };

/** A book that is told commands one by one. */
class Telling {
  readonly memories = Array.from({ length: MEMBERS }, () => new Memory());
  private refs = 0;

  constructor(readonly book = new PaperBook(programme.rules, SEQUENCE_START)) {}

  tell(command: Command): PaperOutcome {
    const asked = this.askedBy(command);
    return asked === null ? { kind: 'nothing' } : this.post(asked);
  }

  askedBy(command: Command): ask.Asked | null {
    if (command.do === 'wait') this.book.now = new Date(this.book.now.getTime() + command.days * DAY);
    const at = { now: this.book.now, memories: this.memories, nextRef: () => `ref-${(this.refs += 1)}` };
    return askedFor(command, programme, at);
  }

  post(asked: ask.Asked): PaperOutcome {
    const outcome = this.book.post(asked);
    for (const { plan, after } of outcome.kind === 'posted' ? outcome.all : []) {
      this.memories[programme.members.indexOf(after.memberId)]?.remember(plan, after.seq);
    }
    return outcome;
  }

  money(): MoneySums {
    const sums = new MoneySums(programme.nameOf);
    for (const { plan } of this.book.journal) sums.add(plan);
    return sums;
  }

  /** Balances and lots of all members, and the whole money book. */
  picture(): string {
    const wallets = programme.members.map((member) => this.book.standing(member));
    const members = wallets.map(({ balances: { qualifying: _counted, ...balances }, lots, owed }) => ({
      balances,
      owed,
      // By number: a lot that came back keeps days of grace, so it may be drawn later than it would have been.
      lots: lots.map(({ lotSeq, remaining }) => [lotSeq, remaining] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    }));
    const sums = this.money();
    const text = (_name: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
    return JSON.stringify([members, [...sums.pairs()], [...sums.accounts()]], text);
  }
}

/** A book whose commands do not meet what others of their batch left of the past: it is read once, and never kept up to date. */
class ForgetfulBook extends PaperBook {
  private readonly pasts = new Map<MemberId, Wallet['past']>();

  override wallet(memberId: MemberId): Wallet {
    const wallet = super.wallet(memberId);
    const past = this.pasts.get(memberId) ?? wallet.past;
    this.pasts.set(memberId, past);
    return { ...wallet, past };
  }

  override postBatch(batch: readonly ask.Asked[]): PaperOutcome[] {
    this.pasts.clear();
    return batch.flatMap((asked) => super.postBatch([asked]));
  }
}

/** Tells a sequence and looks after every step. */
const afterEachStep = (look: (telling: Telling) => void) => (sequence: readonly Command[]) => {
  const telling = new Telling();
  for (const command of sequence) {
    telling.tell(command);
    look(telling);
  }
};

describe('after any sequence of events', () => {
  it('no member has spendable points and arrears together, and the lots are the balance', () => {
    const look = ({ book }: Telling) => {
      for (const member of programme.members) {
        const { balances, lots, owed } = book.standing(member);
        expect(balances.available === 0n || balances.arrears === 0n).toBe(true);
        expect(lots.reduce((sum, { remaining }) => sum + remaining, 0n)).toBe(balances.available);
        expect(owed.reduce((sum, { points }) => sum + points, 0n)).toBe(balances.arrears);
      }
    };
    fc.assert(fc.property(sequences, afterEachStep(look)), RUNS);
  });

  it('the money book sums to zero, and each fund and margin is exactly what is outstanding needs', () => {
    const look = (telling: Telling) => {
      const accounts = telling.money().accounts();
      expect([...accounts.values()].reduce((sum, micros) => sum + micros, 0n)).toBe(0n);
      const needed = outstanding(telling.book.journal);
      for (const issuer of Object.values(programme.brands)) {
        const { fund = 0n, margin = 0n } = needed.get(issuer) ?? {};
        expect(accounts.get(`POINT_FUND:${programme.nameOf(issuer)}`) ?? 0n).toBe(fund);
        expect(accounts.get(`DEFERRED_MARGIN:${programme.nameOf(issuer)}`) ?? 0n).toBe(margin);
      }
    };
    fc.assert(fc.property(sequences, afterEachStep(look)), RUNS);
  });

  it('nets sum to zero, lines to what is billed, and no carry is more than half a cent', () => {
    const bills = (sequence: readonly Command[]) => {
      const telling = new Telling();
      for (const command of sequence) telling.tell(command);
      const pairs = new Map<string, { debtorId: Party; creditorId: Party; micros: bigint }[]>();
      for (const claim of telling.book.journal.flatMap(({ plan }) => plan.claims)) {
        const pair = `${claim.debtorId}>${claim.creditorId}`;
        pairs.set(pair, [...(pairs.get(pair) ?? []), claim]);
      }
      const dues = [...pairs.values()].map((lines) => {
        const total = directionalTotal(lines, { carryInMicros: 0n, microsPerMinor: 10_000n });
        expect(total.lineMinors.reduce((sum, minor) => sum + minor, 0n)).toBe(total.billedMinor);
        expect(total.carryMicros >= -5_000n && total.carryMicros <= 5_000n).toBe(true);
        return { ...lines[0]!, billedMinor: total.billedMinor };
      });
      expect(netPositions(dues).reduce((sum, { netMinor }) => sum + netMinor, 0n)).toBe(0n);
    };
    fc.assert(fc.property(sequences, bills), RUNS);
  });

  /** A few events at a time, none of which can name what another of them makes: to one book one by one, to another at once. */
  const toldTwice = (another: () => Telling) =>
    fc.property(sequences, fc.integer({ min: 2, max: 12 }), (sequence, size) => {
      const [oneByOne, atOnce] = [new Telling(), another()];
      for (let from = 0; from < sequence.length; from += size) {
        const batch = sequence.slice(from, from + size).flatMap((command) => oneByOne.askedBy(command) ?? []);
        atOnce.book.now = oneByOne.book.now;
        atOnce.book.postBatch(batch);
        for (const asked of batch) oneByOne.post(asked);
      }
      expect(atOnce.picture()).toBe(oneByOne.picture());
    });

  it('the same events tell the same book, one by one or in batches of any size', () => {
    fc.assert(
      toldTwice(() => new Telling()),
      RUNS,
    );
  });

  it('negative control: batches whose commands do not meet what those before them left tell another book', () => {
    const forgetful = toldTwice(() => new Telling(new ForgetfulBook(programme.rules, SEQUENCE_START)));
    expect(fc.check(forgetful, { ...RUNS, endOnFailure: true }).failed).toBe(true);
  });
});

describe('undoing', () => {
  // What is spent or set aside and given back within its life must leave no trace, in whatever parts it comes back.
  const spends = fc.array(
    fc.record({
      do: fc.constantFrom('redeem' as const, 'hold' as const),
      m: fc.nat({ max: MEMBERS - 1 }),
      brand: fc.constantFrom('A' as const, 'B' as const, 'C' as const, 'D' as const),
      points: fc.integer({ min: 1, max: 90 }),
    }),
    { minLength: 1, maxLength: 8 },
  );
  type Spend = typeof spends extends fc.Arbitrary<(infer S)[]> ? S : never;
  const part = fc.integer({ min: 1, max: 40 });

  it('everything returns every balance, lot, claim and account to its start', () => {
    const undoes = (before: readonly Command[], made: readonly Spend[], size: number) => {
      const telling = new Telling();
      for (const command of before.filter((one) => one.do !== 'wait')) telling.tell(command);
      for (const member of programme.members) telling.post(ask.sweep(member));
      const start = telling.picture();
      const undo: (() => void)[] = made.flatMap((one) => {
        const outcome = telling.tell(
          one.do === 'redeem' ? { ...one, do: 'redeem', late: 0 } : { ...one, do: 'hold', days: 3 },
        );
        if (outcome.kind !== 'posted') return [];
        const { memberId, seq } = outcome.own.after;
        const partnerId = programme.brands[one.brand];
        if (one.do === 'hold') return [() => void telling.post(ask.holdRelease({ memberId, partnerId }, seq))];
        return [() => reverseInParts(telling, { memberId, redemptionSeq: seq }, { left: one.points, size })];
      });
      for (const step of undo.reverse()) step();
      expect(telling.picture()).toBe(start);
    };
    fc.assert(fc.property(sequences, spends, part, undoes), RUNS);
  });

  function reverseInParts(
    telling: Telling,
    of: { memberId: ask.Asked['memberId']; redemptionSeq: bigint },
    { left, size }: { left: number; size: number },
  ): void {
    for (let rest = left; rest > 0; rest -= size) {
      const amount = BigInt(Math.min(rest, size));
      const { memberId, redemptionSeq } = of;
      expect(telling.post(ask.reversal(memberId, { redemptionSeq, amount })).kind).toBe('posted');
    }
  }
});

/** What the lots paid for at issuance need by issuer: every point not yet spent, expired or taken back, on hold or not. */
function outstanding(journal: readonly Step[]): Map<Party, { fund: bigint; margin: bigint }> {
  const needed = new Map<Party, { fund: bigint; margin: bigint }>();
  const lots = new Map<string, Step['plan']['issued'][number]>();
  for (const { plan, after } of journal) {
    for (const lot of plan.issued) lots.set(`${after.memberId} ${lot.lotSeq}`, lot);
    for (const { debit, credit, amount, lotSeq } of plan.entries) {
      const lot = lots.get(`${after.memberId} ${lotSeq}`);
      if (lot?.terms.settlementModel !== 'AT_ISSUANCE') continue;
      const isHad = (kind: string) => kind === 'AVAILABLE' || kind === 'HELD';
      const by = (isHad(credit.kind) ? amount : 0n) - (isHad(debit.kind) ? amount : 0n);
      const { fund = 0n, margin = 0n } = needed.get(lot.issuerId) ?? {};
      const { reserveMicros: R, issuanceMicros: I } = lot.terms;
      needed.set(lot.issuerId, { fund: fund + by * R, margin: margin + by * (I - R) });
    }
  }
  return needed;
}
