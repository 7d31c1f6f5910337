import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../kernel/config/project-root';
import type { RefusalCatalogue, RefusalEntry } from '../kernel/errors/refusal';

/** The names of the subgraphs, in alphabetical order. */
export function subgraphNames(root = projectRoot()): string[] {
  const folder = join(root, 'subgraphs');
  return existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => existsSync(join(folder, name, 'main.ts')))
        .sort()
    : [];
}

/** One code that a client can be told, and who tells it. */
export interface KnownCode extends RefusalEntry {
  readonly code: string;
  /** `hub` for the codes that mean the same everywhere. */
  readonly area: string;
}

/** Where catalogues are declared: [area, module without extension, exported name]. */
function catalogueModules(): [string, string, string][] {
  return [
    ['hub', 'kernel/errors/shared-refusals', 'sharedRefusals'],
    ['gateway', 'gateway/plan/codes', 'gatewayRefusals'],
    ...subgraphNames().map((name): [string, string, string] => [
      name,
      `subgraphs/${name}/core/refusals`,
      `${name}Refusals`,
    ]),
  ];
}

/** True for a code that an area passes on: it begins with another subgraph's name and is documented there. */
export function isPassedOn({ area, code }: Pick<KnownCode, 'area' | 'code'>, names = subgraphNames()): boolean {
  return names.some((name) => name !== area && code.startsWith(`${name.toUpperCase()}_`));
}

/** Loads every catalogue of the project, built or not, by area and then by precedence. */
export async function knownCodes(): Promise<KnownCode[]> {
  const loaded = await Promise.all(
    catalogueModules().map(async ([area, path, exported]) => {
      const base = join(__dirname, '..', path);
      const file = [`${base}.js`, `${base}.ts`].find((candidate) => existsSync(candidate));
      if (file === undefined) return [];
      const { [exported]: catalogue } = (await import(file)) as Record<string, RefusalCatalogue | undefined>;
      if (catalogue === undefined) throw new Error(`${path}.ts does not export its catalogue as ${exported}`);
      return Object.entries(catalogue).map(([code, entry]) => ({ area, code, ...entry }));
    }),
  );
  return loaded
    .map((codes) => codes.sort((a, b) => a.precedence - b.precedence || a.code.localeCompare(b.code)))
    .flat();
}

/** One event that a subgraph announces. */
export interface KnownEvent {
  /** `<subgraph>.<noun>.<past participle>.v<N>` */
  readonly type: string;
  readonly owner: string;
  /** The first paragraph of its doc comment in events/published.ts; empty when it has none. */
  readonly meaning: string;
  /** The areas whose code names it, without its owner. */
  readonly heardBy: readonly string[];
}

const eventType = /(['"`])([a-z]+\.[a-z_]+\.[a-z_]+\.v[1-9][0-9]*)\1/g;

/** The event types named by string literals in a text, each once. */
export function eventTypesIn(text: string): string[] {
  return [...new Set([...text.matchAll(eventType)].map(([, , type]) => type!))];
}

/** The first paragraph of the doc comment that stands over a place in a text, with no empty line between; else empty. */
function commentOver(text: string, offset: number): string {
  const paragraph =
    text
      .slice(0, offset)
      .split(/\n[ \t]*\n(?![ \t]*\*)/)
      .at(-1) ?? '';
  const comment = /\/\*\*([\s\S]*?)\*\//.exec(paragraph)?.[1] ?? '';
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trim());
  return (
    lines
      .join('\n')
      .trim()
      .split(/\n\s*\n|\n@/)[0] ?? ''
  ).replaceAll('\n', ' ');
}

/** What an event means: the comment over its declaration, or over the function that makes one of its constant. */
function meaningOf(type: string, text: string): string {
  const quoted = `['"\`]${type.replaceAll('.', '[.]')}['"\`]`;
  const constant = new RegExp(`const (\\w+) =\\s+${quoted}`).exec(text)?.[1];
  const places = [
    text.search(new RegExp(quoted)),
    constant === undefined ? -1 : text.search(new RegExp(`type: ${constant}\\b`)),
  ];
  return places.map((offset) => (offset < 0 ? '' : commentOver(text, offset))).find((meaning) => meaning !== '') ?? '';
}

function sourcesUnder(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
    .map((path) => readFileSync(join(folder, path), 'utf8'));
}

/** The event types each area's code names, its own included. */
export function eventTypesByArea(root = projectRoot()): Map<string, Set<string>> {
  const folders = [
    ...subgraphNames(root).map((name) => [name, join(root, 'subgraphs', name)]),
    ['gateway', join(root, 'gateway')],
  ];
  return new Map(folders.map(([area, folder]) => [area!, new Set(sourcesUnder(folder!).flatMap(eventTypesIn))]));
}

/** Every event declared in a subgraph's events/published.ts, by owner and then in the order of declaration. */
export function knownEvents(root = projectRoot()): KnownEvent[] {
  const named = eventTypesByArea(root);
  return subgraphNames(root).flatMap((owner) => {
    const path = join(root, 'subgraphs', owner, 'events/published.ts');
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return eventTypesIn(text).map((type) => ({
      type,
      owner,
      meaning: meaningOf(type, text),
      heardBy: [...named].filter(([area, types]) => area !== owner && types.has(type)).map(([area]) => area),
    }));
  });
}
