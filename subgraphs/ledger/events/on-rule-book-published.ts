import type { EventReaction } from '../../../kernel/events/consumer';
import { acceptRuleBook } from '../app/accept-rule-book';
import { readRuleBook } from './rule-book-payload';

/** partners announced the programme's rules, whole: they replace the ones held. */
export const onRuleBookPublished: EventReaction = (tx, event) =>
  acceptRuleBook(tx, readRuleBook(event.payload), event.payload);
