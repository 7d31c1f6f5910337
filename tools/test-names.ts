import * as ts from 'typescript';

const RUNNERS = ['it', 'test', 'describe'];
const LEFT_OUT = ['skip', 'todo'];

/**
 * The names under which a file's tests run: titles of `it`, `test` and `describe`, and the cases that a title made of a table takes from it
 * (the first cell of a row, a key of its rows that the title names, keys of an object). What is skipped, alone or with what it stands in,
 * has none; what is skipped on a condition has.
 */
export function testNamesIn(text: string): string[] {
  const file = ts.createSourceFile('a.test.ts', text, ts.ScriptTarget.Latest, true);
  const names: string[] = [];
  const walk = (node: ts.Node): void => {
    const call = ts.isCallExpression(node) ? testOf(node) : null;
    if (call?.isSkipped) return;
    if (call !== null) names.push(...call.titles, ...call.tables.flatMap((table) => casesOf(table, call.titles, file)));
    ts.forEachChild(node, walk);
  };
  walk(file);
  return names;
}

interface TestCall {
  readonly titles: readonly string[];
  readonly tables: readonly ts.Expression[];
  readonly isSkipped: boolean;
}

/** A call that names tests: `it('…')`, `describe.each(table)('…')`, `(is ? it.skip : it)('…')`. */
function testOf({ expression, arguments: [title] }: ts.CallExpression): TestCall | null {
  if (title === undefined || !isText(title)) return null;
  const tables: ts.Expression[] = [];
  const words = new Set<string>();
  let callee: ts.Expression = expression;
  for (;;) {
    if (ts.isParenthesizedExpression(callee)) callee = callee.expression;
    else if (ts.isConditionalExpression(callee))
      callee = isLeftOut(callee.whenFalse) ? callee.whenTrue : callee.whenFalse;
    else if (ts.isCallExpression(callee)) {
      tables.push(...callee.arguments);
      callee = callee.expression;
    } else if (ts.isPropertyAccessExpression(callee)) {
      words.add(callee.name.text);
      callee = callee.expression;
    } else break;
  }
  if (!ts.isIdentifier(callee) || !RUNNERS.includes(callee.text)) return null;
  return { titles: [textOf(title)], tables, isSkipped: LEFT_OUT.some((word) => words.has(word)) };
}

function isLeftOut(node: ts.Expression): boolean {
  return ts.isPropertyAccessExpression(node) && LEFT_OUT.includes(node.name.text);
}

/** What a table puts into titles: by `%s` its rows' first cells, by `$key` those of that key. */
function casesOf(table: ts.Node, titles: readonly string[], file: ts.SourceFile): string[] {
  if (ts.isIdentifier(table)) {
    const declared = declarationOf(table.text, file);
    return declared === undefined ? [] : casesOf(declared, titles, file);
  }
  if (ts.isAsExpression(table) || ts.isSatisfiesExpression(table)) return casesOf(table.expression, titles, file);
  if (ts.isSpreadElement(table)) return casesOf(table.expression, titles, file);
  // Object.entries(table), table.map(…)
  if (ts.isCallExpression(table))
    return [
      table.arguments[0],
      ts.isPropertyAccessExpression(table.expression) ? table.expression.expression : undefined,
    ]
      .filter((part) => part !== undefined)
      .flatMap((part) => casesOf(part, titles, file));
  if (ts.isObjectLiteralExpression(table))
    return table.properties.flatMap(({ name }) => (name === undefined ? [] : [textOf(name)]));
  if (!ts.isArrayLiteralExpression(table)) return [];
  return table.elements.flatMap((row) => {
    if (ts.isSpreadElement(row)) return casesOf(row, titles, file);
    if (ts.isArrayLiteralExpression(row)) return row.elements.slice(0, 1).filter(isText).map(textOf);
    if (!ts.isObjectLiteralExpression(row)) return isText(row) ? [textOf(row)] : [];
    return row.properties.filter(ts.isPropertyAssignment).flatMap(({ name, initializer }) => {
      const isNamed = titles.some((title) => title.includes(`$${name.getText()}`));
      return isNamed && isText(initializer) ? [textOf(initializer), `${name.getText()}: ${initializer.getText()}`] : [];
    });
  });
}

function declarationOf(name: string, file: ts.SourceFile): ts.Expression | undefined {
  let found: ts.Expression | undefined;
  const look = (node: ts.Node): void => {
    if (ts.isVariableDeclaration(node) && node.name.getText() === name) found ??= node.initializer;
    if (found === undefined) ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

function isText(node: ts.Node): boolean {
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateExpression(node);
}

/** As it stands in the source, without its quotes. */
function textOf(node: ts.Node): string {
  return ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)
    ? node.text
    : node.getText().replace(/^['"`]|['"`]$/g, '');
}
