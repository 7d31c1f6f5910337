import { newId } from '../../../../kernel/values/id';
import {
  cutOffRefusal,
  SETTLEMENT_STATES,
  stepRefusal,
  type SettlementCycle,
  type SettlementState,
  type StepCircumstances,
} from './cycle';

const ISSUED_AT = new Date('2026-04-01T08:00:00Z');
const WINDOW_DAYS = 5;
const WINDOW_ENDS = new Date('2026-04-06T08:00:00Z');

const cycleIn = (state: SettlementState, more: Partial<SettlementCycle> = {}): SettlementCycle => ({
  id: newId('cyc'),
  programmeId: newId('prg'),
  ...{ number: 2, state, currency: 'EUR', payFromMinor: 0n, version: 1n },
  opensAt: new Date('2026-03-01T00:00:00Z'),
  cutOffAt: new Date('2026-04-01T00:00:00Z'),
  issuedAt: ISSUED_AT,
  ...more,
});
const circumstances = (more: Partial<StepCircumstances> = {}): StepCircumstances => ({
  now: WINDOW_ENDS,
  disputeWindowDays: WINDOW_DAYS,
  previous: 'LOCKED',
  isAgreed: false,
  ...more,
});
const PAIRS = SETTLEMENT_STATES.flatMap((from) => SETTLEMENT_STATES.map((to) => ({ from, to })));
const follows = (from: SettlementState, to: SettlementState) =>
  SETTLEMENT_STATES.indexOf(to) === SETTLEMENT_STATES.indexOf(from) + 1;

describe('a settlement cycle', () => {
  it.each(PAIRS.filter(({ from, to }) => follows(from, to)))('that is $from may become $to', ({ from, to }) => {
    expect(stepRefusal(cycleIn(from), to, circumstances())).toBeNull();
  });

  it.each(PAIRS.filter(({ from, to }) => !follows(from, to)))('that is $from never becomes $to', ({ from, to }) => {
    const refusal = stepRefusal(cycleIn(from), to, circumstances({ isAgreed: true }));
    expect(refusal?.code).toBe('LEDGER_CYCLE_STEP_NOT_ALLOWED');
    expect(refusal?.message).toContain(from);
  });

  it.each(SETTLEMENT_STATES.map((previous, at) => ({ previous, draft: at >= 4, net: at >= 5 })))(
    'after one that is $previous is drawn up: $draft, netted: $net',
    ({ previous, draft, net }) => {
      const refusalOf = (from: SettlementState, to: SettlementState) =>
        stepRefusal(cycleIn(from), to, circumstances({ previous }));
      expect(refusalOf('CUT_OFF', 'DRAFT') === null).toBe(draft);
      expect(refusalOf('AGREED', 'NETTED') === null).toBe(net);
    },
  );

  it('that is a programme’s first waits for none before it', () => {
    for (const [from, to] of [
      ['CUT_OFF', 'DRAFT'],
      ['AGREED', 'NETTED'],
    ] as const) {
      expect(stepRefusal(cycleIn(from), to, circumstances({ previous: null }))).toBeNull();
    }
  });

  it('is agreed by every partner at any time, and by silence from the instant the window ends', () => {
    const before = new Date(WINDOW_ENDS.getTime() - 1);
    const agreed = (now: Date, isAgreed: boolean) =>
      stepRefusal(cycleIn('ISSUED'), 'AGREED', circumstances({ now, isAgreed }));
    expect(agreed(before, false)?.code).toBe('LEDGER_DISPUTE_WINDOW_OPEN');
    expect(agreed(before, true)).toBeNull();
    expect(agreed(WINDOW_ENDS, false)).toBeNull();
  });
});

describe('a cut-off', () => {
  const now = new Date('2026-04-01T00:00:00Z');
  const [before, after] = [new Date(now.getTime() - 1), new Date(now.getTime() + 1)];

  it.each([
    { name: 'at this instant', at: now, cycle: {}, latestRecordedAt: null, isRefused: false },
    { name: 'to come', at: after, cycle: {}, latestRecordedAt: null, isRefused: true },
    { name: 'at the instant of the last posting', at: now, cycle: {}, latestRecordedAt: now, isRefused: false },
    { name: 'before the last posting', at: before, cycle: {}, latestRecordedAt: now, isRefused: true },
    { name: 'before the cycle opened', at: before, cycle: { opensAt: now }, latestRecordedAt: null, isRefused: true },
    {
      name: 'before the first cycle opened',
      at: before,
      cycle: { opensAt: now, number: 1 },
      latestRecordedAt: null,
      isRefused: false,
    },
  ])('$name is refused: $isRefused', ({ at, cycle, latestRecordedAt, isRefused }) => {
    const refusal = cutOffRefusal(cycleIn('OPEN', cycle), at, { now, latestRecordedAt });
    expect(refusal?.code).toBe(isRefused ? 'LEDGER_CUT_OFF_NOT_NOW' : undefined);
  });
});
