import { inTransaction } from '../../../../kernel/db/transaction';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { newId, type MemberId } from '../../../../kernel/values/id';
import { blindIndex, normaliseIdentity } from '../../../../kernel/values/identity';
import { ledgerDatabase } from '../../data/database';
import { findLinks, saveLink, type RunSql } from '../../data/directory.store';
import { learnIdentity, learnLink } from '../learn-member';
import { MemberDirectory, type AskMembers, type MemberRef, type MemberStanding } from './member-directory';

const KEY = 'k'.repeat(32);
const programmeId = newId('prg');
const partnerId = newId('ptr');
let database: TestDatabase;
let cards = 0;

beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
});
afterAll(() => database.drop());

/** A card nobody has shown before, as a till names it and as the projection does. */
function aCard() {
  const value = `CARD${1_000_000 + (cards += 1)}`;
  const normalised = normaliseIdentity('CARD', value);
  if (normalised === null) throw new Error(`${value} is no card`);
  const index = blindIndex(KEY, { programmeId, kind: 'CARD', partnerId, normalised });
  return { ref: { identity: { kind: 'CARD', value } as const }, index };
}
const directory = (askMembers: AskMembers) => new MemberDirectory(database, KEY, askMembers);
/** The member a till's reference names, and how far its partner's link goes. */
async function findLinked(found: MemberDirectory, ref: MemberRef) {
  const memberId = await found.findMember({ programmeId, partnerId }, ref);
  if (isRefusal(memberId)) return memberId;
  return { memberId, link: await found.linkOf({ programmeId, partnerId, memberId }) };
}
const openLink = (memberId: MemberId): MemberStanding => ({ memberId, partnerLinks: [{ partnerId, state: 'OPEN' }] });
const neverAsked: AskMembers = () => Promise.reject(new Error('members cannot be asked'));
const announceCard = (index: string, memberId: MemberId) =>
  inTransaction(database, (tx) => learnIdentity(tx, { programmeId, payload: { memberId, blindIndex: index } }));
const announceLink = (memberId: MemberId, state: 'OPEN' | 'CREDIT_ONLY') =>
  inTransaction(database, (tx) => learnLink(tx, { programmeId, payload: { memberId, partnerId, state } }));
const linkOf = async (memberId: MemberId) =>
  (await findLinks(database.pool, [{ programmeId, memberId, partnerId }]))[0];

describe('a member the ledger has not heard of', () => {
  it('is the same one for all tills that show the card at once, and is known from then on', async () => {
    const { ref, index } = aCard();
    const memberId = newId('mem');
    const found = directory(async () => openLink(memberId));
    const all = await Promise.all(Array.from({ length: 20 }, () => findLinked(found, ref)));
    expect(all).toEqual(Array.from({ length: 20 }, () => ({ memberId, link: 'OPEN' })));
    await announceCard(index, memberId);
    expect(await findLinked(directory(neverAsked), ref)).toMatchObject({
      memberId,
      link: 'OPEN',
    });
  });

  it('is refused for now while members cannot be asked, and found when they can', async () => {
    const { ref } = aCard();
    const memberId = newId('mem');
    const refused = await findLinked(directory(neverAsked), ref);
    expect(refused).toMatchObject({ code: 'LEDGER_MEMBER_NOT_KNOWN_YET', retryable: true });
    const found = await findLinked(
      directory(async () => openLink(memberId)),
      ref,
    );
    expect(found).toMatchObject({ memberId });
  });

  it('is not remembered as unknown: a card linked a moment later is found', async () => {
    const { ref, index } = aCard();
    const memberId = newId('mem');
    const tills = directory(async () => null);
    expect(isRefusal(await findLinked(tills, ref))).toBe(true);
    await announceCard(index, memberId);
    await announceLink(memberId, 'CREDIT_ONLY');
    expect(await findLinked(tills, ref)).toMatchObject({ memberId, link: 'CREDIT_ONLY' });
  });
});

describe('an announcement that arrives while members answer', () => {
  it('keeps a link open that was opened meanwhile', async () => {
    const memberId = newId('mem');
    const late = directory(async () => {
      await announceLink(memberId, 'OPEN');
      return { memberId, partnerLinks: [{ partnerId, state: 'CREDIT_ONLY' }] };
    });
    await findLinked(late, { id: memberId });
    expect(await linkOf(memberId)).toBe('OPEN');
    // Negative control: the answer written over the announcement closes the link for good.
    const run: RunSql = (text, values) => database.pool.query(text, [...values]);
    await saveLink(run, { programmeId, memberId, partnerId, state: 'CREDIT_ONLY' });
    expect(await linkOf(memberId)).not.toBe('OPEN');
  });

  it('lets a card name whom it was moved to meanwhile', async () => {
    const { ref, index } = aCard();
    const [before, after] = [newId('mem'), newId('mem')];
    await announceLink(after, 'OPEN');
    const late = directory(async () => {
      await announceCard(index, after);
      return openLink(before);
    });
    await findLinked(late, ref);
    expect(await findLinked(directory(neverAsked), ref)).toMatchObject({ memberId: after });
  });
});
