import {
  getOperationAST,
  getVariableValues,
  GraphQLError,
  OperationTypeNode,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type ValidationRule,
} from 'graphql';
import type { Principal } from '../../kernel/context/principal';
import { requestFault } from '../../kernel/graph/fault';
import { rateWords, retryAfterOf, type BudgetStanding } from './budgets';
import type { GatewayLimits } from './limits';
import { measure, type Measures } from './measure';
import type { limitRefusals } from './refusals';

/** An operation as it came in. */
export interface IncomingOperation {
  readonly document: DocumentNode;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  /** How it came. */
  readonly way: 'request' | 'socket' | 'events';
  /** Size of the request; only known over HTTP, a socket bounds its frames. */
  readonly bodyBytes?: number;
}

/** What is known of an operation that may run. */
export interface Admitted {
  readonly kind: OperationTypeNode;
  /** How long it may take from now on. */
  readonly deadlineMs: number;
  /** Whether it consists of bulk mutations, which are bounded by their rows. */
  readonly isBulk: boolean;
  /** What is left of its caller's budget; null for a caller without one, absent before it was asked. */
  readonly standing?: BudgetStanding | null;
}

/** The errors to show; with the standing of a caller that cannot pay. */
export interface NotAdmitted {
  readonly faults: readonly GraphQLError[];
  readonly standing?: BudgetStanding;
}

/** Either what is known, or why not. */
export type Admission = Admitted | NotAdmitted;

export interface AdmissionOptions {
  readonly schema: GraphQLSchema;
  readonly limits: GatewayLimits;
  /** Rules beyond those of the specification. */
  readonly rules: readonly ValidationRule[];
  /** Whether anybody may introspect, or only callers with a credential. */
  readonly openIntrospection: boolean;
}

type LimitCode = keyof typeof limitRefusals | 'INVALID_INPUT';

/** How many faults of one document are told. */
const FAULTS_TOLD = 10;
const MESSAGE_MAX = 400;

/**
 * Decides whether an operation may run, for HTTP and WebSocket alike. Size is judged before anything that grows with
 * it: validation of the schema's kind compares fields in pairs.
 */
export class Admissions {
  /** What was found in a document does not change; callers and variables do. */
  private readonly verdicts = new WeakMap<DocumentNode, Map<string | undefined, Verdict>>();
  private readonly rules: readonly ValidationRule[];

  constructor(private readonly options: AdmissionOptions) {
    this.rules = [...specifiedRules, ...options.rules];
  }

  judge(incoming: IncomingOperation, principal: Principal): Admission {
    const verdict = this.verdictOf(incoming);
    if ('faults' in verdict)
      return { faults: principal.kind === 'anonymous' ? verdict.faults.map(withoutHints) : verdict.faults };
    const { operation, measures } = verdict;
    const fault =
      this.faultOfWay(incoming, operation, measures, principal) ?? this.faultOfVariables(incoming, operation, measures);
    if (fault !== null) return { faults: [fault] };
    const { patientMutations, patientDeadlineMs, deadlineMs } = this.options.limits;
    const patient = measures.roots.some((root) => patientMutations.includes(root));
    const isBulk = measures.roots.every((root) => this.options.limits.bulkMutations.includes(root));
    return { kind: operation.operation, deadlineMs: patient ? patientDeadlineMs : deadlineMs, isBulk };
  }

  /** Whether an operation was judged before: then its form costs nothing to judge again. */
  knows({ document, operationName }: IncomingOperation): boolean {
    return this.verdicts.get(document)?.has(operationName) ?? false;
  }

  private verdictOf({ document, operationName }: IncomingOperation): Verdict {
    const known = this.verdicts.get(document) ?? new Map<string | undefined, Verdict>();
    this.verdicts.set(document, known);
    let verdict = known.get(operationName);
    if (verdict !== undefined) return verdict;
    verdict = this.examine(document, operationName);
    // A client may send any name; only those of operations in the document are worth keeping.
    if (verdict !== NO_OPERATION) known.set(operationName, verdict);
    return verdict;
  }

  private examine(document: DocumentNode, operationName: string | undefined): Verdict {
    const operation = getOperationAST(document, operationName);
    if (operation == null) return NO_OPERATION;
    const measures = measure(document, operation);
    const tooLarge = this.faultOfSize(operation, measures);
    if (tooLarge !== null) return { faults: [tooLarge] };
    const errors = validate(this.options.schema, document, this.rules, { maxErrors: FAULTS_TOLD });
    if (errors.length === 0) return { operation, measures };
    return { faults: errors.map((error) => limitFault('GATEWAY_VALIDATION', error.message, error)) };
  }

