import type { GraphQLError } from 'graphql';
import { traced } from '../../kernel/telemetry/trace';
import type { Caller } from '../auth/authenticator';
import type { IncomingOperation } from '../limits/admission';
import type { BudgetStanding } from '../limits/budgets';
import type { GatewayLimits } from '../limits/limits';
import { ParsedDocuments } from '../limits/parsed-documents';
import { countRefusal } from '../plan/measured';
import { spanOf, type Pipeline, type Run } from '../plan/pipeline';

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

/** Admits operations of live connections, whichever protocol they speak: parsed once, judged and charged each time. */
export class OperationDesk {
  private readonly parsed: ParsedDocuments;

  constructor(
    private readonly pipeline: Pipeline,
    limits: GatewayLimits,
  ) {
    this.parsed = new ParsedDocuments(limits.tokens, countRefusal);
  }

  admit(asked: AskedOperation, by: Asking): Promise<Desked> {
    const { caller, requestId, way } = by;
    const span = spanOf('admit', { context: { principal: caller.principal, requestId }, way });
    return traced(span, () => this.admitted(asked, by));
  }

  private async admitted(asked: AskedOperation, by: Asking): Promise<Desked> {
    const { caller, acceptLanguage, address, requestId, way, bodyBytes } = by;
    const { principal } = caller;
    const operationName = asked.operationName ?? undefined;
    const variables = asked.variables ?? {};
    const asking = { operationName, variables, way, bodyBytes };
    const admission = await this.parsed.admitted(asked.query, (document) =>
      this.pipeline.admit({ ...asking, document }, { principal, address }),
    );
    if ('faults' in admission) return admission;
    const { document } = admission;
    const deadlineAt = new Date(Date.now() + admission.deadlineMs);
    const context = { principal, requestId, deadlineAt, acceptLanguage };
    return { run: { document, operationName, variables, context, way }, standing: admission.standing };
  }
}
