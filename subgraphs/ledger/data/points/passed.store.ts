import type { Client } from 'pg';
import { sql } from '../../../../kernel/db/sql';
import { digest } from '../../../../kernel/values/canonical';
import type { PassedRule } from '../../core/rules/explanation';
import type { Cells } from './cells';
import { inserting } from './recordset';

/** Rules that gave nothing, as a row holds them. */
type Stored = readonly (readonly [ruleId: string, campaignId: string | null, reason: PassedRule['reason']])[];

interface Written {
  readonly id: string;
  readonly text: string;
}

/** By the very list: purchases that came out alike share one, and it is written out and hashed once. */
const written = new WeakMap<readonly PassedRule[], Written>();

function writtenOf(passed: readonly PassedRule[]): Written {
  const known = written.get(passed);
  if (known !== undefined) return known;
  const text = JSON.stringify(passed.map(({ ruleId, campaignId, reason }) => [ruleId, campaignId, reason]));
  const made = { id: idOf(text), text };
  written.set(passed, made);
  return made;
}

/** A UUID made of a list's hash, without its hyphens, so that equal lists are one row whoever writes them. */
const idOf = (text: string): string => digest(text).slice(0, 32);

/** The id of a list of rules that gave nothing. */
export function passedId(passed: readonly PassedRule[]): string {
  return writtenOf(passed).id;
}

/** Reads a list as its row holds it. */
export function passedFrom(stored: unknown): PassedRule[] {
  return (stored as Stored).map(([ruleId, campaignId, reason]) => ({ ruleId, campaignId, reason }));
}

/** Adds lists that are not there yet. */
export const PASSED = inserting('passed_rules', { id: 'uuid', passed: 'jsonb' }, '(id) do nothing');

/** Lists as their rows hold them, each once and in the order of their ids: lanes that add the same never wait in a circle. */
export function passedRows(lists: Iterable<readonly PassedRule[]>): Cells[] {
  const rows = new Map([...lists].map((list) => [passedId(list), writtenOf(list).text]));
  return [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
}

const PAGE_PASSED = sql`/* ledger.passedRules.page */
select id, passed from passed_rules where id > $1 order by id limit 1000`;

/** Ids of lists whose content is no longer what the id is the hash of. */
export async function findChangedPassed(connection: Pick<Client, 'query'>): Promise<string[]> {
  const changed: string[] = [];
  for (let after = '00000000-0000-0000-0000-000000000000'; ;) {
    const { rows } = await connection.query<{ id: string; passed: Stored }>(PAGE_PASSED, [after]);
    const last = rows.at(-1);
    if (last === undefined) return changed;
    const isChanged = ({ id, passed }: (typeof rows)[number]) =>
      idOf(JSON.stringify(passed)) !== id.replaceAll('-', '');
    changed.push(...rows.filter(isChanged).map(({ id }) => id));
    after = last.id;
  }
}
