import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';

/** A table of Markdown; a bar inside a cell is written so that it does not end the cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}

/**
 * Writes a printed page, or with `--check` compares it with what is there and leaves it alone.
 *
 * @returns the exit code: 1 when checked and different
 */
export function settlePage(path: string, text: string, options: readonly string[]): number {
  const file = join(projectRoot(), path);
  if (!options.includes('--check')) {
    writeFileSync(file, text);
    console.log(`${path} printed`);
    return 0;
  }
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return 0;
  console.error(`${path} differs from the code; run \`npm run docs:print\` and commit it`);
  return 1;
}
