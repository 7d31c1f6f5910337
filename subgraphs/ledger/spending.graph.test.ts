import { newId, uuidOf } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { CAPTURE, HOLD, inputsAt, RECORD, REDEEM, RELEASE_HOLD, TRANSFER } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const [closed, seller, late] = [newId('ptr'), newId('ptr'), newId('ptr')];
const plain = aRuleBook({ stepUpAbovePoints: points(20n) });
const [baker, florist] = plain.brands;
const book = {
  ...plain,
  partners: [
    ...plain.partners,
    { id: closed, code: 'P3', canIssue: true, canRedeem: true, status: 'SUSPENDED' as const },
    { id: seller, code: 'P4', canIssue: true, canRedeem: false, status: 'ACTIVE' as const },
    { id: late, code: 'P5', canIssue: true, canRedeem: true, status: 'ACTIVE' as const },
  ],
  contracts: [...plain.contracts, aContract(closed), aContract(seller)],
};
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { sale, spend, setAside, capture, transfer } = inputsAt(NOW);
const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];
const enrol = () =>
  graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN', [closed]: 'OPEN', [seller]: 'OPEN', [late]: 'OPEN' });
const aBuyer = async (minor: bigint) => {
  const buyer = enrol();
  await graph.run(bakerKey, RECORD, sale(buyer, minor));
  return buyer;
};

describe('spending', () => {
  it.each([
    ['PARTNERS_PARTNER_SUSPENDED', closed, false],
    ['LEDGER_PARTNER_CANNOT_REDEEM', seller, false],
    ['LEDGER_PROGRAMME_NOT_READY', late, true],
  ])('is refused with %s where it is not accepted', async (code, partnerId, retryable) => {
    const buyer = await aBuyer(1_000n);
    const who = graph.partner(partnerId);
    for (const [mutation, input] of [
      [REDEEM, spend(buyer, '1')],
      [HOLD, setAside(buyer, '1')],
    ] as const)
      expect(await graph.run(who, mutation, input)).toMatchObject({ code, retryable, replayed: false });
    expect(await graph.lookAt(buyer, 'version')).toEqual({ version: '1' });
  });

  it('above the programme’s limit needs a step-up: the card in hand, or the member’s own token', async () => {
    const buyer = await aBuyer(10_000n);
    graph.members.addCard(book.programmeId, buyer, 'CARD-1');
    const card = { identity: { kind: 'CARD', value: 'CARD-1' } };
    const refused = { code: 'LEDGER_STEP_UP_REQUIRED', abovePoints: '20', retryable: false };
    expect(await graph.run(floristKey, REDEEM, spend(buyer, '21'))).toMatchObject(refused);
    expect(await graph.run(floristKey, HOLD, setAside(buyer, '21'))).toMatchObject(refused);
    expect(await graph.run(floristKey, REDEEM, spend(buyer, '20'))).toMatchObject({ account: { available: '80' } });
    const inHand = await graph.run(floristKey, REDEEM, spend(buyer, '21', { member: card }));
    expect(inHand).toMatchObject({ account: { available: '59' } });
    const held = await graph.run(floristKey, HOLD, setAside(buyer, '21', { member: card }));
    expect(held).toMatchObject({ account: { available: '38', held: '21' } });
    const given = await graph.run(graph.member(buyer), TRANSFER, transfer(enrol(), '21'));
    expect(given).toMatchObject({ account: { available: '17' } });
  });

  it('decided upon an older version is refused, and says which one it is at', async () => {
    const buyer = await aBuyer(1_000n);
    const stale = await graph.run(floristKey, REDEEM, spend(buyer, '1', { expectedVersion: '0' }));
    expect(stale).toMatchObject({ code: 'LEDGER_VERSION_CHANGED', currentVersion: '1', retryable: false });
    const fresh = await graph.run(floristKey, REDEEM, spend(buyer, '1', { expectedVersion: '1' }));
    expect(fresh).toMatchObject({ account: { version: '2' } });
  });

  it('has happened, and has a number of its own', async () => {
    const buyer = await aBuyer(1_000n);
    const early = await graph.run(floristKey, REDEEM, spend(buyer, '1', { occurredAt: '2026-03-10T12:00:01Z' }));
    expect(early).toMatchObject({ code: 'LEDGER_OCCURRED_IN_FUTURE' });
    const { externalRef } = spend(buyer, '1');
    await graph.run(floristKey, REDEEM, spend(buyer, '1', { externalRef }));
    const { hold } = await graph.run(floristKey, HOLD, setAside(buyer, '2'));
    const again = { code: 'LEDGER_DOCUMENT_ALREADY_RECORDED' };
    expect(await graph.run(floristKey, REDEEM, spend(buyer, '1', { externalRef }))).toMatchObject(again);
    expect(await graph.run(floristKey, CAPTURE, capture(hold.id, { externalRef }))).toMatchObject(again);
    expect(await graph.run(bakerKey, REDEEM, spend(buyer, '1', { externalRef }))).toMatchObject({ replayed: false });
  });

  it('a refusal decided from the balance stays decided, though points came in since', async () => {
    const buyer = await aBuyer(500n);
    const input = spend(buyer, '8');
    const refused = { code: 'LEDGER_INSUFFICIENT_POINTS', missingPoints: '3' };
    expect(await graph.run(floristKey, REDEEM, input)).toMatchObject({ ...refused, replayed: false });
    await graph.run(bakerKey, RECORD, sale(buyer, 500n));
    expect(await graph.run(floristKey, REDEEM, input)).toMatchObject({ ...refused, replayed: true });
    expect(await graph.run(floristKey, REDEEM, spend(buyer, '8'))).toMatchObject({ account: { available: '2' } });
  });

  it('is stopped while an account is frozen; so is everything else, and reading works', async () => {
    const buyer = await aBuyer(1_000n);
    await graph.database.asOwner('update wallet set frozen_at = now() where wallet = $1', [uuidOf(buyer)]);
    const frozen = { code: 'LEDGER_ACCOUNT_FROZEN', retryable: true };
    expect(await graph.run(floristKey, REDEEM, spend(buyer, '1'))).toMatchObject(frozen);
    expect(await graph.run(bakerKey, RECORD, sale(buyer, 100n))).toMatchObject(frozen);
    const other = await aBuyer(1_000n);
    expect(await graph.run(graph.member(other), TRANSFER, transfer(buyer, '1'))).toMatchObject(frozen);
    expect(await graph.lookAt(buyer, 'version available')).toEqual({ version: '1', available: '10' });
    expect(await graph.lookAt(other, 'version available')).toEqual({ version: '1', available: '10' });
  });
});

