import { AccountQuery, MemberPointsQuery } from './account.query';
import { LiveSubscription } from './live.subscription';
import { TierBenefitsQuery } from './tier-benefits.query';
import { TierHistoryQuery } from './tier-history.query';
import { DrawQuery, LotQuery, RedemptionQuery, StatementEntryQuery } from '../movements/movement.query';
import { CorrectionMutation } from '../movements/correction.mutation';
import { GiftMutation } from '../movements/gift.mutation';
import { PreviewQuery } from '../movements/preview.query';
import { SaleMutation } from '../movements/sale.mutation';

/** Everything of the graph that is about points. */
export const pointResolvers = [
  MemberPointsQuery,
  AccountQuery,
  TierHistoryQuery,
  TierBenefitsQuery,
  LotQuery,
  StatementEntryQuery,
  RedemptionQuery,
  DrawQuery,
  PreviewQuery,
  SaleMutation,
  GiftMutation,
  CorrectionMutation,
  LiveSubscription,
] as const;
