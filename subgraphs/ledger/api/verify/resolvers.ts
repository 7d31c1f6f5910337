import { FreezeMutation, FreezeQuery } from './freeze.mutation';
import { FreezeSubscription } from './freeze.subscription';

/** Accounts whose posting was stopped. */
export const verifyResolvers = [FreezeQuery, FreezeMutation, FreezeSubscription] as const;
