import {
  createSourceEventStream,
  execute,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { RequestContext } from '../context/request-context';
import type { SubgraphName } from '../context/principal';
import { isConnectionLoss } from '../db/connection-loss';
import { openLog } from '../telemetry/log';
import { deadlineExceeded, subgraphUnavailable } from './fault';
import type { SubgraphLink, SubgraphRequest } from './link';
import { mapStream, streamOf } from './stream';

/** How many parsed documents are kept; a gateway sends few different ones. */
const DOCUMENTS_KEPT = 1_000;

/** The way to a subgraph of the same process: no network, no signing, documents parsed once. */
export class LocalLink implements SubgraphLink {
  private readonly log = openLog('link');
  private readonly documents = new Map<string, DocumentNode>();

  constructor(
    readonly name: SubgraphName,
    private readonly schema: GraphQLSchema,
    private readonly createContext: (request: RequestContext) => object,
  ) {}

  async execute(request: SubgraphRequest): Promise<ExecutionResult> {
    const args = this.argumentsOf(request);
    if ('errors' in args) return args;
    const result = execute(args);
    if (!(result instanceof Promise)) return result;
    const told = result.then((one) => this.withOutages(one, request.context));
    return withinDeadline(told, request.context.deadlineAt);
  }

  async subscribe(request: SubgraphRequest): Promise<AsyncIterableIterator<ExecutionResult>> {
    const args = this.argumentsOf(request);
    const source = 'errors' in args ? args : await createSourceEventStream(args);
    if (!(Symbol.asyncIterator in source)) return streamOf(this.withOutages(source, request.context));
    const { contextValue: _, ...rest } = args as ExecutionArgs;
    // Each event has a context of its own: loaders that lived as long as the stream would answer from what they once read.
    return mapStream(source[Symbol.asyncIterator](), async (rootValue) => {
      const result = await execute({ ...rest, rootValue, contextValue: this.createContext(request.context) });
      return this.withOutages(result, request.context);
    });
  }

  async close(): Promise<void> {
    this.documents.clear();
  }

  /**
   * A database that is away is told as what it is: something that passes, after which the same may be sent again. Whoever
   * was told INTERNAL would neither know whether it happened nor ask again.
   */
  private withOutages(result: ExecutionResult, { requestId }: RequestContext): ExecutionResult {
    if (result.errors === undefined) return result;
    const errors = result.errors.map((error) => {
      const { path } = error;
      const err = thrownAs(error);
      if (!isConnectionLoss(err)) return error;
      this.log.warn({ event: 'subgraph.database.lost', subgraph: this.name, requestId, path, err });
      const { message, extensions } = subgraphUnavailable();
      return new GraphQLError(message, { path, extensions });
    });
    return { ...result, errors };
  }

  private argumentsOf(request: SubgraphRequest): ExecutionArgs | { errors: readonly GraphQLError[] } {
    const document = this.documentOf(request);
    if ('errors' in document) return document;
    return {
      schema: this.schema,
      document,
      operationName: request.operationName,
      variableValues: request.variables,
      contextValue: this.createContext(request.context),
    };
  }

  private documentOf({ query, document }: SubgraphRequest): DocumentNode | { errors: readonly GraphQLError[] } {
    const kept = this.documents.get(query);
    if (kept !== undefined) return kept;
    const parsed = document ?? parsedOrFault(query);
    if (parsed instanceof GraphQLError) return { errors: [parsed] };
    const errors = validate(this.schema, parsed);
    if (errors.length > 0) return { errors };
    if (this.documents.size >= DOCUMENTS_KEPT) this.documents.delete(this.documents.keys().next().value as string);
    this.documents.set(query, parsed);
    return parsed;
  }
}

/** What a resolver threw. Something that is no `Error` here, as one of another realm is, comes wrapped. */
function thrownAs({ originalError }: GraphQLError): unknown {
  return (originalError as { thrownValue?: unknown } | undefined)?.thrownValue ?? originalError;
}

function parsedOrFault(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query, { noLocation: true });
  } catch (error) {
    return error as GraphQLError;
  }
}

/** The result, or that time is up: the work goes on, but nobody waits for it any longer. */
async function withinDeadline(result: Promise<ExecutionResult>, deadlineAt: Date): Promise<ExecutionResult> {
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<ExecutionResult>((resolve) => {
    timer = setTimeout(() => resolve({ errors: [deadlineExceeded()] }), Math.max(1, deadlineAt.getTime() - Date.now()));
  });
  try {
    return await Promise.race([result, timeUp]);
  } finally {
    clearTimeout(timer);
  }
}
