import { setTimeout as pause } from 'node:timers/promises';
import { issueKey, mintToken, untilKnown } from '../../hub/client/credentials';
import { REFUSAL } from '../../hub/client/graph';
import { asAdministrator } from '../../kernel/db/provision';
import { foundCoalition, purchase, type Coalition } from './testkit/coalition';
import { PartsHub } from './testkit/parts';
import { Statements } from './testkit/statements';
import { untilSo, Watcher } from './testkit/watcher';

const RECORD = `mutation Record($rows: [RecordPurchaseInput!]!) { recordPurchases(input: $rows) { ${REFUSAL} } }`;
const RECORD_ONE = `mutation Record($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) { ${REFUSAL} } }`;
const REVOKE = `mutation Revoke($input: RevokePartnerKeyInput!) { result: revokePartnerKey(input: $input) { ${REFUSAL} } }`;
/** What the ledger reads for those who come again. */
const READ_ON = 'ledger.live.loadAfter';

const MEMBERS = 40;
const CUT_CLIENTS = 200;
const CALLS_MAX = 4;
const CREDITS_PER_SECOND = 200;
const CUTTING_MS = 9_000;
/** As many as that makes; a machine that is slower goes on until they are recorded. */
const CREDITS = (CREDITS_PER_SECOND * CUTTING_MS) / 1_000;
const RESUMING_CLIENTS = 1_000;
/**
 * By when the last of them has what it missed, once all are back. A machine is busy if the same clients took longer than this to come
 * in the first place, when there was nothing to read up; then they may take as long again.
 */
const RESUMED_MS_MAX = 5_000;

interface Member {
  readonly id: string;
  readonly token: string;
}

