import type { ExecutionResult } from 'graphql';
import type { SubgraphName } from '../../kernel/context/principal';
import type { EventFeed, FeedItem, FeedPosition } from '../../kernel/events/event';
import { HttpFeed } from '../../kernel/events/http-feed';
import { HttpLink } from '../../kernel/graph/http-link';
import type { SubgraphLink, SubgraphRequest } from '../../kernel/graph/link';
import { LocalLink } from '../../kernel/graph/local-link';
import type { OpenSubgraph, Peers } from '../../kernel/graph/subgraph';

/**
 * The subgraphs of one process as they see each other. Each is opened knowing the others, so the ways between them are
 * made before there is anybody at the other end; nothing may be sent until all are open.
 */
export class LocalPeers implements Peers {
  private readonly open = new Map<SubgraphName, { subgraph: OpenSubgraph; link: SubgraphLink }>();

  /** Makes a subgraph known to the others. */
  add(subgraph: OpenSubgraph): void {
    const link = new LocalLink(subgraph.name, subgraph.schema, (request) => subgraph.createContext(request));
    this.open.set(subgraph.name, { subgraph, link });
  }

  link(name: SubgraphName): SubgraphLink {
    const { find } = this;
    return {
      name,
      execute: (request: SubgraphRequest): Promise<ExecutionResult> => find(name).link.execute(request),
      subscribe: (request: SubgraphRequest) => find(name).link.subscribe(request),
      close: async () => undefined,
    };
  }

  feed(name: SubgraphName): EventFeed {
    const { find } = this;
    return {
      read: (after: FeedPosition | null, limit: number, waitMs: number): Promise<FeedItem[]> =>
        find(name).subgraph.feed.read(after, limit, waitMs),
    };
  }

  private readonly find = (name: SubgraphName) => {
    const found = this.open.get(name);
    if (found === undefined) throw new TypeError(`LocalPeers: ${name} is not open yet`);
    return found;
  };
}

/** The subgraphs as a process sees them that runs only one of them, or only the gateway. */
export class RemotePeers implements Peers {
  private readonly links = new Map<SubgraphName, HttpLink>();
  private readonly feeds = new Map<SubgraphName, HttpFeed>();

  constructor(
    private readonly urls: Readonly<Record<SubgraphName, string>>,
    private readonly secret: string,
  ) {}

  link(name: SubgraphName): SubgraphLink {
    const known = this.links.get(name);
    if (known !== undefined) return known;
    const link = new HttpLink(name, { url: this.urls[name], secret: this.secret });
    this.links.set(name, link);
    return link;
  }

  feed(name: SubgraphName): EventFeed {
    const known = this.feeds.get(name);
    if (known !== undefined) return known;
    const feed = new HttpFeed(name, this.urls[name], this.secret);
    this.feeds.set(name, feed);
    return feed;
  }

  async close(): Promise<void> {
    await Promise.all([...this.links.values(), ...this.feeds.values()].map((way) => way.close()));
  }
}

/** The subgraphs as a process sees them that runs some of them: these directly, all others over the network. */
export class MixedPeers implements Peers {
  constructor(
    private readonly names: readonly SubgraphName[],
    private readonly local: LocalPeers,
    private readonly remote: RemotePeers,
  ) {}

  link(name: SubgraphName): SubgraphLink {
    return this.sideOf(name).link(name);
  }

  feed(name: SubgraphName): EventFeed {
    return this.sideOf(name).feed(name);
  }

  private sideOf(name: SubgraphName): Peers {
    return this.names.includes(name) ? this.local : this.remote;
  }
}