describe('a hold', () => {
  it('keeps the lots it chose, whatever is earned in between', async () => {
    const buyer = await aBuyer(500n);
    const { hold } = await graph.run(floristKey, HOLD, setAside(buyer, '5'));
    await graph.run(floristKey, RECORD, sale(buyer, 900n, { occurredAt: '2026-01-01T00:00:00Z' }));
    const captured = await graph.run(floristKey, CAPTURE, capture(hold.id));
    expect(captured.redemption.draws).toMatchObject([{ points: '5', lot: { issuer: { id: baker } } }]);
    expect(await graph.lookAt(buyer, 'available held')).toEqual({ available: '9', held: '0' });
  });

  it('is not spent by another, and comes back whole when it is released', async () => {
    const buyer = await aBuyer(500n);
    const { hold } = await graph.run(floristKey, HOLD, setAside(buyer, '5'));
    expect(await graph.run(bakerKey, REDEEM, spend(buyer, '1'))).toMatchObject({ missingPoints: '1' });
    const release = { idempotencyKey: newId('req'), holdId: hold.id };
    expect(await graph.run(bakerKey, RELEASE_HOLD, release)).toMatchObject({ code: 'NOT_FOUND' });
    expect(await graph.run(floristKey, RELEASE_HOLD, release)).toMatchObject({
      hold: { id: hold.id, state: 'RELEASED' },
      account: { available: '5', held: '0' },
    });
    const twice = { ...release, idempotencyKey: newId('req') };
    expect(await graph.run(floristKey, RELEASE_HOLD, twice)).toMatchObject({ code: 'LEDGER_HOLD_NOT_OPEN' });
    expect(await graph.run(floristKey, CAPTURE, capture(hold.id))).toMatchObject({ code: 'LEDGER_HOLD_NOT_OPEN' });
  });

  it('ends at its instant, and cannot begin after it', async () => {
    const buyer = await aBuyer(1_000n);
    const past = await graph.run(floristKey, HOLD, setAside(buyer, '1', { expiresAt: NOW.toISOString() }));
    expect(past).toMatchObject({ code: 'LEDGER_HOLD_ENDS_IN_PAST', retryable: false });
    const { hold } = await graph.run(floristKey, HOLD, setAside(buyer, '4', { expiresAt: '2026-03-10T12:10:00Z' }));
    graph.clock.set(new Date('2026-03-10T12:10:00Z'));
    expect(await graph.run(floristKey, CAPTURE, capture(hold.id))).toMatchObject({ code: 'LEDGER_HOLD_NOT_OPEN' });
  });

  it.each([
    ['captured', CAPTURE, (id: string) => capture(id, { points: '5' })],
    ['released', RELEASE_HOLD, (holdId: string) => ({ idempotencyKey: newId('req'), holdId })],
  ])('is OPEN to whoever asks for it again, as at first, though it was %s since', async (_how, mutation, end) => {
    const buyer = await aBuyer(1_000n);
    const asked = setAside(buyer, '8');
    const first = await graph.run(floristKey, HOLD, asked);
    const ending = end(first.hold.id);
    const ended = await graph.run(floristKey, mutation, ending);
    expect(first.hold.state).toBe('OPEN');
    expect(await graph.run(floristKey, HOLD, asked)).toEqual({ ...first, replayed: true });
    expect(await graph.run(floristKey, mutation, ending)).toEqual({ ...ended, replayed: true });
  });

  it('is captured for no more than it holds', async () => {
    const buyer = await aBuyer(1_000n);
    const { hold } = await graph.run(floristKey, HOLD, setAside(buyer, '4'));
    const over = await graph.run(floristKey, CAPTURE, capture(hold.id, { points: '6' }));
    expect(over).toMatchObject({ code: 'LEDGER_INSUFFICIENT_POINTS', missingPoints: '2' });
    for (const wrong of ['hld_x', `${hold.id.slice(0, -1)}9`])
      expect(await graph.run(floristKey, CAPTURE, capture(wrong))).toMatchObject({ code: 'NOT_FOUND' });
    for (const [field, change] of [
      ['input.points', { points: '0' }],
      ['input.externalRef', { externalRef: '' }],
    ] as const)
      expect(await graph.run(floristKey, CAPTURE, capture(hold.id, change))).toMatchObject({ field });
  });
});

expectTheBookToAddUp(graph);
