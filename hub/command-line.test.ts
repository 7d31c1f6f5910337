import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../kernel/errors/fault';
import { hubProgram, inWords, run } from './command-line';

describe('the hub’s command line', () => {
  let written: string;
  beforeEach(() => {
    written = '';
    for (const stream of [process.stdout, process.stderr]) {
      jest.spyOn(stream, 'write').mockImplementation((text) => {
        written += String(text);
        return true;
      });
    }
  });
  afterEach(() => jest.restoreAllMocks());

  it('has a help for every command', async () => {
    for (const command of hubProgram().commands) {
      written = '';
      expect(await run(['node', 'hub', command.name(), '--help'])).toBe(0);
      expect(written).toContain(`Usage: hub ${command.name()}`);
    }
  });

  it('answers a wrong call with what would be right, and exit code 2', async () => {
    expect(await run(['node', 'hub', 'replay', 'somewhere'])).toBe(2);
    expect(written).toContain('--out');
    expect(await run(['node', 'hub', 'serve', 'kitchen'])).toBe(2);
    expect(written).toContain('Allowed choices are gateway');
    expect(await run(['node', 'hub', 'operations', 'publish', 'schema'])).toBe(2);
    expect(written).toContain('--client');
  });

  it('tells a fault by its code and in words, without a stack', async () => {
    expect(await run(['node', 'hub', 'replay', '.', '--out', 'nowhere'])).toBe(1);
    expect(written).toMatch(/^hub: HUB_REPLAY_FILE_MISSING: .* lacks partners\.csv/);
    expect(written).not.toContain('    at ');
  });

  describe('in a folder', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'hub-command-'))));
    afterEach(() => rmSync(folder, { recursive: true }));

    it('says that there is no book, and does not take none for sound ones', async () => {
      writeFileSync(join(folder, 'notes.txt'), 'no book');
      expect(await run(['node', 'hub', 'settle-book', folder, '--check'])).toBe(1);
      expect(written).toBe(`HUB_BOOK_INVALID: there is no *.json in ${folder}\n`.replace(/^/, 'hub: '));
    });

    it('makes the folder of a file it is to write, and says at once when it cannot', async () => {
      const file = join(folder, 'new', 'books', 'book.json');
      expect(await run(['node', 'hub', 'make-book', '--seed', '1', '--events', '3', '--out', file])).toBe(0);
      expect(existsSync(file)).toBe(true);
      for (const out of [join(file, 'below-a-file.json'), folder]) {
        for (const command of [
          ['make-book', '--seed', '1', '--events', '3'],
          ['package', 'latest'],
        ]) {
          written = '';
          expect(await run(['node', 'hub', ...command, '--out', out])).toBe(1);
          expect(written).toContain(`hub: HUB_FILE_NOT_WRITABLE: ${out} cannot be written: `);
          expect(written.split('\n')).toHaveLength(2);
        }
      }
    });
  });

  it('does not repeat a code that the sentence begins with', () => {
    expect(inWords(new Fault('HUB_X', 'HUB_X: it broke'))).toBe('HUB_X: it broke');
    expect(inWords(new Fault('HUB_X', 'it broke'))).toBe('HUB_X: it broke');
  });
});
