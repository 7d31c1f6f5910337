import type { Principal } from '../../kernel/context/principal';
import { newId, uuidOf, type MemberId } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { everyCommand } from './testkit/commands';
import { inputsAt, RECORD, REDEEM } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';

const plain = aRuleBook();
const [baker] = plain.brands;
const from = new Date('2020-01-01T00:00:00Z');
const book = {
  ...plain,
  actionRules: [
    {
      ...{ id: newId('rul'), partnerId: baker, validFrom: from, action: 'social.connected', points: points(50n) },
      ...{ limit: { count: 1, period: 'EVER' as const }, distinctBy: 'network' },
    },
  ],
};
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const commands = everyCommand(graph, { now: NOW, brands: book.brands });
const names = Object.keys(commands);
const prepare = (name: string) => commands[name]!.prepare();
const versionOf = async (memberId: Parameters<LedgerGraph['lookAt']>[0]): Promise<number> =>
  Number((await graph.lookAt(memberId, 'version'))?.version ?? 0);

describe.each(names)('%s', (name) => {
  it('answers the same again for the same key and body, and moves nothing twice', async () => {
    const { who, mutation, input, memberId } = await prepare(name);
    const first = await graph.run(who, mutation, input);
    expect([first.code, first.replayed]).toEqual([undefined, false]);
    const version = await versionOf(memberId);
    expect(await graph.run(who, mutation, input)).toEqual({ ...first, replayed: true });
    expect(await versionOf(memberId)).toBe(version);
  });

  it('moves its points once when three send it at the same moment', async () => {
    const alone = await prepare(name);
    const aloneFrom = await versionOf(alone.memberId);
    await graph.run(alone.who, alone.mutation, alone.input);
    const { who, mutation, input, memberId } = await prepare(name);
    const before = await versionOf(memberId);
    const answers: Answer[] = await Promise.all([1, 2, 3].map(() => graph.run(who, mutation, input)));
    for (const { code } of answers) expect([undefined, 'IDEMPOTENCY_IN_PROGRESS']).toContain(code);
    expect(answers.some(({ code }) => code === undefined)).toBe(true);
    expect(await graph.run(who, mutation, input)).toMatchObject({ replayed: true });
    expect((await versionOf(memberId)) - before).toBe((await versionOf(alone.memberId)) - aloneFrom);
  });

  it('refuses its key for anything else', async () => {
    const { who, mutation, input, changed, memberId } = await prepare(name);
    expect((await graph.run(who, mutation, input)).code).toBeUndefined();
    const version = await versionOf(memberId);
    const told = { code: 'IDEMPOTENCY_MISMATCH', retryable: false };
    expect(await graph.run(who, mutation, changed)).toMatchObject(told);
    expect(await versionOf(memberId)).toBe(version);
  });

  it('is not for anybody but those who may, and posts nothing for them', async () => {
    const { mutation, input, memberId } = await prepare(name);
    const version = await versionOf(memberId);
    const { allowed, scope } = commands[name]!;
    const kinds = Object.entries(graph.everyKind({ partnerId: baker, memberId }));
    const others = kinds.filter(([kind]) => !allowed.includes(kind as Principal['kind'])).map(([, who]) => who);
    expect(others).toHaveLength(kinds.length - allowed.length);
    if (scope !== undefined) others.push(graph.partner(baker, { scopes: ['members:read'] }));
    for (const who of others) expect(await graph.run(who, mutation, input)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await versionOf(memberId)).toBe(version);
  });

  it('wants a name for the intent', async () => {
    const { who, mutation, input } = await prepare(name);
    for (const idempotencyKey of ['', ' ', 'x'.repeat(256)]) {
      const answer = await graph.run(who, mutation, { ...input, idempotencyKey });
      expect([answer.code, answer.field]).toEqual(['INVALID_INPUT', 'input.idempotencyKey']);
    }
  });
});

const closeLinks = `/* test.closeLinks */ update partner_link_projection set state = 'CREDIT_ONLY' where partner_id = any($1::uuid[])`;
const endLinks = '/* test.endLinks */ delete from partner_link_projection where partner_id = any($1::uuid[])';
const partners = [plain.brands.map(uuidOf)];
const accountsOf = (answer: Answer): Answer[] => (answer.parts ?? [answer]).map((part: Answer) => part.account);
/** An answer without the accounts in it. */
const deedOf = (answer: Answer): Answer =>
  JSON.parse(JSON.stringify(answer, (field, value) => (field === 'account' ? undefined : value)));

describe.each(names.filter((name) => commands[name]!.needsLink))('%s, asked again', (name) => {
  it.each([
    ['closed', closeLinks],
    ['ended', endLinks],
  ])('when the link is %s by then, answers what was decided, and hides the account', async (_how, change) => {
    const { who, mutation, input, memberId } = await prepare(name);
    const first = await graph.run(who, mutation, input);
    const version = await versionOf(memberId);
    graph.members.forgetLinks();
    await graph.database.pool.query(change, partners);
    const again = await graph.run(who, mutation, input);
    expect(deedOf(again)).toEqual({ ...deedOf(first), replayed: true });
    const veiled = { version: '0', pending: '0', held: '0', arrears: '0' };
    for (const account of accountsOf(again)) expect(account).toMatchObject(veiled);
    expect(await versionOf(memberId)).toBe(version);
  });
});

describe('a key', () => {
  it('is its caller’s own, for one operation on one account: anywhere else it names another intent', async () => {
    const florist = plain.brands[1];
    const [ann, ben] = [1, 2].map(() => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' })) as [MemberId, MemberId];
    const { sale, spend } = inputsAt(NOW);
    const mine = { idempotencyKey: 'one and the same' };
    const answers = [
      await graph.run(graph.partner(baker), RECORD, sale(ann, 1_000n, mine)),
      await graph.run(graph.partner(florist), RECORD, sale(ann, 2_000n, mine)),
      await graph.run(graph.partner(baker), RECORD, sale(ben, 3_000n, mine)),
      await graph.run(graph.partner(baker), REDEEM, spend(ann, '4', mine)),
    ];
    expect(answers.map(({ code, replayed }: Answer) => code ?? replayed)).toEqual([false, false, false, false]);
    // Another key of the same partner is the same caller.
    const again = await graph.run(graph.partner(baker), RECORD, sale(ann, 1_000n, mine));
    expect(again).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    expect(await graph.lookAt(ann, 'available')).toEqual({ available: '26' });
  });
});

describe('a refusal for want of the member’s consent', () => {
  it('stays decided though the link was opened since: the till may have taken money instead', async () => {
    const member = graph.enrol({ [baker]: 'CREDIT_ONLY' });
    const { sale, spend } = inputsAt(NOW);
    const till = graph.partner(baker);
    await graph.run(till, RECORD, sale(member, 1_000n));
    const asked = spend(member, '4');
    const first = await graph.run(till, REDEEM, asked);
    expect(first).toMatchObject({ code: 'LEDGER_MEMBER_NOT_CONFIRMED', retryable: false, replayed: false });
    await graph.database.pool.query(`/* test.openLinks */ update partner_link_projection set state = 'OPEN'`);
    expect(await graph.run(till, REDEEM, asked)).toEqual({ ...first, replayed: true });
    expect(await graph.run(till, REDEEM, spend(member, '4'))).toMatchObject({ replayed: false });
  });
});

expectTheBookToAddUp(graph);
