import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Fault } from '../../kernel/errors/fault';
import type { GraphCaller } from '../client/graph';

const LATEST = `query Latest($after: String) { settlementCycles(first: 100, after: $after) {
  nodes { id state } pageInfo { hasNextPage endCursor } } }`;
const LIST = `query Documents($cycleId: ID!, $after: String) { settlementDocuments(cycleId: $cycleId, first: 100, after: $after) {
  nodes { id fileName waitsFor { isHub partner { code } } } pageInfo { hasNextPage endCursor } } }`;
const CONTENT = 'query Content($id: ID!) { settlementDocument(id: $id) { content } }';

interface PageOf<Node> {
  readonly nodes: readonly Node[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** A document as the list shows it. */
interface Listed {
  readonly id: string;
  readonly fileName: string;
  readonly waitsFor: readonly { readonly isHub: boolean; readonly partner: { readonly code: string } | null }[];
}

/** What was written, and what could not be. */
export interface WrittenDocuments {
  readonly written: readonly string[];
  /** Files that wait for somebody's settlement details, with whose. */
  readonly waiting: readonly { readonly fileName: string; readonly waitsFor: readonly string[] }[];
}

/** States in which a cycle has no documents yet, and those in which it has no closing package. */
const BEFORE: Readonly<Record<'ISSUED' | 'NETTED', ReadonlySet<string>>> = {
  ISSUED: new Set(['OPEN', 'CUT_OFF', 'DRAFT']),
  NETTED: new Set(['OPEN', 'CUT_OFF', 'DRAFT', 'ISSUED', 'AGREED']),
};

/**
 * The cycle a person means: an id, or `latest` for the newest that has come so far.
 *
 * @throws Fault HUB_CYCLE_UNKNOWN when there is none
 */
export async function cycleMeant(
  admin: GraphCaller,
  name: string,
  reached: 'ISSUED' | 'NETTED' = 'ISSUED',
): Promise<string> {
  if (name !== 'latest') return name;
  for (let after: string | null = null; ;) {
    const { settlementCycles }: { settlementCycles: PageOf<{ id: string; state: string }> } = await admin.ask(LATEST, {
      after,
    });
    const found = settlementCycles.nodes.find(({ state }) => !BEFORE[reached].has(state));
    if (found !== undefined) return found.id;
    if (!settlementCycles.pageInfo.hasNextPage) {
      throw new Fault('HUB_CYCLE_UNKNOWN', `No cycle of the programme is ${reached} yet.`);
    }
    after = settlementCycles.pageInfo.endCursor;
  }
}

/** Writes every document of a cycle that its admin sees into a folder, one file each; running it again writes the same bytes. */
export async function writeDocuments(
  admin: GraphCaller,
  { cycleId, folder }: { cycleId: string; folder: string },
): Promise<WrittenDocuments> {
  const listed = await listDocuments(admin, cycleId);
  if (listed.length === 0) throw new Fault('HUB_CYCLE_UNKNOWN', `There are no documents of a cycle ${cycleId}.`);
  mkdirSync(folder, { recursive: true });
  const written: string[] = [];
  for (const { id, fileName, waitsFor } of listed) {
    if (waitsFor.length > 0) continue;
    const { settlementDocument } = await admin.ask<{ settlementDocument: { content: string | null } | null }>(CONTENT, {
      id,
    });
    const content = settlementDocument?.content ?? null;
    if (content === null) continue;
    writeFileSync(join(folder, safeName(fileName)), Buffer.from(content, 'base64'));
    written.push(fileName);
  }
  const waiting = listed
    .filter(({ fileName }) => !written.includes(fileName))
    .map(({ fileName, waitsFor }) => ({
      fileName,
      waitsFor: waitsFor.map(({ isHub, partner }) => (isHub ? 'the operator' : (partner?.code ?? '?'))),
    }));
  return { written, waiting };
}

/** A file's name and nothing of a path, whatever the hub answered. */
function safeName(fileName: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(fileName)) return fileName;
  throw new Fault('HUB_FILE_NAME', `The hub named a file ${JSON.stringify(fileName)}, which is no plain name.`);
}

async function listDocuments(admin: GraphCaller, cycleId: string): Promise<Listed[]> {
  const found: Listed[] = [];
  for (let after: string | null = null; ;) {
    const { settlementDocuments }: { settlementDocuments: PageOf<Listed> } = await admin.ask(LIST, { cycleId, after });
    found.push(...settlementDocuments.nodes);
    if (!settlementDocuments.pageInfo.hasNextPage) return found;
    after = settlementDocuments.pageInfo.endCursor;
  }
}
