import type { Principal } from './principal';

/** What travels with every call through the house. */
export interface RequestContext {
  readonly principal: Principal;
  /** Told to the client with every fault, and on every log line of this call. */
  readonly requestId: string;
  /** When the caller stops waiting; work that cannot end by then is refused rather than begun. */
  readonly deadlineAt: Date;
  /** The client's `Accept-Language`, as sent. */
  readonly acceptLanguage?: string;
  /** Where the caller's work stands in its trace (W3C `traceparent`), when the call came from another process and is traced. */
  readonly traceparent?: string;
}
