import { Arg, Ctx, FieldResolver, ID, Query, Resolver, Root } from 'type-graphql';
import { microsPerMinor, type CurrencyCode } from '../../../../kernel/values/money';
import type { MemberId } from '../../../../kernel/values/id';
import { readExperimentReport, type ArmReport, type ExperimentReport } from '../../app/experiments/read-experiments';
import { armsAt } from '../../core/experiments/experiment';
import type { Interval } from '../../core/experiments/uplift';
import type { LedgerContext } from '../context';
import { MemberStub } from '../points/account.type';
import { orFault } from '../reports/report.query';
import { ExperimentReportType, MemberArmType } from './experiment.type';

/** Who is in which arm, and what came of it. */
@Resolver(() => MemberStub)
export class ExperimentQuery {
  @Query(() => ExperimentReportType, { description: 'What came of one experiment. Admin, finance.' })
  async experimentReport(
    @Arg('experimentId', () => ID, { description: 'The experiment’s id.' }) experimentId: string,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object> {
    return shown(orFault(await readExperimentReport(ledger, principal, experimentId)));
  }

  @FieldResolver(() => [MemberArmType], {
    nullable: true,
    description: 'The member’s arms in the experiments that run; for those who may read the account.',
  })
  async experimentArms(@Root() { id }: { id: MemberId }, @Ctx() { loaders }: LedgerContext): Promise<object[] | null> {
    const account = await loaders.account.load(id);
    if (account === null) return null;
    const present = await loaders.present.load(account.programmeId);
    const arms = present === null ? [] : armsAt(present.book.experiments, id, present.now);
    return arms.map(({ experiment, arm }) => ({
      ...{ experimentId: experiment.id, code: experiment.code, kind: experiment.kind, subject: experiment.subject },
      ...{ arm: arm.code, isControl: arm.isControl },
    }));
  }
}

const PPM = 1_000_000;

function shown({ experiment, through, arms, currency }: ExperimentReport): object {
  const { id: experimentId, code, from, until } = experiment;
  return { experimentId, code, from, until, through, arms: arms.map((one) => armShown(one, currency)) };
}

function armShown({ arm, counts, uplift }: ArmReport, currency: string): object {
  const { code, isControl } = arm;
  const { members, buyers, purchases, spendMinor, redeemers, pointsSpent } = counts;
  const micros = Number(microsPerMinor(currency as CurrencyCode));
  return {
    ...{ arm: code, isControl, members, buyers, purchases, redeemers, pointsSpent },
    spend: { amountMinor: spendMinor, currency },
    uplift: uplift && {
      buyersPpm: scaled(uplift.buyers, PPM),
      redeemersPpm: scaled(uplift.redeemers, PPM),
      spendMicros: scaled(uplift.spend, micros),
      pointsSpentMilli: scaled(uplift.points, 1_000),
    },
  };
}

/** Statistics are estimates: what is shown is whole, of a unit small enough. */
function scaled(interval: Interval | null, unit: number): object | null {
  if (interval === null) return null;
  const whole = (value: number) => BigInt(Math.round(value * unit));
  const { difference, low, high } = interval;
  return { difference: whole(difference), low: whole(low), high: whole(high), isCertain: low > 0 || high < 0 };
}
