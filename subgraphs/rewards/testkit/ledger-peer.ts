import type { ExecutionResult } from 'graphql';
import { callerOf } from '../../../kernel/context/principal';
import type { SubgraphLink, SubgraphRequest } from '../../../kernel/graph/link';
import { newId } from '../../../kernel/values/id';

interface PeerHold {
  readonly memberId: string;
  readonly points: bigint;
  readonly expiresAt: Date;
  state: 'OPEN' | 'CAPTURED' | 'RELEASED' | 'TIMED_OUT';
}

/** A command's input as it travels. */
interface Wish {
  readonly idempotencyKey: string;
  readonly member?: { readonly id?: string; readonly identity?: { readonly value: string } };
  readonly points?: string;
  readonly expiresAt?: string;
  readonly holdId?: string;
}

type Answer = Readonly<Record<string, unknown>>;
type Command = 'holdPoints' | 'captureHold' | 'releaseHold';

const refusal = (type: string, code: string, facts: object = {}): Answer => ({
  __typename: type,
  code,
  message: `${code}, said the peer.`,
  retryable: false,
  ...facts,
});

/**
 * A peer that stands in for the ledger at the other end of a link: members with points, holds that are captured,
 * released or run out, and commands that take effect once per caller and key.
 */
export class LedgerPeer implements SubgraphLink {
  readonly name = 'ledger' as const;
  /** Points by member id; a member that is not here does not exist. */
  readonly available = new Map<string, bigint>();
  readonly captured = new Map<string, bigint>();
  readonly holds = new Map<string, PeerHold>();
  /** Member ids by the value of an identity. */
  readonly identities = new Map<string, string>();
  /** Requests as they came, for those who ask who sent them. */
  readonly requests: SubgraphRequest[] = [];
  /** Called before and after a command takes effect; what it throws is what the caller of the link sees. */
  interrupt: (command: Command, moment: 'before' | 'after') => void = () => undefined;
  now = new Date();
  private readonly answers = new Map<string, Answer>();

  /** @param keyOf what a repeat is known by; the broken variants of tests give another */
  constructor(
    private readonly keyOf: (caller: string, wish: Wish) => string = (caller, wish) =>
      `${caller} ${wish.idempotencyKey}`,
  ) {}

  /** Points set aside for a member and neither captured nor given back. */
  heldOf(memberId: string): bigint {
    const open = [...this.holds.values()].filter((hold) => hold.memberId === memberId && hold.state === 'OPEN');
    return open.reduce((sum, { points }) => sum + points, 0n);
  }

  async execute(request: SubgraphRequest): Promise<ExecutionResult> {
    const command = (['holdPoints', 'captureHold', 'releaseHold'] as const).find((name) =>
      request.query.includes(`${name}(`),
    );
    if (command === undefined) throw new Error('the peer knows three commands');
    this.requests.push(request);
    this.interrupt(command, 'before');
    const wish = request.variables?.['input'] as Wish;
    const key = `${command} ${this.keyOf(callerOf(request.context.principal), wish)}`;
    const answer = this.answers.get(key) ?? this[command](wish);
    this.answers.set(key, answer);
    this.interrupt(command, 'after');
    return { data: { answer } };
  }

  subscribe(): Promise<never> {
    return Promise.reject(new Error('nobody subscribes to the peer'));
  }

  async close(): Promise<void> {}

  private holdPoints({ member, points, expiresAt }: Wish): Answer {
    const memberId = member?.id ?? this.identities.get(member?.identity?.value ?? '') ?? '';
    const available = this.available.get(memberId);
    if (available === undefined) return refusal('NotFound', 'NOT_FOUND');
    if (new Date(expiresAt ?? 0) <= this.now)
      return refusal('InvalidInput', 'INVALID_INPUT', { field: 'input.expiresAt' });
    const wanted = BigInt(points ?? 0);
    if (wanted > available) {
      return refusal('InsufficientPoints', 'LEDGER_INSUFFICIENT_POINTS', { missingPoints: `${wanted - available}` });
    }
    const id = newId('hld');
    this.available.set(memberId, available - wanted);
    this.holds.set(id, { memberId, points: wanted, expiresAt: new Date(expiresAt ?? 0), state: 'OPEN' });
    return { __typename: 'HoldPointsSuccess', hold: { id }, account: { memberId } };
  }

  private captureHold({ holdId }: Wish): Answer {
    const hold = this.openHold(holdId);
    if (hold === null) return refusal('HoldNotOpen', 'LEDGER_HOLD_NOT_OPEN');
    hold.state = 'CAPTURED';
    this.captured.set(hold.memberId, (this.captured.get(hold.memberId) ?? 0n) + hold.points);
    return { __typename: 'CaptureHoldSuccess', redemption: { id: newId('txn') } };
  }

  private releaseHold({ holdId }: Wish): Answer {
    const hold = this.openHold(holdId);
    if (hold === null) return refusal('HoldNotOpen', 'LEDGER_HOLD_NOT_OPEN');
    this.giveBack(hold, 'RELEASED');
    return { __typename: 'ReleaseHoldSuccess', hold: { id: holdId } };
  }

  private openHold(id: string | undefined): PeerHold | null {
    const hold = this.holds.get(id ?? '');
    if (hold?.state === 'OPEN' && this.now >= hold.expiresAt) this.giveBack(hold, 'TIMED_OUT');
    return hold?.state === 'OPEN' ? hold : null;
  }

  private giveBack(hold: PeerHold, state: PeerHold['state']): void {
    hold.state = state;
    this.available.set(hold.memberId, (this.available.get(hold.memberId) ?? 0n) + hold.points);
  }
}
