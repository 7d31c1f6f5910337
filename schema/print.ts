import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import { compareWithContract } from './contract';
import { printAll } from './printed';
import { subgraphSdls } from './subgraphs';

const folder = join(projectRoot(), 'schema');

/** Writes the printed files, or with `--check` only says which of them are not what the code would print. */
function main(check: boolean): void {
  const printed = printAll(subgraphSdls());
  const drifted = Object.keys(printed).filter((name) => read(name) !== printed[name]);
  if (!check) {
    for (const name of drifted) writeFileSync(join(folder, name), printed[name] as string);
    strikeOff(printed['api.graphql'] as string);
  }
  for (const name of drifted) console.log(`${check ? 'not up to date' : 'written'}: schema/${name}`);
  if (check && drifted.length > 0) process.exitCode = 1;
}

/** Takes from the list of what is promised and not there yet whatever is there now. It never grows by itself. */
function strikeOff(api: string): void {
  const absent = new Set(compareWithContract(read('contract.graphql') ?? '', api).absent);
  const listed = JSON.parse(read('not-yet.json') ?? '[]') as string[];
  const left = listed.filter((name) => absent.has(name));
  writeFileSync(join(folder, 'not-yet.json'), `${JSON.stringify(left, null, 2)}\n`);
}

function read(name: string): string | null {
  const file = join(folder, name);
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

main(process.argv.includes('--check'));
