import { LiabilityQuery, RedemptionRateFields } from './liability.query';
import { ReportQuery } from './report.query';

/** Everything of the graph that is a report. */
export const reportResolvers = [ReportQuery, LiabilityQuery, RedemptionRateFields] as const;
