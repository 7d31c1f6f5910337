import { programmeOf, type Principal } from '../../../../kernel/context/principal';
import type { Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { parseId, type Id, type ProgrammeId } from '../../../../kernel/values/id';
import type { RuleBook } from '../../core/rule-book';
import {
  loadMemberTotals,
  loadPartnerTotals,
  loadPointFlows,
  type MemberTotal,
  type PartnerTotal,
  type PointFlow,
} from '../../data/reports/report.store';
import { loadTestClock } from '../../data/programme.store';
import type { Ledger } from '../ledger';

export type { MemberTotal };

/** What reports need of the ledger. */
type ReportedLedger = Pick<Ledger, 'database' | 'whole' | 'book'>;

/** Reports are the coalition desk's: admins and finance approvers of the programme. */
async function desk(
  ledger: ReportedLedger,
  principal: Principal,
): Promise<{ programmeId: ProgrammeId; book: RuleBook } | Refusal> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance')
    return forbidden('Reports are for the programme’s admins and finance.');
  const book = await ledger.book(principal.programmeId);
  return book === null ? notFound('programme') : { programmeId: principal.programmeId, book };
}

/** A cycle the desk asks about. */
async function cycleOfDesk(
  ledger: ReportedLedger,
  principal: Principal,
  cycle: string,
): Promise<{ programmeId: ProgrammeId; book: RuleBook; cycleId: Id<'cyc'> } | Refusal> {
  const at = await desk(ledger, principal);
  if ('kind' in at) return at;
  const cycleId: Id<'cyc'> | null = parseId('cyc', cycle);
  return cycleId === null ? notFound('settlement cycle') : { ...at, cycleId };
}

/** Points by issuer and redeemer in a cycle, own brand included. */
export async function readPointFlows(
  ledger: ReportedLedger,
  principal: Principal,
  cycleId: string,
): Promise<{ currency: string; flows: PointFlow[] } | Refusal> {
  const at = await cycleOfDesk(ledger, principal, cycleId);
  if ('kind' in at) return at;
  const { book } = at;
  const prices = book.contracts.map(({ partnerId, validFrom, reimbursementMicros }) => ({
    partnerId,
    validFrom,
    micros: reimbursementMicros,
  }));
  return {
    currency: book.currency,
    flows: await loadPointFlows(ledger.whole.pool, at, prices),
  };
}

/** Each partner's month as issuer. */
export async function readPartnerTotals(
  ledger: ReportedLedger,
  principal: Principal,
  cycleId: string,
): Promise<{ currency: string; totals: PartnerTotal[] } | Refusal> {
  const at = await cycleOfDesk(ledger, principal, cycleId);
  if ('kind' in at) return at;
  const { book } = at;
  const partnerIds = book.partners.map((partner) => partner.id);
  return {
    currency: book.currency,
    totals: await loadPartnerTotals(ledger.whole.pool, at, partnerIds),
  };
}

/** A page of members' totals. */
export async function readMemberTotals(
  ledger: ReportedLedger,
  principal: Principal,
  page: { afterWallet: string | null; limit: number },
): Promise<MemberTotal[] | Refusal> {
  const at = await desk(ledger, principal);
  return 'kind' in at ? at : loadMemberTotals(ledger.database.pool, at.programmeId, page);
}

/** The programme's clock; null to those of no programme, or while the programme has not reached the ledger. */
export async function readProgrammeClock(
  ledger: Ledger,
  principal: Principal,
): Promise<{ now: Date; isTestClock: boolean; ruleBookVersion: bigint } | null> {
  const programmeId = programmeOf(principal);
  if (programmeId === null) return null;
  let testNow = await loadTestClock(ledger.database.pool, programmeId);
  if (testNow === undefined) {
    await ledger.catchUpRules();
    testNow = await loadTestClock(ledger.database.pool, programmeId);
  }
  if (testNow === undefined) return null;
  const ruleBookVersion = (await ledger.book(programmeId))?.version ?? 0n;
  return { now: testNow ?? ledger.clock.now(), isTestClock: testNow !== null, ruleBookVersion };
}
