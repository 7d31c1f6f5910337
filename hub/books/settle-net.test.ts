import { settleNet } from './settle-net';

describe('a net in another currency', () => {
  it.each([
    ['of ten euros and a third in zloty', -1_032n, 100n, '4.2575', -4_394n, 2_600n],
    ['on the half goes to the even', 5n, 100n, '0.5', 2n, 5_000n],
    ['of yen in euro', -2n, 1n, '0.0064', -1n, -2_800n],
    ['of nothing is nothing', 0n, 100n, '4', 0n, 0n],
  ])('%s', (_, net, fromPerMajor, rate, amountMinor, differenceMicros) => {
    expect(settleNet(net, { fromPerMajor, toPerMajor: 100n, rate })).toEqual({ amountMinor, differenceMicros });
  });
});
