import { openLog } from '../../kernel/telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { PartnersStub } from '../testkit/partners-stub';
import { gatewayDatabase } from './database';
import { KeyBook } from './key-book';

describe('the key book', () => {
  let database: TestDatabase;
  const partners = new PartnersStub();
  const opened: KeyBook[] = [];
  const open = () => {
    const book = new KeyBook(database, partners, openLog('gateway', 'silent'));
    opened.push(book);
    return book;
  };
  beforeAll(async () => {
    database = await openTestDatabase(gatewayDatabase);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await Promise.all(opened.splice(0).map((book) => book.stop()));
  });
  afterAll(async () => database.drop());

  it('reads the announcements a few times a second and no more for a flood of unknown keys', async () => {
    const book = open();
    const read = jest.spyOn(partners, 'read');
    const unknown = Array.from(
      { length: 200 },
      (_, n) => `hub_test_${n.toString(16).padStart(32, '0')}_${'A'.repeat(43)}`,
    );
    expect(await Promise.all(unknown.map((text) => book.recognise(text)))).toEqual(unknown.map(() => null));
    expect(read.mock.calls.length).toBeLessThan(5);
  });

  it('recognises each of many keys in the moment it is issued', async () => {
    const book = open();
    for (let n = 0; n < 3; n++) {
      const { text, keyId } = partners.issueKey();
      expect(await book.recognise(text)).toMatchObject({ keyId });
    }
  });

  it('reads a busy key once when what it knew is no longer fresh, however many requests wait for it', async () => {
    const book = open();
    const { text, keyId } = partners.issueKey();
    await book.recognise(text);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 5_000);
    const query = jest.spyOn(database.pool, 'query');
    const found = await Promise.all(Array.from({ length: 50 }, () => book.recognise(text)));
    expect(found.map((key) => key?.keyId)).toEqual(found.map(() => keyId));
    expect(query.mock.calls.length).toBeGreaterThan(0);
    expect(query.mock.calls.length).toBeLessThan(25);
  });

  it('forgets the key that was not used longest when it knows as many as it may', async () => {
    const book = new KeyBook(database, partners, openLog('gateway', 'silent'), 2);
    opened.push(book);
    const texts = [partners.issueKey().text, partners.issueKey().text, partners.issueKey().text] as const;
    for (const text of [texts[0], texts[1]]) await book.recognise(text);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 5_000);
    for (const text of [texts[0], texts[2]]) await book.recognise(text);
    expect(texts.map((text) => book.knows(text))).toEqual([true, false, true]);
  });

  it('shares what one gateway has read with the others', async () => {
    const [first, second] = [open(), open()];
    const { text, keyId } = partners.issueKey();
    await first.recognise(text);
    const read = jest.spyOn(partners, 'read');
    expect(await second.recognise(text)).toMatchObject({ keyId });
    expect(read).not.toHaveBeenCalled();
  });

  it('lets the last answer stand for fifteen minutes, and no longer, when the database does not answer', async () => {
    const book = open();
    const { text, keyId } = partners.issueKey();
    await book.recognise(text);
    jest.spyOn(database.pool, 'query').mockRejectedValue(new Error('connection refused') as never);
    const now = Date.now();
    jest.spyOn(Date, 'now').mockReturnValue(now + 14 * 60_000);
    expect(await book.recognise(text)).toMatchObject({ keyId });
    jest.spyOn(Date, 'now').mockReturnValue(now + 16 * 60_000);
    await expect(book.recognise(text)).rejects.toThrow();
  });
});
