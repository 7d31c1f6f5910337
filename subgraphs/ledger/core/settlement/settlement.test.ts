import fc from 'fast-check';
import { newId } from '../../../../kernel/values/id';
import { divideFloor } from '../../../../kernel/values/rounding';
import { billPair, cutPast } from './billing';
import { SETTLEMENT_STATES, stepRefusal, type SettlementCycle } from './cycle';
import { directionalTotal, type Party } from './directional-total';
import { disputeRefusal, owedBy } from './dispute';
import { netPositions } from './netting';

const CENT = 10_000n;
const bill = (lines: readonly bigint[], carryInMicros = 0n) =>
  directionalTotal(
    lines.map((micros) => ({ micros })),
    { carryInMicros, microsPerMinor: CENT },
  );

describe('a directional total', () => {
  // Figures of the worked example, SETTLEMENT §6.
  it.each([
    ['A→C', [963_200n, 7_192_000n], 816n, -4_800n, [97n, 719n]],
    ['B→C', [1_444_800n], 144n, 4_800n, [144n]],
    ['B→A', [3_192_000n, 808_000n, -1_600_000n], 240n, 0n, [319n, 81n, -160n]],
    ['H→A', [12_000_000n, 792_000n], 1_279n, 2_000n, [1_200n, 79n]],
    ['A→H', [500_000n, 60_200n, -100_000n], 46n, 200n, [50n, 6n, -10n]],
    ['H→B', [400_000n, 2_320_000n], 272n, 0n, [40n, 232n]],
    ['B→H', [90_300n, 250_000n], 34n, 300n, [9n, 25n]],
  ])('%s bills, carries and shares out as worked by hand', (_pair, lines, billed, carry, shares) => {
    expect(bill(lines)).toMatchObject({ billedMinor: billed, carryMicros: carry, lineMinors: shares });
  });

  it('rounds an exact half to the even unit', () => {
    expect([bill([5_000n]).billedMinor, bill([15_000n]).billedMinor, bill([-5_000n]).billedMinor]).toEqual([
      0n,
      2n,
      0n,
    ]);
  });

  it('always adds up: lines to what is billed, billed and carry to what was due', () => {
    const micros = fc.bigInt({ min: -10_000_000n, max: 10_000_000n });
    const carry = fc.bigInt({ min: -5_000n, max: 5_000n });
    fc.assert(
      fc.property(fc.array(micros, { maxLength: 40 }), carry, (lines, carryIn) => {
        const total = bill(lines, carryIn);
        expect(total.billedMinor * CENT + total.carryMicros).toBe(total.exactMicros + carryIn);
        expect(total.carryMicros <= 5_000n && total.carryMicros >= -5_000n).toBe(true);
        if (lines.length > 0) expect(total.lineMinors.reduce((sum, one) => sum + one, 0n)).toBe(total.billedMinor);
      }),
    );
  });
});

describe('netting', () => {
  it('gives the nets of the worked example', () => {
    const [a, b, c] = [newId('ptr'), newId('ptr'), newId('ptr')];
    const dues: [Party, Party, bigint][] = [
      [a, c, 816n],
      [b, c, 144n],
      [b, a, 240n],
      [null, a, 1_279n],
      [a, null, 46n],
      [null, b, 272n],
      [b, null, 34n],
      [c, null, 2_040n],
      [null, c, 48n],
    ];
    const nets = netPositions(
      dues.map(([debtorId, creditorId, billedMinor]) => ({ debtorId, creditorId, billedMinor })),
    );
    expect(new Map(nets.map(({ partyId, netMinor }) => [partyId, netMinor]))).toEqual(
      new Map<Party, bigint>([
        [a, 657n],
        [b, -146n],
        [c, -1_032n],
        [null, 521n],
      ]),
    );
  });

  it('always sums to zero', () => {
    const parties: Party[] = [newId('ptr'), newId('ptr'), newId('ptr'), null];
    const due = fc.record({
      debtorId: fc.constantFrom(...parties),
      creditorId: fc.constantFrom(...parties),
      billedMinor: fc.bigInt({ min: -1_000_000n, max: 1_000_000n }),
    });
    fc.assert(
      fc.property(fc.array(due), (dues) => netPositions(dues).reduce((sum, { netMinor }) => sum + netMinor, 0n) === 0n),
    );
  });
});

