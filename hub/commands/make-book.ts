import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { makeBook } from '../books/make-book';
import { print } from '../console';
import { outFile } from '../out-file';

/** `hub make-book`: a random settlement case as a file. */
export function makeBookCommand(): Command {
  return new Command('make-book')
    .description('Writes a random book for hub settle-book; the same seed and size always give the same.')
    .requiredOption('--seed <n>', 'which book', whole)
    .requiredOption('--events <n>', 'how many events it has', whole)
    .option('--out <file>', 'where to write it; standard output when left out')
    .action(({ seed, events, out }: { seed: number; events: number; out?: string }) => {
      const file = out === undefined ? null : outFile(out);
      const text = JSON.stringify(makeBook(seed, events), null, 1);
      if (file === null) print(text);
      else writeFileSync(file, `${text}\n`);
    });
}

function whole(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number > 4_294_967_295)
    throw new InvalidArgumentError('a whole number from 0 on');
  return number;
}
