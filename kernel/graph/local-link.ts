import {
  createSourceEventStream,
  execute,
  GraphQLError,
  parse,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql';
import type { RequestContext } from '../context/request-context';
import type { SubgraphName } from '../context/principal';
import { isConnectionLoss } from '../db/connection-loss';
import { openLog } from '../telemetry/log';
import { deadlineExceeded, subgraphUnavailable } from './fault';
import type { SubgraphLink, SubgraphRequest } from './link';
import { PreparedOperation } from './prepared-operation';
import { mapStream, streamOf } from './stream';

/** How many prepared documents are kept; a gateway sends few different ones. */
const DOCUMENTS_KEPT = 1_000;

/** The way to a subgraph of the same process: no network, no signing, documents prepared once. */
export class LocalLink implements SubgraphLink {
  private readonly log = openLog('link');
  private readonly documents = new Map<string, PreparedOperation>();

  constructor(
    readonly name: SubgraphName,
    private readonly schema: GraphQLSchema,
    private readonly createContext: (request: RequestContext) => object,
  ) {}

  async execute(request: SubgraphRequest): Promise<ExecutionResult> {
    const prepared = this.prepared(request);
    if ('errors' in prepared) return prepared;
    const { operationName, variables, context } = request;
    const result = prepared.execute({ operationName, variables, contextValue: this.createContext(context) });
    if (!(result instanceof Promise)) return result;
    const told = result.then((one) => this.withOutages(one, context));
    return withinDeadline(told, context.deadlineAt);
  }

  async subscribe(request: SubgraphRequest): Promise<AsyncIterableIterator<ExecutionResult>> {
    const prepared = this.prepared(request);
    if ('errors' in prepared) return streamOf<ExecutionResult>(prepared);
    const { operationName, variables: variableValues, context } = request;
    const asked = { schema: this.schema, document: prepared.document, operationName, variableValues };
    const source = await createSourceEventStream({ ...asked, contextValue: this.createContext(context) });
    if (!(Symbol.asyncIterator in source)) return streamOf(this.withOutages(source, context));
    // Each event has a context of its own: loaders that lived as long as the stream would answer from what they once read.
    return mapStream(source[Symbol.asyncIterator](), async (rootValue) => {
      const result = await execute({ ...asked, rootValue, contextValue: this.createContext(context) });
      return this.withOutages(result, context);
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

  private prepared({ query, document }: SubgraphRequest): PreparedOperation | { errors: readonly GraphQLError[] } {
    const kept = this.documents.get(query);
    if (kept !== undefined) return kept;
    const parsed = document ?? parsedOrFault(query);
    if (parsed instanceof GraphQLError) return { errors: [parsed] };
    const errors = validate(this.schema, parsed);
    if (errors.length > 0) return { errors };
    if (this.documents.size >= DOCUMENTS_KEPT) this.documents.delete(this.documents.keys().next().value as string);
    const prepared = new PreparedOperation(this.schema, parsed);
    this.documents.set(query, prepared);
    return prepared;
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
