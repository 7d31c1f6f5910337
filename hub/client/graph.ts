import { setTimeout as pause } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { Fault } from '../../kernel/errors/fault';

/** What a mutation answers: a success, or a refusal with its code. */
export interface Answer {
  readonly __typename: string;
  readonly code?: string;
  readonly message?: string;
  readonly retryable?: boolean;
  readonly replayed?: boolean;
}

/** Asks for the refusal beside a success. */
export const REFUSAL = '__typename ... on Refusal { code message retryable replayed }';

interface GraphError {
  readonly message: string;
  readonly extensions?: { readonly code?: string; readonly retryable?: boolean };
}

interface GraphBody {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphError[];
}

const TRIES_MAX = 12;
const PAUSE_MS = { first: 50, most: 2_000 };
const TIMEOUT_MS = 40_000;

/** Speaks to a hub over kept connections, as a partner's program would, for work of many calls. */
export class GraphConnection {
  private readonly agent: Agent;

  constructor(
    readonly url: string,
    connections = 16,
  ) {
    this.agent = new Agent({ connections, headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
  }

  /** The hub as one credential sees it. */
  as(credential: string): GraphCaller {
    return new GraphCaller((body) => this.post(body, credential));
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  private async post(body: string, credential: string): Promise<GraphBody> {
    const response = await request(`${this.url}/graphql`, {
      dispatcher: this.agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${credential}` },
      body,
    });
    const text = await response.body.text();
    try {
      return JSON.parse(text) as GraphBody;
    } catch {
      throw new Error(`the hub answered ${response.statusCode} without JSON`);
    }
  }
}

/**
 * One caller. Whatever may pass by itself (a broken connection, a retryable refusal) is tried again a bounded number of
 * times with the same body: the idempotency key within makes that safe.
 */
export class GraphCaller {
  constructor(private readonly post: (body: string) => Promise<GraphBody>) {}

  /**
   * Runs one operation.
   *
   * @throws Fault HUB_CALL_FAILED when the hub stays unreachable or answers errors
   */
  async ask<Result>(query: string, variables: Record<string, unknown> = {}): Promise<Result> {
    const body = JSON.stringify({ query, variables });
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.post(body).catch((error: Error) => ({ broken: error }));
      if (!('broken' in outcome) && outcome.errors === undefined) return outcome.data as Result;
      const last = 'broken' in outcome ? outcome.broken.message : describe(outcome.errors ?? []);
      const passes = 'broken' in outcome || (outcome.errors ?? []).every(isPassing);
      if (!passes || tries >= TRIES_MAX) throw new Fault('HUB_CALL_FAILED', `The hub did not answer a call: ${last}`);
      await pause(pauseOf(tries));
    }
  }

  /**
   * Runs one mutation that answers a single result under the alias `result`; retryable refusals are tried again.
   *
   * @returns success or a decided refusal
   */
  async command<Success extends object>(query: string, variables: Record<string, unknown>): Promise<Answer & Success> {
    for (let tries = 1; ; tries += 1) {
      const { result } = await this.ask<{ result: Answer & Success }>(query, variables);
      if (result.retryable !== true || tries >= TRIES_MAX) return result;
      await pause(pauseOf(tries));
    }
  }

  /**
   * As `command`, for steps that must succeed.
   *
   * @throws Fault HUB_COMMAND_REFUSED with the refusal in words
   */
  async must<Success extends object>(query: string, variables: Record<string, unknown>): Promise<Success> {
    const answer = await this.command<Success>(query, variables);
    if (answer.code !== undefined) throw refusedBy(answer);
    return answer;
  }

  /**
   * Runs one mutation over a list `input`, which answers a result for each row under the alias `result`. Rows that are refused
   * for a reason that may pass, or have no answer, are sent again, in their order.
   *
   * @returns each row's success or decided refusal, in the order of the rows; null: it had no answer to the last
   */
  async commandEach(query: string, rows: readonly object[]): Promise<(Answer | null)[]> {
    const answers: (Answer | null)[] = rows.map(() => null);
    let left = [...rows.keys()];
    for (let tries = 1; left.length > 0; tries += 1) {
      const { result } = await this.ask<{ result: readonly (Answer | null)[] }>(query, {
        input: left.map((place) => rows[place]),
      });
      for (const [n, place] of left.entries()) answers[place] = result[n] ?? null;
      if (tries >= TRIES_MAX) break;
      left = left.filter((place) => answers[place]?.retryable ?? answers[place] === null);
      if (left.length > 0) await pause(pauseOf(tries));
    }
    return answers;
  }

  /**
   * As `commandEach`, for rows that must all succeed.
   *
   * @throws Fault HUB_COMMAND_REFUSED with the first refusal in words
   */
  async mustEach(query: string, rows: readonly object[]): Promise<void> {
    const refused = (await this.commandEach(query, rows)).find(
      (answer) => answer?.code !== undefined || answer === null,
    );
    if (refused !== undefined) throw refusedBy(refused);
  }
}

function refusedBy(answer: Answer | null): Fault {
  return new Fault('HUB_COMMAND_REFUSED', `${answer?.code ?? 'INTERNAL'}: ${answer?.message ?? 'no reason given'}`);
}

/** How long to wait before another try. */
function pauseOf(tries: number): number {
  return Math.min(PAUSE_MS.first * 2 ** (tries - 1), PAUSE_MS.most);
}

function isPassing({ extensions }: GraphError): boolean {
  return extensions?.retryable === true;
}

function describe(errors: readonly GraphError[]): string {
  return errors.map(({ message, extensions }) => `${extensions?.code ?? 'ERROR'} ${message}`).join('; ');
}
