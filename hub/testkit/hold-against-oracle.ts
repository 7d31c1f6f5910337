import { canonicalJson } from '../../kernel/values/canonical';
import { microsPerMinor, type CurrencyCode } from '../../kernel/values/money';
import { DUE_NAMES, type Book } from '../books/book-format';
import type { BookResult } from '../books/present-book';
import { askOracle } from './book-oracle';
import { billOf } from './oracle-money';

/** Accounts of the money book that follow from events alone. */
const BY_EVENTS =
  /^(POINT_FUND|PREFUND|DEFERRED_MARGIN|MARGIN_INCOME|BREAKAGE_INCOME|PROGRAMME_FEES|GOODWILL_EXPENSE)(:|$)/;

const FELL_DUE: ReadonlySet<string> = new Set(DUE_NAMES);

interface Total {
  readonly debtor: string;
  readonly creditor: string;
  readonly billedMinor: number;
  readonly carryMicros: number;
  readonly lines: readonly { readonly event: string; readonly minor: number }[];
}

/**
 * Holds what the hub made of a book against the oracle, and against the properties that hold for every sequence of events.
 *
 * @returns what does not agree, in words; nothing when all of it does
 */
export function differencesOf(book: Book, result: BookResult): string[] {
  const oracle = askOracle(book);
  const perMinor = microsPerMinor(book.currency as CurrencyCode);
  const differences: string[] = [];
  const same = (what: string, hub: unknown, own: unknown): void => {
    if (Array.isArray(hub) && Array.isArray(own)) {
      for (let n = 0; n < Math.max(hub.length, own.length); n += 1) same(`${what}[${n}]`, hub[n], own[n]);
      return;
    }
    const [ours, theirs] = [canonicalJson(own ?? null), canonicalJson(hub ?? null)];
    if (ours !== theirs) differences.push(`${what}: hub ${theirs}, oracle ${ours}`);
  };
  // A disputed line waits in suspense: it is neither billed nor carried.
  const isDisputed = (line: { debtor: string; creditor: string; event: string; lot: string | null }) =>
    (book.disputes ?? []).some(
      ({ debtor, creditor, event, lot = null }) =>
        [debtor, creditor, event, lot].join('\n') === [line.debtor, line.creditor, line.event, line.lot].join('\n'),
    );
  const totals = result.totals as readonly Total[];
  const own = [...oracle.pairs]
    .map(([pair, all]) => {
      const [debtor, creditor] = pair.split('>') as [string, string];
      const lines = all.filter((line) => !isDisputed({ debtor, creditor, ...line }));
      const { exact, billed, carry, minors } = billOf(lines, perMinor);
      return {
        ...{ debtor, creditor, exactMicros: Number(exact), carryInMicros: 0 },
        ...{ billedMinor: Number(billed), carryMicros: Number(carry) },
        lines: lines.map((line, n) => ({ ...line, micros: Number(line.micros), minor: Number(minors[n]) })),
      };
    })
    .sort((a, b) => (`${a.debtor}>${a.creditor}` < `${b.debtor}>${b.creditor}` ? -1 : 1));
  for (const total of own) {
    const pair = ({ debtor, creditor }: Total) => `${debtor}>${creditor}`;
    const hub = totals.find((one) => pair(one) === pair(total));
    same(`lines of ${pair(total)}`, inAnyOrder(hub?.lines ?? []), inAnyOrder(total.lines));
    same(`total ${pair(total)}`, { ...hub, lines: [] }, { ...total, lines: [] });
  }
  same('pairs', totals.length, own.length);
  same('lots', result.lots, oracle.lots);
  const { balances, accounts } = result as unknown as Record<'balances' | 'accounts', Record<string, number>>;
  for (const [member, balance] of Object.entries(oracle.balances)) same(`balance ${member}`, balances[member], balance);
  // What is disputed of the operator's own dues is at its cost until it is decided.
  const inSuspense = [...oracle.pairs]
    .filter(([pair]) => pair.endsWith('>H'))
    .flatMap(([pair, lines]) =>
      lines.filter((line) => isDisputed({ debtor: pair.slice(0, -2), creditor: 'H', ...line })),
    )
    .reduce((sum, { micros }) => sum + micros, 0n);
  const money = new Map(oracle.money);
  money.set('GOODWILL_EXPENSE', (money.get('GOODWILL_EXPENSE') ?? 0n) - inSuspense);
  for (const [name, micros] of money)
    if (BY_EVENTS.test(name)) same(`account ${name}`, accounts[name] ?? 0, Number(micros));
  same('refused', result.refused, oracle.refused);
  return [...differences, ...brokenProperties(result, { totals, perMinor, balances: oracle.balances })];
}

/** What falls due for several members at one instant has no order among them: it is put into one for both sides. */
function inAnyOrder(lines: Total['lines']): Total['lines'] {
  const ordered: Total['lines'][number][] = [];
  for (let from = 0; from < lines.length;) {
    const due = lines[from]!.event;
    let to = from + 1;
    while (FELL_DUE.has(due) && lines[to]?.event === due) to += 1;
    ordered.push(...lines.slice(from, to).sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)));
    from = to;
  }
  return ordered;
}

function brokenProperties(
  { nets, accounts }: BookResult,
  of: {
    totals: readonly Total[];
    perMinor: bigint;
    balances: Readonly<Record<string, { available: number; arrears: object }>>;
  },
): string[] {
  const broken: string[] = [];
  const holds = (what: string, is: boolean) => is || broken.push(what);
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  holds('nets sum to zero', sum(Object.values(nets as Record<string, number>)) === 0);
  const entries = Object.entries(accounts as Record<string, number>);
  const isPoints = (name: string) =>
    /^(ISSUED|REDEEMED|EXPIRED|CLAWED_BACK|AVAILABLE|PENDING|HELD|ARREARS):/.test(name);
  holds('the points book sums to zero', sum(entries.filter(([name]) => isPoints(name)).map(([, one]) => one)) === 0);
  holds('the money book sums to zero', sum(entries.filter(([name]) => !isPoints(name)).map(([, one]) => one)) === 0);
  for (const { debtor, creditor, billedMinor, carryMicros, lines } of of.totals) {
    holds(`lines of ${debtor}>${creditor} add up`, sum(lines.map(({ minor }) => minor)) === billedMinor);
    holds(`the carry of ${debtor}>${creditor} is small`, Math.abs(carryMicros) * 2 <= Number(of.perMinor));
  }
  for (const [member, { available, arrears }] of Object.entries(of.balances))
    holds(`${member} has no points beside arrears`, available === 0 || Object.keys(arrears).length === 0);
  return broken;
}