describe('live streams of a hub with two gateways and every part alone', () => {
  const statements = new Statements([READ_ON]);
  let parts: PartsHub;
  let coalition: Coalition;
  let members: Member[];
  let watchers: Watcher[] = [];
  /** Credits of each member so far, which is its version. */
  const credited = new Map<string, bigint>();
  let receipts = 0;

  beforeAll(async () => {
    parts = await PartsHub.open({ gateways: 2 }, (part, config) =>
      part === 'ledger' ? statements.between(config) : config,
    );
    coalition = await foundCoalition(parts.hub);
    members = await Promise.all(Array.from({ length: MEMBERS }, (_, number) => coalition.enrol(`LIVE-${number}`)));
  });
  afterAll(async () => {
    await parts?.hub.close();
    await statements.close();
  });
  afterEach(() => {
    for (const watcher of watchers) watcher.cut();
    watchers = [];
  });

  const versionOf = (id: string) => credited.get(id) ?? 0n;
  const noted = (id: string) => credited.set(id, versionOf(id) + 1n);
  /** Credits members in turn; each row makes one version. Sends again, as a till does, what the ledger says it cannot know yet. */
  async function credit(rows: number, through = coalition.bakery.caller): Promise<void> {
    const ids = Array.from({ length: rows }, (_, n) => members[(receipts + n) % MEMBERS]!.id);
    let input = ids.map((id) => purchase(`live ${(receipts += 1)}`, id, 1));
    do {
      const answer = await through.ask<{ recordPurchases: { code?: string }[] }>(RECORD, { rows: input });
      const refused = answer.recordPurchases.flatMap(({ code }, at) =>
        code === undefined ? [] : [{ code, row: input[at]! }],
      );
      expect(refused.filter(({ code }) => code !== 'LEDGER_MEMBER_NOT_KNOWN_YET')).toEqual([]);
      input = refused.map(({ row }) => row);
      if (input.length > 0) await pause(100);
    } while (input.length > 0);
    ids.forEach(noted);
  }
  /** A caller of its own for each watcher, so that no two share a stream. */
  async function alone(number: number, options: { forgets?: boolean } = {}): Promise<{ id: string; watcher: Watcher }> {
    const subject = `desk-${number}`;
    const token = await mintToken(parts.hub.issuer, { role: 'admin', programme: coalition.programmeId, subject });
    const { id } = members[number % MEMBERS]!;
    return { id, watcher: new Watcher({ urls: parts.urls, token, memberId: id, ...options }) };
  }
  const faultsOf = (all: readonly Watcher[]) => all.flatMap(({ faults }) => faults);

  describe('whose connections are cut every one to three seconds while 200 credits a second are recorded', () => {
    let goesOn = true;
    /** Comes, is cut after a while, and comes again, until it is over; then stays. */
    async function comeAndGo(watcher: Watcher, number: number): Promise<void> {
      for (let turn = 0; goesOn; turn += 1) {
        await watcher.connect();
        const stay = 1_000 + ((number * 7_919 + turn * 104_729) % 2_000);
        for (let waited = 0; waited < stay && goesOn; waited += 100) await pause(100);
        if (!goesOn) return;
        watcher.cut();
      }
    }
    async function credits(): Promise<void> {
      const startedAt = performance.now();
      const sent: Promise<void>[] = [];
      const rows = 20;
      for (let count = 0; count < CREDITS || performance.now() - startedAt < CUTTING_MS; count += rows) {
        // A till that is answered late waits: it has a few calls under way, never hundreds.
        if (sent.length >= CALLS_MAX) await sent[sent.length - CALLS_MAX];
        sent.push(credit(rows));
        await pause(Math.max(0, startedAt + (count * 1_000) / CREDITS_PER_SECOND - performance.now()));
      }
      await Promise.all(sent);
      goesOn = false;
    }

    it('miss, repeat and reorder nothing, whether they are shared or not', async () => {
      goesOn = true;
      const followed = await Promise.all(
        Array.from({ length: CUT_CLIENTS }, async (_, number) => {
          // Half of them share streams with others of the same member, over both transports.
          if (number % 2 === 0) return alone(number);
          const { id, token } = members[number % MEMBERS]!;
          const way = number % 4 === 1 ? ('socket' as const) : ('events' as const);
          return { id, watcher: new Watcher({ urls: parts.urls, token, memberId: id, way }) };
        }),
      );
      const control = await Promise.all(Array.from({ length: 20 }, (_, n) => alone(1_000 + n, { forgets: true })));
      watchers = [...followed, ...control].map(({ watcher }) => watcher);
      await Promise.all([...watchers.map((watcher, number) => comeAndGo(watcher, number)), credits()]);
      const all = followed.map(({ watcher }) => watcher);
      const behind = () => followed.filter(({ id, watcher }) => !watcher.isAt(versionOf(id)));
      await untilSo(
        async () => {
          await Promise.all(all.map((watcher) => watcher.stay()));
          return behind().length === 0;
        },
        () =>
          behind()
            .map(({ id, watcher: { seen, ends } }) => `${seen?.version} of ${versionOf(id)}: ${ends.join()}`)
            .join('\n'),
      );
      const cuts = all.reduce((sum, { connections }) => sum + connections - 1, 0);
      const changes = all.reduce((sum, watcher) => sum + watcher.changes, 0);
      process.stderr.write(
        `${CUT_CLIENTS} clients, ${receipts} credits, ${cuts} cuts, ${changes} changes, ${faultsOf(all).length} faults\n`,
      );
      expect(receipts).toBeGreaterThanOrEqual(CREDITS);
      // Each credit is one for the followers of its member; what was recorded before one of them first came is in its snapshot.
      expect(changes).toBeGreaterThan((CREDITS * CUT_CLIENTS) / MEMBERS / 2);
      expect(cuts).toBeGreaterThan(CUT_CLIENTS);
      expect(faultsOf(all)).toEqual([]);
      // Control: clients that come back without what they have seen, after something happened meanwhile.
      // They have to have been told something first, and two things to miss: a slow machine gives neither by itself.
      await untilSo(
        async () => {
          await Promise.all(control.map(({ watcher }) => watcher.stay()));
          return control.every(({ id, watcher }) => watcher.isAt(versionOf(id)));
        },
        () => 'clients that forget are not told where things stand',
      );
      for (const { watcher } of control) watcher.cut();
      await credit(MEMBERS);
      await credit(MEMBERS);
      await Promise.all(control.map(({ watcher }) => watcher.connect()));
      const forgetful = control.map(({ watcher }) => watcher);
      await untilSo(
        () => faultsOf(forgetful).length > 0,
        () => 'clients that forget miss nothing',
      );
    });
  });

  describe('when the gateway that pushes them is started anew', () => {
    it('a thousand clients have what they missed, read for them in few statements', async () => {
      const followed = await Promise.all(Array.from({ length: RESUMING_CLIENTS }, (_, number) => alone(number)));
      watchers = followed.map(({ watcher }) => watcher);
      const cameAt = performance.now();
      await inWaves(watchers);
      const areTold = () => followed.every(({ id, watcher }) => watcher.isAt(versionOf(id)));
      const told = () => `${followed.filter(({ id, watcher }) => !watcher.isAt(versionOf(id))).length} are behind`;
      await untilSo(areTold, told);
      const boundMs = Math.max(RESUMED_MS_MAX, performance.now() - cameAt);

      await Promise.all([parts.end('gateway 1'), parts.end('gateway 2')]);
      await untilSo(() => watchers.every(({ ends }) => ends.length === 1), told);
      await parts.reopen('gateway 2');
      // What they miss goes in by the one that is up; then the other is as well.
      await credit(MEMBERS, parts.hub.connectionTo(parts.urls[1]!).as(coalition.bakery.key));
      await parts.reopen('gateway 1');
      const readBefore = statements.count(READ_ON);
      const startedAt = performance.now();
      await Promise.all(watchers.map((watcher) => watcher.connect()));
      const backAt = performance.now();
      await untilSo(areTold, told);
      const resumedMs = performance.now() - backAt;
      const read = statements.count(READ_ON) - readBefore;
      process.stderr.write(
        `${RESUMING_CLIENTS} clients were back in ${Math.round(backAt - startedAt)} ms and had all ${Math.round(resumedMs)} ms later ` +
          `(at most ${Math.round(boundMs)}), by ${read} statements\n`,
      );
      expect(resumedMs).toBeLessThan(boundMs);
      expect(faultsOf(watchers)).toEqual([]);
      expect(watchers.every(({ snapshots, changes }) => snapshots === 1 && changes === 1)).toBe(true);
      expect(read).toBeLessThan(RESUMING_CLIENTS / 4);
    });

    it('would cost a statement for each client, were they not read for together (control)', async () => {
      const followed = await Promise.all(Array.from({ length: 10 }, (_, number) => alone(2_000 + number)));
      watchers = followed.map(({ watcher }) => watcher);
      const before = statements.count(READ_ON);
      for (const { watcher } of followed) {
        // One after the other nobody has anybody to be read for with.
        await watcher.connect();
        await untilSo(
          () => watcher.seen !== null,
          () => 'no snapshot',
        );
        await pause(20);
      }
      expect(statements.count(READ_ON) - before).toBeGreaterThanOrEqual(followed.length);
    });
  });

  /** Comes in waves: what is measured is how they come again, not how they came. */
  async function inWaves(all: readonly Watcher[]): Promise<void> {
    for (let first = 0; first < all.length; first += 100)
      await Promise.all(all.slice(first, first + 100).map((watcher) => watcher.connect()));
  }

  describe('of a caller whose right ends', () => {
    it('end within five seconds of the revocation of its key at every gateway, and nobody else’s do', async () => {
      const { admin, bakery } = coalition;
      const key = await issueKey(admin, { id: bakery.id, code: 'BAKERY', activeKeys: [] });
      for (const url of parts.urls) await untilKnown(parts.hub.connectionTo(url), key);
      const { id: memberId } = members[0]!;
      const revoked = parts.urls.flatMap((url) =>
        (['socket', 'events'] as const).map((way) => new Watcher({ urls: [url], token: key, memberId, way })),
      );
      // Control: the other key of the same partner, watching the same.
      const kept = new Watcher({ urls: parts.urls, token: bakery.key, memberId });
      watchers = [...revoked, kept];
      await Promise.all(watchers.map((watcher) => watcher.connect()));
      await untilSo(
        () => watchers.every(({ seen }) => seen !== null),
        () => watchers.map(({ ends }) => ends.join()).join('; '),
      );
      const keyId = `key_${key.split('_')[2]}`;
      await admin.must(REVOKE, { input: { idempotencyKey: `revoke ${keyId}`, keyId } });
      const revokedAt = performance.now();
      await untilSo(
        () => revoked.every(({ ends }) => ends.length > 0),
        () => revoked.map(({ ends }) => ends.join()).join('; '),
        5_000,
      );
      process.stderr.write(`streams of a revoked key ended after ${Math.round(performance.now() - revokedAt)} ms\n`);
      expect(revoked.map(({ ends }) => ends[0])).toEqual([
        'socket 4403',
        'GATEWAY_UNAUTHENTICATED',
        'socket 4403',
        'GATEWAY_UNAUTHENTICATED',
      ]);
      expect(kept.ends).toEqual([]);
    });

    it('end with its token', async () => {
      const { id: memberId } = members[1]!;
      const programme = coalition.programmeId;
      const grant = { role: 'admin' as const, programme, subject: 'short', lifeSeconds: 3 };
      const token = await parts.hub.issuer.mint(grant);
      watchers = (['socket', 'events'] as const).map((way) => new Watcher({ urls: parts.urls, token, memberId, way }));
      await Promise.all(watchers.map((watcher) => watcher.connect()));
      await untilSo(
        () => watchers.every(({ seen }) => seen !== null),
        () => 'no snapshot',
      );
      await untilSo(
        () => watchers.every(({ ends }) => ends.length > 0),
        () => 'open for longer than its token and five seconds',
        8_000,
      );
    });
  });

  it('are told of no credit whose commit failed, and of the next under its version', async () => {
    const { id, token } = members[2]!;
    watchers = parts.urls.flatMap((url) =>
      (['socket', 'events'] as const).map((way) => new Watcher({ urls: [url], token, memberId: id, way })),
    );
    await Promise.all(watchers.map((watcher) => watcher.connect()));
    const told = () => watchers.map(({ seen, ends }) => `${seen?.version} ${ends.join()}`).join('; ');
    const allAt = (version: bigint) => untilSo(() => watchers.every((watcher) => watcher.isAt(version)), told);
    await allAt(versionOf(id));
    const before = watchers.map(({ changes }) => changes);
    const sell = (ref: string) =>
      parts.hub.client(coalition.bakery.key).query(RECORD_ONE, { input: purchase(ref, id, 1) });
    await inLedger(
      parts,
      `create function refuse_commit() returns trigger language plpgsql as
         $$ begin raise exception 'refused in the commit'; end $$;
       create constraint trigger refuse after insert on journal_transaction
         deferrable initially deferred for each row execute function refuse_commit();`,
    );
    const refused = await sell('never committed');
    expect(refused.body.errors?.[0]?.extensions).toMatchObject({ code: 'INTERNAL' });
    await inLedger(parts, 'drop trigger refuse on journal_transaction; drop function refuse_commit;');
    expect((await sell('committed')).body.errors).toBeUndefined();
    noted(id);
    await allAt(versionOf(id));
    expect(faultsOf(watchers)).toEqual([]);
    // One message: had the first been told, there would be two, or one of the same version before.
    expect(watchers.map(({ changes }, number) => changes - before[number]!)).toEqual(watchers.map(() => 1));
  });
});

/** Runs statements in the ledger's database as its administrator. */
async function inLedger({ postgres }: PartsHub, statements: string): Promise<void> {
  const url = new URL(postgres.superuserUrl);
  url.pathname = '/hub_ledger';
  await asAdministrator(url.href, (client) => client.query(statements));
}
