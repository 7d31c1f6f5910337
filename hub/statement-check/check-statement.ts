import { convertMinor, roundHalfEven, spreadOver } from './arithmetic';
import { deriveLine, isPartRightlyRounded } from './derive-line';
import type { LineRecord, NetRecord, ReadPackage, TotalRecord } from './package-file';

/** A partner's statement, reckoned anew. */
export interface CheckedStatement {
  readonly partner: string;
  readonly pairs: readonly {
    readonly debtor: string;
    readonly creditor: string;
    readonly lines: number;
    readonly billedMinor: bigint;
  }[];
  readonly netMinor: bigint;
  /** What the package says and a reckoning does not, record by record; nothing when they agree. */
  readonly differences: readonly string[];
}

/**
 * Reckons a partner's statement and net from a package alone.
 *
 * @param partner its id, or its code in the programme
 * @param perMinorOf micro-units of a minor unit, by currency
 * @throws Error when the package knows no such partner
 */
export function checkStatement(
  { head, sections }: ReadPackage,
  partner: string,
  perMinorOf: (currency: string) => bigint,
): CheckedStatement {
  const id = head.partners.find((one) => one.id === partner || one.code === partner)?.id;
  if (id === undefined) throw new Error(`the package knows no partner ${partner}`);
  const differences: string[] = [];
  const pairs: CheckedStatement['pairs'][number][] = [];
  let netMinor = 0n;
  for (const { section } of head.sections) {
    const [debtor, creditor] = section.split('>');
    if (creditor === undefined || (debtor !== id && creditor !== id)) continue;
    const records = sections.get(section);
    if (records === undefined) {
      differences.push(`section ${section} is missing`);
      continue;
    }
    const [total, ...lines] = records as [TotalRecord, ...LineRecord[]];
    const billedMinor = checkPair({ section, total, lines, perMinor: head.microsPerMinor }, differences);
    pairs.push({ debtor: total.debtor, creditor: total.creditor, lines: lines.length, billedMinor });
    netMinor += creditor === id ? billedMinor : -billedMinor;
  }
  checkNet({ id, netMinor, currency: head.currency }, sections.get(`net ${id}`)?.[0] as NetRecord | undefined, {
    differences,
    perMinorOf,
  });
  return { partner: id, pairs, netMinor, differences };
}

/** Every line from its event, then their sum, its rounding and its spread. Returns what the pair is billed by this reckoning. */
function checkPair(
  pair: { section: string; total: TotalRecord; lines: readonly LineRecord[]; perMinor: bigint },
  differences: string[],
): bigint {
  const { section, total, lines, perMinor } = pair;
  const same = (what: string, told: bigint, own: bigint) => {
    if (told !== own) differences.push(`${what} of ${section}: the package says ${told}, its records give ${own}`);
  };
  const amounts = lines.map((line) => {
    const derived = deriveLine(line, total) ?? line.micros;
    const own = isPartRightlyRounded(line, derived) ? line.micros : derived;
    same(`micros of line ${line.n} (${line.kind})`, line.micros, own);
    return own;
  });
  const isBilled = (_: unknown, place: number) => !lines[place]!.isDisputed;
  const sum = (all: readonly bigint[]) => all.reduce((one, other) => one + other, 0n);
  const exact = sum(amounts.filter(isBilled));
  same('exactMicros', total.exactMicros, exact);
  same('suspenseMicros', total.suspenseMicros, sum(amounts) - exact);
  const due = exact + total.carryInMicros;
  const billed = roundHalfEven(due, perMinor);
  same('billedMinor', total.billedMinor, billed);
  same('carryMicros', total.carryMicros, due - billed * perMinor);
  const billedLines = lines.filter(isBilled);
  const shares = spreadOver(amounts.filter(isBilled), billed, perMinor);
  for (const [place, line] of billedLines.entries())
    same(`billedMinor of line ${line.n}`, line.billedMinor, shares[place] ?? 0n);
  for (const line of lines.filter(({ isDisputed }) => isDisputed))
    same(`billedMinor of line ${line.n}, in dispute,`, line.billedMinor, 0n);
  return billed;
}

function checkNet(
  own: { id: string; netMinor: bigint; currency: string },
  told: NetRecord | undefined,
  { differences, perMinorOf }: { differences: string[]; perMinorOf: (currency: string) => bigint },
): void {
  if (told === undefined) {
    if (own.netMinor !== 0n) differences.push(`the net of ${own.id} is missing; its statement gives ${own.netMinor}`);
    return;
  }
  const same = (what: string, says: bigint, gives: bigint) => {
    if (says !== gives) differences.push(`${what} of ${own.id}: the package says ${says}, its records give ${gives}`);
  };
  same('netMinor', told.netMinor, own.netMinor);
  if (told.carryInParts !== undefined) {
    const { leftMinor, fromDepositMinor, shares } = told.carryInParts;
    const borne = shares.reduce((sum, { borneMinor }) => sum + borneMinor, 0n);
    same('carryInMinor', told.carryInMinor, leftMinor + fromDepositMinor - borne);
  }
  same('payMinor and carryOutMinor together', told.payMinor + told.carryOutMinor, own.netMinor + told.carryInMinor);
  const converted =
    told.rate === null
      ? told.payMinor
      : convertMinor(told.payMinor, {
          rate: told.rate,
          fromPerMinor: perMinorOf(own.currency),
          toPerMinor: perMinorOf(told.payCurrency),
        });
  same('payAmountMinor', told.payAmountMinor, converted);
}
