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
const WAYS = ['client to gateway', 'gateway to ledger', 'ledger to PostgreSQL'] as const;
/** Answers that each way must lose; docs/RELIABILITY.md says what they take. */
const LOST_EACH = 70;
const LOST_CONTROL = 20;
const KILLS = 3;

interface Answer {
  readonly __typename: string;
  readonly code?: string;
  readonly retryable?: boolean;
  readonly replayed?: boolean;
}

interface TillOptions {
  /** A till names its second attempt as it named its first; the control gives each attempt a name of its own. */
  readonly names: 'intents' | 'attempts';
  readonly whenUp: () => Promise<void>;
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
  private say = (): void => undefined;
  private next = new Promise<void>((resolve) => (this.say = resolve));

  constructor(
    private readonly clients: { readonly bakery: GraphClient; readonly books: GraphClient },
    readonly member: { readonly id: MemberId; readonly token: string },
    private readonly options: TillOptions,
  ) {}

  /** Resolves when it has made another sale. */
  nextSale(): Promise<void> {
    return this.next;
  }

  async sell(): Promise<void> {
    const number = this.sales + 1;
    const euros = 1 + (number % 7);
    const isPaid = number % 4 === 0;
    const ref = `${this.member.id} ${number}`;
    // Made once: the same intent is the same to the letter, its instant included.
    const input = isPaid ? redemption(ref, this.member.id, 1) : purchase(ref, this.member.id, euros);
    await this.untilAnswered((attempt) => {
      const name = this.options.names === 'attempts' ? `${ref} attempt ${attempt}` : ref;
      const named = { ...input, idempotencyKey: name, externalRef: name };
      return isPaid
        ? this.clients.books.query(REDEEM, { input: named })
        : this.clients.bakery.query(RECORD, { input: named });
    });
    this.sales = number;
    this.sold();
    if (isPaid) this.spent += 1;
    else this.earned += euros;
  }

  private sold(): void {
    const { say } = this;
    this.next = new Promise((resolve) => (this.say = resolve));
    say();
  }

  private async untilAnswered(ask: (attempt: number) => Promise<{ body: AnyResult }>): Promise<void> {
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const told = outcomeOf(await ask(attempt).catch(() => null));
      if (told.isRepeated) this.repeated += 1;
      if (told.isDone) return;
      // A till goes by what it is told: who is told that asking again cannot help does not ask again.
      if (!told.mayAskAgain) throw new Error(`a till was refused: ${told.code}`);
      this.failures.set(told.code, (this.failures.get(told.code) ?? 0) + 1);
      await this.options.whenUp();
    }
    throw new Error('a till was never answered');
  }
}

interface Outcome {
  readonly isDone: boolean;
  readonly isRepeated: boolean;
  readonly mayAskAgain: boolean;
  readonly code: string;
}

/** What a till makes of an answer, or of none. */
function outcomeOf(answer: { body: AnyResult } | null): Outcome {
  const result = answer?.body.data?.result as Answer | null | undefined;
  const [error] = answer?.body.errors ?? [];
  const isDone = result != null && result.code === undefined;
  return {
    isDone,
    isRepeated: isDone && result.replayed === true,
    mayAskAgain: answer === null || (result?.retryable ?? error?.extensions['retryable']) === true,
    code: answer === null ? 'nothing' : String(result?.code ?? error?.extensions['code']),
  };
}

