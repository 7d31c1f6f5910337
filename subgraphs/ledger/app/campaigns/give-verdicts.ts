import type { CurrencyCode } from '../../../../kernel/values/money';
import { campaignsOf, type Campaign } from '../../core/campaigns/campaign';
import { monthsOver, nextMonth } from '../../core/campaigns/month';
import { reasonsFor, verdictOf, type MeasuredUplift } from '../../core/campaigns/verdict';
import type { Experiment } from '../../core/experiments/experiment';
import { upliftOf, type ArmCounts } from '../../core/experiments/report';
import type { RuleBook } from '../../core/rule-book';
import { countCampaigns } from '../../data/campaigns/report.store';
import { keepVerdict, latestVerdicts } from '../../data/campaigns/verdict.store';
import { countArms } from '../../data/experiments/report.store';
import type { Ledger } from '../ledger';

const PPM = 1_000_000;

type JudgingLedger = Pick<Ledger, 'database'>;

/** The earliest instant up to `upTo` at which a campaign is to be judged; null when none is. */
export async function nextVerdictDue(ledger: JudgingLedger, book: RuleBook, upTo: Date): Promise<Date | null> {
  const campaigns = campaignsOf(book);
  if (campaigns.every(({ from }) => from > upTo)) return null;
  const latest = await latestVerdicts(ledger.database.pool, book.programmeId);
  const due = campaigns.flatMap((campaign) => {
    const month = nextMonth(campaign, { after: latest.get(campaign.id) ?? null, timeZone: book.timeZone });
    return month === null || month.end > upTo ? [] : [month.end];
  });
  return due.reduce<Date | null>((first, at) => (first === null || at < first ? at : first), null);
}

/**
 * Judges every campaign for each month that is over and that it ran in, by its figures from its beginning to the end of that month.
 * A month is judged once: whoever comes again, or at the same time, adds nothing.
 */
export async function giveVerdicts(
  ledger: JudgingLedger,
  book: RuleBook,
  { now, stopping }: { now: Date; stopping?: AbortSignal | undefined },
): Promise<void> {
  const campaigns = campaignsOf(book);
  if (campaigns.every(({ from }) => from > now)) return;
  const latest = await latestVerdicts(ledger.database.pool, book.programmeId);
  const { timeZone } = book;
  for (const campaign of campaigns) {
    for (const month of monthsOver(campaign, { after: latest.get(campaign.id) ?? null, now, timeZone })) {
      if (stopping?.aborted) return;
      await judge(ledger, book, { campaign, month, givenAt: now });
    }
  }
}

interface Case {
  readonly campaign: Campaign;
  readonly month: { readonly name: string; readonly end: Date };
  readonly givenAt: Date;
}

async function judge(
  { database: { pool } }: JudgingLedger,
  book: RuleBook,
  { campaign, month, givenAt }: Case,
): Promise<void> {
  const { programmeId, faceValueMicros, currency } = book;
  const { id: campaignId, from, until } = campaign;
  const through = until !== null && until < month.end ? until : month.end;
  const stretches = { from, through, end: through, beforeFrom: new Date(2 * from.getTime() - through.getTime()) };
  const counts = (await countCampaigns(pool, programmeId, [{ ...campaign, stretches }])).get(campaignId);
  if (counts === undefined) throw new Error(`giveVerdicts: ${campaignId} was not counted`);
  const uplift = await upliftUpTo(pool, book, { campaign, through });
  const reasons = reasonsFor({
    ...{ campaign, counts, faceValueMicros, currency: currency as CurrencyCode, through, uplift },
  });
  const verdict = verdictOf(reasons);
  await keepVerdict(pool, programmeId, {
    ...{ campaignId, month: month.name, verdict, reasons, through, givenAt, counts },
  });
}

/** How much more members spent than those that the latest experiment about the campaign held out; null where there was none. */
async function upliftUpTo(
  pool: Ledger['database']['pool'],
  { experiments, programmeId }: RuleBook,
  { campaign: { id: campaignId, partnerId, segments }, through }: { campaign: Campaign; through: Date },
): Promise<MeasuredUplift | null> {
  const about = experiments.filter(
    ({ kind, subject, from }) => kind === 'CAMPAIGN' && subject === campaignId && from < through,
  );
  const latest = about.reduce<Experiment | null>(
    (last, one) => (last === null || one.from > last.from ? one : last),
    null,
  );
  if (latest === null) return null;
  const { id, arms, from, until } = latest;
  const end = until !== null && until < through ? until : through;
  const counts = await countArms(pool, programmeId, { id, arms, from, end, partnerId, segments });
  const control = counts[arms.findIndex(({ isControl }) => isControl)] as ArmCounts;
  const { spend } = upliftOf(treatedOf(counts, control), control);
  const mean = Number(control.spendMinor) / Number(control.members);
  if (spend === null || !(mean > 0)) return null;
  return {
    differencePpm: BigInt(Math.round((spend.difference / mean) * PPM)),
    isCertain: spend.low > 0 || spend.high < 0,
  };
}

/** All arms but the control as one. */
function treatedOf(counts: readonly ArmCounts[], control: ArmCounts): ArmCounts {
  const sum = (name: Exclude<keyof ArmCounts, 'code'>) =>
    counts.reduce((all, one) => (one === control ? all : all + one[name]), 0n);
  return {
    ...{ code: 'treated', members: sum('members'), buyers: sum('buyers'), purchases: sum('purchases') },
    ...{ spendMinor: sum('spendMinor'), spendSquares: sum('spendSquares'), redeemers: sum('redeemers') },
    ...{ pointsSpent: sum('pointsSpent'), pointsSquares: sum('pointsSquares') },
  };
}
