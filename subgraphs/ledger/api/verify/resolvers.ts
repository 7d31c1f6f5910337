import { FreezeMutation, FreezeQuery } from './freeze.mutation';

/** Accounts whose posting was stopped. */
export const verifyResolvers = [FreezeQuery, FreezeMutation] as const;
