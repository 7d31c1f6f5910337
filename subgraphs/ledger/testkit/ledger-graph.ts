import type { ProgrammeId, MemberId, PartnerId } from '../../../kernel/values/id';
import type { Principal } from '../../../kernel/context/principal';
import { describeFindings, runInvariants } from '../../../kernel/db/invariants';
import { inTransaction } from '../../../kernel/db/transaction';
import { LocalLink } from '../../../kernel/graph/local-link';
import type { OpenSubgraph, SubgraphDefinition } from '../../../kernel/graph/subgraph';
import { openTestDatabase, type TestDatabase } from '../../../kernel/testkit/database';
import { FixedClock } from '../../../kernel/values/clock';
import { newId, uuidOf } from '../../../kernel/values/id';
import type { RuleBook } from '../core/rule-book';
import { VINTAGES_ROLLED_UP } from '../data/reports/vintage-roll-up.store';
import { CLAIMS_ROLLED_UP } from '../data/settlement/roll-up.store';
import { AnnouncedFeed } from './announced-feed';
import { announcementOf } from './book';
import { ENTITIES, type Document } from './documents';
import { KnownMembers, type Links } from './known-members';
import { ToldPartners } from './told-partners';

/** When these tests happen. */
export const NOW = new Date('2026-03-10T12:00:00Z');
const SECRETS = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
/** As the gateway gives bulk calls; a busy machine must not fail a test of what is right. */
const DEADLINE_MS = 30_000;
const ALL_SCOPES = ['members:read', 'points:earn', 'points:redeem', 'accrual:direct'];

export const nobody: Principal = { kind: 'anonymous' };

/** What a test asks of the graph is JSON, whose shape its own document says. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Answer = any;

/**
 * The ledger as the gateway sees it, over a database of its own: partners announced the rule books given, members answers of
 * whom a test enrols. Opened before all tests of a file and closed after them; members answers again, and the clock stands at
 * NOW again, after each.
 */
export class LedgerGraph {
  readonly clock = new FixedClock(NOW);
  readonly members = new KnownMembers(SECRETS.identity);
  readonly partners = new ToldPartners();
  readonly feeds = { partners: new AnnouncedFeed(NOW), members: new AnnouncedFeed(NOW) };
  database!: TestDatabase;
  link!: LocalLink;
  private subgraph!: OpenSubgraph;

  /** @param programmeId of the programme that tests mean when they name none */
  private constructor(
    private readonly definition: SubgraphDefinition,
    readonly programmeId: ProgrammeId,
  ) {}

  /** Opens the graph for the tests of a file; the first book is the one they mean when they name none. */
  static forThisFile(definition: SubgraphDefinition, first: RuleBook, ...others: readonly RuleBook[]): LedgerGraph {
    const graph = new LedgerGraph(definition, first.programmeId);
    beforeAll(() => graph.start([first, ...others]));
    afterEach(() => {
      graph.members.answers = true;
      graph.clock.set(NOW);
    });
    afterAll(() => graph.stop());
    return graph;
  }

  /** Announces a rule book; a later version takes the place of the one before. */
  announce(book: RuleBook): void {
    this.feeds.partners.announce('partners.rule_book.published.v1', book.programmeId, announcementOf(book));
  }

  /** Until the ledger goes by a rule book of this version. */
  async heard(version: bigint, programmeId = this.programmeId): Promise<void> {
    const find = `/* test.heard */ select version >= $1 as heard from rule_book where programme_id = $2`;
    const isHeard = async () =>
      (await this.database.pool.query(find, [version.toString(), uuidOf(programmeId)])).rows[0]?.heard === true;
    while (!(await isHeard())) await new Promise((resolve) => setImmediate(resolve));
  }

  private async start(books: readonly RuleBook[]): Promise<void> {
    for (const book of books) this.announce(book);
    const { clock, feeds, members, partners } = this;
    this.database = await openTestDatabase(this.definition);
    const peers = {
      link: (name: string) => (name === 'partners' ? partners : members),
      feed: (name: string) => feeds[name as keyof typeof feeds],
    };
    this.subgraph = await this.definition.open({ database: this.database, clock, secrets: SECRETS, peers });
    await this.subgraph.start();
    this.link = new LocalLink('ledger', this.subgraph.schema, (request) => this.subgraph.createContext(request));
  }

  private async stop(): Promise<void> {
    await this.subgraph.stop();
    await this.database.drop();
  }

  requestOf(principal: Principal, query: string, variables: Record<string, unknown>) {
    const context = { principal, requestId: 'req-1', deadlineAt: new Date(Date.now() + DEADLINE_MS) };
    return { query, variables, context };
  }

  /** What a document answers: its data, and the codes of its errors. */
  async ask(principal: Principal, query: string, variables: Record<string, unknown> = {}) {
    const { data, errors } = await this.link.execute(this.requestOf(principal, query, variables));
    return {
      data: JSON.parse(JSON.stringify(data ?? null)) as Answer,
      codes: (errors ?? []).map(({ extensions, message }) => extensions['code'] ?? message),
    };
  }

