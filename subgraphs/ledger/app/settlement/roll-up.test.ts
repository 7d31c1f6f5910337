import { isTimeToRollUp } from './roll-up';

describe('claims are rolled up', () => {
  it.each([
    ['not when nothing was posted', { waiting: 0, sinceLook: 0 }, false],
    ['not for what rolling up itself did', { waiting: 2, sinceLook: 2 }, false],
    ['when postings are few', { waiting: 90, sinceLook: 90 }, true],
    ['not in the middle of a rush', { waiting: 900, sinceLook: 400 }, false],
    ['when the rush is over', { waiting: 900, sinceLook: 0 }, true],
    ['in a rush as well when too much waits', { waiting: 3_001, sinceLook: 400 }, true],
  ])('%s', (_, waiting, expected) => {
    expect(isTimeToRollUp(waiting)).toBe(expected);
  });
});
