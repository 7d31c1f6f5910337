import { splitByLargestRemainder } from '../../../kernel/values/rounding';
import { points } from '../../../kernel/values/points';
import type { MemberId } from '../../../kernel/values/id';
import { moneyBook, owedByPair } from '../testkit/money-book';
import { PaperBook } from '../testkit/paper-book';
import { workedExample, type ExampleEvent } from '../testkit/worked-example';
import type { Step } from './movements/carry-out';
import { splitOverPool } from './movements/pool';
import { directionalTotal } from './settlement/directional-total';
import { netPositions } from './settlement/netting';

const example = workedExample();
const { rules, members, nameOf } = example;
const { M1, M2, M3 } = members;

/** One event of the example as it was posted: what each entry moved, what is owed, and what is left. */
interface Told {
  readonly moved: readonly string[];
  readonly owed: readonly string[];
  readonly book: PaperBook;
}

/** Posts an event after another, keeping the names of lots. */
class Telling {
  readonly book = new PaperBook(rules, rules.opensAt);
  readonly lots = new Map<string, string>();
  private readonly seqs = new Map<string, bigint>();

  tell(event: ExampleEvent): Told {
    this.book.now = event.at;
    const outcome = this.book.post(event.ask((name) => this.seqs.get(name) ?? 0n));
    if (outcome.kind !== 'posted') throw new Error(`${event.name}: ${JSON.stringify(outcome, textOf)}`);
    this.seqs.set(event.name, outcome.own.after.seq);
    const issued = outcome.all.flatMap(({ after, plan }) =>
      plan.issued.map(({ lotSeq }) => nameAt(after.memberId, lotSeq)),
    );
    issued.forEach((lot, n) => this.lots.set(lot, event.lots[n] ?? '?'));
    return {
      moved: outcome.all.flatMap((step) => this.movesOf(step)),
      owed: outcome.all.flatMap((step) => this.claimsOf(step)),
      book: this.book,
    };
  }

  lotOf({ after }: Pick<Step, 'after'>, lotSeq: bigint): string {
    return this.lots.get(nameAt(after.memberId, lotSeq)) ?? '?';
  }

  private movesOf(step: Step): string[] {
    const account = ({ kind, owner }: Step['plan']['entries'][number]['debit']) =>
      owner !== null && owner.startsWith('mem_')
        ? kind
        : kind === 'TRANSFERRED'
          ? kind
          : `${kind}:${nameOf(owner as never)}`;
    return step.plan.entries.map(
      ({ debit, credit, amount, lotSeq }) =>
        `${step.plan.kind} ${this.lotOf(step, lotSeq)} ${amount} ${account(debit)} → ${account(credit)}`,
    );
  }

  private claimsOf(step: Step): string[] {
    return step.plan.claims.map(
      ({ debtorId, creditorId, kind, micros, lotSeq }) =>
        `${nameOf(debtorId)}>${nameOf(creditorId)} ${kind} ${this.lotOf(step, lotSeq)} ${micros}`,
    );
  }
}

const nameAt = (memberId: MemberId, lotSeq: bigint): string => `${memberId} ${lotSeq}`;
const textOf = (_name: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);

