import { describeFindings, runInvariants } from '../../../../kernel/db/invariants';
import { inTransaction } from '../../../../kernel/db/transaction';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { openLog } from '../../../../kernel/telemetry/log';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { CommitAnswers, FaultyProxy } from '../../../../kernel/testkit/faulty-proxy';
import { KillablePostgres } from '../../../../kernel/testkit/killable-postgres';
import { FixedClock } from '../../../../kernel/values/clock';
import { newId, type MemberId } from '../../../../kernel/values/id';
import { points } from '../../../../kernel/values/points';
import { planPurchase } from '../../core/movements/purchase';
import { planRedemption } from '../../core/movements/redemption';
import { planTransfer } from '../../core/movements/transfer';
import type { PostingFacts } from '../../core/points/posting';
import type { Wallet } from '../../core/points/wallet';
import { ledgerDatabase } from '../../data/database';
import { TermsShelf } from '../../data/points/terms.store';
import { saveRuleBook } from '../../data/programme.store';
import { Auditor, readParts, type Acknowledged, type BookReading, type ReadBook } from '../../testkit/auditor';
import { announcementOf, aRuleBook } from '../../testkit/book';
import { documentOf, intentOf, NO_NEEDS, walletOf, type PostingCommand, type PostingOutcome } from './posting-command';
import { PostingLanes } from './posting-lanes';

const NOW = new Date('2026-03-10T12:00:00Z');
/** docs/RELIABILITY.md says what these take. */
const KILLS = Number(process.env['HUB_FAULT_KILLS'] ?? 30);
const IN_DOUBT = Number(process.env['HUB_FAULT_IN_DOUBT'] ?? 200);
const TILLS = 8;
const GIVERS = 3;
const BANK = { members: 6, each: 500n } as const;
const ATTEMPTS_MAX = 200;
const LOOK_EVERY = 25;

const book = aRuleBook();
const [issuer, redeemer] = book.brands;

async function openBook(database: TestDatabase): Promise<void> {
  const { programmeId, version, isSandbox, currency, opensAt } = book;
  const payload = announcementOf(book);
  await inTransaction(database, (tx) =>
    saveRuleBook(tx, { programmeId, version, isSandbox, currency, opensAt, payload }),
  );
}

function openLanes(url: string): PostingLanes {
  return new PostingLanes({
    url,
    lanes: 2,
    batchMax: 500,
    shelf: { book: async () => book, held: () => book },
    terms: new TermsShelf(),
    clock: new FixedClock(NOW),
    log: openLog('test', 'silent'),
    onPosted: () => undefined,
  });
}

function command(
  memberId: MemberId,
  key: string,
  rest: Pick<PostingCommand, 'plan'> & Partial<PostingCommand>,
): PostingCommand {
  return {
    ...walletOf(memberId),
    programmeId: book.programmeId,
    caller: 'till',
    intent: intentOf('till', { operation: 'test', idempotencyKey: key, body: 'the same' }),
    document: null,
    needs: { ...NO_NEEDS, lots: true },
    others: [],
    opensWallet: true,
    ...rest,
  };
}

function earning(memberId: MemberId, amount: bigint, ref: string): PostingCommand {
  const sale = { partnerId: issuer, externalRef: ref, amountMinor: amount * 100n, currency: 'EUR', occurredAt: NOW };
  const purchase = { ...sale, branch: null, channel: null, lines: null };
  return command(memberId, ref, {
    document: documentOf(issuer, 'PURCHASE', ref),
    plan: (wallet, facts) => planPurchase(wallet, purchase, facts),
  });
}

function spending(memberId: MemberId, amount: bigint, ref: string): PostingCommand {
  const spend = { kind: 'REDEEM', partnerId: redeemer, externalRef: ref, points: points(amount) } as const;
  const redemption = { ...spend, occurredAt: NOW, expectedVersion: null, isSteppedUp: false };
  return command(memberId, ref, {
    document: documentOf(redeemer, 'REDEMPTION', ref),
    plan: (wallet, facts) => planRedemption(wallet, redemption, facts),
  });
}

interface Gift {
  readonly from: MemberId;
  readonly to: MemberId;
  readonly amount: bigint;
  readonly ref: string;
}

const transferOf = ({ amount }: Gift) => ({ points: points(amount), message: null, isSteppedUp: false });

function giving(gift: Gift): PostingCommand {
  return command(gift.from, gift.ref, {
    others: [walletOf(gift.to)],
    plan: (giver, facts, [receiver]) => {
      const plans = planTransfer(giver, receiver as Wallet, { transfer: transferOf(gift), facts });
      return isRefusal(plans) ? plans : { own: plans.out, others: [plans.in] };
    },
  });
}

