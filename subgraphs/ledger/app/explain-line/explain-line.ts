import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import type { LineDetail } from '../../core/closing-package/line-detail';
import { pairSection } from '../../core/closing-package/package-record';
import { explainLine, type LineExplanation } from '../../core/explain-line/explanation';
import { parseLineId } from '../../core/settlement/line-id';
import { loadLineDetails } from '../../data/closing-package/line-detail.store';
import { loadLinePlace } from '../../data/explain-line/line-place.store';
import { findCycles } from '../../data/settlement/cycle.store';
import { nameInPairOf } from '../pseudonyms';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { sightOf } from '../settlement/read-cycles';

/** A line, how it came about, and what its member is called between its two parties. */
export interface ExplainedLine {
  readonly line: LineDetail;
  readonly explanation: LineExplanation;
  readonly member: string;
  readonly currency: string;
}

/** Explains a line to its two parties and the desk, the same to all of them; null to everybody else, and when there is none. */
export async function readExplanation(
  ledger: Ledger,
  principal: Principal,
  lineId: string,
): Promise<ExplainedLine | null> {
  const programmeId = programmeOf(principal);
  const sight = sightOf(principal);
  const at = parseLineId(lineId);
  if (programmeId === null || sight === null || at === null) return null;
  const { pool } = ledger.database;
  const [cycle] = await findCycles(pool, programmeId, [at.cycleId]);
  const book = await currentBook(ledger, programmeId);
  if (cycle === undefined || isRefusal(book)) return null;
  const { pair, n } = at;
  const [line] = await loadLineDetails(pool, programmeId, { cycleId: cycle.id, pair, afterN: n - 1, limit: 1 });
  const place = await loadLinePlace(pool, { cycleId: cycle.id, pair, n });
  if (line?.n !== n || place === null) return null;
  if (sight !== 'all' && line.debtorId !== sight && line.creditorId !== sight) return null;
  const { currency } = cycle;
  const perMinor = microsPerMinor(currency as CurrencyCode);
  const explanation = explainLine(line, { place, contracts: book.contracts, microsPerMinor: perMinor });
  return { line, explanation, currency, member: nameInPairOf(ledger.secrets, pairSection(line), line.wallet) };
}
