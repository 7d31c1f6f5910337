import { asAdministrator } from '../../kernel/db/provision';
import { SUBGRAPHS } from '../../kernel/context/principal';
import { uuidOf } from '../../kernel/values/id';
import { REFUSAL } from '../../hub/client/graph';
import { foundCoalition, purchase, type Coalition } from './testkit/coalition';
import { PartsHub, type PartsShape } from './testkit/parts';
import { halfApplied, PostedSales, versionsUsed, type RulesByVersion } from './testkit/rule-versions';
import { untilSo } from './testkit/watcher';

const RECORD = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) {
  ... on RecordPurchaseSuccess { earned } ${REFUSAL} } }`;
const SET_RULE = `mutation Set($input: SetPurchaseRuleInput!) { result: setPurchaseRule(input: $input) {
  ... on PurchaseRuleSuccess { ruleBookVersion } ${REFUSAL} } }`;

const SHAPES: Readonly<Record<string, PartsShape>> = {
  'everything in one process': { local: SUBGRAPHS },
  'every part alone': {},
};
const TILLS = 6;
const CODES = ['ONE', 'TWO'] as const;
const CHANGES = 12;
const DAY_MS = 86_400_000;
/** Far above what it takes: how long it took is printed, and the states are what is asserted. */
const REACHES_WITHIN_MS = 5_000;

/**
 * The rules' codes take turns; a change ends what its code gave and begins what it gives from then on, in one version of the book.
 * No two sums of bonuses are alike, so points tell which terms gave them.
 */
const bonusOf = (change: number): number => 10 ** (1 + (change % 2) * 4) * (1 + Math.floor(change / 2));

describe('a change of rules', () => {
  let parts: PartsHub;
  let coalition: Coalition;
  let receipts = 0;
  const opened = Date.now() - DAY_MS;

  beforeAll(async () => {
    parts = await PartsHub.open({ local: SUBGRAPHS });
    coalition = await foundCoalition(parts.hub);
  }, 60_000);
  afterAll(() => parts?.hub.close(), 60_000);

  /** Sells to one member without a pause until told to stop. @returns what each sale was said to have earned, in order */
  async function till(memberId: string, isOpen: () => boolean): Promise<number[]> {
    const earned: number[] = [];
    while (isOpen()) {
      const input = purchase(`rule change ${(receipts += 1)}`, memberId, 1);
      earned.push(Number((await coalition.bakery.caller.must<{ earned: string }>(RECORD, { input })).earned));
    }
    return earned;
  }

  async function activate(number: number): Promise<bigint> {
    const { ruleBookVersion } = await coalition.admin.must<{ ruleBookVersion: string }>(SET_RULE, {
      input: {
        idempotencyKey: `change ${(receipts += 1)}`,
        partnerId: coalition.bakery.id,
        code: CODES[number % 2],
        name: `Bonus ${number}`,
        // In the past, one second after the other: every purchase of now falls under the latest.
        validFrom: new Date(opened + number * 1_000).toISOString(),
        effect: { kind: 'BONUS', points: String(bonusOf(number)) },
      },
    });
    return BigInt(ruleBookVersion);
  }

  let changes = 0;
  const given: RulesByVersion = new Map();

  it.each(Object.entries(SHAPES))(
    'reaches tills that post without a pause, and none ever meets half of it, with %s',
    async (name, shape) => {
      await parts.reshape(shape);
      const delays: number[] = [];
      const journal = new PostedSales(parts);
      const members = await Promise.all(
        Array.from({ length: TILLS }, async (_, n) => (await coalition.enrol(`RULES-${name.length}-${n}`)).id),
      );
      let isOpen = true;
      const tills = members.map((memberId) => till(memberId, () => isOpen));
      try {
        for (let n = 0; n < CHANGES; n += 1) {
          const number = (changes += 1);
          const version = await activate(number);
          const activatedAt = Date.now();
          given.set(version, [number === 1 ? 0 : bonusOf(number - 1), bonusOf(number)]);
          // Every till has sold by it before the next one comes.
          let first: Date | null = null;
          await untilSo(
            async () => {
              const sold = await journal.soldBy(members, version);
              first = sold.first;
              return sold.members === TILLS;
            },
            () => `not all tills came to version ${version}`,
          );
          delays.push(first!.getTime() - activatedAt);
        }
      } finally {
        isOpen = false;
      }
      const earned = await Promise.all(tills);
      const sales = await journal.sales(members, earned);
      // Before the first change of all, a purchase gave its base alone.
      const first = [...given.keys()][0]!;
      const known: RulesByVersion = new Map([...given, [first - 1n, []]]);
      expect(halfApplied(sales, known)).toEqual([]);
      expect(versionsUsed(sales)).toBeGreaterThanOrEqual(CHANGES);
      expect(sales).toHaveLength(earned.flat().length);
      expect(Math.max(...delays)).toBeLessThan(REACHES_WITHIN_MS);
      process.stdout.write(
        `${name}: ${CHANGES} changes met by ${sales.length} purchases; from the activation’s answer to the first posting by it ` +
          `${[...delays].sort((a, b) => a - b).join(', ')} ms\n`,
      );
    },
    120_000,
  );

  it('that a projection applied rule by rule is caught (control)', async () => {
    const { id } = await coalition.enrol('RULES-HALF');
    const journal = new PostedSales(parts);
    const before = changes;
    const version = await activate((changes += 1));
    const both = [bonusOf(before), bonusOf(before + 1)];
    given.set(version, both);
    const sellUntil = async (wanted: bigint): Promise<number[]> => {
      let isMet = false;
      const sold = till(id, () => !isMet);
      await untilSo(
        async () => (isMet = (await journal.soldBy([id], wanted)).members === 1),
        () => `nothing was sold by version ${wanted}`,
      ).finally(() => (isMet = true));
      return sold;
    };
    const whole = await sellUntil(version);
    // The ledger meets the half book as a version, as it would if its consumer wrote each rule for itself.
    await applyHalf(parts, coalition);
    const half = await sellUntil(version + 1n);
    const caught = halfApplied(await journal.sales([id], [[...whole, ...half]]), given);
    expect(caught.length).toBeGreaterThan(0);
    for (const sale of caught)
      expect(sale).toEqual({ version: version + 1n, points: 1 + both[0]!, expected: 1 + both[0]! + both[1]! });
  }, 60_000);
});

/** The projection between two rules of one event: what the event ends is gone, what it begins is not there yet. */
async function applyHalf({ postgres }: PartsHub, { programmeId }: Coalition): Promise<void> {
  const url = new URL(postgres.superuserUrl);
  url.pathname = '/hub_ledger';
  await asAdministrator(url.href, (client) =>
    client.query(
      `update rule_book
          set version = version + 1,
              book = jsonb_set(book, '{purchaseRules}',
                (select jsonb_agg(rule order by rule ->> 'from') from (
                   select rule from jsonb_array_elements(book -> 'purchaseRules') as rule
                    order by rule ->> 'from' desc offset 1) as kept))
              || jsonb_build_object('version', (version + 1)::text)
        where programme_id = $1`,
      [uuidOf(programmeId)],
    ),
  );
}
