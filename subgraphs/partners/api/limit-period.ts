import { registerEnumType } from 'type-graphql';

/** A stretch of the calendar in the programme's time zone. */
export enum LimitPeriodName {
  DAY = 'DAY',
  MONTH = 'MONTH',
  YEAR = 'YEAR',
  EVER = 'EVER',
}
registerEnumType(LimitPeriodName, {
  name: 'LimitPeriod',
  description: 'The stretch of the programme’s calendar a limit counts in.',
  valuesConfig: {
    DAY: { description: 'A day.' },
    MONTH: { description: 'A calendar month.' },
    YEAR: { description: 'A calendar year.' },
    EVER: { description: 'All time: it never begins anew.' },
  },
});
