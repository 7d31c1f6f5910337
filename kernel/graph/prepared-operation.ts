import {
  execute,
  getNamedType,
  GraphQLError,
  isInputObjectType,
  Kind,
  typeFromAST,
  visit,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLInputType,
  type GraphQLSchema,
  type TypeNode,
} from 'graphql';
import { compileQuery, isCompiledQuery, type CompiledQuery } from 'graphql-jit';

export interface Execution {
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly contextValue: object;
}

/** How often a document is executed before it is compiled: most that come once never come again. */
const COMPILED_AFTER = 3;

/**
 * A document that fits the schema, ready to be executed as often as it comes. One that keeps coming is compiled, where that is
 * safe; else graphql-js executes it. Both answer the same.
 */
export class PreparedOperation {
  private times = 0;
  private compiled: CompiledQuery | null = null;
  private readonly maySuit: boolean;

  constructor(
    private readonly schema: GraphQLSchema,
    readonly document: DocumentNode,
  ) {
    this.maySuit = isSafeToCompile(schema, document);
  }

  execute({ operationName, variables, contextValue }: Execution): ExecutionResult | Promise<ExecutionResult> {
    const compiled = this.maySuit ? this.compiledNow() : null;
    if (compiled !== null) return compiled.query(undefined, contextValue, variables) as ExecutionResult;
    const { schema, document } = this;
    return execute({ schema, document, operationName, variableValues: variables, contextValue });
  }

  private compiledNow(): CompiledQuery | null {
    this.times += 1;
    if (this.times !== COMPILED_AFTER) return this.compiled;
    const compiled = compileQuery(this.schema, this.document);
    this.compiled = isCompiledQuery(compiled) ? compiled : null;
    return this.compiled;
  }
}

/**
 * Whether compiled execution does the same as graphql-js.
 *
 * It does not know `@oneOf`, and reads input that graphql-js would refuse. It writes response names as keys of an object literal,
 * where `__proto__` is no key. And it takes the first of several operations for the one that is meant.
 */
export function isSafeToCompile(schema: GraphQLSchema, document: DocumentNode): boolean {
  let isSafe = true;
  let operations = 0;
  visit(document, {
    OperationDefinition: ({ operation }) => {
      operations += 1;
      if (operation === 'subscription') isSafe = false;
    },
    VariableDefinition: ({ type }) => {
      if (hasOneOf(inputTypeOf(schema, type))) isSafe = false;
    },
    Field: ({ name, alias, arguments: given }) => {
      if ((alias ?? name).value in Object.prototype) isSafe = false;
      // A literal is an input like any other, and may hold an object of any kind.
      if (given?.some(({ value }) => value.kind === Kind.OBJECT || value.kind === Kind.LIST)) isSafe = false;
    },
  });
  return isSafe && operations === 1;
}

function inputTypeOf(schema: GraphQLSchema, type: TypeNode): GraphQLInputType {
  const found = typeFromAST(schema, type as never) as GraphQLInputType | undefined;
  if (found === undefined) throw new GraphQLError('A variable is of a type nobody knows.');
  return found;
}

function hasOneOf(type: GraphQLInputType, seen = new Set<string>()): boolean {
  const named = getNamedType(type);
  if (!isInputObjectType(named) || seen.has(named.name)) return false;
  seen.add(named.name);
  return named.isOneOf || Object.values(named.getFields()).some((field) => hasOneOf(field.type, seen));
}