type Answered = (make: (attempt: number) => PostingCommand) => Promise<PostingOutcome>;
type Give = (gift: Gift, answered: Answered) => Promise<PostingOutcome>;

const giveAtOnce: Give = (gift, answered) => answered(() => giving(gift));

/** A gift as two commands, one after the other: what our transfer is not. */
const giveInTwoSteps: Give = async (gift, answered) => {
  let giverBefore: Wallet | undefined;
  const out = (giver: Wallet, facts: PostingFacts) => {
    giverBefore = giver;
    const plans = planTransfer(giver, { ...giver, ...walletOf(gift.to) }, { transfer: transferOf(gift), facts });
    return isRefusal(plans) ? plans : plans.out;
  };
  const given = await answered(() => command(gift.from, `${gift.ref} out`, { plan: out }));
  if (given.kind !== 'posted') return given;
  const take = (receiver: Wallet, facts: PostingFacts) => {
    const plans = planTransfer(giverBefore as Wallet, receiver, { transfer: transferOf(gift), facts });
    return isRefusal(plans) ? plans : plans.in;
  };
  return answered(() => command(gift.to, `${gift.ref} in`, { plan: take }));
};

/** Numbers that look random and are the same each time. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface WorkloadOptions {
  readonly lanes: PostingLanes;
  readonly databaseUrl: string;
  /** Resolves when there is somebody to send to. */
  readonly whenUp: () => Promise<void>;
  /** A till names its second attempt as it named its first; the control gives each attempt a name of its own. */
  readonly freshKeyPerAttempt?: boolean;
  readonly give?: Give;
  readonly read?: ReadBook;
}

/**
 * A day in a coalition: tills that credit and redeem and ask again until they are answered, members of a bank who give each
 * other points, and an auditor who reads it all meanwhile.
 */
class Workload {
  readonly auditor: Auditor;
  /** Answers got; how many of them told of a commit whose first answer was lost; attempts that failed. */
  answers = 0;
  inDoubt = 0;
  failed = 0;
  private acknowledged: Acknowledged = { earned: 0n, spent: 0n, gifts: 0n };
  /** Members whom several tills credit at once. */
  private readonly visitors = [newId('mem'), newId('mem')];
  private readonly bank = Array.from({ length: BANK.members }, () => newId('mem'));
  private readonly roll = dice(20_260_310);
  private waiting: { holds(): boolean; go(): void }[] = [];
  private working: Promise<unknown> = Promise.resolve();
  private isStopped = false;
  private gifts = 0;

  constructor(private readonly options: WorkloadOptions) {
    this.auditor = new Auditor({
      url: options.databaseUrl,
      bank: this.bank,
      bankPoints: BANK.each * BigInt(BANK.members),
      acknowledged: () => this.acknowledged,
      read: options.read,
    });
  }

  async start(): Promise<void> {
    for (const member of this.bank) await this.options.lanes.post(earning(member, BANK.each, `bank ${member}`));
    const { issued, redeemed, gifts } = await this.auditor.look();
    this.acknowledged = { earned: issued, spent: redeemed, gifts };
    const tills = Array.from({ length: TILLS }, (_, n) => this.sellAt(n));
    const givers = Array.from({ length: GIVERS }, () => this.giveOn());
    this.working = Promise.all([...tills, ...givers, this.lookOn()]);
    this.working.catch(() => undefined);
  }

  /** Resolves when this holds; fails when the work has failed. */
  async until(holds: () => boolean): Promise<void> {
    await Promise.race([this.wait(holds), this.working]);
    if (!holds()) throw new Error('the work ended before what was waited for');
  }

  /** Resolves after so many more answers and another reading of the book. */
  async goOn(moreAnswers: number): Promise<void> {
    const [answers, reads] = [this.answers + moreAnswers, this.auditor.reads + 1];
    await this.until(() => this.answers >= answers && this.auditor.reads >= reads);
  }

  /** Lets everybody finish what they began, and reads the book a last time. */
  async finish(): Promise<BookReading & { readonly acknowledged: Acknowledged }> {
    this.stop();
    await this.working;
    return { ...(await this.auditor.look()), acknowledged: this.acknowledged };
  }

  async close(): Promise<void> {
    this.stop();
    await this.working.catch(() => undefined);
    await this.auditor.close();
  }

  private stop(): void {
    this.isStopped = true;
    this.changed();
  }

  /** Every fourth sale is paid with a point earned before; another goes to a member whom several tills credit at once. */
  private async sellAt(till: number): Promise<void> {
    const member = newId('mem');
    const visitor = this.visitors[till % this.visitors.length] as MemberId;
    for (let sale = 1; !this.isStopped; sale += 1) {
      const ref = `${member} ${sale}`;
      if (sale % 4 === 0) await this.pay(member, ref);
      else await this.credit(sale % 4 === 2 ? visitor : member, { amount: BigInt(1 + this.roll(9)), ref });
    }
  }

