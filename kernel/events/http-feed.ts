import { Pool } from 'undici';
import { INTERNAL_HEADER, signInternal } from '../context/internal-token';
import type { SubgraphName } from '../context/principal';
import type { EventFeed, FeedItem, FeedPosition } from './event';

/** The feed of a subgraph of another process, read by long polling over HTTP. */
export class HttpFeed implements EventFeed {
  private readonly pool: Pool;

  /**
   * @param name   whose events
   * @param url    origin of its process
   * @param secret signs each read for that subgraph
   */
  constructor(
    private readonly name: SubgraphName,
    url: string,
    private readonly secret: string,
  ) {
    this.pool = new Pool(new URL(url).origin, { connections: 2 });
  }

  /** @throws Error when the subgraph is away or refuses; the reader keeps its place and tries again */
  async read(after: FeedPosition | null, limit: number, waitMs: number): Promise<FeedItem[]> {
    const query = new URLSearchParams({
      limit: String(limit),
      waitMs: String(waitMs),
      ...(after === null ? {} : { after }),
    });
    const deadlineAt = new Date(Date.now() + waitMs + 10_000);
    const response = await this.pool.request({
      path: `/events?${query.toString()}`,
      method: 'GET',
      headers: {
        [INTERNAL_HEADER]: signInternal(this.secret, this.name, {
          principal: { kind: 'anonymous' },
          requestId: 'feed',
          deadlineAt,
        }),
      },
      headersTimeout: waitMs + 10_000,
    });
    if (response.statusCode === 200) return (await response.body.json()) as FeedItem[];
    await response.body.dump();
    throw new Error(`${this.name} answered a read of its events with status ${response.statusCode}`);
  }

  async close(): Promise<void> {
    await this.pool.destroy();
  }
}
