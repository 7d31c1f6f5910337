import { AddressSet, isAddressRange, networkOf, plainAddress } from './address-range';

describe('a range of addresses', () => {
  it.each(['203.0.113.7', '203.0.113.0/24', '0.0.0.0/0', '2001:db8::/32', '::1', '2001:db8::1/128'])('is %s', (text) =>
    expect(isAddressRange(text)).toBe(true),
  );

  it.each([
    ...['', 'shop.example', '203.0.113', '203.0.113.0/33', '2001:db8::/129', '203.0.113.0/', '203.0.113.0/-1'],
    ...[
      'fe80::1%eth0',
      '10.0.0.1/8/8',
      '010.0.0.1',
      '::ffff:192.0.2.1',
      '::ffff:c000:201',
      '::ffff:0:0/96',
      ' 10.0.0.1',
      '10.0.0.1/0x8',
    ],
  ])('is not “%s”', (text) => expect(isAddressRange(text)).toBe(false));
});

it('a set holds the addresses of its ranges, whichever way they are written, and no others', () => {
  const set = new AddressSet(['203.0.113.0/24', '2001:db8::/32', '198.51.100.7']);
  for (const inside of ['203.0.113.255', '::ffff:203.0.113.1', '2001:db8::1', '2001:DB8:0:0::9%eth0', '198.51.100.7'])
    expect([inside, set.has(inside)]).toEqual([inside, true]);
  for (const outside of ['203.0.114.0', '2001:db9::1', '198.51.100.8', '::ffff:198.51.100.8', '', 'localhost'])
    expect([outside, set.has(outside)]).toEqual([outside, false]);
});

it('a range of IPv6 holds no IPv4 address, and one of IPv4 no IPv6 address', () => {
  const [six, four] = [new AddressSet(['::/0']), new AddressSet(['0.0.0.0/0'])];
  for (const address of ['192.0.2.1', '::ffff:192.0.2.1', '::ffff:c000:201', '0:0:0:0:0:FFFF:C000:0201'])
    expect([address, six.has(address), four.has(address)]).toEqual([address, false, true]);
  for (const address of ['2001:db8::1', '::1', '::', '::c000:201', 'fe80::1%eth0'])
    expect([address, six.has(address), four.has(address)]).toEqual([address, true, false]);
});

it.each([
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::9%eth0', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['192.0.2.1', '192.0.2.1'],
  ['', ''],
])('the network of %j is %j', (address, network) => {
  expect(networkOf(address)).toBe(network);
});

it('an IPv4 address in any notation of IPv6 is compared as the IPv4 address', () => {
  const set = new AddressSet(['192.0.2.1/32', '::/0']);
  expect(plainAddress('::ffff:c000:201%eth0')).toBe('192.0.2.1');
  expect([set.has('::ffff:c000:201'), set.has('::ffff:c000:202')]).toEqual([true, false]);
});
