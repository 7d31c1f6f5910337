import type { SubgraphLink } from '../../kernel/graph/link';
import { localLink, openFixture, type Fixture } from '../testkit/fixture';
import { openTestGateway, type TestGateway } from '../testkit/open-test-gateway';
import { sendGraph } from '../testkit/send';
import { until } from '../testkit/until';

const TILLS = 8;

/** A ledger that counts what it did under each key, and answers when it is told to. */
function countingLedger(fixture: Fixture) {
  const done = new Map<string, number>();
  const held: (() => void)[] = [];
  const state = { done, isHeld: false, held: () => held.length, release: () => held.splice(0).forEach((go) => go()) };
  const link = localLink(fixture.ledger);
  const execute: SubgraphLink['execute'] = async (request) => {
    const key = (request.variables?.['key'] as string | undefined) ?? '';
    done.set(key, (done.get(key) ?? 0) + 1);
    if (state.isHeld) await new Promise<void>((go) => held.push(go));
    return link.execute(request);
  };
  return { state, link: { name: link.name, execute, subscribe: link.subscribe.bind(link), close: () => link.close() } };
}

/** Sells at every till until it is told to stop; a till goes to the other gateway when one does not answer. */
function openTills(urls: readonly string[]) {
  const answered: string[] = [];
  const control = { isOver: false, answered, again: 0 };
  const query = 'mutation ($key: String!) { recordPurchase(key: $key, points: 1) { available } }';
  const till = async (number: number): Promise<void> => {
    let place = number % urls.length;
    for (let sale = 0; !control.isOver; sale += 1) {
      const key = `till ${number} sale ${sale}`;
      for (let isAnswered = false; !isAnswered;) {
        const answer = await sendGraph(`${urls[place]}/graphql`, { query, variables: { key } }).catch(() => null);
        isAnswered = answer?.status === 200 && answer.json?.errors === undefined;
        if (isAnswered) answered.push(key);
        else {
          control.again += 1;
          place = (place + 1) % urls.length;
        }
      }
    }
  };
  return { control, over: Promise.all(Array.from({ length: TILLS }, (_, number) => till(number))) };
}

describe('two gateways, one of which is stopped under load,', () => {
  let [first, second]: TestGateway[] = [];
  let ledger: ReturnType<typeof countingLedger>;

  async function open(drainMs: number): Promise<string[]> {
    const fixture = openFixture();
    ledger = countingLedger(fixture);
    const links = () => ({ members: localLink(fixture.members), ledger: ledger.link });
    first = await openTestGateway({ fixture, links, config: { drainMs } });
    second = await openTestGateway({ fixture, links });
    return [first.url, second.url];
  }
  afterEach(async () => {
    ledger.state.isHeld = false;
    ledger.state.release();
    await first?.close();
    await second?.close();
  });

  /** Stops the first gateway while it holds requests that the ledger has already done; it waits for them, or they are cut. */
  async function stopFirst(tills: ReturnType<typeof openTills>, held: 'waited for' | 'cut'): Promise<void> {
    await until(() => tills.control.answered.length > 3 * TILLS);
    ledger.state.isHeld = true;
    await until(() => ledger.state.held() === TILLS);
    const closed = first?.closeGateway();
    if (held === 'cut') await closed;
    ledger.state.isHeld = false;
    ledger.state.release();
    await closed;
    const before = tills.control.answered.length;
    await until(() => tills.control.answered.length > before + 3 * TILLS);
    tills.control.isOver = true;
    await tills.over;
  }

  it('answer everything that was begun: nothing is done twice and nothing is lost', async () => {
    const tills = openTills(await open(5_000));
    await stopFirst(tills, 'waited for');
    const { done } = ledger.state;
    expect([...done.values()].filter((times) => times !== 1)).toEqual([]);
    expect(done.size).toBe(tills.control.answered.length);
    expect(tills.control.again).toBeGreaterThan(0);
  });

  it('would have tills ask again for what was done, if the one that stops did not wait', async () => {
    // Negative control: connections are cut at once.
    const tills = openTills(await open(1));
    await stopFirst(tills, 'cut');
    expect([...ledger.state.done.values()].filter((times) => times > 1).length).toBeGreaterThan(0);
  });
});
