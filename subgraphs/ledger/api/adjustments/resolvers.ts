import { AdjustmentMutation } from './adjustment.mutation';
import { AdjustmentQuery } from './adjustment.query';

/** Corrections by two persons. */
export const adjustmentResolvers = [AdjustmentQuery, AdjustmentMutation] as const;
