import { parse, type DocumentNode } from 'graphql';
import type { RequestContext } from '../../../kernel/context/request-context';
import type { IntakeMapping, IntakeProblem } from '../../auth/intake-store';
import type { BudgetStanding } from '../../limits/budgets';
import { Kept } from '../../limits/kept';
import type { Pipeline } from '../../plan/pipeline';
import type { IntakeMessage } from './message';
import { fill, TemplateFault } from './template';

/** What became of the messages of a request. */
export interface CarriedOut {
  /** Those that could not become what they were mapped to, and never will as they are. */
  readonly problems: readonly IntakeProblem[];
  /** Whether some failed for a reason that may pass: then the whole request is to be sent again. */
  readonly isToBeSentAgain: boolean;
  /** Seconds to wait before that. */
  readonly retryAfterSeconds: number;
  /** What is left of the caller's budget when it is for that reason; null otherwise. */
  readonly spent: BudgetStanding | null;
}

/** With what, and as whom, messages are carried out. */
export interface IntakeSurroundings {
  readonly mappings: readonly IntakeMapping[];
  readonly pipeline: Pipeline;
  readonly context: RequestContext;
  /** Where the connection comes from. */
  readonly address: string;
}

/** Customers whose messages are worked on at once. */
const AT_ONCE = 16;
const DOCUMENTS_KEPT = 100;
const documents = new Kept<DocumentNode>(DOCUMENTS_KEPT);

/**
 * Does what the messages are mapped to: each customer's in their order, different customers' side by side. Every command's key is
 * the message's own id, so a request that is sent again does nothing twice.
 */
export async function carryOut(
  messages: readonly IntakeMessage[],
  surroundings: IntakeSurroundings,
): Promise<CarriedOut> {
  const queues = byCustomer(messages);
  const problems: IntakeProblem[] = [];
  let retryAfterSeconds = 0;
  let spent: BudgetStanding | null = null;
  const worker = async () => {
    for (let queue = queues.shift(); queue !== undefined; queue = queues.shift()) {
      for (const message of queue) {
        const outcome = await carryOutOne(message, surroundings);
        if (outcome === null) continue;
        spent = outcome.spent ?? spent;
        if (outcome.isPassing) retryAfterSeconds = Math.max(retryAfterSeconds, outcome.retryAfterSeconds);
        else problems.push(outcome.problem);
        // What comes after of this customer waits until what came before is done.
        if (outcome.isPassing) break;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, queues.length) }, worker));
  return { problems, isToBeSentAgain: retryAfterSeconds > 0, retryAfterSeconds, spent };
}

function byCustomer(messages: readonly IntakeMessage[]): IntakeMessage[][] {
  const queues = new Map<string, IntakeMessage[]>();
  for (const message of messages) {
    const queue = queues.get(message.customer);
    if (queue === undefined) queues.set(message.customer, [message]);
    else queue.push(message);
  }
  return [...queues.values()];
}

interface Failure {
  readonly isPassing: boolean;
  readonly retryAfterSeconds: number;
  readonly problem: IntakeProblem;
  readonly spent?: BudgetStanding | null;
}

async function carryOutOne(
  message: IntakeMessage,
  { mappings, pipeline, context, address }: IntakeSurroundings,
): Promise<Failure | null> {
  const mapping = mappings.find(
    ({ type, event }) => type === message.type && (event === null || event === message.event),
  );
  if (mapping === undefined || mapping.document === null) return null;
  const failed = (code: string, told: string, retryAfterSeconds = 0): Failure => ({
    isPassing: retryAfterSeconds > 0,
    retryAfterSeconds,
    problem: { messageId: message.messageId, type: message.type, event: message.event, code, message: told },
  });
  if (lacksTime(message, mapping)) return failed('GATEWAY_INTAKE_VALUE', NO_TIME);
  let variables: Record<string, unknown>;
  try {
    variables = fill(mapping.template, message.body);
  } catch (error) {
    if (error instanceof TemplateFault) return failed('GATEWAY_INTAKE_VALUE', error.message);
    throw error;
  }
  const document = parsed(mapping.document);
  const admission = await pipeline.admit(
    { document, variables, way: 'request' },
    { principal: context.principal, address },
  );
  if ('faults' in admission) {
    const [fault] = admission.faults;
    const { standing: spent = null } = admission;
    const told = failed(String(fault?.extensions['code']), fault?.message ?? '', spent?.resetSeconds ?? 0);
    return { ...told, spent };
  }
  const deadlineAt = new Date(Date.now() + admission.deadlineMs);
  const run = { document, variables, way: 'request', context: { ...context, deadlineAt } } as const;
  const { data, errors } = await pipeline.answer(run);
  const told = errors?.[0];
  if (told !== undefined)
    return failed(String(told.extensions['code']), told.message, told.extensions['retryable'] ? 1 : 0);
  const result = data?.['result'] as { code?: string; message?: string; retryable?: boolean } | null | undefined;
  if (result?.code === undefined) return null;
  return failed(result.code, result.message ?? '', result.retryable ? 1 : 0);
}

const NO_TIME = 'The message does not say when it happened: send `timestamp`, the same each time the message is sent.';
const TIMES = ['timestamp', 'originalTimestamp', 'sentAt'] as const;

/**
 * Whether a command's time is in none of the usual places of the message. The moment it was received would be another one when the message
 * is sent again, and so another command under the same key.
 */
function lacksTime({ body }: IntakeMessage, { template }: IntakeMapping): boolean {
  if (TIMES.some((name) => (body[name] ?? '') !== '')) return false;
  return JSON.stringify(template).includes(`"$.${TIMES[0]}"`);
}

function parsed(text: string): DocumentNode {
  const known = documents.get(text) ?? parse(text, { noLocation: true });
  documents.set(text, known);
  return known;
}