describe('the worked example of settlement', () => {
  const telling = new Telling();
  const told = new Map<string, Told>();
  const at = (name: string): Told => told.get(name) as Told;
  const standing = (memberId: MemberId) => {
    const { balances } = telling.book.wallet(memberId);
    const { available, pending, held, arrears } = balances;
    return { available, pending, held, arrears };
  };
  const afterwards = new Map<string, ReturnType<typeof standing>[]>();
  beforeAll(() => {
    for (const event of [...example.opening, ...example.events]) {
      told.set(event.name, telling.tell(event));
      afterwards.set(event.name, [M1, M2, M3].map(standing));
    }
  });
  const none = { pending: 0n, held: 0n, arrears: 0n };

  it('T01 credits 1,000 points of A, for which A owes the fee', () => {
    expect(at('T01').moved).toEqual(['EARN L1 1000 ISSUED:A → AVAILABLE']);
    expect(at('T01').owed).toEqual(['A>H PROGRAMME_FEE L1 500000']);
  });

  it('T02 leaves 500 points of B pending, for which nobody owes anything', () => {
    expect(at('T02').moved).toEqual(['PENDING L2 500 ISSUED:B → PENDING']);
    expect(at('T02').owed).toEqual([]);
    expect(afterwards.get('T02')?.[0]).toEqual({ ...none, available: 1_000n, pending: 500n });
  });

  it('T03 credits 2,000 points of C, which C pays for now', () => {
    expect(at('T03').moved).toEqual(['EARN L3 2000 ISSUED:C → AVAILABLE']);
    expect(at('T03').owed).toEqual(['C>H ISSUANCE_FUNDING L3 17000000']);
  });

  it('T04 credits a joint bonus, whose fee B and A share as they share its cost', () => {
    expect(at('T04').moved).toEqual(['EARN L4 301 ISSUED:B → AVAILABLE']);
    expect(at('T04').owed).toEqual(['A>H PROGRAMME_FEE L4 60200', 'B>H PROGRAMME_FEE L4 90300']);
  });

  it('T05 releases what was pending, and B owes the fee', () => {
    expect(at('T05').moved).toEqual(['RELEASE L2 500 PENDING → AVAILABLE']);
    expect(at('T05').owed).toEqual(['B>H PROGRAMME_FEE L2 250000']);
  });

  it('T06 draws the bonus that expires first and then the oldest points, each paid by its funders', () => {
    expect(at('T06').moved).toEqual(['REDEEM L4 301 AVAILABLE → REDEEMED:C', 'REDEEM L1 899 AVAILABLE → REDEEMED:C']);
    expect(at('T06').owed).toEqual([
      'A>C REDEMPTION L4 963200',
      'B>C REDEMPTION L4 1444800',
      'A>C REDEMPTION L1 7192000',
    ]);
  });

  it('T07 is paid out of the fund of C', () => {
    expect(at('T07').moved).toEqual(['REDEEM L3 1500 AVAILABLE → REDEEMED:A']);
    expect(at('T07').owed).toEqual(['H>A REDEMPTION L3 12000000']);
  });

  it('T08 makes B owe A for its points, and nobody for A’s own', () => {
    expect(at('T08').moved).toEqual(['REDEEM L1 101 AVAILABLE → REDEEMED:A', 'REDEEM L2 399 AVAILABLE → REDEEMED:A']);
    expect(at('T08').owed).toEqual(['B>A REDEMPTION L2 3192000']);
  });

  it('T09 owes what was spent of the returned purchase, and fills 101 of it at once', () => {
    expect(at('T09').moved).toEqual([
      'CLAWBACK L1 200 ARREARS:A → CLAWED_BACK:A',
      'ARREARS L2 101 AVAILABLE → ARREARS:A',
    ]);
    expect(at('T09').owed).toEqual(['A>H PROGRAMME_FEE_CREDIT L1 -100000', 'B>A ARREARS_OFFSET L2 808000']);
    expect(afterwards.get('T09')?.[0]).toEqual({ available: 0n, pending: 0n, held: 0n, arrears: 99n });
  });

  it('T10 fills the arrears first, which recovers exactly 1.60 for A', () => {
    expect(at('T10').moved).toEqual(['EARN L5 400 ISSUED:C → AVAILABLE', 'ARREARS L5 99 AVAILABLE → ARREARS:A']);
    expect(at('T10').owed).toEqual(['C>H ISSUANCE_FUNDING L5 3400000', 'H>A ARREARS_OFFSET L5 792000']);
    expect(afterwards.get('T10')?.[0]).toEqual({ ...none, available: 301n });
    expect(808_000n + 792_000n).toBe(200n * 8_000n);
  });

  it('T11 gives points away, whose child lot keeps issuer, terms and expiry', () => {
    expect(at('T11').moved).toEqual([
      'TRANSFER_OUT L3 200 AVAILABLE → TRANSFERRED',
      'TRANSFER_IN L3.8 200 TRANSFERRED → AVAILABLE',
    ]);
    expect(at('T11').owed).toEqual([]);
    const child = telling.book
      .wallet(M1)
      .lots.find((lot) => telling.lotOf({ after: telling.book.wallet(M1) }, lot.lotSeq) === 'L3.8');
    const source = telling.book.wallet(M2).past.lots.get(1n);
    expect(child).toMatchObject({ issuerId: source?.issuerId, terms: source?.terms, expiresAt: source?.expiresAt });
  });

  it('T12 gives goodwill, which costs nothing until it is spent', () => {
    expect(at('T12').moved).toEqual(['GOODWILL L6 50 ISSUED:H → AVAILABLE']);
    expect(at('T12').owed).toEqual([]);
  });

  it('T13 draws the goodwill first, and the hub pays for both', () => {
    expect(at('T13').moved).toEqual(['REDEEM L6 50 AVAILABLE → REDEEMED:B', 'REDEEM L3 290 AVAILABLE → REDEEMED:B']);
    expect(at('T13').owed).toEqual(['H>B REDEMPTION L6 400000', 'H>B REDEMPTION L3 2320000']);
  });

  it('T14 gives back what was drawn last, at the price that was owed', () => {
    expect(at('T14').moved).toEqual(['REVERSAL L2 200 REDEEMED:A → AVAILABLE']);
    expect(at('T14').owed).toEqual(['B>A REDEMPTION_REVERSAL L2 -1600000']);
  });

  it('T15 expires at the first instant at which nothing can be spent, and C gets half of its breakage', () => {
    expect(at('T15').moved).toEqual(['EXPIRY LA0 250 AVAILABLE → EXPIRED:A', 'EXPIRY LC0 120 AVAILABLE → EXPIRED:C']);
    expect(at('T15').owed).toEqual(['H>C BREAKAGE_SHARE LC0 480000']);
    expect(afterwards.get('T14')?.[2]).toEqual({ ...none, available: 370n });
  });

  it('leaves 711 points outstanding: 4,621 issued, 3,340 redeemed, 200 clawed back, 370 expired', () => {
    expect([M1, M2, M3].map((member) => standing(member).available)).toEqual([701n, 10n, 0n]);
    const left = [M1, M2, M3].flatMap((memberId) => {
      const after = telling.book.wallet(memberId);
      return after.lots.map(({ lotSeq, issuerId, remaining }) => [
        telling.lotOf({ after }, lotSeq),
        nameOf(issuerId),
        remaining,
      ]);
    });
    expect(new Set(left)).toEqual(
      new Set([
        ['L2', 'B', 200n],
        ['L3', 'C', 10n],
        ['L3.8', 'C', 200n],
        ['L5', 'C', 301n],
      ]),
    );
    const entries = telling.book.journal.flatMap(({ plan }) => plan.entries);
    const net = (kind: string) =>
      entries.reduce(
        (sum, { debit, credit, amount }) =>
          sum + (credit.kind === kind ? amount : 0n) - (debit.kind === kind ? amount : 0n),
        0n,
      );
    expect([net('ISSUED'), net('EXPIRED'), net('CLAWED_BACK')]).toEqual([-4_621n, 370n, 200n]);
    expect([net('REDEEMED'), net('ARREARS')]).toEqual([3_340n, 0n]);
    expect(4_621n - 3_340n - 200n - 370n).toBe(711n);
  });

  const TOTALS: Record<string, { exact: bigint; billed: bigint; carry: bigint; lines: bigint[] }> = {
    'A>C': { exact: 8_155_200n, billed: 816n, carry: -4_800n, lines: [97n, 719n] },
    'B>C': { exact: 1_444_800n, billed: 144n, carry: 4_800n, lines: [144n] },
    'B>A': { exact: 2_400_000n, billed: 240n, carry: 0n, lines: [319n, 81n, -160n] },
    'H>A': { exact: 12_792_000n, billed: 1_279n, carry: 2_000n, lines: [1_200n, 79n] },
    'A>H': { exact: 460_200n, billed: 46n, carry: 200n, lines: [50n, 6n, -10n] },
    'H>B': { exact: 2_720_000n, billed: 272n, carry: 0n, lines: [40n, 232n] },
    'B>H': { exact: 340_300n, billed: 34n, carry: 300n, lines: [9n, 25n] },
    'C>H': { exact: 20_400_000n, billed: 2_040n, carry: 0n, lines: [1_700n, 340n] },
    'H>C': { exact: 480_000n, billed: 48n, carry: 0n, lines: [48n] },
  };
  const march = () => telling.book.journal.slice(example.opening.length).map(({ plan }) => plan);
  const linesOf = (pair: string) =>
    march()
      .flatMap(({ claims }) => claims)
      .filter(({ debtorId, creditorId }) => `${nameOf(debtorId)}>${nameOf(creditorId)}` === pair);
  const billing = { carryInMicros: 0n, microsPerMinor: 10_000n };

  it('bills each pair once, to the cent, with its lines and its carry', () => {
    expect([...owedByPair(march(), nameOf).keys()].sort()).toEqual(Object.keys(TOTALS).sort());
    for (const [pair, { exact, billed, carry, lines }] of Object.entries(TOTALS)) {
      const total = directionalTotal(linesOf(pair), billing);
      expect([pair, total.exactMicros, total.billedMinor, total.carryMicros]).toEqual([pair, exact, billed, carry]);
      expect([pair, total.lineMinors]).toEqual([pair, lines]);
    }
  });

  it('nets to A +6.57, B −1.46, C −10.32 and the hub +5.21, 11.78 paid instead of 49.19', () => {
    const dues = Object.keys(TOTALS).map((pair) => {
      const lines = linesOf(pair);
      const { debtorId = null, creditorId = null } = lines[0] ?? {};
      return { debtorId, creditorId, billedMinor: directionalTotal(lines, billing).billedMinor };
    });
    const nets = netPositions(dues);
    expect(new Map(nets.map(({ partyId, netMinor }) => [nameOf(partyId), netMinor]))).toEqual(
      new Map([
        ['A', 657n],
        ['B', -146n],
        ['C', -1_032n],
        ['H', 521n],
      ]),
    );
    const gross = dues.reduce((sum, { billedMinor }) => sum + billedMinor, 0n);
    const paid = nets.reduce((sum, { netMinor }) => (netMinor > 0n ? sum + netMinor : sum), 0n);
    expect([gross, paid]).toEqual([4_919n, 1_178n]);
    expect(((1 - Number(paid) / Number(gross)) * 100).toFixed(2)).toBe('76.05');
  });

  it('has the dispute of one line leave the rest as it is: A→C bills 0.96 and 7.192 waits', () => {
    const [kept, disputed] = linesOf('A>C');
    const billed = new Map(Object.entries(TOTALS).map(([pair, total]) => [pair, total.billed]));
    billed.set('A>C', directionalTotal([kept!], billing).billedMinor);
    expect([billed.get('A>C'), disputed?.micros]).toEqual([96n, 7_192_000n]);
    const party = (name: string) => name as never;
    const nets = netPositions(
      [...billed].map(([pair, billedMinor]) => {
        const [debtorId = '', creditorId = ''] = pair.split('>');
        return { debtorId: party(debtorId), creditorId: party(creditorId), billedMinor };
      }),
    );
    expect(new Map(nets.map(({ partyId, netMinor }) => [partyId, netMinor]))).toEqual(
      new Map([
        [party('A'), 1_377n],
        [party('B'), -146n],
        [party('C'), -1_752n],
        [party('H'), 521n],
      ]),
    );
  });

  it('closes with a fund that covers what is outstanding, the margin not yet earned, and the income of the month', () => {
    const opened = moneyBook(
      telling.book.journal.slice(0, example.opening.length).map(({ plan }) => plan),
      nameOf,
    );
    expect([opened.get('POINT_FUND:C'), opened.get('DEFERRED_MARGIN:C')]).toEqual([960_000n, 60_000n]);
    const closed = moneyBook(
      telling.book.journal.map(({ plan }) => plan),
      nameOf,
    );
    const figures = Object.fromEntries([...closed].filter(([name]) => !name.startsWith('CLEARING')));
    expect(figures).toEqual({
      'POINT_FUND:C': 4_088_000n,
      'DEFERRED_MARGIN:C': 255_500n,
      MARGIN_INCOME: 1_004_500n,
      BREAKAGE_INCOME: 480_000n,
      PROGRAMME_FEES: 800_500n,
      GOODWILL_EXPENSE: -400_000n,
    });
    expect(closed.get('POINT_FUND:C')).toBe(511n * 8_000n);
    expect(944_500n + 60_000n).toBe(closed.get('MARGIN_INCOME'));
    expect(4_088_000n + 255_500n + 1_004_500n + 480_000n).toBe(5_828_000n);
    expect([...closed.values()].reduce((sum, micros) => sum + micros, 0n)).toBe(0n);
  });

  it('splits the other figures of the section the same way', () => {
    expect(splitOverPool([1_000n, 333n, 1n].map(points), points(500n))).toEqual([375n, 125n, 0n]);
    expect(splitByLargestRemainder(999n, [333n, 333n, 334n])).toEqual([333n, 333n, 333n]);
  });
});
