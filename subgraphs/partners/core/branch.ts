import {
  codeFault,
  expectThat,
  firstFault,
  idempotencyKeyFault,
  textFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { PartnerId } from '../../../kernel/values/id';

/** Where a sale happens. */
export type ChannelName = 'TILL' | 'ONLINE' | 'APP';

/** A shop, a web shop, an app: a place of a partner that purchases name. */
export interface Branch {
  readonly partnerId: PartnerId;
  /** What tills call it; unique at its partner, never given again. */
  readonly code: string;
  readonly name: string;
  /** The channels it sells by, at least one. */
  readonly channels: readonly ChannelName[];
  readonly opensAt: Date;
  /** The first instant at which nothing is sold there any more; null while it is open. */
  readonly closedAt: Date | null;
}

/** What an admin asks for. */
export interface NewBranch {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly code: string;
  readonly name: string;
  readonly channels: readonly ChannelName[];
  /** Now, when not given. */
  readonly opensAt?: Date | null;
}

/** A branch to close from now on. */
export interface BranchClosing {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly code: string;
}

/** The first field of a new branch that cannot be what it says. */
export function newBranchFault(input: NewBranch): Fault {
  const { channels } = input;
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    codeFault('input.code', input.code),
    textFault('input.name', input.name),
    expectThat(
      'input.channels',
      channels.length > 0 && new Set(channels).size === channels.length,
      'must hold at least one channel, and each once',
    ),
  );
}
