import { ReportQuery } from './report.query';

/** Everything of the graph that is a report. */
export const reportResolvers = [ReportQuery] as const;
