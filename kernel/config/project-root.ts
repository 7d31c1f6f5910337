import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PROJECT_NAME = 'loyalty-hub';
let found: string | undefined;

/**
 * The folder that holds this project's `package.json`, as an absolute path.
 *
 * SQL and SDL files are read at run time from the source tree, also by the compiled code in `dist/`, which holds only
 * JavaScript; both find the tree by walking upwards from this file.
 *
 * @throws Error when the compiled code was moved away from its `package.json`
 */
export function projectRoot(): string {
  found ??= findUpwards(__dirname);
  return found;
}

function findUpwards(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (isProject(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`No package.json of ${PROJECT_NAME} above ${start}`);
  }
}

function isProject(packageFile: string): boolean {
  if (!existsSync(packageFile)) return false;
  return (JSON.parse(readFileSync(packageFile, 'utf8')) as { name?: string }).name === PROJECT_NAME;
}
