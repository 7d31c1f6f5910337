/**
 * An expected outcome that is not success: a value, never thrown. What is thrown is a bug.
 *
 * `retryable` says whether the very same call may succeed later without anybody changing it. `replayed` is set by the
 * idempotency store when a stored refusal is answered again.
 */
export interface Refusal<Code extends string = string> {
  readonly kind: 'refusal';
  readonly code: Code;
  /** For a person: what happened and what to do, without names of tables, other tenants or internals. */
  readonly message: string;
  readonly retryable: boolean;
  readonly replayed?: boolean;
  /** What the caller needs to act on this code, such as `missingPoints`; field names are those of its GraphQL type. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What a use case answers. */
export type Outcome<Value, R extends Refusal = Refusal> = Value | R;

/** Tells a refusal from a value. */
export function isRefusal(outcome: unknown): outcome is Refusal {
  return typeof outcome === 'object' && outcome !== null && (outcome as { kind?: unknown }).kind === 'refusal';
}

/** What `docs/errors.md` says of one code. */
export interface RefusalEntry {
  /** What happened. */
  readonly meaning: string;
  /** What the caller should do. */
  readonly action: string;
  /** Whether sending the same again later can help. */
  readonly retryable: boolean;
  /** The GraphQL type that carries it, named for the fact. */
  readonly type: string;
  /** Which code wins when several apply: the lower number is told first. */
  readonly precedence: number;
}

export type RefusalCatalogue = Readonly<Record<string, RefusalEntry>>;

/** Makes a refusal whose `retryable` comes from the catalogue, so that code and documentation cannot disagree. */
export function refuseFrom<C extends RefusalCatalogue>(catalogue: C) {
  return <Code extends keyof C & string>(
    code: Code,
    message: string,
    facts?: Record<string, unknown>,
  ): Refusal<Code> => {
    const entry = catalogue[code];
    if (entry === undefined) throw new TypeError(`refuse: ${code} is not in the catalogue`);
    return { kind: 'refusal', code, message, retryable: entry.retryable, ...(facts === undefined ? {} : { facts }) };
  };
}
