import { z } from 'zod';

/** One message of the Segment spec, as far as it must be understood to be passed on. */
export interface IntakeMessage {
  readonly type: string;
  readonly messageId: string;
  readonly event: string | null;
  /** Messages of one customer are done in their order. */
  readonly customer: string;
  /** The whole of it, for templates. */
  readonly body: Readonly<Record<string, unknown>>;
}

/** Messages in one request at most, as the spec's clients keep to. */
const BATCH_MAX = 500;
const TYPES = ['identify', 'track', 'page', 'screen', 'group', 'alias'] as const;

/** The last parts of the paths that take messages. */
export const INTAKE_CALLS = ['batch', ...TYPES] as const;

const id = z.union([z.string().min(1).max(255), z.number()]).transform(String);
const message = z.looseObject({
  type: z.enum(TYPES),
  messageId: z.string().min(1).max(255),
  event: z.string().max(200).nullish(),
  userId: id.nullish(),
  anonymousId: id.nullish(),
});

/**
 * Reads the messages of a request.
 *
 * @param call the last part of its path: `batch`, or the type of the one message it is
 * @returns the messages, or what is wrong with the request, in words
 */
export function messagesIn(call: string, body: unknown): IntakeMessage[] | string {
  if (typeof body !== 'object' || body === null) return 'The body must be a JSON object.';
  const given = call === 'batch' ? (body as { batch?: unknown }).batch : [{ ...body, type: call }];
  if (!Array.isArray(given)) return '"batch" must be a list of messages.';
  if (given.length > BATCH_MAX) return `A batch may have at most ${BATCH_MAX} messages.`;
  const parsed = z.array(message).safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return `Message ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'cannot be read'}`;
  }
  return parsed.data.map((read) => ({
    type: read.type.toUpperCase(),
    messageId: read.messageId,
    event: read.type === 'track' ? (read.event ?? '') : null,
    customer: read.userId ?? read.anonymousId ?? read.messageId,
    body: read,
  }));
}
