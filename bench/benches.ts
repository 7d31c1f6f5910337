import type { Hub } from '../hub/composition/open-hub';
import { benchBooks } from './books';
import { benchFeed } from './feed';
import { benchGateway } from './gateway/gateway';
import { benchGrowth } from './ledger/growth';
import { benchLedger } from './ledger/ledger';
import { benchLive } from './live';
import { benchOverload } from './overload';
import { benchReports } from './ledger/reports';
import { benchRules } from './ledger/rules';
import { benchStreams } from './streams/streams';
import { benchSettlement } from './ledger/settlement';

/** What one bench measured. */
export interface Measured {
  /** The server's version, as `server_version` tells it. */
  readonly postgres: string;
  readonly figures: Readonly<Record<string, number>>;
  readonly ratios: Readonly<Record<string, number>>;
}

/** What a bench may use, and how long it should measure. */
export interface BenchRun {
  /** A folder for this run alone; it is removed afterwards. */
  readonly folder: string;
  /** Opens a hub over that folder, with a PostgreSQL of its own; it is closed afterwards. */
  openHub(): Promise<Hub>;
  readonly tell: (line: string) => void;
  /** Server settings on top of a hub's. */
  readonly settings: Readonly<Record<string, string>>;
  /** How often the cases take turns; null: as often as the bench thinks right. */
  readonly rounds: number | null;
  /** How long a case runs in each round, in milliseconds; null: as long as the bench thinks right. */
  readonly caseMs: number | null;
  /** How many of what a bench multiplies, such as sockets; null: as many as the bench thinks right. */
  readonly size: number | null;
  /** The cases wanted; null: all. Ratios are told only of cases that ran. */
  readonly cases: readonly string[] | null;
}

/** A bench measures over a hub, or over a server alone, of this run. */
export type Bench = (run: BenchRun) => Promise<Measured>;

/** Every bench by name. */
export const benches: Readonly<Record<string, Bench>> = {
  books: benchBooks,
  feed: benchFeed,
  gateway: benchGateway,
  ledger: benchLedger,
  'ledger-growth': benchGrowth,
  live: benchLive,
  overload: benchOverload,
  reports: benchReports,
  rules: benchRules,
  streams: benchStreams,
  settlement: benchSettlement,
};
