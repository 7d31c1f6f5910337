import type { Hub } from '../hub/composition/open-hub';
import { benchFeed } from './feed';
import { benchLedger } from './ledger/ledger';
import { benchLive } from './live';

/** What one bench measured. */
export interface Measured {
  readonly figures: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
}

/** A bench measures over a hub of this process. */
export type Bench = (parts: { hub: Hub; tell: (line: string) => void }) => Promise<Measured>;

/** Every bench by name. */
export const benches: Readonly<Record<string, Bench>> = { feed: benchFeed, ledger: benchLedger, live: benchLive };