describe('a settlement cycle', () => {
  const now = new Date('2026-04-10T00:00:00Z');
  const cycle: SettlementCycle = {
    id: newId('cyc'),
    programmeId: newId('prg'),
    number: 1,
    state: 'ISSUED',
    currency: 'EUR',
    opensAt: new Date('2026-03-01T00:00:00Z'),
    cutOffAt: new Date('2026-04-01T00:00:00Z'),
    issuedAt: new Date('2026-04-02T00:00:00Z'),
    payFromMinor: 0n,
    version: 4n,
  };

  const at = { now, disputeWindowDays: 0, previous: null, isAgreed: false };

  it('goes one step at a time, from OPEN to LOCKED', () => {
    const allowed = SETTLEMENT_STATES.map((state) =>
      SETTLEMENT_STATES.filter((to) => stepRefusal({ ...cycle, state }, to, at) === null),
    );
    expect(allowed).toEqual([...SETTLEMENT_STATES.slice(1).map((to) => [to]), []]);
  });

  it('is not drawn up before the cycle whose carry it begins with is agreed, nor netted before that is', () => {
    const cutOff = { ...cycle, state: 'CUT_OFF' as const };
    expect(stepRefusal(cutOff, 'DRAFT', { ...at, previous: 'ISSUED' })?.code).toBe('LEDGER_CYCLE_STEP_NOT_ALLOWED');
    expect(stepRefusal(cutOff, 'DRAFT', { ...at, previous: 'AGREED' })).toBeNull();
    const agreed = { ...cycle, state: 'AGREED' as const };
    expect(stepRefusal(agreed, 'NETTED', { ...at, previous: 'AGREED' })?.code).toBe('LEDGER_CYCLE_STEP_NOT_ALLOWED');
    expect(stepRefusal(agreed, 'NETTED', { ...at, previous: 'NETTED' })).toBeNull();
  });

  it('is not agreed while its lines may be disputed, unless every partner agrees', () => {
    const open = { ...at, disputeWindowDays: 9 };
    expect(stepRefusal(cycle, 'AGREED', open)?.code).toBe('LEDGER_DISPUTE_WINDOW_OPEN');
    expect(stepRefusal(cycle, 'AGREED', { ...open, isAgreed: true })).toBeNull();
    expect(stepRefusal(cycle, 'AGREED', { ...open, disputeWindowDays: 8 })).toBeNull();
  });

  it('lets lines be disputed while its statements are with the partners and the window is open, and never else', () => {
    const code = (state: SettlementCycle['state'], disputeWindowDays: number) =>
      disputeRefusal({ ...cycle, state }, { now, disputeWindowDays })?.code ?? null;
    expect(code('ISSUED', 9)).toBeNull();
    expect(code('ISSUED', 8)).toBe('LEDGER_DISPUTE_WINDOW_CLOSED');
    for (const state of ['CUT_OFF', 'DRAFT', 'AGREED', 'LOCKED'] as const) {
      expect(code(state, 9)).toBe('LEDGER_DISPUTE_WINDOW_CLOSED');
    }
  });
});

describe('a bill made of sums', () => {
  it('is the bill made of lines, and raises the same lines', () => {
    const micros = fc.bigInt({ min: -100_000n, max: 100_000n });
    const carry = fc.bigInt({ min: -5_000n, max: 5_000n });
    fc.assert(
      fc.property(fc.array(micros, { maxLength: 40 }), carry, (lines, carryInMicros) => {
        const left = lines.map((one) => one - divideFloor(one, CENT) * CENT);
        const sum = (amounts: readonly bigint[]) => amounts.reduce((all, one) => all + one, 0n);
        const bySums = billPair({ exactMicros: sum(lines), remainders: sum(left), carryInMicros }, CENT);
        const byLines = bill(lines, carryInMicros);
        expect(bySums).toMatchObject({ billedMinor: byLines.billedMinor, carryMicros: byLines.carryMicros });
        expect(bySums.raisedLines >= 0n && bySums.raisedLines <= BigInt(lines.length)).toBe(true);
        const raised = byLines.lineMinors.filter((minor, n) => minor > divideFloor(lines[n] ?? 0n, CENT));
        expect(BigInt(raised.length)).toBe(bySums.raisedLines);
      }),
    );
  });

  it('gives the unit of a line in suspense to the next of the same remainder', () => {
    const cut = { remainder: 5_000n, tie: 2n };
    expect(cutPast(cut, []).tie).toBe(2n);
    expect(cutPast(cut, [3n]).tie).toBe(2n);
    expect(cutPast(cut, [2n]).tie).toBe(3n);
    expect(cutPast(cut, [4n, 3n, 1n]).tie).toBe(5n);
  });
});

describe('what is owed of a disputed line', () => {
  it.each([
    ['ACCEPT', 7_192_000n, null, 0n],
    ['REJECT', 7_192_000n, null, 7_192_000n],
    ['PARTIAL', 7_192_000n, 1n, 1n],
    ['PARTIAL', -1_600_000n, -600_000n, -600_000n],
    ['PARTIAL', 7_192_000n, null, null],
    ['PARTIAL', 7_192_000n, 0n, null],
    ['PARTIAL', 7_192_000n, 7_192_000n, null],
    ['PARTIAL', 7_192_000n, -1n, null],
    ['PARTIAL', -1_600_000n, 1n, null],
    ['REJECT', 7_192_000n, 1n, null],
  ] as const)('%s of %s micro-units with the part %s: %s', (outcome, micros, part, owed) => {
    expect(owedBy(outcome, micros, part)).toBe(owed);
  });
});
