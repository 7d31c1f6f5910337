import { BlockList, isIP } from 'node:net';

/** An address, or a range of them in CIDR notation, as it is compared. */
interface Range {
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  readonly bits: number;
}

/** Whether a text is an IPv4 or IPv6 address, or a range of them in CIDR notation such as `203.0.113.0/24`. */
export function isAddressRange(text: string): boolean {
  return rangeOf(text) !== null;
}

/**
 * A set of addresses that is asked often: built once from ranges that `isAddressRange` has let through. A range holds addresses of
 * its own family only.
 */
export class AddressSet {
  // Apart, because one list takes IPv4 addresses for those of `::ffff:0:0/96`: `::/0` would hold all of them.
  private readonly ranges = { ipv4: new BlockList(), ipv6: new BlockList() };

  /** @throws TypeError for a text that is no range */
  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const range = rangeOf(text);
      if (range === null) throw new TypeError(`AddressSet: ${text} is no range`);
      this.ranges[range.family].addSubnet(range.address, range.bits, range.family);
    }
  }

  /** Whether it holds an address; an IPv4 address written as an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 address. */
  has(address: string): boolean {
    const plain = plainAddress(address);
    const version = isIP(plain);
    if (version === 0) return false;
    const family = version === 4 ? 'ipv4' : 'ipv6';
    return this.ranges[family].check(plain, family);
  }
}

const MAPPED = new BlockList();
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');

/** An address without its zone, and as IPv4 where it is an IPv4 one in any IPv6 notation, `::ffff:c000:201` as well. */
export function plainAddress(address: string): string {
  const [unzoned = ''] = address.split('%');
  if (isIP(unzoned) !== 6 || !MAPPED.check(unzoned, 'ipv6')) return unzoned;
  // An URL writes the last two groups in hexadecimal digits, whichever way they came.
  const [high = 0, low = 0] = new URL(`http://[${unzoned}]`).hostname
    .slice(1, -1)
    .split(':')
    .slice(-2)
    .map(hexadecimal);
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/**
 * The network an address belongs to, for counting callers: of IPv6 its /64, which is what one customer has at least; of IPv4 the
 * address itself, in whichever notation.
 */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (isIP(plain) !== 6) return plain;
  // A URL writes eight groups without leading zeros, the longest run of zeros as `::`.
  const written = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const [before = [], after = []] = written
    .split('::')
    .map((groups) => groups.split(':').filter((group) => group !== ''));
  const zeros = Array<string>(8 - before.length - after.length).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, 4).join(':')}::/64`;
}

const hexadecimal = (digits: string): number => parseInt(digits, 16);

function rangeOf(text: string): Range | null {
  const [, address = '', bitsText] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || plainAddress(address) !== address) return null;
  const most = version === 4 ? 32 : 128;
  const bits = bitsText === undefined ? most : Number(bitsText);
  return bits > most ? null : { address, family: version === 4 ? 'ipv4' : 'ipv6', bits };
}
