import { AccountQuery, MemberPointsQuery } from './account.query';
import { LiveSubscription } from './live.subscription';
import { DrawQuery, LotQuery, RedemptionQuery, StatementEntryQuery } from './movement.query';
import { PostingMutation } from './posting.mutation';

/** Everything of the graph that is about points. */
export const pointResolvers = [
  MemberPointsQuery,
  AccountQuery,
  LotQuery,
  StatementEntryQuery,
  RedemptionQuery,
  DrawQuery,
  PostingMutation,
  LiveSubscription,
] as const;
