import { BookQuery } from './book.query';

/** Everything of the graph that shows the books themselves. */
export const bookResolvers = [BookQuery] as const;
