import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import type { Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, invalidInput, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId, type ProgrammeId } from '../../../../kernel/values/id';
import { dayOf } from '../../../../kernel/values/instant';
import { expectedRedemptions, type ExpectedRedemption, type RateOverride } from '../../core/reports/chain-ladder';
import { rollForward, together, type EstimatedVintage, type RollForward } from '../../core/reports/contract-liability';
import {
  isMonth,
  monthAfter,
  standingsAt,
  vintageName,
  type Month,
  type VintageFlow,
  type VintageStanding,
} from '../../core/reports/vintage';
import type { RuleBook } from '../../core/rule-book';
import type { Party } from '../../core/settlement/directional-total';
import { loadApprovedRates } from '../../data/reports/redemption-rate.store';
import { loadVintageFlows, type CountedFlow } from '../../data/reports/vintage.store';
import type { Ledger } from '../ledger';
import { sightOf } from '../settlement/read-cycles';

/** What reports of liability need of the ledger. */
type ReportedLedger = Pick<Ledger, 'database' | 'whole' | 'book'>;

/** Figures about fewer members than this are not shown to partners: they would be about somebody. */
export const MEMBERS_MIN = 5n;

/** One issuer's points earned in one month, at the end of another. */
export interface VintageLiability extends VintageStanding {
  readonly members: bigint;
  readonly expected: ExpectedRedemption;
  /** Whether it is about too few members for this reader; then no figure is to be shown. */
  readonly isHidden: boolean;
}

/** How one issuer's contract liability moved over some months. */
export interface IssuerRollForward extends RollForward {
  readonly issuerId: Party;
  readonly isHidden: boolean;
}

interface Asked {
  readonly programmeId: ProgrammeId;
  readonly book: RuleBook;
  /** Whose figures; everybody's when null. */
  readonly issuerId: Party;
  readonly isDesk: boolean;
}

/** Whose figures a reader asks for and may see: a partner its own, the desk one issuer's or all. */
async function scopeOf(ledger: ReportedLedger, principal: Principal, issuer: string | null): Promise<Asked | Refusal> {
  const [programmeId, sight] = [programmeOf(principal), sightOf(principal)];
  if (programmeId === null || sight === null)
    return forbidden('Reports are for partners and those who run the programme.');
  const named = issuer === null ? null : parseId('ptr', issuer);
  if (issuer !== null && (named === null || (sight !== 'all' && named !== sight))) return notFound('partner');
  const book = await ledger.book(programmeId);
  if (book === null) return notFound('programme');
  return { programmeId, book, issuerId: sight === 'all' ? named : sight, isDesk: sight === 'all' };
}

/** Flows and approved rates as far as they were recorded by the end of a month. */
async function loadAll(ledger: ReportedLedger, { programmeId, book, issuerId }: Asked, through: Month) {
  const { timeZone } = book;
  const [flows, rates] = await Promise.all([
    loadVintageFlows(ledger.whole.pool, { programmeId, issuerId, through }),
    loadApprovedRates(ledger.database.pool, programmeId, timeZone),
  ]);
  const overrides = rates
    .map((rate): RateOverride => ({ ...rate, since: dayOf(rate.approvedAt!, timeZone).slice(0, 7) }))
    .sort((a, b) => (a.since < b.since ? -1 : 1));
  return { flows, overrides };
}

/** Every vintage at the end of a month, with what is expected of it. */
function estimated(
  flows: readonly VintageFlow[],
  overrides: readonly RateOverride[],
  through: Month,
): EstimatedVintage[] {
  return [...byIssuer(flows, ({ issuerId }) => issuerId)].flatMap(([issuerId, mine]) => {
    const own = overrides.filter((override) => override.issuerId === issuerId);
    const expected = expectedRedemptions(mine, through, own);
    return standingsAt(mine, through).map((standing) => ({ standing, expected: expected.get(standing.vintage)! }));
  });
}

/** What there is of each issuer, issuers in the order they come in. */
function byIssuer<T>(all: readonly T[], issuerOf: (one: T) => Party): Map<Party, T[]> {
  const groups = new Map<Party, T[]>();
  for (const one of all) {
    const group = groups.get(issuerOf(one));
    if (group === undefined) groups.set(issuerOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

/** How many members are counted under each name. */
function counted(flows: readonly CountedFlow[], of: (flow: CountedFlow) => [name: string, members: bigint]) {
  const counts = new Map<string, bigint>();
  for (const [name, members] of flows.map(of)) counts.set(name, (counts.get(name) ?? 0n) + members);
  return (name: string): bigint => counts.get(name) ?? 0n;
}

/**
 * Points by issuer and month of earning at the end of a month: issued, redeemed, taken back, expired, outstanding, and how many
 * of them are expected to be redeemed in the end.
 */
export async function readPointLiability(
  ledger: ReportedLedger,
  principal: Principal,
  { through, issuerId }: { through: string; issuerId: string | null },
): Promise<{ currency: string; vintages: VintageLiability[] } | Refusal> {
  const asked = await scopeOf(ledger, principal, issuerId);
  if ('kind' in asked) return asked;
  if (!isMonth(through)) return invalidInput('through', 'must be a month, such as 2026-03');
  const { flows, overrides } = await loadAll(ledger, asked, through);
  const membersOf = counted(flows, (flow) => [vintageName(flow), flow.members]);
  const vintages = estimated(flows, overrides, through).map(({ standing, expected }) => {
    const members = membersOf(vintageName(standing));
    return { ...standing, expected, members, isHidden: !asked.isDesk && members < MEMBERS_MIN };
  });
  return { currency: asked.book.currency, vintages };
}

/** How each issuer's contract liability moved from the start of one month to the end of another. */
export async function readContractLiability(
  ledger: ReportedLedger,
  principal: Principal,
  { from, through, issuerId }: { from: string; through: string; issuerId: string | null },
): Promise<{ currency: string; issuers: IssuerRollForward[] } | Refusal> {
  const asked = await scopeOf(ledger, principal, issuerId);
  if ('kind' in asked) return asked;
  if (!isMonth(from)) return invalidInput('from', 'must be a month, such as 2026-03');
  if (!isMonth(through) || through < from) return invalidInput('through', 'must be a month, and not before `from`');
  const { flows, overrides } = await loadAll(ledger, asked, through);
  const membersOf = counted(flows, (flow) => [flow.issuerId ?? '', flow.membersOfIssuer]);
  const opening = new Map(
    estimated(flows, overrides, monthAfter(from, -1)).map((before) => [vintageName(before.standing), before]),
  );
  const movements = byIssuer(estimated(flows, overrides, through), ({ standing }) => standing.issuerId);
  const issuers = [...movements].map(([id, closing]) => ({
    issuerId: id,
    isHidden: !asked.isDesk && membersOf(id ?? '') < MEMBERS_MIN,
    ...together(closing.map((after) => rollForward(opening.get(vintageName(after.standing)) ?? null, after))),
  }));
  return { currency: asked.book.currency, issuers };
}
