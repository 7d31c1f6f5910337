import { inTransaction } from '../../../../kernel/db/transaction';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { newId, type MemberId } from '../../../../kernel/values/id';
import { blindIndex, normaliseIdentity } from '../../../../kernel/values/identity';
import { ledgerDatabase } from '../../data/database';
import { findLinks, saveLink, type RunSql } from '../../data/directory.store';
import { learnIdentity, learnLink } from '../learn-member';
import { MemberDirectory, type AskMembers, type MemberStanding } from './member-directory';

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
    const all = await Promise.all(Array.from({ length: 20 }, () => found.findLinked(programmeId, partnerId, ref)));
    expect(all).toEqual(Array.from({ length: 20 }, () => ({ memberId, link: 'OPEN', cardPresented: true })));
    await announceCard(index, memberId);
    expect(await directory(neverAsked).findLinked(programmeId, partnerId, ref)).toMatchObject({
      memberId,
      link: 'OPEN',
    });
  });

  it('is refused for now while members cannot be asked, and found when they can', async () => {
    const { ref } = aCard();
    const memberId = newId('mem');
    const refused = await directory(neverAsked).findLinked(programmeId, partnerId, ref);
    expect(refused).toMatchObject({ code: 'LEDGER_MEMBER_NOT_KNOWN_YET', retryable: true });
    const found = await directory(async () => openLink(memberId)).findLinked(programmeId, partnerId, ref);
    expect(found).toMatchObject({ memberId });
  });

  it('is not remembered as unknown: a card linked a moment later is found', async () => {
    const { ref, index } = aCard();
    const memberId = newId('mem');
    const tills = directory(async () => null);
    expect(isRefusal(await tills.findLinked(programmeId, partnerId, ref))).toBe(true);
    await announceCard(index, memberId);
    await announceLink(memberId, 'CREDIT_ONLY');
    expect(await tills.findLinked(programmeId, partnerId, ref)).toMatchObject({ memberId, link: 'CREDIT_ONLY' });
  });
});

describe('an announcement that arrives while members answer', () => {
  it('keeps a link open that was opened meanwhile', async () => {
    const memberId = newId('mem');
    const late = directory(async () => {
      await announceLink(memberId, 'OPEN');
      return { memberId, partnerLinks: [{ partnerId, state: 'CREDIT_ONLY' }] };
    });
    await late.findLinked(programmeId, partnerId, { id: memberId });
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
    await late.findLinked(programmeId, partnerId, ref);
    expect(await directory(neverAsked).findLinked(programmeId, partnerId, ref)).toMatchObject({ memberId: after });
  });
});