  private async credit(member: MemberId, { amount, ref }: { amount: bigint; ref: string }): Promise<void> {
    await this.untilAnswered((attempt) => earning(member, amount, this.nameOf(ref, attempt)));
    this.acknowledge({ earned: amount });
  }

  private async pay(member: MemberId, ref: string): Promise<void> {
    const outcome = await this.untilAnswered((attempt) => spending(member, 1n, this.nameOf(ref, attempt)));
    if (outcome.kind !== 'refused') this.acknowledge({ spent: 1n });
  }

  private acknowledge({ earned = 0n, spent = 0n, gifts = 0n }: Partial<Acknowledged>): void {
    const { acknowledged: was } = this;
    this.acknowledged = { earned: was.earned + earned, spent: was.spent + spent, gifts: was.gifts + gifts };
  }

  private nameOf(ref: string, attempt: number): string {
    return this.options.freshKeyPerAttempt === true ? `${ref} attempt ${attempt}` : ref;
  }

  private async giveOn(): Promise<void> {
    while (!this.isStopped) {
      const from = this.roll(BANK.members);
      const to = (from + 1 + this.roll(BANK.members - 1)) % BANK.members;
      const [giver, receiver] = [this.bank[from] as MemberId, this.bank[to] as MemberId];
      const gift = { from: giver, to: receiver, amount: BigInt(1 + this.roll(60)), ref: `gift ${(this.gifts += 1)}` };
      const { kind } = await (this.options.give ?? giveAtOnce)(gift, (make) => this.untilAnswered(make));
      if (kind !== 'refused') this.acknowledge({ gifts: 1n });
    }
  }

  private async lookOn(): Promise<void> {
    while (!this.isStopped) {
      const next = this.answers + LOOK_EVERY;
      try {
        await this.auditor.look();
        this.changed();
        await this.wait(() => this.isStopped || this.answers >= next);
      } catch {
        await this.options.whenUp();
      }
    }
  }

  private async untilAnswered(make: (attempt: number) => PostingCommand): Promise<PostingOutcome> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const outcome = await this.options.lanes.post(make(attempt));
        if (outcome.kind === 'replayed') this.inDoubt += 1;
        if (outcome.kind === 'refused') assertExpected(outcome.refusal);
        this.answers += 1;
        this.changed();
        return outcome;
      } catch (error) {
        this.failed += 1;
        if (attempt >= ATTEMPTS_MAX) throw error;
        await this.options.whenUp();
      }
    }
  }

  private wait(holds: () => boolean): Promise<void> {
    return new Promise((go) => {
      this.waiting.push({ holds, go });
      this.changed();
    });
  }

  private changed(): void {
    const due = this.waiting.filter(({ holds }) => holds());
    this.waiting = this.waiting.filter((one) => !due.includes(one));
    for (const { go } of due) go();
  }
}

function assertExpected({ code }: Refusal): void {
  if (code !== 'LEDGER_INSUFFICIENT_POINTS') throw new Error(`a till was refused with ${code}`);
}

