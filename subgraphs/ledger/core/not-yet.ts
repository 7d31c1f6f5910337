import { refuse } from './refusals';

/** LEDGER_OCCURRED_IN_FUTURE. It names the programme's time, since a sandbox's clock stands still. */
export const notYet = (what: string, now: Date) =>
  refuse(
    'LEDGER_OCCURRED_IN_FUTURE',
    `${what} has not happened yet: by the programme’s clock it is ${now.toISOString()}.`,
  );
