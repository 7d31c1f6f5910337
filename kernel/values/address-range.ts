import { BlockList, isIP, isIPv6 } from 'node:net';

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
 * A set of addresses that is asked often: built once from ranges that `isAddressRange` has let through. IPv4 and IPv6 are apart:
 * `::/0` holds no IPv4 client, though Node's `BlockList` finds every IPv4 address in a range that covers `::ffff:0:0/96`.
 */
export class AddressSet {
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

/** An address without its zone, and as IPv4 where it is an IPv4 one in IPv6 notation, however that is spelt. */
export function plainAddress(address: string): string {
  const [unzoned = ''] = address.split('%');
  return isIPv6(unzoned) ? (mappedAddress(unzoned) ?? unzoned) : unzoned;
}

/** The IPv4 address within `::ffff:0:0/96`; null for any other IPv6 address. */
function mappedAddress(address: string): string | null {
  // A URL's host is the shortest spelling: `0:0:0:0:0:FFFF:1.2.3.4` becomes `::ffff:102:304`.
  const { hostname } = new URL(`http://[${address}]`);
  const [, high, low] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return null;
  const bytes = Buffer.from(high.padStart(4, '0') + low.padStart(4, '0'), 'hex');
  return [...bytes].join('.');
}

function rangeOf(text: string): Range | null {
  const [, address = '', bitsText] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || plainAddress(address) !== address) return null;
  const most = version === 4 ? 32 : 128;
  const bits = bitsText === undefined ? most : Number(bitsText);
  return bits > most ? null : { address, family: version === 4 ? 'ipv4' : 'ipv6', bits };
}
