import { SimulateRuleQuery } from './simulate-rule.query';

/** Everything of the graph that tries rules before they count. */
export const simulateRuleResolvers = [SimulateRuleQuery] as const;
