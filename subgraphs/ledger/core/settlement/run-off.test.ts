import fc from 'fast-check';
import { endRefusal, runOffDeposit, runOffDraw } from './run-off';

describe('the deposit of a leaving partner', () => {
  it('is what its points are expected to cost, rounded up', () => {
    // 711 points at 0.008 with a tenth never spent: 5.1192.
    expect(runOffDeposit(5_688_000n, 1_000, 10_000n)).toBe(512n);
    expect(runOffDeposit(5_688_000n, 0, 10_000n)).toBe(569n);
    expect(runOffDeposit(5_688_000n, 10_000, 10_000n)).toBe(0n);
    expect(runOffDeposit(1n, 0, 1_000_000n)).toBe(1n);
  });

  it('is drawn upon for what would be paid, never beyond what it holds, and never when something is received', () => {
    const amount = fc.bigInt({ min: -10_000n, max: 10_000n });
    fc.assert(
      fc.property(amount, fc.bigInt({ min: 0n, max: 10_000n }), (due, held) => {
        const draw = runOffDraw(due, held);
        expect(draw >= 0n && draw <= held).toBe(true);
        if (due >= 0n) expect(draw).toBe(0n);
        else expect(due + draw <= 0n && (due + draw === 0n || draw === held)).toBe(true);
      }),
    );
  });
});

describe('a run-off', () => {
  it('ends when no point is outstanding and nothing is left to settle', () => {
    const codeOf = (state: 'PROPOSED' | 'RUNNING' | 'ENDING' | 'ENDED', points: bigint, dues: number) =>
      endRefusal({ state }, { points, dues })?.code ?? null;
    expect(codeOf('RUNNING', 0n, 0)).toBeNull();
    expect(codeOf('ENDING', 0n, 0)).toBeNull();
    expect(codeOf('RUNNING', 1n, 0)).toBe('LEDGER_RUN_OFF_NOT_ENDED');
    expect(codeOf('RUNNING', 0n, 1)).toBe('LEDGER_RUN_OFF_NOT_ENDED');
    expect(codeOf('PROPOSED', 0n, 0)).toBe('LEDGER_RUN_OFF_NOT_ENDED');
    expect(codeOf('ENDED', 0n, 0)).toBe('LEDGER_ALREADY_APPROVED');
  });
});
