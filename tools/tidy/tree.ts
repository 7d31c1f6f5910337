import { readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import * as ts from 'typescript';

/** One file of the project as the house rules see it. */
export interface ProjectFile {
  /** From the project's root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** A house rule: a sentence about the whole project, and what breaks it. */
export interface HouseRule {
  readonly sentence: string;
  /** One line per breach, beginning with the path. */
  breaches(files: readonly ProjectFile[]): string[];
}

/** What is built, installed or recorded here and belongs to no one. */
const notOurs = new Set(['.git', 'node_modules', 'dist', '.hub', 'coverage', 'peers']);
const binary = new Set(['.png', '.jpg', '.ico', '.woff2', '.gz', '.zip']);

/** Reads every text file of the project. */
export function readProject(root: string, folder = ''): ProjectFile[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (notOurs.has(entry.name) || binary.has(extname(entry.name)) || entry.name.endsWith('.log')) return [];
    if (entry.isDirectory()) return readProject(root, path);
    return entry.isFile() ? [{ path, text: readFileSync(join(root, path), 'utf8') }] : [];
  });
}

export const isTest = ({ path }: ProjectFile): boolean => path.endsWith('.test.ts');
export const isCode = ({ path }: ProjectFile): boolean => path.endsWith('.ts');

/** `ledger` for `subgraphs/ledger/…`, else the top folder: the word that owns a file. */
export function areaOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'subgraphs' ? second : top;
}

/** The name of the line a position is on, as editors open it. */
export function placeOf(file: ProjectFile, offset: number): string {
  return `${file.path}:${file.text.slice(0, offset).split('\n').length}`;
}

const parsed = new WeakMap<ProjectFile, ts.SourceFile>();

/** The syntax tree of a TypeScript file. */
export function syntaxOf(file: ProjectFile): ts.SourceFile {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const tree = ts.createSourceFile(basename(file.path), file.text, ts.ScriptTarget.ES2022, true);
  parsed.set(file, tree);
  return tree;
}

/** Every node of a syntax tree, parents first. */
export function nodesOf(node: ts.Node): ts.Node[] {
  const nodes = [node];
  ts.forEachChild(node, (child) => {
    nodes.push(...nodesOf(child));
  });
  return nodes;
}
