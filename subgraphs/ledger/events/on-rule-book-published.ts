import type { EventReaction } from '../../../kernel/events/consumer';
import { acceptRuleBook } from '../app/accept-rule-book';

/** partners announced the programme's rules, whole: they replace the ones held. */
export const onRuleBookPublished: EventReaction = (tx, { payload }) => acceptRuleBook(tx, payload);