  private faultOfSize({ operation }: OperationDefinitionNode, measures: Measures): GraphQLError | null {
    const { limits } = this.options;
    if (measures.circular) return limitFault('GATEWAY_VALIDATION', 'Fragments lead back to themselves.');
    const roots = operation === OperationTypeNode.MUTATION ? limits.mutationRootFields : limits.rootFields;
    const sizes: readonly (readonly [string, number, number])[] = [
      ['levels of fields', measures.depth, limits.depth],
      ['levels of introspection', measures.introspectionDepth, limits.introspectionDepth],
      ['fields', Math.max(measures.fields, measures.written.fields), limits.fields],
      ['spreads of fragments', measures.written.spreads, limits.spreads],
      ['aliases', measures.aliases, limits.aliases],
      ['directives', measures.directives, limits.directives],
      ['root fields', measures.roots.length, roots],
    ];
    for (const [what, size, most] of sizes) {
      if (size > most) return limitFault('GATEWAY_DOCUMENT_TOO_LARGE', `A document may have at most ${most} ${what}.`);
    }
    return measures.firstLiterals.every((first) => this.isPageSize(first)) ? null : this.pageFault();
  }

  private faultOfWay(
    { way, bodyBytes = 0 }: IncomingOperation,
    operation: OperationDefinitionNode,
    measures: Measures,
    principal: Principal,
  ): GraphQLError | null {
    if (way === 'request' && operation.operation === OperationTypeNode.SUBSCRIPTION) {
      return limitFault(
        'GATEWAY_OPERATION_NOT_HERE',
        'Subscriptions travel over WebSocket or as text/event-stream, at this same path.',
      );
    }
    const { bodyBytes: most, bulkMutations } = this.options.limits;
    if (bodyBytes > most && !measures.roots.every((root) => bulkMutations.includes(root))) {
      return limitFault('GATEWAY_BODY_TOO_LARGE', `A request may have at most ${most} bytes.`, undefined, 413);
    }
    if (measures.introspects && principal.kind === 'anonymous' && !this.options.openIntrospection) {
      return limitFault('GATEWAY_INTROSPECTION_OFF', 'Introspection needs a credential here.');
    }
    return null;
  }

  private faultOfVariables(
    { variables = {} }: IncomingOperation,
    operation: OperationDefinitionNode,
    measures: Measures,
  ): GraphQLError | null {
    if (!isAtMost(variables, this.options.limits.variableDepth)) {
      return limitFault('INVALID_INPUT', `Variables may have at most ${this.options.limits.variableDepth} levels.`);
    }
    const { coerced, errors } = getVariableValues(this.options.schema, operation.variableDefinitions ?? [], variables, {
      maxErrors: 3,
    });
    if (errors !== undefined) return limitFault('INVALID_INPUT', withoutValue(errors[0] as GraphQLError), errors[0]);
    const outside = measures.firstVariables.some((name) => coerced[name] != null && !this.isPageSize(coerced[name]));
    return outside ? this.pageFault() : null;
  }

  private isPageSize(first: unknown): boolean {
    return typeof first === 'number' && first >= 1 && first <= this.options.limits.pageSize;
  }

  private pageFault(): GraphQLError {
    return limitFault('INVALID_INPUT', `"first" is from 1 to ${this.options.limits.pageSize}.`);
  }
}

type Verdict =
  | { readonly operation: OperationDefinitionNode; readonly measures: Measures }
  | { readonly faults: readonly GraphQLError[] };

/** A fault of the document, with the status it has over HTTP. */
export function limitFault(code: LimitCode, message: string, origin?: GraphQLError, status = 400): GraphQLError {
  // Some of the specification's messages repeat the value they complain of, however long it is.
  const fault = requestFault({ code, message: message.slice(0, MESSAGE_MAX), status });
  if (origin?.nodes === undefined) return fault;
  return new GraphQLError(fault.message, { nodes: origin.nodes, extensions: fault.extensions });
}

/** A budget that is used up: when to come again. */
export function rateFault(standing: BudgetStanding, cost: number): GraphQLError {
  const message = rateWords(standing, cost);
  const retryAfterSeconds = retryAfterOf(standing);
  return requestFault({ code: 'GATEWAY_RATE_LIMITED', message, status: 429, retryable: true, retryAfterSeconds });
}

const NO_OPERATION: Verdict = {
  faults: [limitFault('GATEWAY_OPERATION_UNKNOWN', 'Name one of the operations of the document in `operationName`.')],
};

/** Suggestions of names would describe the schema to somebody who may not read it. */
function withoutHints(error: GraphQLError): GraphQLError {
  const message = error.message.replace(/ Did you mean .*\?$/, '');
  return message === error.message
    ? error
    : new GraphQLError(message, { nodes: error.nodes, extensions: error.extensions });
}

/** The specification's message repeats the whole input, personal data included, before it says what is wrong where. */
function withoutValue(error: GraphQLError): string {
  const { message } = withoutHints(error);
  const [, variable, place = '', fault] = VALUE_REPEATED.exec(message) ?? [];
  return variable === undefined || fault === undefined ? message : `${variable}${place}: ${fault}`;
}

const VALUE_REPEATED =
  /^(Variable "\$\w+") got invalid value [^]*?( at "[^"]*")?; ((?:Field|Expected|Exactly|Int|Float|String|Boolean|ID|Value|Enum) [^]*)$/;

function isAtMost(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isAtMost(item, levels - 1));
}
