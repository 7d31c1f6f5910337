import * as ts from 'typescript';
import { isCode, nodesOf, placeOf, syntaxOf, type HouseRule, type ProjectFile } from './tree';

/** Words that say nothing about what a thing does. */
const empty = ['service', 'manager', 'helper', 'util', 'handler', 'process', 'info', 'misc'];

/** The one kind of principal that is called so, and a name that the connections of the graph take from their model. */
const given = [/^service(Principal|Id|Name|Role)?$/i, /Service(Principal|Identity|Token)$/, /^PageInfo/];

const wordsOf = (name: string): string[] =>
  name
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/);

/** The empty word in a name, singular or plural, if there is one. */
export function emptyWordIn(name: string): string | undefined {
  if (given.some((pattern) => pattern.test(name))) return undefined;
  return empty.find((word) => wordsOf(name).some((part) => part === word || part === `${word}s`));
}

const isExported = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

/** Names a file gives to others. */
function exportedNames(tree: ts.SourceFile): ts.Identifier[] {
  return tree.statements.filter(isExported).flatMap((statement) => {
    if (ts.isVariableStatement(statement)) {
      return statement.declarationList.declarations.map(({ name }) => name).filter(ts.isIdentifier);
    }
    const { name } = statement as ts.DeclarationStatement;
    return name !== undefined && ts.isIdentifier(name) ? [name] : [];
  });
}

/** Variables and parameters called plainly `data`, `info` and the like. */
function emptyVariables(tree: ts.SourceFile): ts.Identifier[] {
  return nodesOf(tree)
    .filter(ts.isVariableDeclaration)
    .map(({ name }) => name)
    .filter((name): name is ts.Identifier => ts.isIdentifier(name) && ['data', ...empty].includes(name.text));
}

function emptyNames(file: ProjectFile): string[] {
  const tree = syntaxOf(file);
  const exported = exportedNames(tree).filter(({ text }) => emptyWordIn(text) !== undefined);
  return [...new Set([...exported, ...emptyVariables(tree)])].map(
    (name) => `${placeOf(file, name.getStart())}: ${name.text} does not say what it does`,
  );
}

/** Outside the words of a file: folders that exist on one machine only. Written so that this line is not one. */
const machinePath = new RegExp(String.raw`(?<![\w.$}])/(?:${['work', 'home', 'root', 'Users'].join('|')})/\w`);
const unfinished = /\b(TODO|FIXME|XXX|HACK)\b/;

const linesMatching = (files: readonly ProjectFile[], found: (line: string) => boolean, complaint: string): string[] =>
  files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => (found(line) ? [`${path}:${index + 1}: ${complaint}`] : [])),
  );

const notThisRule = ({ path }: ProjectFile): boolean => !path.startsWith('tools/tidy');

export const wordRules: readonly HouseRule[] = [
  {
    sentence: 'no file is named by a word that says nothing',
    breaches: (files) =>
      files
        .filter(({ path }) => path.includes('/') && path.endsWith('.ts'))
        .filter(({ path }) => emptyWordIn(path.slice(path.lastIndexOf('/') + 1)) !== undefined)
        .map(({ path }) => `${path}: does not say what it does`),
  },
  {
    sentence: 'no exported name and no variable is a word that says nothing',
    breaches: (files) => files.filter(isCode).flatMap(emptyNames),
  },
  {
    sentence: 'what is left to do carries the number of its issue',
    breaches: (files) =>
      linesMatching(
        files.filter(({ path }) => path.endsWith('.ts') || path.endsWith('.sql')).filter(notThisRule),
        (line) => unfinished.test(line) && !/\bTODO\(#\d+\)/.test(line),
        'write TODO(#number) or do it',
      ),
  },
  {
    sentence: 'no file names a folder of one machine',
    breaches: (files) => linesMatching(files, (line) => machinePath.test(line), 'names a folder of one machine'),
  },
  {
    sentence: 'the lock file names no registry but the public one',
    breaches: (files) =>
      linesMatching(
        files.filter(({ path }) => path === 'package-lock.json'),
        (line) => /"resolved": "(?!https:\/\/registry[.]npmjs[.]org\/)/.test(line),
        'names a registry of one machine',
      ),
  },
];
