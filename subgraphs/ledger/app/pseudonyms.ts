import { createHmac } from 'node:crypto';
import type { HubSecrets } from '../../../kernel/graph/subgraph';
import type { Party } from '../core/settlement/directional-total';

/**
 * The name a member has on one party's papers: a keyed hash. The same member has the same name there every month, another name
 * at every other party, and without the key nobody finds the member behind it, nor one party's name in another's papers.
 *
 * @param reader whose papers they are; the operator's when null
 * @param wallet the member's, as rows hold it
 */
export function nameOnPapersOf(secret: string, reader: Party, wallet: string): string {
  const keyed = createHmac('sha256', secret).update(`statement-member\n${reader ?? 'operator'}\n${wallet}`);
  return `m-${keyed.digest('hex').slice(0, 20)}`;
}

/**
 * What a member is called within one pair: both its parties read the same, and no other pair does, so that nobody can put together
 * what a member does at partners that have nothing to do with each other.
 */
export function nameInPairOf({ identity }: HubSecrets, section: string, wallet: string): string {
  return createHmac('sha256', identity).update(`package ${section} ${wallet}`).digest('hex').slice(0, 20);
}