  /** What a mutation named `answer` answers; without any error, because what can be put right is data. */
  async run(principal: Principal, mutation: Document, input: object | readonly object[]): Promise<Answer> {
    const { data, codes } = await this.ask(principal, mutation, { input });
    expect(codes).toEqual([]);
    return data.answer;
  }

  partner(partnerId: PartnerId, change: { programmeId?: ProgrammeId; scopes?: readonly string[] } = {}): Principal {
    const { programmeId = this.programmeId, scopes = ALL_SCOPES } = change;
    return { kind: 'partner', programmeId, partnerId, keyId: newId('key'), scopes };
  }

  member(memberId: MemberId, programmeId = this.programmeId): Principal {
    return { kind: 'member', programmeId, memberId };
  }

  admin(subject = 'ada', programmeId = this.programmeId): Principal {
    return { kind: 'admin', programmeId, subject };
  }

  finance(subject = 'fay', programmeId = this.programmeId): Principal {
    return { kind: 'finance', programmeId, subject };
  }

  /** One principal of every kind, by the name of the kind. */
  everyKind(of: { partnerId: PartnerId; memberId: MemberId }): Readonly<Record<Principal['kind'], Principal>> {
    const { programmeId } = this;
    return {
      anonymous: nobody,
      partner: this.partner(of.partnerId),
      member: this.member(of.memberId),
      staff: { kind: 'staff', programmeId, partnerId: of.partnerId, subject: 'sten' },
      admin: this.admin(),
      finance: this.finance(),
      host: { kind: 'host', subject: 'hal' },
      service: { kind: 'service', name: 'rewards', programmeId },
    };
  }

  /** A member whom members knows. */
  enrol(links: Links, programmeId = this.programmeId): MemberId {
    return this.members.enrol(programmeId, links);
  }

  async entities(who: Principal, type: 'Member' | 'Account', ids: readonly MemberId[]): Promise<Answer> {
    const representations = ids.map((id) => ({
      __typename: type,
      ...(type === 'Member' ? { id } : { memberId: id }),
    }));
    return (await this.ask(who, ENTITIES, { representations })).data._entities;
  }

  /** The account of a member as a reader sees it: its balances and version. */
  async accountOf(who: Principal, id: MemberId): Promise<Answer> {
    return (await this.entities(who, 'Member', [id]))[0].account;
  }

  /** Fields of a member's account, in full, as the operator sees them. */
  async lookAt(memberId: MemberId, fields: string, programmeId = this.programmeId): Promise<Answer> {
    const query = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
      ... on Account { ${fields} } } }`;
    const representations = [{ __typename: 'Account', memberId }];
    const { data, codes } = await this.ask(this.admin('ada', programmeId), query, { representations });
    expect(codes).toEqual([]);
    return data._entities[0];
  }

  /** The lines of a member's statement, the first first, as `KIND points`; none for one the ledger never heard of. */
  async story(memberId: MemberId, programmeId = this.programmeId): Promise<string[]> {
    const account = await this.lookAt(memberId, 'statement(first: 100) { nodes { kind points } }', programmeId);
    return (account?.statement.nodes ?? []).map(({ kind, points }: Answer) => `${kind} ${points}`).reverse();
  }

  /**
   * How many rows each table has and by which transaction it was changed last: the same when nothing was written in between. What
   * the ledger does by itself meanwhile is left out, or done before.
   */
  async written(): Promise<[string, unknown][]> {
    for (const behind of [CLAIMS_ROLLED_UP, VINTAGES_ROLLED_UP])
      await inTransaction(this.database, (tx) => behind.all(tx));
    const { rows } = await this.database.pool.query<{ name: string }>(
      `select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace
          and relname not in ('job_state', 'verification_round', 'roll_up_state', 'vintage_roll_up_state') order by 1`,
    );
    const counts: [string, unknown][] = [];
    for (const { name } of rows) {
      const counted = await this.database.pool.query(
        `select count(*) as rows, coalesce(max(xmin::text::bigint), 0) as newest from "${name}"`,
      );
      counts.push([name, counted.rows[0]]);
    }
    return counts;
  }

  /** The sentences that are always true of a book and are not true of this one; none when it adds up. */
  async whatDoesNotAddUp(): Promise<string[]> {
    await inTransaction(this.database, (tx) => VINTAGES_ROLLED_UP.all(tx));
    return describeFindings(await runInvariants(this.database, this.definition.invariants));
  }
}

/** For the last test of a file: whatever was done before it, the book adds up. */
export function expectTheBookToAddUp(graph: LedgerGraph): void {
  it('leaves a book that adds up', async () => {
    expect(await graph.whatDoesNotAddUp()).toEqual([]);
  });
}
