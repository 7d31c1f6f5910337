import { knownEvents } from './catalogues';
import { settlePage, table } from './page';

const introduction = `# Events

Printed by \`npm run docs:print\` from \`subgraphs/*/events/published.ts\`; a test keeps the two equal.

An event is written in the transaction that made it true, is delivered at least once and in the order of its feed, names things by id
and holds no personal data. A new shape is a new version beside the old one. Whoever hears an event keeps its own place in the feed
(docs/adr/0005).
`;

/** The text of docs/events.md. */
export function eventsPage(): string {
  const rows = knownEvents().map(({ type, meaning, heardBy }) => [
    `\`${type}\``,
    meaning,
    heardBy.join(', ') || 'nobody yet',
  ]);
  return `${introduction}\n${table(['event', 'what became true', 'heard by'], rows)}\n`;
}

if (require.main === module) process.exitCode = settlePage('docs/events.md', eventsPage(), process.argv.slice(2));
