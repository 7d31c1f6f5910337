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

/** A set of addresses that is asked often: built once from ranges that `isAddressRange` has let through. */
export class AddressSet {
  private readonly ranges = new BlockList();

  /** @throws TypeError for a text that is no range */
  constructor(texts: readonly string[]) {
    for (const text of texts) {
      const range = rangeOf(text);
      if (range === null) throw new TypeError(`AddressSet: ${text} is no range`);
      this.ranges.addSubnet(range.address, range.bits, range.family);
    }
  }

  /** Whether it holds an address; an IPv4 address written as an IPv6 one (`::ffff:192.0.2.1`) is the IPv4 address. */
  has(address: string): boolean {
    const plain = plainAddress(address);
    const version = isIP(plain);
    return version !== 0 && this.ranges.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  }
}

/** An address without its zone, and as IPv4 where it is an IPv4 one in IPv6 notation. */
export function plainAddress(address: string): string {
  const [unzoned = ''] = address.split('%');
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(unzoned)?.[1] ?? unzoned;
}

function rangeOf(text: string): Range | null {
  const [, address = '', bitsText] = /^([^/%]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0 || plainAddress(address) !== address) return null;
  const most = version === 4 ? 32 : 128;
  const bits = bitsText === undefined ? most : Number(bitsText);
  return bits > most ? null : { address, family: version === 4 ? 'ipv4' : 'ipv6', bits };
}
