import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import { commandCodes } from './command-codes';

describe('the codes of commands', () => {
  const codes = new Map(commandCodes());

  it('are all that the database side declares, and more', () => {
    const declared = readFileSync(join(projectRoot(), 'kernel/db/database-fault.ts'), 'utf8').match(
      /HUB_DATABASE_\w+/g,
    );
    expect(declared?.length).toBeGreaterThan(10);
    expect(declared?.filter((code) => !codes.has(code))).toEqual([]);
    expect(codes.size).toBeGreaterThan(40);
  });

  it('say what is known before, and no value', () => {
    expect(codes.get('HUB_MEMBER_UNKNOWN')).toEqual(['… has no member ….']);
    expect([...codes.values()].flat().filter((said) => /\$\{|`|\s$/.test(said))).toEqual([]);
  });
});
