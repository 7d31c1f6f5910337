import * as ts from 'typescript';
import { areaOf, isCode, isTest, nodesOf, placeOf, syntaxOf, type HouseRule, type ProjectFile } from './tree';

/** How whole statements begin, as opposed to prose or to a part of one. */
const beginnings = [
  /select\s[\s\S]*\bfrom\b/,
  /select\s+[\w.]+\(/,
  /insert\s+into\s/,
  /update\s+[\w."]+(\s+(as\s+)?\w+)?\s+set\s/,
  /delete\s+from\s/,
  /merge\s+into\s/,
  /with\s+(recursive\s+)?\w+\s*(\([^)]*\)\s*)?as\s*(materialized\s*)?\(/,
  /truncate\s+\w/,
  /lock\s+table\s/,
];
const statement = new RegExp(`^\\s*(${beginnings.map(({ source }) => source).join('|')})`, 'i');
const named = /^\s*\/\* ([a-z]+)(\.[A-Za-z0-9]+){2,} \*\//;

interface SqlText {
  readonly text: string;
  readonly offset: number;
}

/** The literal a piece of syntax spells, with the word `expression` where a template has one. */
function literalOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map((span) => `expression${span.literal.text}`).join('');
}

/** Every literal of a file that is a statement of SQL, with or without a name before it. */
export function statementsIn(file: ProjectFile): SqlText[] {
  return nodesOf(syntaxOf(file)).flatMap((node) => {
    const text = literalOf(node);
    if (text === undefined) return [];
    const isStatement = statement.test(text.replace(/^\s*\/\*[\s\S]*?\*\//, ''));
    return isStatement ? [{ text, offset: node.getStart() }] : [];
  });
}

const holdsStatements = (file: ProjectFile): boolean =>
  isCode(file) &&
  !isTest(file) &&
  !/\/(testkit|migrations)\//.test(file.path) &&
  (/^subgraphs\/[^/]+\/data\//.test(file.path) ||
    file.path.endsWith('.store.ts') ||
    /^kernel\/events\//.test(file.path));

const decides = ({ path }: ProjectFile): boolean => /^subgraphs\/[^/]+\/(api|app|core|events)\//.test(path);

export const statementRules: readonly HouseRule[] = [
  {
    sentence: 'every SQL statement is named, by its area first, in its opening comment',
    breaches: (files) =>
      files.filter(holdsStatements).flatMap((file) =>
        statementsIn(file)
          .filter(({ text }) => ![areaOf(file.path), 'expression'].includes(named.exec(text)?.[1] ?? ''))
          .map(
            ({ offset }) =>
              `${placeOf(file, offset)}: open the statement with /* ${areaOf(file.path)}.<what>.<which> */`,
          ),
      ),
  },
  {
    sentence: 'resolvers, use cases, rules and listeners hold no SQL',
    breaches: (files) =>
      files
        .filter((file) => isCode(file) && !isTest(file) && decides(file))
        .flatMap((file) => statementsIn(file).map(({ offset }) => `${placeOf(file, offset)}: SQL belongs in data/`)),
  },
];
