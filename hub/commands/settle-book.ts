import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import { Fault } from '../../kernel/errors/fault';
import { issuerOf } from '../client/credentials';
import { withBookHub } from '../books/book-hub';
import { readBookFile } from '../books/check-book';
import { settleBook, writeResult } from '../books/settle-book';
import { readHubConfig } from '../composition/config';
import { runLimited } from '../replay/limiter';
import { print, tell } from '../console';

/** Each has a programme of its own, so they do not wait for one another. */
const BOOKS_AT_ONCE = 4;

interface Flags {
  readonly out?: string;
  readonly check?: boolean;
  readonly package?: boolean;
}

/** `hub settle-book`: settlement cases as files through the graph, and what came of them. */
export function settleBookCommand(): Command {
  return new Command('settle-book')
    .description(
      'Runs books (schema/book.schema.json) through the graph, each in a sandbox programme, and writes what came of them.',
    )
    .argument('<file>', 'the book, or a folder of books')
    .option('--out <dir>', 'folder for the result files; of a folder’s books, a folder in it for each')
    .option('--check', 'only say whether it is a book, and what is wrong with it')
    .option('--package', 'write the closing package too, as package.ndjson')
    .addHelpText(
      'after',
      '\nJoins the hub of the data folder while it runs; otherwise it opens one of its own there, which is removed afterwards.',
    )
    .action(async (place: string, { out, check, package: withPackage }: Flags, command: Command) => {
      if (check !== true && out === undefined) command.error("error: required option '--out <dir>' not specified");
      const files = filesAt(resolve(place));
      const books = files.map((file) => ({ book: readBookFile(file), name: basename(file, '.json') }));
      if (check === true) {
        for (const { book } of books)
          print(`${book.name}: ${book.events.length} events, ${book.partners.length} partners`);
        return;
      }
      const isFolder = statSync(place).isDirectory();
      const refused: string[] = [];
      await withBookHub(readHubConfig(), tell, async (hub) => {
        await runLimited(books, BOOKS_AT_ONCE, async ({ book, name }) => {
          try {
            const settled = await settleBook(book, { url: hub.url, issuer: issuerOf(hub), tell, withPackage });
            writeResult(isFolder ? join(resolve(out!), name) : resolve(out!), settled);
            print(isFolder ? `${name} ${JSON.stringify(settled.result.nets)}` : JSON.stringify(settled.result.nets));
          } catch (cause) {
            if (!isFolder || !(cause instanceof Fault) || cause.code !== 'HUB_COMMAND_REFUSED') throw cause;
            refused.push(`${name}: ${cause.message}`);
          }
        });
      });
      if (isFolder) tell(`${books.length - refused.length} books were settled`);
      if (refused.length > 0) throw new Fault('HUB_COMMAND_REFUSED', ['these were not:', ...refused].join('\n  '));
    });
}

function filesAt(place: string): string[] {
  if (!existsSync(place) || !statSync(place).isDirectory()) return [place];
  const names = readdirSync(place).filter((name) => name.endsWith('.json'));
  if (names.length === 0) throw new Fault('HUB_BOOK_INVALID', `there is no *.json in ${place}`);
  return names.sort().map((name) => join(place, name));
}
