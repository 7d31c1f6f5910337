import { REFUSAL } from '../../hub/client/graph';
import { foundCoalition, type Coalition } from './testkit/coalition';
import { openAsOne, type TestHub } from './testkit/hubs';
import { untilSo } from './testkit/watcher';

const mutation = (name: string, success: string) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `mutation Keys($input: ${type}Input!) { result: ${name}(input: $input) { ... on ${type}Success { ${success} } ${REFUSAL} } }`;
};
const WITHIN_MS = 5_000;

interface Issued {
  readonly key: { readonly id: string };
  readonly keyText: string;
}

describe('the keys of a partner', () => {
  let hub: TestHub;
  let coalition: Coalition;
  let commands = 0;
  beforeAll(async () => {
    hub = await openAsOne();
    coalition = await foundCoalition(hub);
  });
  afterAll(() => hub.close());

  const named = (input: object) => ({ input: { idempotencyKey: `keys ${(commands += 1)}`, ...input } });
  const issue = (input: object = {}) =>
    coalition.admin.must<Issued>(
      mutation('issuePartnerKey', 'key { id } keyText'),
      named({ partnerId: coalition.bakery.id, ...input }),
    );
  const revoke = (keyId: string) => coalition.admin.must(mutation('revokePartnerKey', 'key { id }'), named({ keyId }));
  const bind = (keyId: string, addresses: string[] | null) =>
    coalition.admin.must(mutation('setPartnerKeyAddresses', 'key { id }'), named({ keyId, addresses }));
  /** 200, or the code with which the door stays closed. */
  const answer = async (key: string) => {
    const { status, body } = await hub.client(key).query('{ currentPartner { id } }');
    return status === 200 ? 200 : (body.errors?.[0]?.extensions?.['code'] as string);
  };
  const until = (key: string, wanted: 200 | string) =>
    untilSo(
      async () => (await answer(key)) === wanted,
      () => `the key is answered ${wanted}`,
      WITHIN_MS,
    );

  it('are bound to addresses at issuing and later, within five seconds and open sockets included', async () => {
    const { key, keyText } = await issue({ addresses: ['127.0.0.0/8', '::1'] });
    await until(keyText, 200);
    const socket = await hub.client(keyText).socket();
    await socket.init({ authorization: `Bearer ${keyText}` });
    const changedAt = Date.now();
    await bind(key.id, ['203.0.113.0/24']);
    expect((await socket.closed).code).toBe(4403);
    await until(keyText, 'GATEWAY_ADDRESS_NOT_ALLOWED');
    expect(Date.now() - changedAt).toBeLessThan(WITHIN_MS);
    expect(await answer(coalition.bakery.key)).toBe(200);
    await bind(key.id, null);
    await until(keyText, 200);
    await revoke(key.id);
    await until(keyText, 'GATEWAY_UNAUTHENTICATED');
  });

  it('are two while one is rotated in, and end by themselves when that was said', async () => {
    const { key, keyText } = await issue({ expiresAt: new Date(Date.now() + 4_000).toISOString() });
    await until(keyText, 200);
    const third = await coalition.admin.ask<{ result: { code: string } }>(
      mutation('issuePartnerKey', 'keyText'),
      named({ partnerId: coalition.bakery.id }),
    );
    expect(third.result.code).toBe('PARTNERS_TOO_MANY_KEYS');
    const socket = await hub.client(keyText).socket();
    await socket.init({ authorization: `Bearer ${keyText}` });
    expect((await socket.closed).code).toBe(4403);
    await until(keyText, 'GATEWAY_UNAUTHENTICATED');
    expect(await answer(coalition.bakery.key)).toBe(200);
    // The place of a key that has ended is free.
    const next = await issue();
    expect(next.key.id).not.toBe(key.id);
    await revoke(next.key.id);
  });

  it('show when they were used last, without a write for each request', async () => {
    const { key, keyText } = await issue();
    const lastUse = async () => {
      const { partner } = await coalition.admin.ask<{ partner: { keys: { id: string; lastUsedAt: string | null }[] } }>(
        'query ($id: ID!) { partner(id: $id) { keys { id lastUsedAt } } }',
        { id: coalition.bakery.id },
      );
      return partner.keys.find(({ id }) => id === key.id)!.lastUsedAt;
    };
    expect(await lastUse()).toBeNull();
    const from = Date.now();
    await until(keyText, 200);
    for (let n = 0; n < 20; n++) expect(await answer(keyText)).toBe(200);
    const to = Date.now();
    await untilSo(
      async () => (await lastUse()) !== null,
      () => 'the last use is shown',
    );
    const shown = Date.parse((await lastUse())!);
    expect([shown >= from, shown <= to + 1]).toEqual([true, true]);
    await revoke(key.id);
  });

  it('of a sandbox say so in their text, and a text that says it is live opens nothing', async () => {
    const { key, keyText } = await issue();
    expect(keyText).toMatch(/^hub_test_/);
    await until(keyText, 200);
    expect(await answer(keyText.replace('hub_test_', 'hub_live_'))).toBe('GATEWAY_UNAUTHENTICATED');
    await revoke(key.id);
  });
});
