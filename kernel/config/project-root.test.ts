import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './project-root';

describe('projectRoot', () => {
  it('is the folder of the source tree, where SQL and SDL files are', () => {
    expect(existsSync(join(projectRoot(), 'kernel', 'config', 'project-root.ts'))).toBe(true);
    expect(existsSync(join(projectRoot(), 'package.json'))).toBe(true);
  });
});
