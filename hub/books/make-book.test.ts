import { checkBook } from './check-book';
import { makeBook } from './make-book';

describe('a random book', () => {
  it('is a book, the same for the same seed and another for another', () => {
    for (let seed = 1; seed <= 60; seed += 1) expect(checkBook(makeBook(seed, 30))).toHaveProperty('book');
    expect(makeBook(7, 30)).toEqual(makeBook(7, 30));
    expect(makeBook(7, 30)).not.toEqual(makeBook(8, 30));
  });

  it('has every type of event, model and state that a book may have, sooner or later', () => {
    const books = Array.from({ length: 60 }, (_, n) => makeBook(n + 1, 30));
    const events = books.flatMap((book) => book.events);
    expect(new Set(events.map(({ type }) => type)).size).toBe(11);
    expect(new Set(books.flatMap(({ partners }) => partners.map(({ model }) => model))).size).toBe(3);
    expect(events.some((event) => event.type === 'earn' && event.pending === true)).toBe(true);
    expect(events.some((event) => event.type === 'earn' && (event.funding?.length ?? 0) > 2)).toBe(true);
    expect(events.some((event) => event.type === 'earn' && event.expiresAt === null)).toBe(true);
    expect(books.some(({ disputes }) => (disputes?.length ?? 0) > 0)).toBe(true);
    expect(new Set(books.map(({ currency }) => currency)).size).toBe(4);
  });
});
