import { SimulateCloseQuery } from './simulate-close.query';

/** Everything of the graph that says what a close would come to. */
export const simulateCloseResolvers = [SimulateCloseQuery] as const;
