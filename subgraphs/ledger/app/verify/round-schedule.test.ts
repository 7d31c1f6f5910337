import { roundsDue } from './round-schedule';

const at = (text: string) => new Date(`2026-03-10T${text}Z`);
const kinds = (last: Parameters<typeof roundsDue>[0], now: Date) => roundsDue(last, now).map(({ kind }) => kind);

describe('rounds of verification', () => {
  it('are all due in a book never verified', () => {
    const none = { WINDOW: null, SEAL: null, ALL: null };
    expect(kinds(none, at('12:00:00'))).toEqual(['WINDOW', 'SEAL', 'ALL']);
  });

  it('look at a window each minute, not sooner, which overlaps the one before', () => {
    const last = { WINDOW: at('12:00:00'), SEAL: at('12:00:00'), ALL: at('12:00:00') };
    expect(kinds(last, at('12:00:59'))).toEqual([]);
    expect(roundsDue(last, at('12:01:00'))).toEqual([{ kind: 'WINDOW', since: at('11:59:00'), upto: at('12:01:00') }]);
  });

  it('go back to the last window, however long no process ran', () => {
    const last = { WINDOW: at('03:00:00'), SEAL: at('12:00:00'), ALL: at('12:00:00') };
    expect(roundsDue(last, at('12:00:00'))).toEqual([{ kind: 'WINDOW', since: at('02:59:00'), upto: at('12:00:00') }]);
  });

  it('seal each hour', () => {
    const last = { WINDOW: at('12:59:59'), SEAL: at('12:00:00'), ALL: at('12:00:00') };
    expect(kinds(last, at('12:59:59'))).toEqual([]);
    expect(kinds({ ...last, WINDOW: at('13:00:00') }, at('13:00:00'))).toEqual(['SEAL']);
  });

  it('read the whole book once a night, and before the hour it is still last night', () => {
    const last = { WINDOW: at('02:00:00'), SEAL: at('02:00:00'), ALL: new Date('2026-03-09T02:00:00Z') };
    expect(kinds({ ...last, WINDOW: at('01:59:59') }, at('01:59:59'))).toEqual([]);
    expect(kinds(last, at('02:00:00'))).toEqual(['ALL']);
    expect(kinds({ ...last, ALL: at('02:00:00') }, at('02:00:00'))).toEqual([]);
  });
});