describe('a hub on a network that loses answers', () => {
  let faulty: FaultyHub;
  let coalition: Coalition;
  let members = 0;

  beforeAll(async () => {
    faulty = await openFaultyHub();
    coalition = await foundCoalition(faulty.hub);
  });
  afterEach(() => {
    for (const way of Object.values(faulty.ways)) way.loses = () => false;
  });
  afterAll(() => faulty?.hub.close(), 60_000);

  async function openTills(names: TillOptions['names']): Promise<Till[]> {
    const { hub, postgres } = faulty;
    const clients = { bakery: hub.client(coalition.bakery.key), books: hub.client(coalition.books.key) };
    const options = { names, whenUp: () => postgres.whenUp() };
    const cards = Array.from({ length: TILLS }, () => `FAULT-${(members += 1)}`);
    return Promise.all(cards.map(async (card) => new Till(clients, await coalition.enrol(card), options)));
  }

  /** Sells at every till until it is told to stop, each finishing the sale it is at. */
  function sell(tills: readonly Till[], isOver: () => boolean): Promise<unknown> {
    return Promise.all(
      tills.map(async (till) => {
        while (!isOver()) await till.sell();
      }),
    );
  }

  async function sellWhileLosing(way: keyof FaultyHub['ways'], names: TillOptions['names'], lost: number) {
    const tills = await openTills(names);
    const proxy = faulty.ways[way];
    const enough = proxy.lost + lost;
    // Two of three are lost, so that a second attempt is lost as well.
    proxy.loses = (nth) => nth % 3 !== 0;
    await sell(tills, () => proxy.lost >= enough);
    proxy.loses = () => false;
    return tills;
  }

  /** What the member of a till has, as they see it themselves. */
  async function accountOf({ member }: Till): Promise<{ version: number; available: number }> {
    const { body } = await faulty.hub.client(member.token).query(ACCOUNT);
    const { version, available } = body.data.me.account as { version: string; available: string };
    return { version: Number(version), available: Number(available) };
  }

  /** Each sale made one version, so that a doubled or a lost one shows even where its points would not. */
  async function expectExact(tills: readonly Till[]): Promise<void> {
    for (const till of tills) {
      expect(await accountOf(till)).toEqual({ version: till.sales, available: till.earned - till.spent });
    }
  }

  it.each(WAYS)('credits and redeems once whatever is lost from %s', async (way) => {
    const tills = await sellWhileLosing(way, 'intents', LOST_EACH);
    await expectExact(tills);
    expect(total(tills, 'repeated')).toBeGreaterThan(0);
    report(way, tills);
  });

  it.each(WAYS)('would be caught doubling: tills that name each attempt anew, from %s', async (way) => {
    // Negative control: the same tills without one name for one intent.
    const tills = await sellWhileLosing(way, 'attempts', LOST_CONTROL);
    const versions = await Promise.all(tills.map(async (till) => (await accountOf(till)).version));
    const doubled = versions.reduce((sum, version) => sum + version, 0) - total(tills, 'sales');
    expect(doubled).toBeGreaterThan(0);
    report(`${way}, control`, tills, { doubled });
  });

  it(`credits and redeems once when the PostgreSQL of the whole hub is killed ${KILLS} times`, async () => {
    const tills = await openTills('intents');
    let isOver = false;
    const selling = sell(tills, () => isOver);
    const recoveriesMs: number[] = [];
    for (let kill = 0; kill < KILLS; kill += 1) {
      await Promise.race([moreSales(tills, 8), selling]);
      await faulty.postgres.kill(kill % 2 === 0 ? 'everyone' : 'postmaster');
      recoveriesMs.push(await faulty.postgres.restart());
    }
    isOver = true;
    await selling;
    await expectExact(tills);
    report('kills', tills, { kills: KILLS, recoveryMs: Math.round(Math.max(...recoveriesMs)) });
  });
});

/** Waits for so many more sales; the tills' own test bounds how long. */
async function moreSales(tills: readonly Till[], count: number): Promise<void> {
  const enough = total(tills, 'sales') + count;
  while (total(tills, 'sales') < enough) await Promise.race(tills.map((till) => till.nextSale()));
}

function total(tills: readonly Till[], what: 'sales' | 'repeated'): number {
  return tills.reduce((sum, till) => sum + till[what], 0);
}

function report(what: string, tills: readonly Till[], facts: Record<string, unknown> = {}): void {
  const told = tills.flatMap(({ failures }) => [...failures]);
  const failures = [...new Set(told.map(([code]) => code))].map((code) => [
    code,
    told.filter((one) => one[0] === code).reduce((sum, [, times]) => sum + times, 0),
  ]);
  const counts = { sales: total(tills, 'sales'), repeated: total(tills, 'repeated'), failures };
  process.stderr.write(`${what} ${JSON.stringify({ ...counts, ...facts })}\n`);
}