/** The event loop comes round so many times. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('a book whose PostgreSQL is killed', () => {
  let postgres: KillablePostgres;
  let database: TestDatabase;
  let lanes: PostingLanes;
  let workload: Workload | null = null;

  beforeAll(async () => {
    postgres = await KillablePostgres.start();
    database = await openTestDatabase(ledgerDatabase, { serverUrl: postgres.superuserUrl });
    await openBook(database);
  });
  afterEach(async () => {
    await workload?.close();
    await lanes.close();
  });
  afterAll(async () => {
    await database.close();
    await postgres.remove();
  });

  function begin(change: Partial<WorkloadOptions> = {}): Workload {
    lanes = openLanes(database.url);
    const whenUp = () => postgres.whenUp();
    workload = new Workload({ lanes, databaseUrl: database.url, whenUp, ...change });
    return workload;
  }

  it(
    `loses and doubles no acknowledged credit over ${KILLS} kills under eight tills`,
    async () => {
      const day = begin();
      const roll = dice(7);
      const recoveriesMs: number[] = [];
      await day.start();
      for (let kill = 0; kill < KILLS; kill += 1) {
        await day.goOn(20 + roll(60));
        await turns(roll(40));
        await postgres.kill(kill % 2 === 0 ? 'everyone' : 'postmaster');
        recoveriesMs.push(await postgres.restart());
      }
      await day.goOn(50);
      await expectExact(day, database);
      expect(day.auditor.reads).toBeGreaterThan(KILLS);
      report('kills', day, { kills: KILLS, recoveryMs: Math.round(Math.max(...recoveriesMs)) });
    },
    60_000 + KILLS * 6_000,
  );

  it('would be caught losing: a server that acknowledges what it has not written loses credits at a kill', async () => {
    // Negative control: the same day over a server that does not wait for its log.
    await postgres.kill('everyone');
    await postgres.restart({ synchronous_commit: 'off', wal_writer_delay: '10s', wal_buffers: '16MB' });
    const day = begin();
    await day.start();
    await day.goOn(100);
    await postgres.kill('everyone');
    await postgres.restart();
    await day.goOn(10);
    const { issued, acknowledged } = await day.finish();
    expect(issued).toBeLessThan(acknowledged.earned);
    expect(day.auditor.findings.join()).toContain('were acknowledged before');
    report('kills control', day, { lostPoints: String(acknowledged.earned - issued) });
  });
});

describe('a book whose PostgreSQL commits and is not heard', () => {
  let database: TestDatabase;
  let proxy: FaultyProxy;
  let lanes: PostingLanes;
  let workload: Workload | null = null;

  beforeAll(async () => {
    database = await openTestDatabase(ledgerDatabase);
    await openBook(database);
    const { hostname: host, port } = new URL(database.url);
    proxy = await FaultyProxy.open({ host, port: Number(port), reader: () => new CommitAnswers() });
  });
  beforeEach(() => {
    proxy.loses = () => false;
    lanes = openLanes(proxy.through(database.url));
  });
  afterEach(async () => {
    await workload?.close();
    await lanes.close();
  });
  afterAll(async () => {
    await proxy.close();
    await database.drop();
  });

  function begin(change: Partial<WorkloadOptions> = {}): Workload {
    workload = new Workload({ lanes, databaseUrl: database.url, whenUp: async () => undefined, ...change });
    return workload;
  }
  /** Half the answers, at random, so that a second attempt is often lost as the first was. */
  function loseHalf(): void {
    const roll = dice(11);
    proxy.loses = () => roll(2) === 0;
  }

  it(
    `doubles nothing when at least ${IN_DOUBT} commits are not heard of`,
    async () => {
      const day = begin();
      await day.start();
      loseHalf();
      await day.until(() => day.inDoubt >= IN_DOUBT);
      await expectExact(day, database);
      report('lost commits', day, { lostAnswers: proxy.lost });
    },
    60_000 + IN_DOUBT * 100,
  );

  it('would be caught doubling: tills that name each attempt anew credit twice', async () => {
    // Negative control: the same day without one key for one intent.
    const day = begin({ freshKeyPerAttempt: true });
    await day.start();
    loseHalf();
    await day.until(() => day.failed >= 20);
    const { issued, acknowledged } = await day.finish();
    expect(issued).toBeGreaterThan(acknowledged.earned);
    report('lost commits control', day, { doubledPoints: String(issued - acknowledged.earned) });
  });

  it('would be caught splitting a gift: two postings are seen apart', async () => {
    // Negative control: a transfer of two transactions, seen by the same auditor.
    const day = begin({ give: giveInTwoSteps });
    await day.start();
    await day.until(() => day.auditor.findings.length > 0);
    await day.finish();
    expect(day.auditor.findings.join()).toMatch(/the bank has|arrived nowhere/);
  });

  it('would be caught reading a state that never was: an auditor without a snapshot finds faults where there are none', async () => {
    // Negative control: the auditor reads part after part while the same sound book goes on.
    const day = begin({ read: readParts });
    await day.start();
    await day.until(() => day.auditor.findings.length > 0);
    await day.finish();
    expect(day.auditor.findings.join()).toContain('issued are not');
  });
});

/** Stops the day, and expects that what the book holds is what was acknowledged, to the point. */
async function expectExact(day: Workload, database: TestDatabase): Promise<void> {
  const { acknowledged, issued, redeemed, gifts, wallets } = await day.finish();
  expect(day.auditor.findings).toEqual([]);
  expect({ earned: issued, spent: redeemed, gifts }).toEqual(acknowledged);
  const held = wallets.reduce((sum, { available }) => sum + available, 0n);
  expect(held).toBe(acknowledged.earned - acknowledged.spent);
  expect(describeFindings(await runInvariants(database, 'subgraphs/ledger/invariants'))).toEqual([]);
}

function report(what: string, day: Workload, facts: Record<string, unknown>): void {
  const { answers, inDoubt, failed, auditor } = day;
  process.stderr.write(`${what} ${JSON.stringify({ answers, inDoubt, failed, reads: auditor.reads, ...facts })}\n`);
}
