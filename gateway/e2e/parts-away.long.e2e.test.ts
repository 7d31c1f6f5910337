import type { AnyResult } from '../../kernel/testkit/graph-client';
import { foundCoalition, purchase, redemption, type Coalition } from './testkit/coalition';
import { PartsHub } from './testkit/parts';
import { untilSo } from './testkit/watcher';

const RECORD = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) {
  __typename ... on RecordPurchaseSuccess { earned replayed account { available } } ... on Refusal { code retryable } } }`;
const REDEEM = `mutation Redeem($input: RedeemPointsInput!) { result: redeemPoints(input: $input) {
  __typename ... on RedeemPointsSuccess { replayed account { available } } ... on Refusal { code retryable } } }`;
const BALANCE = '{ me { account { available } } }';
const OTHERS = ['feedback', 'rewards', 'members', 'partners'] as const;
/** One question to each of the others, and what it is answered while it is there. */
const QUESTIONS: Readonly<Record<(typeof OTHERS)[number], string>> = {
  // Asked as an admin, the others as a member.
  feedback: '{ runningSurvey { id } }',
  rewards: '{ rewards(first: 1) { nodes { id } } }',
  members: '{ me { displayName } }',
  partners: '{ currentProgramme { name } }',
};
const TILLS = 8;
const PATIENCE = 200;

const codeOf = ({ errors }: AnyResult) => errors?.[0]?.extensions?.['code'];

describe('a hub of which parts are away', () => {
  let parts: PartsHub;
  let coalition: Coalition;
  let receipts = 0;
  beforeAll(async () => {
    parts = await PartsHub.open({ gateways: 2 });
    coalition = await foundCoalition(parts.hub);
  });
  afterAll(() => parts?.hub.close(), 60_000);

  const enrol = () => coalition.enrol(`AWAY-${(receipts += 1)}`, 'Hanna');
  const askOnly = async (name: (typeof OTHERS)[number], token: string): Promise<AnyResult> =>
    (await parts.hub.client(name === 'feedback' ? coalition.adminToken : token).query(QUESTIONS[name])).body;
  const sell = async (memberId: string, euros: number) => {
    const input = purchase(`away ${(receipts += 1)}`, memberId, euros);
    return (await parts.hub.client(coalition.bakery.key).query(RECORD, { input })).body;
  };
  const balanceOf = async (token: string): Promise<bigint> => {
    const { body } = await parts.hub.client(token).query(BALANCE);
    if (body.data?.me?.account == null) throw new Error(JSON.stringify(body));
    return BigInt(body.data.me.account.available as string);
  };

  describe('because all but the ledger were ended', () => {
    let member: Awaited<ReturnType<Coalition['enrol']>>;
    beforeAll(async () => {
      member = await enrol();
      expect(await sell(member.id, 10)).toMatchObject({ data: { result: { account: { available: '10' } } } });
      await Promise.all(OTHERS.map((name) => parts.end(name)));
    });
    afterAll(async () => {
      for (const name of OTHERS) await parts.reopen(name);
    });

    it('credits and spends as if they were there', async () => {
      expect(await sell(member.id, 5)).toMatchObject({
        data: { result: { earned: '5', account: { available: '15' } } },
      });
      const input = redemption(`away ${(receipts += 1)}`, member.id, 4);
      const { body } = await parts.hub.client(coalition.books.key).query(REDEEM, { input });
      expect(body).toMatchObject({ data: { result: { account: { available: '11' } } } });
    });

    it.each(OTHERS)('says of what only %s knows that it passes by itself', async (name) => {
      const body = await askOnly(name, member.token);
      expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'SUBGRAPH_UNAVAILABLE', retryable: true });
      expect(JSON.stringify(body)).not.toMatch(/127\.0\.0\.1|ECONN/);
    });

    it('answers the fields of the ledger beside theirs', async () => {
      const query = '{ programmeClock { now } currentProgramme { name } }';
      const { body } = await parts.hub.client(coalition.bakery.key).query(query);
      expect(body.data).toEqual({ programmeClock: { now: expect.any(String) as string }, currentProgramme: null });
      expect(codeOf(body)).toBe('SUBGRAPH_UNAVAILABLE');
    });

    it('would credit nothing with the ledger away as well (control)', async () => {
      await parts.end('ledger');
      const refused = await sell(member.id, 1);
      expect(codeOf(refused)).toBe('SUBGRAPH_UNAVAILABLE');
      await parts.reopen('ledger');
    });
  });

  it('answers everything again once they are back', async () => {
    const member = await enrol();
    for (const name of OTHERS) {
      let last: AnyResult = {};
      const ask = async () => (last = await askOnly(name, member.token));
      await untilSo(
        async () => (await ask()).errors === undefined,
        () => `${name}: ${JSON.stringify(last)}`,
      );
    }
  });

  describe('because each is started anew under load', () => {
    interface Tills {
      /**
       * `cut` had no answer, and `late` that it was not there in time; of these `replayed` were found to have been done when they were
       * asked again.
       */
      readonly told: { acknowledged: number; again: number; cut: number; late: number; replayed: number };
      stop(): Promise<void>;
    }
    /** Tills that sell for one euro each, and on no answer ask again, at the other gateway; each at a member of its own. */
    async function open(names: 'intents' | 'attempts'): Promise<Tills & { members: { token: string }[] }> {
      const members = await Promise.all(Array.from({ length: TILLS }, enrol));
      const told = { acknowledged: 0, again: 0, cut: 0, late: 0, replayed: 0 };
      let goesOn = true;
      const till = async (number: number): Promise<void> => {
        const { id } = members[number]!;
        for (let sale = 0; goesOn; sale += 1) {
          const input = purchase(`till ${id} ${sale}`, id, 1);
          for (let attempt = 1; ; attempt += 1) {
            const name =
              names === 'intents'
                ? {}
                : { idempotencyKey: `${id} ${sale} ${attempt}`, externalRef: `${id} ${sale} ${attempt}` };
            const url = parts.urls[(number + attempt) % parts.urls.length]!;
            const answer = await sendTo(url, coalition.bakery.key, { ...input, ...name });
            if (answer === 'replayed') told.replayed += 1;
            if (answer === 'done' || answer === 'replayed') break;
            if (attempt > PATIENCE) throw new Error(`a till was never answered: ${answer}`);
            told.again += 1;
            if (answer === 'cut' || answer === 'late') told[answer] += 1;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
          told.acknowledged += 1;
        }
      };
      const over = Promise.all(members.map((_member, number) => till(number)));
      return { members, told, stop: () => ((goesOn = false), over.then(() => undefined)) };
    }
    const more = ({ told }: Tills, count: number) => {
      const from = told.acknowledged;
      return untilSo(
        () => told.acknowledged >= from + count,
        () => JSON.stringify(told),
      );
    };
    const totalOf = async (members: readonly { token: string }[]): Promise<bigint> =>
      (await Promise.all(members.map(({ token }) => balanceOf(token)))).reduce((sum, one) => sum + one, 0n);

    it('answers every sale once: none is lost, none doubled, and gateways cut nobody off', async () => {
      const tills = await open('intents');
      await more(tills, 50);
      for (const name of ['gateway 1', 'gateway 2'] as const) {
        await parts.end(name);
        await more(tills, 30);
        await parts.reopen(name);
        await more(tills, 30);
      }
      for (const name of ['ledger', 'partners', 'members'] as const) {
        await parts.end(name);
        await parts.reopen(name);
        await more(tills, 30);
      }
      await tills.stop();
      process.stderr.write(`rolling restart: ${JSON.stringify(tills.told)}\n`);
      expect(tills.told.again).toBeGreaterThan(0);
      // Whatever was begun was answered: what a till asked again had not been done, unless it was told that nobody knew yet, as where a
      // busy machine stood still for longer than a sale may take.
      expect(tills.told.replayed).toBeLessThanOrEqual(tills.told.late);
      expect(await totalOf(tills.members)).toBe(BigInt(tills.told.acknowledged));
    });

    it('would be caught doubling, with gateways that do not wait and tills that name each attempt anew (control)', async () => {
      const before = process.env['HUB_DRAIN_MS'];
      process.env['HUB_DRAIN_MS'] = '1';
      try {
        await parts.end('gateway 1');
        await parts.reopen('gateway 1');
        let doubled = 0n;
        for (let turn = 0; turn < 15 && doubled === 0n; turn += 1) {
          const tills = await open('attempts');
          await more(tills, 20);
          await parts.end('gateway 1');
          await parts.reopen('gateway 1');
          await tills.stop();
          doubled = (await totalOf(tills.members)) - BigInt(tills.told.acknowledged);
        }
        expect(doubled).toBeGreaterThan(0n);
      } finally {
        if (before === undefined) delete process.env['HUB_DRAIN_MS'];
        else process.env['HUB_DRAIN_MS'] = before;
        await parts.end('gateway 1');
        await parts.reopen('gateway 1');
      }
    });
  });
});

type Attempt = 'done' | 'replayed' | 'refused' | 'late' | 'cut';

/** One attempt: done, now or before; refused before anything was done; too late to say, or cut, so that nobody can. */
async function sendTo(url: string, key: string, input: object): Promise<Attempt> {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: RECORD, variables: { input } }),
    });
    const body = (await response.json()) as AnyResult;
    const { __typename, replayed } = (body.data?.result ?? {}) as { __typename?: string; replayed?: boolean };
    if (codeOf(body) === 'GATEWAY_DEADLINE_EXCEEDED') return 'late';
    return __typename !== 'RecordPurchaseSuccess' ? 'refused' : replayed === true ? 'replayed' : 'done';
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as { code?: string };
    return code === 'ECONNREFUSED' ? 'refused' : 'cut';
  }
}
