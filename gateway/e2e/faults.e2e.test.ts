import type { MemberId } from '../../kernel/values/id';
import type { AnyResult, GraphClient } from '../../kernel/testkit/graph-client';
import { foundCoalition, purchase, redemption, type Coalition } from './testkit/coalition';
import { openFaultyHub, type FaultyHub } from './testkit/faulty-hub';

const RECORD = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) {
  __typename ... on RecordPurchaseSuccess { replayed } ... on Refusal { code retryable } } }`;
const REDEEM = `mutation Redeem($input: RedeemPointsInput!) { result: redeemPoints(input: $input) {
  __typename ... on RedeemPointsSuccess { replayed } ... on Refusal { code retryable } } }`;
const ACCOUNT = '{ me { account { version available } } }';

const TILLS = 4;
const ATTEMPTS_MAX = 50;
/** Ambiguous cases that each way must have seen; docs/RELIABILITY.md says what they take. */
const LOST_EACH = 70;

interface Answer {
  readonly __typename: string;
  readonly code?: string;
  readonly replayed?: boolean;
}

/** A till at a brand of its own member: it sells, every fourth time for points, and asks again until it is answered. */
class Till {
  /** Intents answered, points they moved, and answers that were a repetition. */
  sales = 0;
  earned = 0;
  spent = 0;
  repeated = 0;
  /** Attempts that brought no answer, by what the client was told. */
  readonly failures = new Map<string, number>();

  constructor(
    private readonly clients: { bakery: GraphClient; books: GraphClient },
    private readonly member: { readonly id: MemberId; readonly token: string },
    private readonly isNaming: 'intents' | 'attempts',
  ) {}

  async sell(): Promise<void> {
    const number = this.sales + 1;
    const euros = 1 + (number % 7);
    const isPaid = number % 4 === 0;
    const ref = `${this.member.id} ${number}`;
    // Made once: the same intent is the same to the letter, its instant included.
    const input = isPaid ? redemption(ref, this.member.id, 1) : purchase(ref, this.member.id, euros);
    await this.untilAnswered((attempt) => {
      const name = this.isNaming === 'attempts' ? `${ref} attempt ${attempt}` : ref;
      const named = { ...input, idempotencyKey: name, externalRef: name };
      return isPaid
        ? this.clients.books.query(REDEEM, { input: named })
        : this.clients.bakery.query(RECORD, { input: named });
    });
    this.sales = number;
    if (isPaid) this.spent += 1;
    else this.earned += euros;
  }

  private async untilAnswered(ask: (attempt: number) => Promise<{ body: AnyResult }>): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const body = await ask(attempt).then(
        (answer) => answer.body,
        () => null,
      );
      const result = body?.data?.result as Answer | null | undefined;
      if (result?.replayed === true) this.repeated += 1;
      if (result?.code !== undefined) throw new Error(`a till was refused: ${JSON.stringify(result)}`);
      if (result) return;
      const told = body === null ? 'nothing' : String(body.errors?.[0]?.extensions?.['code']);
      this.failures.set(told, (this.failures.get(told) ?? 0) + 1);
    }
    throw new Error('a till was never answered');
  }
}

describe('a hub on a network that loses answers', () => {
  let faulty: FaultyHub;
  let coalition: Coalition;
  let members = 0;

  beforeAll(async () => {
    faulty = await openFaultyHub();
    coalition = await foundCoalition(faulty.hub);
  }, 120_000);
  afterEach(() => {
    for (const way of Object.values(faulty.ways)) way.loses = () => false;
  });
  afterAll(() => faulty?.hub.close(), 60_000);

  /** Sells at all tills until so many answers were lost on one way, and compares accounts with what was acknowledged. */
  async function sellWhile(way: keyof FaultyHub['ways'], naming: 'intents' | 'attempts', lost: number) {
    const { hub, ways } = faulty;
    const clients = { bakery: hub.client(coalition.bakery.key), books: hub.client(coalition.books.key) };
    const proxy = ways[way];
    const until = proxy.lost + lost;
    const shops = [];
    for (let n = 0; n < TILLS; n += 1) {
      const member = await coalition.enrol(`FAULT-${(members += 1)}`);
      shops.push({ member, till: new Till(clients, member, naming) });
    }
    // Two of three are lost, so that a second attempt is lost as well.
    proxy.loses = (nth) => nth % 3 !== 0;
    await Promise.all(
      shops.map(async ({ till }) => {
        while (proxy.lost < until) await till.sell();
      }),
    );
    proxy.loses = () => false;
    return Promise.all(
      shops.map(async ({ member, till }) => {
        const { body } = await hub.client(member.token).query(ACCOUNT);
        const { version, available } = body.data.me.account as { version: string; available: string };
        return { till, version: Number(version), available: Number(available) };
      }),
    );
  }

  it.each(['client to gateway', 'gateway to ledger', 'ledger to PostgreSQL'] as const)(
    'credits and redeems once whatever is lost from %s',
    async (way) => {
      const shops = await sellWhile(way, 'intents', LOST_EACH);
      process.stderr.write(
        `${way} ${JSON.stringify(shops.map(({ till }) => [till.sales, till.repeated, [...till.failures]]))}\n`,
      );
      for (const { till, version, available } of shops) {
        expect({ version, available }).toEqual({ version: till.sales, available: till.earned - till.spent });
      }
      expect(shops.reduce((sum, { till }) => sum + till.repeated, 0)).toBeGreaterThan(0);
    },
    60_000,
  );

  it.each(['client to gateway', 'gateway to ledger', 'ledger to PostgreSQL'] as const)(
    'would be caught doubling: tills that name each attempt anew credit twice what is lost from %s',
    async (way) => {
      // Negative control.
      const shops = await sellWhile(way, 'attempts', 20);
      const doubles = shops.reduce((sum, { till, version }) => sum + version - till.sales, 0);
      process.stderr.write(`${way} doubles ${doubles}\n`);
      expect(doubles).toBeGreaterThan(0);
    },
    60_000,
  );
});
