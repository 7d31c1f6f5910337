import { AddressSet, isAddressRange, plainAddress } from './address-range';

describe('a range of addresses', () => {
  it.each(['203.0.113.7', '203.0.113.0/24', '0.0.0.0/0', '2001:db8::/32', '::1', '2001:db8::1/128'])('is %s', (text) =>
    expect(isAddressRange(text)).toBe(true),
  );

  it.each([
    ...['', 'shop.example', '203.0.113', '203.0.113.0/33', '2001:db8::/129', '203.0.113.0/', '203.0.113.0/-1'],
    ...['::ffff:c000:201', '::ffff:0:0/96', '0:0:0:0:0:ffff:1.2.3.4'],
    ...['fe80::1%eth0', '10.0.0.1/8/8', '010.0.0.1', '::ffff:192.0.2.1', ' 10.0.0.1', '10.0.0.1/0x8'],
  ])('is not “%s”', (text) => expect(isAddressRange(text)).toBe(false));
});

it('a set holds the addresses of its ranges, whichever way they are written, and no others', () => {
  const set = new AddressSet(['203.0.113.0/24', '2001:db8::/32', '198.51.100.7']);
  for (const inside of ['203.0.113.255', '::ffff:203.0.113.1', '2001:db8::1', '2001:DB8:0:0::9%eth0', '198.51.100.7'])
    expect([inside, set.has(inside)]).toEqual([inside, true]);
  for (const outside of ['203.0.114.0', '2001:db9::1', '198.51.100.8', '::ffff:198.51.100.8', '', 'localhost'])
    expect([outside, set.has(outside)]).toEqual([outside, false]);
});

it.each([
  {
    all: '::/0',
    of: 'IPv6',
    holds: ['2001:db8::1', '::1'],
    not: ['203.0.113.7', '::ffff:203.0.113.7', '::ffff:cb00:7107'],
  },
  {
    all: '0.0.0.0/0',
    of: 'IPv4',
    holds: ['203.0.113.7', '::ffff:203.0.113.7', '::FFFF:cb00:7107'],
    not: ['2001:db8::1', '::1'],
  },
])('$all is every $of address and none of the other kind', ({ all, holds, not }) => {
  const set = new AddressSet([all]);
  expect(holds.map((address) => set.has(address))).toEqual(holds.map(() => true));
  expect(not.map((address) => set.has(address))).toEqual(not.map(() => false));
});

it('an IPv4 address is the same however its IPv6 notation is spelt', () => {
  const set = new AddressSet(['1.2.3.4']);
  for (const spelt of ['1.2.3.4', '::ffff:1.2.3.4', '::FFFF:0102:0304', '::ffff:102:304', '0:0:0:0:0:ffff:1.2.3.4'])
    expect([spelt, set.has(spelt), plainAddress(spelt)]).toEqual([spelt, true, '1.2.3.4']);
  // The deprecated IPv4-compatible notation and NAT64 are addresses of their own.
  for (const other of ['::1.2.3.4', '64:ff9b::1.2.3.4', '::ffff:0:1.2.3.4'])
    expect([other, set.has(other)]).toEqual([other, false]);
});
