import type { JournalFeedRow } from '../../data/feed/journal-feed.store';

const WALLETS_WATCHED = 50_000;

/** Notices when a wallet's versions do not follow one another. It remembers the wallets heard of lately. */
export class VersionWatch {
  private readonly last = new Map<string, bigint>();

  /** Takes rows in their order; false when a version is missing before one of them. */
  follow(rows: readonly Pick<JournalFeedRow, 'wallet' | 'seq'>[]): boolean {
    if (this.last.size > WALLETS_WATCHED) this.forget();
    let isWhole = true;
    for (const { wallet, seq } of rows) {
      const version = BigInt(seq);
      const before = this.last.get(wallet);
      if (before !== undefined && version > before + 1n) isWhole = false;
      this.last.set(wallet, version);
    }
    return isWhole;
  }

  /** Forgets what it knows, when rows went by that it was not shown. */
  forget(): void {
    this.last.clear();
  }
}
