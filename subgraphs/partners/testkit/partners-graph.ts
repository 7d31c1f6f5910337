import type { Principal } from '../../../kernel/context/principal';
import type { EventFeed, FeedPosition, HubEvent } from '../../../kernel/events/event';
import { LocalLink } from '../../../kernel/graph/local-link';
import type { SubgraphDefinition } from '../../../kernel/graph/subgraph';
import { openTestDatabase, type TestDatabase } from '../../../kernel/testkit/database';
import { FixedClock } from '../../../kernel/values/clock';
import type { PartnerId, ProgrammeId } from '../../../kernel/values/id';
import { anAdminOf, freshKey, theHost } from './builders';

const PATIENCE_MS = 20_000;

/** What mutations of these tests show of a refusal. */
export const REFUSAL = '... on Refusal { code message retryable replayed } ... on InvalidInput { field }';

/** A programme with one partner. */
export interface Founded {
  readonly programmeId: ProgrammeId;
  readonly partnerId: PartnerId;
  readonly admin: Principal;
}

/** A partners subgraph alone, asked through its graph; nobody else of the hub is there. */
export class PartnersGraph {
  private constructor(
    readonly database: TestDatabase,
    readonly clock: FixedClock,
    readonly feed: EventFeed,
    private readonly link: LocalLink,
  ) {}

  static async open(definition: SubgraphDefinition, now = '2026-03-01T10:00:00Z'): Promise<PartnersGraph> {
    const database = await openTestDatabase(definition);
    const clock = new FixedClock(new Date(now));
    const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
    const none = (): never => {
      throw new Error('nobody is there');
    };
    const subgraph = await definition.open({ database, clock, secrets, peers: { link: none, feed: none } });
    const link = new LocalLink('partners', subgraph.schema, (request) => subgraph.createContext(request));
    return new PartnersGraph(database, clock, subgraph.feed, link);
  }

  close(): Promise<void> {
    return this.database.drop();
  }

  /** Asks a mutation with its input and answers its outcome; `shown` is selected beside what every refusal shows. */
  async change(who: Principal, name: string, input: object, shown = '') {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    const query = `mutation ($input: ${type}Input!) { ${name}(input: $input) { __typename ${REFUSAL} ${shown} } }`;
    const { data, codes } = await this.ask(who, query, { input: { idempotencyKey: freshKey(), ...input } });
    if (data === null) throw new Error(`${name}: ${JSON.stringify(codes)}`);
    return data[name];
  }

  async ask(who: Principal, query: string, variables: Record<string, unknown> = {}) {
    const context = { principal: who, requestId: 'req-1', deadlineAt: new Date(Date.now() + 10_000) };
    const { data, errors } = await this.link.execute({ query, variables, context });
    return {
      data: JSON.parse(JSON.stringify(data ?? null)),
      codes: (errors ?? []).map(({ extensions, message }) => extensions.code ?? message),
    };
  }

  /**
   * The first `count` events of a type, oldest first. It waits for them: a transaction that is open anywhere on the
   * server, another suite's too, holds the feed back.
   */
  async announced(type: string, count: number): Promise<HubEvent[]> {
    const found: HubEvent[] = [];
    const until = Date.now() + PATIENCE_MS;
    for (let after: FeedPosition | null = null; found.length < count;) {
      const left = until - Date.now();
      if (left <= 0) throw new Error(`${found.length} of ${count} ${type} announced`);
      const items = await this.feed.read(after, 100, left);
      found.push(...items.map(({ event }) => event).filter((event) => event.type === type));
      after = items.at(-1)?.position ?? after;
    }
    return found;
  }

  /** The payload of the rule book published last. */
  async lastBook(programmeId: ProgrammeId) {
    const { rows } = await this.database.pool.query(
      `/* test.lastBook */ select payload from outbox where programme_id = $1 and type = 'partners.rule_book.published.v1'
        order by (payload ->> 'version')::bigint desc limit 1`,
      [programmeId],
    );
    return rows[0].payload;
  }

  async found(change: object = {}): Promise<Founded> {
    const input = {
      ...{ key: `p-${freshKey()}`, name: 'Sunny', currencyName: 'Suns', currency: 'USD', faceValueMicros: '10000' },
      ...{ timeZone: 'Europe/Warsaw', defaultLanguage: 'pl', isSandbox: true, disputeWindowDays: 14 },
      ...{ tiers: [{ code: 'BASE', name: 'Base', thresholdPoints: '0' }], ...change },
    };
    const shown = '... on CreateProgrammeSuccess { programme { id } }';
    const { programme } = await this.change(theHost, 'createProgramme', input, shown);
    const admin = anAdminOf(programme.id);
    return { programmeId: programme.id, admin, partnerId: await this.join(admin) };
  }

  async join(admin: Principal, change: object = {}): Promise<PartnerId> {
    const code = `C${freshKey()}`;
    const shown = '... on AddPartnerSuccess { partner { id } }';
    return (await this.change(admin, 'addPartner', { code, name: `Shop ${code}`, ...change }, shown)).partner.id;
  }
}
