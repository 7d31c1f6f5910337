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

  it('does not repeat a code that the sentence begins with', () => {
    expect(inWords(new Fault('HUB_X', 'HUB_X: it broke'))).toBe('HUB_X: it broke');
    expect(inWords(new Fault('HUB_X', 'it broke'))).toBe('HUB_X: it broke');
  });
});
