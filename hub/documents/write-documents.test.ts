import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GraphCaller } from '../client/graph';
import { cycleMeant, writeDocuments } from './write-documents';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'documents-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A hub that answers these documents, two a page. */
const hubWith = (names: readonly string[], waiting: readonly string[] = []) =>
  new GraphCaller(async (body) => {
    const { query, variables } = JSON.parse(body) as {
      query: string;
      variables: { id?: string; after?: string | null };
    };
    if (query.includes('Content')) {
      return { data: { settlementDocument: { content: Buffer.from(`of ${variables.id}`).toString('base64') } } };
    }
    const from = Number(variables.after ?? 0);
    const nodes = names.slice(from, from + 2).map((fileName) => ({
      ...{ id: `d-${fileName}`, fileName },
      waitsFor: waiting.includes(fileName) ? [{ isHub: true, partner: null }] : [],
    }));
    const pageInfo = { hasNextPage: from + 2 < names.length, endCursor: `${from + 2}` };
    return { data: { settlementDocuments: { nodes, pageInfo } } };
  });

it('writes every document of every page, and says which wait for whom', async () => {
  const admin = hubWith(['a.csv', 'b.pdf', 'c.xml'], ['b.pdf']);
  expect(await writeDocuments(admin, { cycleId: 'cyc_1', folder: join(folder, 'new') })).toEqual({
    written: ['a.csv', 'c.xml'],
    waiting: [{ fileName: 'b.pdf', waitsFor: ['the operator'] }],
  });
  expect(readdirSync(join(folder, 'new'))).toEqual(['a.csv', 'c.xml']);
  expect(readFileSync(join(folder, 'new', 'c.xml'), 'utf8')).toBe('of d-c.xml');
});

it('writes nowhere but into the folder, and nothing of a cycle without documents', async () => {
  const at = { cycleId: 'cyc_1', folder };
  await expect(writeDocuments(hubWith(['../out.csv']), at)).rejects.toMatchObject({ code: 'HUB_FILE_NAME' });
  await expect(writeDocuments(hubWith([]), at)).rejects.toMatchObject({ code: 'HUB_CYCLE_UNKNOWN' });
  expect(readdirSync(folder)).toEqual([]);
});

it('takes latest for the newest cycle that has come as far as is needed', async () => {
  const cycles = (states: readonly string[]) =>
    new GraphCaller(async () => ({
      data: {
        settlementCycles: {
          nodes: states.map((state, n) => ({ id: `cyc_${n}`, state })),
          pageInfo: { hasNextPage: false, endCursor: null },
        },
      },
    }));
  expect(await cycleMeant(cycles(['OPEN', 'DRAFT', 'NETTED', 'LOCKED']), 'latest')).toBe('cyc_2');
  expect(await cycleMeant(cycles(['OPEN', 'AGREED', 'NETTED', 'LOCKED']), 'latest', 'NETTED')).toBe('cyc_2');
  expect(await cycleMeant(cycles([]), 'cyc_9')).toBe('cyc_9');
  await expect(cycleMeant(cycles(['AGREED']), 'latest', 'NETTED')).rejects.toMatchObject({ code: 'HUB_CYCLE_UNKNOWN' });
  await expect(cycleMeant(cycles(['OPEN']), 'latest')).rejects.toMatchObject({ code: 'HUB_CYCLE_UNKNOWN' });
});
