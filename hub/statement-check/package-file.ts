import { createHash, createPublicKey, verify } from 'node:crypto';

/** One line of a statement as the package tells it. */
export interface LineRecord {
  readonly n: bigint;
  readonly kind: string;
  readonly micros: bigint;
  readonly billedMinor: bigint;
  readonly isDisputed: boolean;
  readonly outcomeOf: string | null;
  readonly points: bigint;
  readonly spent: { readonly before: bigint; readonly after: bigint } | null;
  readonly redeemer: string | null;
  readonly contractVersion: bigint;
  readonly perPointMicros: bigint | null;
  readonly event: { readonly kind: string };
  readonly lot: {
    readonly settlementModel: 'AT_REDEMPTION' | 'AT_ISSUANCE' | 'HYBRID';
    readonly issuanceMicros: bigint;
    readonly reserveMicros: bigint;
    readonly feeMicros: bigint;
    readonly prefundBps: bigint;
    readonly breakageShareBps: bigint;
    readonly funding: readonly { readonly party: string; readonly bps: bigint }[];
  };
}

/** What a pair is billed. */
export interface TotalRecord {
  readonly debtor: string;
  readonly creditor: string;
  readonly exactMicros: bigint;
  readonly suspenseMicros: bigint;
  readonly carryInMicros: bigint;
  readonly billedMinor: bigint;
  readonly carryMicros: bigint;
  readonly prices: readonly {
    readonly partner: string;
    readonly version: bigint;
    readonly reimbursementMicros: bigint;
  }[];
}

/** What a party pays or is paid. */
export interface NetRecord {
  readonly party: string;
  readonly netMinor: bigint;
  readonly carryInMinor: bigint;
  readonly carryOutMinor: bigint;
  readonly payMinor: bigint;
  readonly payCurrency: string;
  readonly payAmountMinor: bigint;
  readonly rate: string | null;
  /** What `carryInMinor` is made of, where it is more than what the cycle before left. */
  readonly carryInParts?: {
    readonly leftMinor: bigint;
    readonly fromDepositMinor: bigint;
    readonly shares: readonly { readonly partner: string; readonly borneMinor: bigint }[];
  };
}

/** What is signed: what the package is about, and a seal for each of its sections. */
export interface PackageHead {
  readonly cycle: string;
  readonly number: bigint;
  readonly currency: string;
  readonly microsPerMinor: bigint;
  readonly partners: readonly { readonly id: string; readonly code: string }[];
  readonly sections: readonly { readonly section: string; readonly records: bigint; readonly hash: string }[];
}

/** A package as it was read: what its bytes say, and what is wrong with the bytes. */
export interface ReadPackage {
  readonly head: PackageHead;
  readonly key: { readonly id: string; readonly publicKey: string };
  /** Records by section, in their order. */
  readonly sections: ReadonlyMap<string, readonly unknown[]>;
  /** Changed bytes, by the record they stand in. */
  readonly faults: readonly string[];
}

/** Every whole number as a bigint: amounts travel as text or as digits, and neither may lose a digit. */
function whole(_name: string, value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value);
  return value;
}
const AMOUNT = /(Micros|Minor|Bps|^(micros|microsPerMinor|n|bps|points|version|before|after|records|number))$/;
function amounts(name: string, value: unknown): unknown {
  if (typeof value === 'string' && AMOUNT.test(name) && /^-?\d+$/.test(value)) return BigInt(value);
  return whole(name, value);
}

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

/**
 * Reads a package file: its head and signature on the first line, and then a record on each line.
 *
 * @throws Error when it cannot be read as one at all, saying where
 */
export function readPackage(text: string): ReadPackage {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const first = parse(lines[0] ?? '', 'line 1, the head') as {
    head?: string;
    signature?: string;
    key?: { id: string; publicKey: string };
  };
  const { head: headText, signature, key } = first;
  if (headText === undefined || signature === undefined || key === undefined)
    throw new Error('line 1 holds no head, signature and key: this is no closing package');
  const head = parse(headText, 'the head (line 1)', amounts) as PackageHead;
  const faults = isSigned(headText, { signature, key }) ? [] : ['the head (line 1): its signature does not fit it'];
  if (!Array.isArray(head.sections) || !Array.isArray(head.partners))
    throw new Error('the head (line 1) names no sections and partners: it is not as it was signed');
  const sections = new Map<string, unknown[]>();
  const hashes = new Map<string, string[]>();
  const firstLines = new Map<string, number>();
  for (const [place, line] of lines.slice(1).entries()) {
    const where = `line ${place + 2}`;
    const { section, hash, record } = parse(line, where) as { section?: string; hash?: string; record?: string };
    if (section === undefined || hash === undefined || record === undefined) throw new Error(`${where} is no record`);
    const records = sections.get(section) ?? [];
    sections.set(section, records);
    if (sha256(record) !== hash)
      faults.push(`record ${records.length} of section ${section} (${where}): its hash does not fit it`);
    records.push(parse(record, where, amounts));
    hashes.set(section, [...(hashes.get(section) ?? []), hash]);
    firstLines.set(section, firstLines.get(section) ?? place + 2);
  }
  for (const [section, ofSection] of hashes) {
    const seal = head.sections.find((one) => one.section === section);
    if (seal === undefined)
      faults.push(`section ${section} (from line ${firstLines.get(section)}): the head does not name it`);
    else if (seal.records !== BigInt(ofSection.length))
      faults.push(`section ${section}: ${ofSection.length} records, and the head says ${seal.records}`);
    else if (seal.hash !== sha256(ofSection.join('')))
      faults.push(`section ${section}: its seal in the head does not fit it`);
  }
  return { head, key, sections, faults };
}

function parse(text: string, where: string, reviver?: (name: string, value: unknown) => unknown): unknown {
  try {
    return JSON.parse(text, reviver);
  } catch (cause) {
    throw new Error(`${where} is no JSON: ${(cause as Error).message}`, { cause });
  }
}

function isSigned(head: string, { signature, key }: { signature: string; key: { publicKey: string } }): boolean {
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: key.publicKey };
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    return verify(null, Buffer.from(head, 'utf8'), publicKey, Buffer.from(signature, 'base64url'));
  } catch {
    return false; // no key at all signs nothing
  }
}
