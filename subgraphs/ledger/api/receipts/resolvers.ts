import { ReceiptMutation } from './receipt.mutation';
import { ReceiptQuery } from './receipt.query';

/** Sales without a buyer and claims of missing points. */
export const receiptResolvers = [ReceiptQuery, ReceiptMutation] as const;
