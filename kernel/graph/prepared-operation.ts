import {
  execute,
  GraphQLError,
  isInputObjectType,
  Kind,
  visit,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLNamedType,
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
    if (compiled !== null) {
      const result = compiled.query(undefined, contextValue, variables) as ExecutionResult | Promise<ExecutionResult>;
      return result instanceof Promise ? result.then(withOwnErrors) : withOwnErrors(result);
    }
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

/** Compiled execution has a class of errors of its own, which is not whole. */
function withOwnErrors(result: ExecutionResult): ExecutionResult {
  if (result.errors === undefined) return result;
  const errors = result.errors.map(
    ({ message, path, originalError, extensions }) => new GraphQLError(message, { path, originalError, extensions }),
  );
  return { data: result.data, errors };
}

/**
 * Whether compiled execution does the same as graphql-js.
 *
 * It reads input objects by rules of its own: it forgets defaults of their fields and does not know `@oneOf`. Of a
 * variable that may not be null it forgets the default as well. It writes response
 * names as keys of an object literal,
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
    VariableDefinition: ({ type, defaultValue }) => {
      if (defaultValue !== undefined || isInputObjectType(inputTypeOf(schema, type))) isSafe = false;
    },
    Field: ({ name, alias, arguments: given }) => {
      if ((alias ?? name).value in Object.prototype) isSafe = false;
      // A literal is an input like any other, and may hold an object of any kind.
      if (given?.some(({ value }) => value.kind === Kind.OBJECT || value.kind === Kind.LIST)) isSafe = false;
    },
  });
  return isSafe && operations === 1;
}

function inputTypeOf(schema: GraphQLSchema, type: TypeNode): GraphQLNamedType | undefined {
  return type.kind === Kind.NAMED_TYPE ? schema.getType(type.name.value) : inputTypeOf(schema, type.type);
}
