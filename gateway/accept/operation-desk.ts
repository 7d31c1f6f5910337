import { GraphQLError, parse, type DocumentNode } from 'graphql';
import type { Caller } from '../auth/authenticator';
import { limitFault, type IncomingOperation } from '../limits/admission';
import type { BudgetStanding } from '../limits/budgets';
import { Kept } from '../limits/kept';
import type { GatewayLimits } from '../limits/limits';
import type { Pipeline, Run } from '../plan/pipeline';

/** An operation as a client of a live connection sends it, with the text of its document. */
export interface AskedOperation {
  readonly query: string;
  readonly operationName?: string | null;
  readonly variables?: Record<string, unknown> | null;
}

/** On whose behalf it is asked, and how it came. */
export interface Asking {
  readonly caller: Caller;
  readonly acceptLanguage: string | undefined;
  /** Where the connection comes from. */
  readonly address: string;
  readonly requestId: string;
  readonly way: IncomingOperation['way'];
  readonly bodyBytes?: number;
}

/** Either what is to be run, or the faults for which it is not. */
export type Desked = ({ readonly run: Run } | { readonly faults: readonly GraphQLError[] }) & {
  readonly standing?: BudgetStanding | null;
};

const DOCUMENTS_KEPT = 2_000;

/** Admits operations of live connections, whichever protocol they speak: parsed once, judged and charged each time. */
export class OperationDesk {
  private readonly documents = new Kept<DocumentNode>(DOCUMENTS_KEPT);

  constructor(
    private readonly pipeline: Pipeline,
    private readonly limits: GatewayLimits,
  ) {}

  async admit(asked: AskedOperation, by: Asking): Promise<Desked> {
    const { caller, acceptLanguage, address, requestId, way, bodyBytes } = by;
    const { principal } = caller;
    const document = this.documents.get(asked.query) ?? parsed(asked.query, this.limits.tokens);
    if (document instanceof GraphQLError) return { faults: [document] };
    this.documents.set(asked.query, document);
    const operationName = asked.operationName ?? undefined;
    const variables = asked.variables ?? {};
    const incoming = { document, operationName, variables, way, bodyBytes };
    const admission = await this.pipeline.admit(incoming, { principal, address });
    if ('faults' in admission) return admission;
    const deadlineAt = new Date(Date.now() + admission.deadlineMs);
    const context = { principal, requestId, deadlineAt, acceptLanguage };
    return { run: { document, operationName, variables, context, way }, standing: admission.standing };
  }
}

function parsed(query: string, maxTokens: number): DocumentNode | GraphQLError {
  try {
    return parse(query, { maxTokens });
  } catch (error) {
    return limitFault('GATEWAY_SYNTAX', (error as GraphQLError).message);
  }
}
