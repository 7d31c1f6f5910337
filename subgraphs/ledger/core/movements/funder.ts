import type { PartnerId } from '../../../../kernel/values/id';
import type { Party } from '../points/lot';
import type { PostingFacts } from '../points/posting';
import { contractAt, partnerIn } from '../rule-book';

/** Whether a party can pay for points issued at an instant: a partner of the programme that has a contract then. */
export function mayFund(party: Party, at: Date, { book }: Pick<PostingFacts, 'book'>): boolean {
  if (party === null) return false;
  const partner = partnerIn(book, party as PartnerId);
  return partner?.status === 'ACTIVE' && contractAt(book, party as PartnerId, at) !== undefined;
}
