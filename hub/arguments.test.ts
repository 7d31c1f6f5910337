import { InvalidArgumentError } from 'commander';
import { instant } from './arguments';

describe('an option that is an instant', () => {
  it('is read with its offset', () => {
    expect(instant('2026-03-10T12:00:00+02:00')).toEqual(new Date('2026-03-10T10:00:00Z'));
  });

  it.each(['2026-02-31T00:00:00Z', '2026-03-10', '2026-03-10T12:00:00', '10 March 2026 T 12:00Z'])(
    'is refused as %s, and not read as another day',
    (text) => {
      expect(() => instant(text)).toThrow(InvalidArgumentError);
    },
  );
});
