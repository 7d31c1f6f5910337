import * as ts from 'typescript';
import { isCode, nodesOf, placeOf, syntaxOf, type HouseRule, type ProjectFile } from './tree';

/** Which argument of a decorator must name the type. */
const typeArgument: Readonly<Record<string, number>> = {
  Field: 0,
  Query: 0,
  Mutation: 0,
  Subscription: 0,
  Arg: 1,
  Args: 0,
};

const isTypeFunction = (argument: ts.Expression | undefined): boolean =>
  argument !== undefined && ts.isArrowFunction(argument);

/** `{ type: … }` or a plain `'bigint'` as a column's first argument. */
function namesColumnType(argument: ts.Expression | undefined): boolean {
  if (argument === undefined) return false;
  if (ts.isStringLiteral(argument)) return true;
  return (
    ts.isObjectLiteralExpression(argument) &&
    argument.properties.some((property) => property.name !== undefined && property.name.getText() === 'type')
  );
}

/** The decorators of a file as calls: [name, arguments, offset]. */
function decoratorsIn(file: ProjectFile): [string, readonly ts.Expression[], number][] {
  return nodesOf(syntaxOf(file))
    .filter(ts.isDecorator)
    .flatMap(({ expression }) => {
      if (!ts.isCallExpression(expression) || !ts.isIdentifier(expression.expression)) return [];
      return [[expression.expression.text, expression.arguments, expression.getStart()]];
    });
}

function silentFields(file: ProjectFile): string[] {
  return decoratorsIn(file).flatMap(([name, given, offset]) => {
    const position = typeArgument[name];
    if (position === undefined || isTypeFunction(given[position])) return [];
    return [`${placeOf(file, offset)}: @${name} must name its type: () => …`];
  });
}

function silentColumns(file: ProjectFile): string[] {
  return decoratorsIn(file)
    .filter(([name, [first]]) => ['Column', 'PrimaryColumn'].includes(name) && !namesColumnType(first))
    .map(([name, , offset]) => `${placeOf(file, offset)}: @${name} must name its type`);
}

export const decoratorRules: readonly HouseRule[] = [
  {
    sentence: 'every GraphQL decorator names its type, so that no tool needs emitted metadata',
    breaches: (files) => files.filter((file) => isCode(file) && /\/api\//.test(file.path)).flatMap(silentFields),
  },
  {
    sentence: 'every column names its type',
    breaches: (files) => files.filter((file) => isCode(file) && /\/data\//.test(file.path)).flatMap(silentColumns),
  },
  {
    sentence: 'a row is never a GraphQL type',
    breaches: (files) =>
      files
        .filter(({ path, text }) => path.endsWith('.row.ts') && /from 'type-graphql'/.test(text))
        .map(({ path }) => `${path}: imports type-graphql`),
  },
];
