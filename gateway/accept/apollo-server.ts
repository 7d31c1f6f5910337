import { ApolloServer, HeaderMap, type ApolloServerPlugin, type GraphQLRequestListener } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { DocumentNode, GraphQLError } from 'graphql';
import type { RequestContext } from '../../kernel/context/request-context';
import { Kept, TEXT_KEPT_MAX } from '../limits/kept';
import type { Admission } from '../limits/admission';
import { budgetHeaders } from '../limits/budgets';
import { RETRY_AFTER_SECONDS, statusOf } from '../limits/lanes';
import type { GatewayLimits } from '../limits/limits';
import { DOCUMENTS_KEPT } from '../limits/parsed-documents';
import { maskErrors } from '../plan/mask';
import { countRefusal } from '../plan/measured';
import type { Pipeline } from '../plan/pipeline';
import { wantsPlainJson } from './graph-post';

/** What Apollo Server carries for us through one request. */
export interface HttpContext {
  request: RequestContext;
  /** Where the connection comes from. */
  readonly address: string;
  /** What was found when the operation was judged; null before. */
  admission: Admission | null;
  /** To be called when the operation was admitted. */
  readonly documentAdmitted: (() => void) | undefined;
}

/**
 * Apollo Server as the end of the pipeline for queries by GET: it reads that part of the protocol and keeps parsed documents.
 * Judging, planning and running are the pipeline's, the same as by POST and over WebSocket; Apollo's own validation would come
 * before size is known.
 */
export async function startApolloServer(pipeline: Pipeline, limits: GatewayLimits): Promise<ApolloServer<HttpContext>> {
  const documents = new DocumentStore();
  const server = new ApolloServer<HttpContext>({
    gateway: asApolloGateway(pipeline),
    plugins: [
      judging(pipeline, documents),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      // A key of Apollo's in the environment, meant for something else, must not make the hub report to anybody.
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    documentStore: documents,
    parseOptions: { maxTokens: limits.tokens },
    dangerouslyDisableValidation: true,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    persistedQueries: false,
    // The front checks this before a body is read.
    csrfPrevention: false,
    allowBatchedHttpRequests: false,
    stopOnTerminationSignals: false,
    logger: pipeline.log,
  });
  await server.start();
  return server;
}

function asApolloGateway(pipeline: Pipeline): GatewayInterface {
  return {
    load: async () => ({
      executor: async ({ document, request, context }) =>
        pipeline.answer({
          document,
          operationName: request.operationName,
          variables: request.variables ?? {},
          context: (context as HttpContext).request,
          way: 'request',
        }) as never,
    }),
    onSchemaLoadOrUpdate: (listener) => {
      pipeline.onSchema((apiSchema) => listener({ apiSchema, coreSupergraphSdl: '' }));
      return () => {};
    },
    stop: async () => {},
  };
}

/** The pipeline's judgement before execution, and its mask over what Apollo Server itself has to say. */
function judging(pipeline: Pipeline, documents: DocumentStore): ApolloServerPlugin<HttpContext> {
  const listener: GraphQLRequestListener<HttpContext> = {
    responseForOperation: async ({ document, request, contextValue }) => {
      const { request: asked, address } = contextValue;
      const admission = await pipeline.admit(
        {
          document,
          operationName: request.operationName,
          variables: request.variables,
          way: 'request',
        },
        { principal: asked.principal, address },
      );
      contextValue.admission = admission;
      if ('faults' in admission) {
        const status = (admission.faults[0]?.extensions['http'] as { status?: number } | undefined)?.status ?? 400;
        return {
          http: { status, headers: new HeaderMap() },
          body: { kind: 'single', singleResult: { errors: admission.faults } },
        };
      }
      documents.admitted(document);
      contextValue.documentAdmitted?.();
      contextValue.request = { ...contextValue.request, deadlineAt: new Date(Date.now() + admission.deadlineMs) };
      return null;
    },
    willSendResponse: async ({ request, response, contextValue }) => {
      const { admission } = contextValue;
      for (const [name, value] of budgetHeaders(admission?.standing ?? null)) response.http.headers.set(name, value);
      if (response.body.kind !== 'single') return;
      const result = response.body.singleResult;
      if (result.errors === undefined) return;
      result.errors = maskErrors(result.errors, contextValue.request.requestId, pipeline.log);
      // What Apollo Server refused by itself, as it was read, nobody has judged and counted.
      if (admission === null) countRefusal(result.errors[0]?.extensions?.['code']);
      // Apollo takes an answer without data for a fault of the request; of one that was admitted it is none.
      const wasAdmitted = admission !== null && !('faults' in admission);
      const status = wasAdmitted ? statusOf(result.errors as GraphQLError[]) : (response.http.status ?? 200);
      const { headers } = response.http;
      if ((status === 429 || status === 503) && !headers.has('retry-after'))
        headers.set('retry-after', String(RETRY_AFTER_SECONDS));
      response.http.status = status === 400 && wantsPlainJson(request.http?.headers.get('accept')) ? 200 : status;
    },
  };
  return { requestDidStart: async () => listener };
}

/**
 * Apollo Server's store of parsed documents; one found here is neither parsed nor planned again. Apollo fills it before a document is
 * judged: it is kept when it was admitted.
 */
class DocumentStore {
  private readonly kept = new Kept<DocumentNode>(DOCUMENTS_KEPT);
  private readonly keys = new WeakMap<DocumentNode, string>();

  async get(key: string): Promise<DocumentNode | undefined> {
    return this.kept.get(key);
  }

  async set(key: string, document: DocumentNode): Promise<void> {
    this.keys.set(document, key);
  }

  async delete(key: string): Promise<void> {
    this.kept.delete(key);
  }

  admitted(document: DocumentNode): void {
    const key = this.keys.get(document);
    const length = document.loc?.source.body.length ?? Infinity;
    if (key !== undefined && length <= TEXT_KEPT_MAX) this.kept.set(key, document);
  }
}
