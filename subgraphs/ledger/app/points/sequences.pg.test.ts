import fc from 'fast-check';
import { runInvariants } from '../../../../kernel/db/invariants';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { FixedClock } from '../../../../kernel/values/clock';
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
import type { Asked } from '../../testkit/asked';
import { PostingLanes } from './posting-lanes';

const INVARIANTS = 'subgraphs/ledger/invariants';
const MEMBERS = 4;
const SEQUENCES = 200;
const LENGTH = 24;
/** How many callers ask before any of them has an answer. */
const CROWD = 8;
const DAY = 86_400_000;

/** The same sequences at every run: the timing differs, which is what is tested. */
const SAMPLE = fc.sample(fc.array(commands(MEMBERS), { minLength: LENGTH, maxLength: LENGTH, size: 'max' }), {
  seed: 20_260_301,
  numRuns: SEQUENCES,
});

interface Run {
  readonly programme: SequenceProgramme;
  readonly memories: readonly Memory[];
}

/** Splits a sequence into crowds; time passes between two of them only. */
function* crowdsOf(sequence: readonly Command[]): Generator<{ crowd: Command[]; days: number }> {
  let crowd: Command[] = [];
  for (const command of sequence) {
    if (command.do !== 'wait') crowd.push(command);
    const days = command.do === 'wait' ? command.days : 0;
    if (days === 0 && crowd.length < CROWD) continue;
    yield { crowd, days };
    crowd = [];
  }
  yield { crowd, days: 0 };
}

let refs = 0;
const wordsFor = ({ programme, memories }: Run, crowd: readonly Command[], now: Date): Asked[] =>
  crowd.flatMap(
    (command) => askedFor(command, programme, { now, memories, nextRef: () => `ref-${(refs += 1)}` }) ?? [],
  );

async function redOf(database: TestDatabase): Promise<string[]> {
  return (await runInvariants(database, INVARIANTS)).filter(({ total }) => total > 0).map(({ name }) => name);
}

describe('sequences of all events by several callers at once', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openTestDatabase(ledgerDatabase);
  });
  afterEach(() => database.drop());

  it(`keep every invariant: ${SEQUENCES} sequences, ${CROWD} callers, two processes`, async () => {
    const run: Run = { programme: sequenceProgramme(MEMBERS), memories: [] };
    await announce(database, run.programme.rules);
    const clock = new FixedClock(SEQUENCE_START);
    const processes = [0, 1].map(() => new PostingLanes(laneOptions(database, run.programme.rules, clock)));
    let keys = 0;
    const told = new Map<string, number>();
    try {
      for (const sequence of SAMPLE) {
        // Each sequence has members of its own, and begins when the one before has ended.
        const fresh = { ...run.programme, members: sequenceProgramme(MEMBERS).members };
        const each: Run = { programme: fresh, memories: fresh.members.map(() => new Memory()) };
        clock.set(SEQUENCE_START);
        for (const { crowd, days } of crowdsOf(sequence)) {
          const outcomes = await Promise.all(
            wordsFor(each, crowd, clock.now()).map((asked, n) =>
              processes[n % 2]!.post(commandOf(asked, run.programme.rules, `key-${(keys += 1)}`)),
            ),
          );
          // By version, as a caller would read them from the member's journal.
          const all = outcomes.flatMap((outcome) => (outcome.kind === 'posted' ? outcome.all : []));
          for (const { plan, after } of [...all].sort((a, b) => Number(a.after.seq - b.after.seq))) {
            each.memories[fresh.members.indexOf(after.memberId)]?.remember(plan, after.seq);
          }
          for (const { kind } of outcomes) told.set(kind, (told.get(kind) ?? 0) + 1);
          clock.set(new Date(clock.now().getTime() + days * DAY));
        }
      }
    } finally {
      await Promise.all(processes.map((lanes) => lanes.close()));
    }
    expect(told.get('posted')).toBeGreaterThan(1_000);
    expect(await redOf(database)).toEqual([]);
  }, 180_000);

  it('break them in a ledger that decides before it locks', async () => {
    // Negative control: the same sequences and rules, each crowd decided before any of it is written.
    const programme = sequenceProgramme(MEMBERS);
    await announce(database, programme.rules);
    await dropGuards(database);
    const reckless = await RecklessBook.open(database, programme.rules, SEQUENCE_START);
    for (const sequence of SAMPLE.slice(0, 5)) {
      const members = sequenceProgramme(MEMBERS).members;
      const run: Run = { programme: { ...programme, members }, memories: members.map(() => new Memory()) };
      for (const { crowd } of crowdsOf(sequence)) await reckless.race(wordsFor(run, crowd, SEQUENCE_START));
    }
    await reckless.close();
    expect(await redOf(database)).toContain('wallet-balances-equal-entries');
  }, 60_000);
});
