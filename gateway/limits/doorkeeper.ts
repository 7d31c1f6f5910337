import { callerOf, type Principal } from '../../kernel/context/principal';
import { Kept } from './kept';
import type { LaneFault, Lanes } from './lanes';

/** How many credentials are remembered; the oldest are forgotten first. */
const REMEMBERED = 2_000;

/**
 * Sends callers away again whom the lanes have no place for, before anything is done for them: no trace, no credential checked, no
 * body read. A hub that is sent five times what it can do spends its time on refusals, so they must cost next to nothing; and they
 * must still be of that one caller, so that another's till is let in.
 *
 * What is remembered lets nobody in: whoever is not sent away is authenticated as ever.
 */
export class Doorkeeper {
  private readonly callers = new Kept<string>(REMEMBERED);

  constructor(private readonly lanes: Lanes) {}

  /** Remembers whose a credential was that held. */
  met(authorization: string | undefined, principal: Principal): void {
    if (authorization !== undefined) this.callers.set(authorization, callerOf(principal));
  }

  /** What a request is told at once; null when it has to be looked at, as one with a credential not seen before always has. */
  faultFor(authorization: string | undefined): LaneFault | null {
    const caller = authorization === undefined ? NOBODY : this.callers.get(authorization);
    return caller === undefined ? null : this.lanes.faultForCaller(caller);
  }
}

const NOBODY = callerOf({ kind: 'anonymous' });
