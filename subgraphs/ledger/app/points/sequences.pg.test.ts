import fc from 'fast-check';
import { describeFindings, runInvariants } from '../../../../kernel/db/invariants';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { FixedClock } from '../../../../kernel/values/clock';
import type { ProgrammeId } from '../../../../kernel/values/id';
import { ledgerDatabase } from '../../data/database';
import { announce, commandOf, laneOptions } from '../../testkit/lane-book';
import { dropGuards, RecklessBook } from '../../testkit/reckless-book';
import {
  askedFor,
  commands,
  Memory,
  SEQUENCE_START,
  sequenceProgramme,
  type Command,
  type SequenceProgramme,
} from '../../testkit/sequences';
import { verifyAccounts } from '../verify/verify-accounts';
import type { PostingOutcome } from './posting-command';
import { PostingLanes } from './posting-lanes';

/** So many run with the other tests; `HUB_SEQUENCES=10000` runs as many as the model is held against. */
const SEQUENCES = Number(process.env['HUB_SEQUENCES'] ?? 200);
/** One story at a time would prove less than many at once, and all ten thousand would not fit a memory. */
const TOGETHER = 200;
const MEMBERS = 3;
const LENGTH = 20;
const AT_ONCE = 4;
const ALL_OF_IT = { minLength: LENGTH, maxLength: LENGTH, size: 'max' } as const;
const DAY = 86_400_000;
/** Of the run, told with a failure: the same seed makes the same sequences. */
const SEED = Number(process.env.HUB_SEQUENCE_SEED ?? Date.now() % 1_000_000);

/** One sequence with a programme of its own: what its members will ask, a few at once. */
class Story {
  readonly programme: SequenceProgramme = sequenceProgramme(MEMBERS);
  private readonly memories = Array.from({ length: MEMBERS }, () => new Memory());
  private place = 0;
  private refs = 0;

  constructor(private readonly sequence: readonly Command[]) {}

  /** Sends the next commands all at once, to two processes in turn, and remembers what came of them. */
  async next(processes: readonly PostingLanes[], now: Date): Promise<PostingOutcome[]> {
    const { rules, members } = this.programme;
    const some = this.sequence.slice(this.place, this.place + AT_ONCE);
    this.place += some.length;
    const at = { now, memories: this.memories, nextRef: () => `ref-${(this.refs += 1)}` };
    const outcomes = await Promise.all(
      some.flatMap((command, n) => {
        const asked = askedFor(command, this.programme, at);
        const lanes = processes[n % processes.length];
        if (asked === null || lanes === undefined) return [];
        return [lanes.post(commandOf(asked, rules, `${command.do} ${this.place} ${n}`))];
      }),
    );
    for (const outcome of outcomes) {
      if (outcome.kind !== 'posted') continue;
      for (const { plan, after } of outcome.all)
        this.memories[members.indexOf(after.memberId)]?.remember(plan, after.seq);
    }
    return outcomes;
  }
}

describe(`random sequences at once, on PostgreSQL (seed ${SEED})`, () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase(ledgerDatabase);
  });
  afterAll(() => database.drop());

  /** Tells sequences at once, each to a programme of its own. */
  async function live(sequences: readonly (readonly Command[])[]): Promise<void> {
    const stories = sequences.map((sequence) => new Story(sequence));
    for (const { programme } of stories) await announce(database, programme.rules);
    const rulesOf = new Map(stories.map(({ programme: { rules } }) => [rules.programmeId, rules]));
    const clock = new FixedClock(SEQUENCE_START);
    const [first] = stories;
    if (first === undefined) throw new Error('no sequence');
    const shelf = {
      book: async (id: ProgrammeId) => rulesOf.get(id) ?? first.programme.rules,
      held: (id: ProgrammeId) => rulesOf.get(id),
    };
    const processes = [1, 2].map(() => {
      return new PostingLanes({ ...laneOptions(database, first.programme.rules, clock), shelf });
    });
    const counts = { posted: 0, refused: 0, other: 0 };
    for (let step = 0; step < LENGTH / AT_ONCE; step += 1) {
      const outcomes = await Promise.all(stories.map((story) => story.next(processes, clock.now())));
      for (const { kind } of outcomes.flat()) {
        if (kind === 'posted' || kind === 'refused') counts[kind] += 1;
        else counts.other += 1;
      }
      clock.set(new Date(clock.now().getTime() + 3 * DAY));
    }
    await Promise.all(processes.map((lanes) => lanes.close()));
    // Sequences that were all refused would prove nothing.
    expect(counts.posted).toBeGreaterThan(sequences.length * 3);
  }

  it(
    `keep every invariant and every chain, ${SEQUENCES} of them, from two processes`,
    async () => {
      const sequences = fc.sample(fc.array(commands(MEMBERS), ALL_OF_IT), {
        numRuns: SEQUENCES,
        seed: SEED,
      });
      for (let from = 0; from < SEQUENCES; from += TOGETHER) await live(sequences.slice(from, from + TOGETHER));
      expect(describeFindings(await runInvariants(database, 'subgraphs/ledger/invariants'))).toEqual([]);
      expect((await verifyAccounts(database)).findings).toEqual([]);
    },
    120_000 + SEQUENCES * 1_000,
  );

  it('would break them in a ledger that decides before it locks', async () => {
    // Negative control: the same events and rules, but what a few ask at once is all decided before any of it is written.
    const spoilt = await openTestDatabase(ledgerDatabase);
    try {
      await dropGuards(spoilt);
      const programme = sequenceProgramme(MEMBERS);
      await announce(spoilt, programme.rules);
      const reckless = await RecklessBook.open(spoilt, programme.rules, SEQUENCE_START);
      let refs = 0;
      const nextRef = () => `ref-${(refs += 1)}`;
      const [sequence = []] = fc.sample(fc.array(commands(MEMBERS), { minLength: 80, maxLength: 80, size: 'max' }), {
        numRuns: 1,
        seed: 7,
      });
      const memories = Array.from({ length: MEMBERS }, () => new Memory());
      for (let place = 0; place < sequence.length; place += 2 * AT_ONCE) {
        const some = sequence.slice(place, place + 2 * AT_ONCE);
        const at = { now: SEQUENCE_START, memories, nextRef };
        await reckless.race(some.flatMap((command) => askedFor(command, programme, at) ?? []));
      }
      await reckless.close();
      const red = (await runInvariants(spoilt, 'subgraphs/ledger/invariants')).filter(({ total }) => total > 0);
      expect(red.map(({ name }) => name)).toContain('wallet-balances-equal-entries');
    } finally {
      await spoilt.drop();
    }
  });
});
