import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isPassedOn, knownEvents } from './catalogues';

/** A project of two subgraphs, as far as the catalogues look at it. */
function twoSubgraphs(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'catalogues-'));
  for (const [path, text] of Object.entries({
    'subgraphs/ledger/main.ts': '',
    'subgraphs/members/main.ts': '',
    ...files,
  })) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const published = `/** Every event. */
export const all = [EARNED, LOST];

/**
 * Points came into being.
 *
 * Not told here: how.
 */
export const EARNED = 'ledger.points.earned.v1';

export const LOST = 'ledger.points.lost.v1';

/** Points
 * went. */
export function lost(): NewEvent {
  return { type: LOST };
}

export const NEVER = 'ledger.points.counted.v1';
`;

describe('the events of a project', () => {
  let folder: string;
  beforeAll(() => {
    folder = twoSubgraphs({
      'subgraphs/ledger/events/published.ts': published,
      'subgraphs/members/events/on-points-earned.ts': "reactTo('ledger.points.earned.v1')",
      'gateway/stream/balance.ts': "'ledger.points.lost.v1'",
      'gateway/stream/balance.test.ts': "'ledger.points.earned.v1'",
    });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('mean what the comment over the constant, or over the function that makes one, says', () => {
    expect(knownEvents(folder).map(({ type, meaning }) => [type, meaning])).toEqual([
      ['ledger.points.earned.v1', 'Points came into being.'],
      ['ledger.points.lost.v1', 'Points went.'],
      ['ledger.points.counted.v1', ''],
    ]);
  });

  it('are heard by the areas whose code names them, tests apart', () => {
    expect(knownEvents(folder).map(({ heardBy }) => heardBy)).toEqual([['members'], ['gateway'], []]);
  });
});

it('tells a code that a subgraph passes on from one of its own', () => {
  const names = ['ledger', 'partners'];
  expect(isPassedOn({ area: 'ledger', code: 'PARTNERS_PARTNER_SUSPENDED' }, names)).toBe(true);
  expect(isPassedOn({ area: 'ledger', code: 'LEDGER_SELF_APPROVAL' }, names)).toBe(false);
  expect(isPassedOn({ area: 'gateway', code: 'UNAUTHENTICATED' }, names)).toBe(false);
});
