import type { GraphQLError } from 'graphql';
import { callerOf, type Principal } from '../../kernel/context/principal';
import { requestFault } from '../../kernel/graph/fault';

/** How much of one kind of work goes on at once. */
export interface LaneSizes {
  /** Operations that run. */
  readonly running: number;
  /** Operations that wait for one of them to end. */
  readonly waiting: number;
  /** How many of those that wait may be one caller's. */
  readonly waitingOfOne: number;
  /** How long one waits at most. */
  readonly waitMs: number;
}

/** Why an operation does not even wait. */
export type LaneRefusal = 'caller-busy' | 'lane-busy';

/** Called once when the operation has ended. */
export type Leave = () => void;

interface Waiter {
  readonly begin: () => void;
  readonly giveUp: NodeJS.Timeout;
}

/**
 * A lane for one kind of work. What exceeds its places is refused at once, while it costs little, instead of making everybody's
 * answers late; and a place that becomes free goes to the callers in turn, so that one who sends a thousand waits for its
 * own.
 */
export class Lane {
  private running = 0;
  private waiting = 0;
  private width = 1;
  /** Callers who wait, in the order of their turns. */
  private readonly queues = new Map<string, Waiter[]>();

  constructor(private readonly sizes: LaneSizes) {}

  /** How many run now. */
  get inFlight(): number {
    return this.running;
  }

  /** How many wait now. */
  get queued(): number {
    return this.waiting;
  }

  /**
   * Makes the lane narrower or wider: a machine that falls behind does better with less at once, and with fewer who wait for it.
   *
   * @param width the part of its places, running and waiting, that are given; above 0 and at most 1
   */
  setWidth(width: number): void {
    this.width = width;
    while (this.queues.size > 0 && this.running < this.places) this.callNext();
  }

  private get places(): number {
    return this.narrowed(this.sizes.running);
  }

  /** Why a caller would be refused now; null when it would get a place or wait for one. */
  refusalFor(caller: string): LaneRefusal | null {
    if (this.running < this.places) return null;
    if ((this.queues.get(caller)?.length ?? 0) >= this.narrowed(this.sizes.waitingOfOne)) return 'caller-busy';
    return this.waiting >= this.narrowed(this.sizes.waiting) ? 'lane-busy' : null;
  }

  private narrowed(size: number): number {
    return Math.max(1, Math.floor(size * this.width));
  }

  /** Takes a place, after those who wait before it. */
  enter(caller: string): Promise<Leave | LaneRefusal> | Leave | LaneRefusal {
    const refusal = this.refusalFor(caller);
    if (refusal !== null) return refusal;
    if (this.running < this.places) return this.begun();
    return new Promise((resolve) => this.wait(caller, resolve));
  }

  private wait(caller: string, resolve: (outcome: Leave | LaneRefusal) => void): void {
    const queue = this.queues.get(caller) ?? [];
    this.queues.set(caller, queue);
    this.waiting += 1;
    const waiter: Waiter = {
      begin: () => resolve(this.begun()),
      giveUp: setTimeout(() => {
        queue.splice(queue.indexOf(waiter), 1);
        this.waiting -= 1;
        if (queue.length === 0) this.queues.delete(caller);
        resolve('lane-busy');
      }, this.sizes.waitMs),
    };
    queue.push(waiter);
  }

  private begun(): Leave {
    this.running += 1;
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.running -= 1;
      if (this.running < this.places) this.callNext();
    };
  }

  private callNext(): void {
    const [next] = this.queues;
    if (next === undefined) return;
    const [caller, queue] = next;
    const waiter = queue.shift() as Waiter;
    this.waiting -= 1;
    clearTimeout(waiter.giveUp);
    // It goes to the end of the turns, or out of them.
    this.queues.delete(caller);
    if (queue.length > 0) this.queues.set(caller, queue);
    waiter.begin();
  }
}

/** The lanes of a gateway: what a till waits for never stands behind bulk work. */
export interface GatewayLanes {
  readonly tills: LaneSizes;
  readonly bulk: LaneSizes;
}

/** More at once bring no more sales (`hub bench overload`), but make each of them later. */
export const defaultLanes: GatewayLanes = {
  tills: { running: 64, waiting: 256, waitingOfOne: 128, waitMs: 500 },
  bulk: { running: 4, waiting: 32, waitingOfOne: 8, waitMs: 10_000 },
};

/** The lanes of one gateway, and what is said to those who find no place. */
export class Lanes {
  readonly tills: Lane;
  readonly bulk: Lane;

  constructor(sizes: GatewayLanes) {
    this.tills = new Lane(sizes.tills);
    this.bulk = new Lane(sizes.bulk);
  }

  setWidth(width: number): void {
    this.tills.setWidth(width);
    this.bulk.setWidth(width);
  }

  /** What a caller would be told now, before anything of its request is read; null when it may come in. */
  faultFor(principal: Principal, { isBulk }: { isBulk: boolean } = { isBulk: false }): LaneFault | null {
    const refusal = (isBulk ? this.bulk : this.tills).refusalFor(callerOf(principal));
    return refusal === null ? null : FAULTS[refusal];
  }

  /**
   * Takes a place for an operation, unless its deadline passes before it has one: its caller no longer waits for it then.
   *
   * @throws GraphQLError GATEWAY_OVERLOADED or GATEWAY_TOO_MANY_AT_ONCE, with the status it has over HTTP
   */
  async enter(principal: Principal, { isBulk, deadlineAt }: { isBulk: boolean; deadlineAt: Date }): Promise<Leave> {
    const outcome = await (isBulk ? this.bulk : this.tills).enter(callerOf(principal));
    if (typeof outcome !== 'function') throw requestFault({ ...FAULTS[outcome], retryable: true });
    if (deadlineAt.getTime() > Date.now()) return outcome;
    outcome();
    throw requestFault({ ...FAULTS['lane-busy'], retryable: true });
  }
}

/** After how many seconds one who was refused should ask again. */
export const RETRY_AFTER_SECONDS = 1;

/** What one who finds no place is told, and the status it has over HTTP. */
export interface LaneFault {
  readonly code: 'GATEWAY_TOO_MANY_AT_ONCE' | 'GATEWAY_OVERLOADED';
  readonly message: string;
  readonly status: 429 | 503;
}

const FAULTS: Readonly<Record<LaneRefusal, LaneFault>> = {
  'caller-busy': {
    code: 'GATEWAY_TOO_MANY_AT_ONCE',
    message: 'As many of your operations wait as may wait at once.',
    status: 429,
  },
  'lane-busy': {
    code: 'GATEWAY_OVERLOADED',
    message: 'The hub has more to do than it can do in time.',
    status: 503,
  },
};

/** The status of an answer over HTTP: 200, unless it never began. */
export function statusOf(errors: readonly GraphQLError[] | undefined): number {
  return statusOfLane(errors?.[0]?.extensions['code']) ?? 200;
}

/** The status of a lane's refusal; undefined for any other code. */
export function statusOfLane(code: unknown): 429 | 503 | undefined {
  return Object.values(FAULTS).find((fault) => fault.code === code)?.status;
}
