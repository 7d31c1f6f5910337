import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, notFound } from '../../../../kernel/errors/shared-refusals';
import { campaignsOf } from '../../core/campaigns/campaign';
import { stretchesOf } from '../../core/campaigns/figures';
import type { Arm, Experiment } from '../../core/experiments/experiment';
import { upliftOf, type ArmCounts, type Uplift } from '../../core/experiments/report';
import type { RuleBook } from '../../core/rule-book';
import { countArms } from '../../data/experiments/report.store';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { programmeNow } from '../programme-now';

type ReportedLedger = Pick<Ledger, 'database' | 'whole' | 'book' | 'catchUpRules' | 'clock'>;

/** An arm, what its members did, and how they differ from the control; the control itself from nobody. */
export interface ArmReport {
  readonly arm: Arm;
  readonly counts: ArmCounts;
  readonly uplift: Uplift | null;
}

/** What came of an experiment by an instant of the programme's time. */
export interface ExperimentReport {
  readonly experiment: Experiment;
  /** How far the figures reach. */
  readonly through: Date;
  readonly arms: readonly ArmReport[];
  readonly currency: string;
}

/** The report on one experiment, to an admin or finance; NOT_FOUND for one the programme does not have. */
export async function readExperimentReport(
  ledger: ReportedLedger,
  principal: Principal,
  experimentId: string,
): Promise<ExperimentReport | Refusal> {
  if (principal.kind !== 'admin' && principal.kind !== 'finance') {
    return forbidden('Reports are for the programme’s admins and finance.');
  }
  const find = (book: RuleBook) => book.experiments.find(({ id }) => id === experimentId);
  const book = await currentBook(ledger, principal.programmeId);
  if (isRefusal(book)) return book;
  const known = find(book);
  if (known !== undefined) return report(ledger, book, known);
  await ledger.catchUpRules();
  const fresh = (await ledger.book(principal.programmeId)) ?? book;
  const experiment = find(fresh);
  return experiment === undefined ? notFound('experiment') : report(ledger, fresh, experiment);
}

async function report(ledger: ReportedLedger, book: RuleBook, experiment: Experiment): Promise<ExperimentReport> {
  const { programmeId, currency } = book;
  const now = await programmeNow(ledger, programmeId);
  const { from, through, end } = stretchesOf(experiment, now);
  const campaign = campaignsOf(book).find(({ id }) => experiment.kind === 'CAMPAIGN' && id === experiment.subject);
  const { id, arms } = experiment;
  const counts = await countArms(ledger.whole.pool, programmeId, {
    ...{ id, arms, from, end, partnerId: campaign?.partnerId ?? null, segments: campaign?.segments ?? [] },
  });
  const control = counts[arms.findIndex(({ isControl }) => isControl)] as ArmCounts;
  const reported = arms.map((arm, n): ArmReport => {
    const own = counts[n] as ArmCounts;
    return { arm, counts: own, uplift: arm.isControl ? null : upliftOf(own, control) };
  });
  return { experiment, through, arms: reported, currency };
}
