import { newId, uuidOf } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import {
  ANSWER_CLAIM,
  CLAIM_MISSING,
  CLAIM_RECEIPT,
  inputsAt,
  KEEP_SALE,
  RECORD,
  REDEEM,
  SET_CLOCK,
} from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW, type Answer } from './testkit/ledger-graph';
import { aCampaign, aPurchaseRule } from './testkit/rules';

const [closed, shop] = [newId('ptr'), newId('ptr')];
const plain = aRuleBook({ receiptClaimDays: 30, missingPointsAnswerDays: 14 });
const [baker, florist] = plain.brands;
const book = {
  ...plain,
  partners: [
    ...plain.partners,
    { id: closed, code: 'P3', canIssue: true, canRedeem: true, status: 'SUSPENDED' as const },
    { id: shop, code: 'P4', canIssue: false, canRedeem: true, status: 'ACTIVE' as const },
  ],
  contracts: [...plain.contracts, aContract(closed), aContract(shop)],
};
const clocked = aRuleBook();
const stopped = aRuleBook();
const uncapped = campaigning();
const capped = campaigning({ issuanceCap: { points: points(1_000_000n), period: 'EVER' } });
const [generous, guessed] = [rewarding(), aRuleBook()];
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, clocked, stopped, uncapped, capped, generous, guessed);
const { sale, spend, unclaimed, receipt, missing, answer } = inputsAt(NOW);
const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];
const enrol = () => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
const keep = async (minor: bigint, who = bakerKey) => {
  const input = unclaimed(minor);
  const kept: Answer = await graph.run(who, KEEP_SALE, input);
  return { ...kept, externalRef: input.externalRef };
};
const claimed = async (memberId: ReturnType<typeof enrol>, minor: bigint, change = {}): Promise<Answer> =>
  (await graph.run(graph.member(memberId), CLAIM_MISSING, missing(baker, minor, change))).claim;
const setStopped = (at: string, member: ReturnType<typeof enrol>) =>
  graph.database.asOwner(`update wallet set frozen_at = ${at} where wallet = $1`, [uuidOf(member)]);
const stop = (member: ReturnType<typeof enrol>) => setStopped('now()', member);
const allow = (member: ReturnType<typeof enrol>) => setStopped('null', member);

/** Seven more points for one sale in an app, out of a budget of seven; 25 more for a member's second order at a till. */
function campaigning(terms: Parameters<typeof aContract>[1] = {}) {
  const bare = aRuleBook();
  const [brand, payer] = bare.brands;
  const campaign = aCampaign(payer, { budgetPoints: 7n });
  const bonus = aPurchaseRule(brand, { channels: ['APP'], effect: { kind: 'BONUS', points: 7n }, campaign });
  const second = { condition: 'orders.year == 2', effect: { kind: 'BONUS', points: 25n } } as const;
  return {
    ...bare,
    contracts: [aContract(brand, terms), aContract(payer)],
    purchaseRules: [bonus, aPurchaseRule(brand, { channels: ['TILL'], ...second })],
  };
}

/** Twice the points for everybody, 50 more for each sale, and seven more out of a budget of fourteen. */
function rewarding() {
  const bare = aRuleBook();
  const [brand, payer] = bare.brands;
  const tiers = bare.tiers.map((tier) => ({ ...tier, multiplierBps: 20_000 }));
  const campaign = aCampaign(payer, { budgetPoints: 14n });
  const bonus = aPurchaseRule(brand, { effect: { kind: 'BONUS', points: 50n } });
  const promoted = aPurchaseRule(brand, { effect: { kind: 'BONUS', points: 7n }, campaign });
  return { ...bare, tiers, purchaseRules: [bonus, promoted] };
}

describe('a sale without a buyer', () => {
  it('is kept, and its receipt is claimed once', async () => {
    const [buyer, other] = [enrol(), enrol()];
    const kept = await keep(1_000n);
    expect(kept).toMatchObject({ __typename: 'RecordUnclaimedSaleSuccess', claimUntil: '2026-04-09T11:00:00.000Z' });
    const claim = receipt(baker, kept.externalRef, 1_000n);
    expect(await graph.run(graph.member(buyer), CLAIM_RECEIPT, claim)).toMatchObject({
      ...{ __typename: 'ClaimReceiptSuccess', earned: '10', lots: [{ quantity: '10', issuer: { id: baker } }] },
      purchase: { externalRef: kept.externalRef, amount: { amountMinor: '1000', currency: 'EUR' } },
      account: { version: '1', available: '10' },
    });
    const late = await graph.run(graph.member(other), CLAIM_RECEIPT, receipt(baker, kept.externalRef, 1_000n));
    expect(late).toMatchObject({ code: 'LEDGER_DOCUMENT_ALREADY_RECORDED', retryable: false });
    expect(await graph.story(other)).toEqual([]);
  });

  it('claimed by many at the same moment goes to one of them', async () => {
    const buyers = Array.from({ length: 8 }, enrol);
    const { externalRef } = await keep(1_000n);
    const answers = await Promise.all(
      buyers.map((one) => graph.run(graph.member(one), CLAIM_RECEIPT, receipt(baker, externalRef, 1_000n))),
    );
    expect(answers.filter(({ code }) => code === undefined)).toHaveLength(1);
    expect(answers.filter(({ code }) => code === 'LEDGER_DOCUMENT_ALREADY_RECORDED')).toHaveLength(7);
  });

  it.each([
    ['no cap', uncapped],
    ['a cap', capped],
  ])(
    'spends from a campaign’s budget as a sale with a buyer does, of a partner with %s',
    async (_, { brands, programmeId }) => {
      const [brand] = brands;
      const till = graph.partner(brand, { programmeId });
      const buyer = graph.enrol({ [brand]: 'OPEN' }, programmeId);
      const earned: string[] = [];
      for (const channel of ['APP', 'APP', 'TILL']) {
        const input = unclaimed(1_000n, { channel });
        await graph.run(till, KEEP_SALE, input);
        const claim = receipt(brand, input.externalRef, 1_000n);
        earned.push((await graph.run(graph.member(buyer, programmeId), CLAIM_RECEIPT, claim)).earned);
      }
      expect(earned).toEqual(['17', '10', '10']);
    },
  );

  it('is judged by what the member bought before, as a sale with a buyer is', async () => {
    const { brands, programmeId } = uncapped;
    const [brand] = brands;
    const till = graph.partner(brand, { programmeId });
    const buyer = graph.enrol({ [brand]: 'OPEN' }, programmeId);
    await graph.run(till, RECORD, sale(buyer, 1_000n, { channel: 'TILL' }));
    const input = unclaimed(1_000n, { channel: 'TILL' });
    await graph.run(till, KEEP_SALE, input);
    const claim = receipt(brand, input.externalRef, 1_000n);
    expect(await graph.run(graph.member(buyer, programmeId), CLAIM_RECEIPT, claim)).toMatchObject({ earned: '35' });
  });

  it('is claimed within its window, to the instant', async () => {
    const [inTime, tooLate] = [await keep(1_000n), await keep(1_000n)];
    const buyer = enrol();
    graph.clock.set(new Date(inTime.claimUntil));
    const claim = (externalRef: string) =>
      graph.run(graph.member(buyer), CLAIM_RECEIPT, receipt(baker, externalRef, 1_000n));
    expect(await claim(inTime.externalRef)).toMatchObject({ earned: '10' });
    graph.clock.set(new Date(Date.parse(inTime.claimUntil) + 1));
    expect(await claim(tooLate.externalRef)).toMatchObject({ code: 'LEDGER_RECEIPT_CLAIM_OVER', retryable: false });
  });

  it('cannot be guessed: a wrong amount, partner or number reads like no receipt at all', async () => {
    const buyer = enrol();
    const { externalRef } = await keep(1_000n);
    const answers = [];
    for (const input of [
      receipt(baker, externalRef, 999n),
      receipt(florist, externalRef, 1_000n),
      receipt(baker, 'no such receipt', 1_000n),
      receipt(baker, externalRef, 1_000n, { amount: { amountMinor: '1000', currency: 'PLN' } }),
      receipt('ptr_x', externalRef, 1_000n),
    ])
      answers.push(await graph.run(graph.member(buyer), CLAIM_RECEIPT, input));
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('guessed wrong five times waits a minute, then twice as long each time, up to a day, and a right claim begins anew', async () => {
    const { programmeId, brands } = guessed;
    const [brand, other] = brands;
    const [admin, till] = [graph.admin('ada', programmeId), graph.partner(brand, { programmeId })];
    const token = graph.member(graph.enrol({ [brand]: 'OPEN' }, programmeId), programmeId);
    const claim = (externalRef: string, of = brand) =>
      graph.run(token, CLAIM_RECEIPT, receipt(of, externalRef, 1_000n));
    const { externalRef } = await keep(1_000n, till);
    const waits = [];
    for (let now = NOW.getTime(), n = 0; n < 17; n += 1) {
      expect(await claim('a guess')).toMatchObject({ code: 'NOT_FOUND' });
      if (n < 4) continue;
      const [right, wrong] = [await claim(externalRef), await claim('a guess')];
      expect(right).toEqual(wrong);
      expect(right).toMatchObject({ code: 'LEDGER_RECEIPT_CLAIMS_LOCKED', retryable: true });
      waits.push(right.retryAfterSeconds);
      now += right.retryAfterSeconds * 1_000 - 1;
      await graph.run(admin, SET_CLOCK, { now: new Date(now).toISOString() });
      expect(await claim(externalRef)).toMatchObject({ retryAfterSeconds: 1 });
      now += 1;
      await graph.run(admin, SET_CLOCK, { now: new Date(now).toISOString() });
    }
    expect(waits.slice(0, 5)).toEqual([60, 120, 240, 480, 960]);
    expect(waits.slice(-3)).toEqual([61_440, 86_400, 86_400]);
    const first = receipt(brand, externalRef, 1_000n);
    expect(await graph.run(token, CLAIM_RECEIPT, first)).toMatchObject({ earned: '10' });
    for (let n = 0; n < 4; n += 1) expect(await claim('a guess')).toMatchObject({ code: 'NOT_FOUND' });
    // The receipt already claimed ends no counting, or it would pay for any number of guesses.
    expect(await graph.run(token, CLAIM_RECEIPT, first)).toMatchObject({ earned: '10', replayed: true });
    expect(await claim('a guess')).toMatchObject({ code: 'NOT_FOUND' });
    expect(await claim('a guess')).toMatchObject({ retryAfterSeconds: 60 });
    // Nor is what was decided forgotten while the lock lasts.
    expect(await graph.run(token, CLAIM_RECEIPT, first)).toMatchObject({ earned: '10', replayed: true });
    const changed = { ...first, externalRef: 'a guess' };
    expect(await graph.run(token, CLAIM_RECEIPT, changed)).toMatchObject({ retryAfterSeconds: 60 });
    expect(await claim('a guess', other)).toMatchObject({ code: 'NOT_FOUND' });
  });

  it('is guessed five times and no more by twenty claims at once; without the counting all twenty are looked at', async () => {
    const { externalRef } = await keep(1_000n);
    const guessTwenty = async (forget: boolean) => {
      const guesser = enrol();
      const guess = async (number: string): Promise<string | undefined> => {
        if (forget) await graph.database.asOwner('delete from wrong_receipts');
        return (await graph.run(graph.member(guesser), CLAIM_RECEIPT, receipt(baker, number, 1_000n))).code;
      };
      const numbers = Array.from({ length: 20 }, (_, n) => `guess ${n}`);
      const codes: unknown[] = [];
      // Forgetting between two claims of which each waits for the other would forget nothing.
      if (forget) for (const number of numbers) codes.push(await guess(number));
      else codes.push(...(await Promise.all(numbers.map(guess))));
      return { lookedAt: codes.filter((code) => code === 'NOT_FOUND').length, then: await guess(externalRef) };
    };
    expect(await guessTwenty(false)).toEqual({ lookedAt: 5, then: 'LEDGER_RECEIPT_CLAIMS_LOCKED' });
    expect(await guessTwenty(true)).toEqual({ lookedAt: 20, then: undefined });
  });

  it.each([
    ['LEDGER_CURRENCY_NOT_ACCEPTED', undefined, { amount: { amountMinor: '100', currency: 'PLN' } }],
    ['LEDGER_OCCURRED_IN_FUTURE', undefined, { occurredAt: '2026-03-10T12:00:00.001Z' }],
    ['INVALID_INPUT', 'input.amount.amountMinor', { amount: { amountMinor: '-1', currency: 'EUR' } }],
    ['INVALID_INPUT', 'input.amount.currency', { amount: { amountMinor: '1', currency: 'EURO' } }],
    ['INVALID_INPUT', 'input.externalRef', { externalRef: '' }],
    ['INVALID_INPUT', 'input.branch', { branch: ' ' }],
    [
      'INVALID_INPUT',
      'input.lines[0].quantity',
      { lines: [{ sku: 'A', quantity: -1, amount: { amountMinor: '1', currency: 'EUR' } }] },
    ],
  ])('is refused with %s %s for %j', async (code, field, change) => {
    const refusal = await graph.run(bakerKey, KEEP_SALE, unclaimed(100n, change));
    expect([refusal.code, refusal.field]).toEqual([code, field]);
  });

  it('has a number no other sale of the partner has, with a buyer or without', async () => {
    const buyer = enrol();
    const sold = await graph.run(bakerKey, RECORD, sale(buyer, 1_000n));
    const { externalRef } = await keep(1_000n);
    for (const used of [sold.purchase.externalRef, externalRef]) {
      const twice = await graph.run(bakerKey, KEEP_SALE, unclaimed(1_000n, { externalRef: used }));
      expect(twice).toMatchObject({ code: 'LEDGER_DOCUMENT_ALREADY_RECORDED' });
    }
  });

  it('of a partner that may not issue any more earns nothing', async () => {
    const buyer = enrol();
    for (const [partnerId, code] of [
      [closed, 'PARTNERS_PARTNER_SUSPENDED'],
      [shop, 'LEDGER_PARTNER_CANNOT_ISSUE'],
    ] as const) {
      const { externalRef } = await keep(1_000n, graph.partner(partnerId));
      const claim = receipt(partnerId, externalRef, 1_000n);
      expect(await graph.run(graph.member(buyer), CLAIM_RECEIPT, claim)).toMatchObject({ code });
    }
  });
});

describe('a claim of missing points', () => {
  it('accepted by the partner is credited as the purchase it claims', async () => {
    const buyer = enrol();
    const claim = await claimed(buyer, 1_000n);
    expect(claim).toMatchObject({
      ...{ state: 'OPEN', reason: null, openedAt: NOW.toISOString(), answerBy: '2026-03-24T12:00:00.000Z' },
      ...{ amount: { amountMinor: '1000', currency: 'EUR' }, member: { id: buyer }, partner: { id: baker } },
    });
    expect(await graph.run(bakerKey, ANSWER_CLAIM, answer(claim.id, true))).toMatchObject({
      claim: { id: claim.id, state: 'CREDITED', closedAt: NOW.toISOString() },
      replayed: false,
    });
    expect(await graph.story(buyer)).toEqual(['EARN 10']);
    const again = await graph.run(bakerKey, RECORD, sale(buyer, 1_000n, { externalRef: claim.externalRef }));
    expect(again).toMatchObject({ code: 'LEDGER_DOCUMENT_ALREADY_RECORDED' });
  });

  it('rejected says why, and may not be turned round', async () => {
    const buyer = enrol();
    const claim = await claimed(buyer, 1_000n);
    expect(await graph.run(bakerKey, ANSWER_CLAIM, answer(claim.id, false))).toMatchObject({
      claim: { state: 'REJECTED', reason: 'no such receipt' },
    });
    const turned = await graph.run(bakerKey, ANSWER_CLAIM, answer(claim.id, true));
    expect(turned).toMatchObject({ code: 'LEDGER_MISSING_CLAIM_CLOSED', retryable: false });
    expect(await graph.story(buyer)).toEqual([]);
  });

  it('matched by what the partner reported is credited at once, whichever came first', async () => {
    const [early, late] = [enrol(), enrol()];
    const kept = await keep(1_000n);
    expect(await claimed(late, 1_000n, { externalRef: kept.externalRef })).toMatchObject({ state: 'CREDITED' });
    const waiting = await claimed(early, 2_000n);
    await graph.run(bakerKey, KEEP_SALE, unclaimed(2_000n, { externalRef: waiting.externalRef }));
    expect([await graph.story(late), await graph.story(early)]).toEqual([['EARN 10'], ['EARN 20']]);
  });

  it('made after the window of its receipt waits for the partner, which may accept it', async () => {
    const buyer = enrol();
    const kept = await keep(1_000n);
    graph.clock.set(new Date(Date.parse(kept.claimUntil) + 1));
    const claim = await claimed(buyer, 1_000n, { externalRef: kept.externalRef });
    expect(claim).toMatchObject({ state: 'OPEN' });
    expect(await graph.story(buyer)).toEqual([]);
    expect(await graph.run(bakerKey, ANSWER_CLAIM, answer(claim.id, true))).toMatchObject({
      claim: { state: 'CREDITED' },
    });
    expect(await graph.story(buyer)).toEqual(['EARN 10']);
  });

  it('of another amount than was reported waits for the partner', async () => {
    const buyer = enrol();
    const kept = await keep(1_000n);
    expect(await claimed(buyer, 1_001n, { externalRef: kept.externalRef })).toMatchObject({ state: 'OPEN' });
    expect(await graph.story(buyer)).toEqual([]);
  });

  it('left unanswered too long is paid by the partner as goodwill', async () => {
    const [brand, other] = clocked.brands;
    const { programmeId } = clocked;
    const buyer = graph.enrol({ [brand]: 'OPEN', [other]: 'OPEN' }, programmeId);
    const token = graph.member(buyer, programmeId);
    const { claim } = await graph.run(token, CLAIM_MISSING, missing(brand, 1_000n));
    const admin = graph.admin('ada', programmeId);
    await graph.run(admin, SET_CLOCK, { now: '2026-03-24T11:59:59.999Z' });
    expect(await graph.story(buyer, programmeId)).toEqual([]);
    await graph.run(admin, SET_CLOCK, { now: '2026-03-25T00:00:00Z' });
    expect(await graph.story(buyer, programmeId)).toEqual(['GOODWILL 10']);
    const till = graph.partner(brand, { programmeId });
    const late = await graph.run(till, ANSWER_CLAIM, answer(claim.id, false));
    expect(late).toMatchObject({ code: 'LEDGER_MISSING_CLAIM_CLOSED' });
    const reported = await graph.run(till, RECORD, sale(buyer, 1_000n, { externalRef: claim.externalRef }));
    expect(reported).toMatchObject({ code: 'LEDGER_DOCUMENT_ALREADY_RECORDED' });
    const spent = await graph.run(graph.partner(other, { programmeId }), REDEEM, spend(buyer, '10'));
    expect(spent.redemption.draws).toMatchObject([
      { claim: { amountMinor: '10', currency: 'EUR' }, lot: { issuer: { id: brand } } },
    ]);
  });

  it('left unanswered earns what an accepted one earns, campaigns included while their budget lasts', async () => {
    const { programmeId, brands } = generous;
    const [brand, other] = brands;
    const buyers = [0, 1, 2].map(() => graph.enrol({ [brand]: 'OPEN', [other]: 'OPEN' }, programmeId));
    const claims = [];
    for (const buyer of buyers) {
      // A member has a tier, and its multiplier, from the first posting on.
      await graph.run(graph.partner(other, { programmeId }), RECORD, sale(buyer, 100n));
      claims.push((await graph.run(graph.member(buyer, programmeId), CLAIM_MISSING, missing(brand, 1_000n))).claim);
    }
    await graph.run(graph.partner(brand, { programmeId }), ANSWER_CLAIM, answer(claims[0].id, true));
    await graph.run(graph.admin('ada', programmeId), SET_CLOCK, { now: '2026-03-25T00:00:00Z' });
    const earned = buyers.map(async (buyer) => (await graph.story(buyer, programmeId)).slice(1));
    const [accepted, ...late] = await Promise.all(earned);
    expect(accepted).toEqual(['EARN 77']);
    expect(late.flat().sort()).toEqual(['GOODWILL 70', 'GOODWILL 77']);
  });

  it('left unanswered says so when its purchase would have earned nothing', async () => {
    const [, brand] = generous.brands;
    const { programmeId } = generous;
    const buyer = graph.enrol({ [brand]: 'OPEN' }, programmeId);
    const token = graph.member(buyer, programmeId);
    await graph.run(token, CLAIM_MISSING, missing(brand, 99n));
    await graph.run(graph.admin('ada', programmeId), SET_CLOCK, { now: '2026-04-25T00:00:00Z' });
    const { data } = await graph.ask(token, '{ missingClaims(first: 1) { nodes { state reason } } }');
    expect(data.missingClaims.nodes).toEqual([{ state: 'EARNED_NOTHING', reason: null }]);
    expect(await graph.story(buyer, programmeId)).toEqual([]);
  });

  it('is not paid as well when its partner reported the sale in the meantime', async () => {
    const [brand] = clocked.brands;
    const { programmeId } = clocked;
    const buyer = graph.enrol({ [brand]: 'OPEN' }, programmeId);
    const token = graph.member(buyer, programmeId);
    const occurredAt = NOW.toISOString();
    const { claim } = await graph.run(token, CLAIM_MISSING, missing(brand, 1_000n, { occurredAt }));
    const till = graph.partner(brand, { programmeId });
    await graph.run(till, RECORD, sale(buyer, 1_000n, { externalRef: claim.externalRef }));
    await graph.run(graph.admin('ada', programmeId), SET_CLOCK, { now: '2026-05-01T00:00:00Z' });
    expect(await graph.story(buyer, programmeId)).toEqual(['EARN 10']);
    const { data } = await graph.ask(token, '{ missingClaims(first: 1) { nodes { id state reason } } }');
    expect(data.missingClaims.nodes).toEqual([
      { id: claim.id, state: 'REFUSED', reason: 'LEDGER_DOCUMENT_ALREADY_RECORDED' },
    ]);
  });

  it('on a stopped account waits until it is allowed again, and the others are paid meanwhile', async () => {
    const [brand] = stopped.brands;
    const { programmeId } = stopped;
    const [wrong, other] = [
      graph.enrol({ [brand]: 'OPEN' }, programmeId),
      graph.enrol({ [brand]: 'OPEN' }, programmeId),
    ];
    await graph.run(graph.partner(brand, { programmeId }), RECORD, sale(wrong, 100n));
    for (const buyer of [wrong, other])
      await graph.run(graph.member(buyer, programmeId), CLAIM_MISSING, missing(brand, 1_000n));
    await stop(wrong);
    const admin = graph.admin('ada', programmeId);
    expect(await graph.run(admin, SET_CLOCK, { now: '2026-03-25T00:00:00Z' })).not.toHaveProperty('code');
    expect(await graph.story(other, programmeId)).toEqual(['GOODWILL 10']);
    await allow(wrong);
    await graph.run(admin, SET_CLOCK, { now: '2026-03-26T00:00:00Z' });
    expect(await graph.story(wrong, programmeId)).toEqual(['EARN 1', 'GOODWILL 10']);
  });

  it('credited to a stopped account is refused for now, however it comes to be, and the same call goes through later', async () => {
    const buyer = enrol();
    await graph.run(bakerKey, RECORD, sale(buyer, 100n));
    const [accepted, reported, kept] = [await claimed(buyer, 1_000n), await claimed(buyer, 1_000n), await keep(1_000n)];
    const { externalRef } = reported;
    const calls: readonly Parameters<LedgerGraph['run']>[] = [
      [bakerKey, ANSWER_CLAIM, answer(accepted.id, true)],
      [bakerKey, KEEP_SALE, unclaimed(1_000n, { externalRef })],
      [graph.member(buyer), CLAIM_MISSING, missing(baker, 1_000n, { externalRef: kept.externalRef })],
    ];
    await stop(buyer);
    for (const call of calls)
      expect(await graph.run(...call)).toMatchObject({ code: 'LEDGER_ACCOUNT_FROZEN', retryable: true });
    await allow(buyer);
    for (const call of calls) expect(await graph.run(...call)).not.toHaveProperty('code');
    expect(await graph.story(buyer)).toEqual(['EARN 1', 'EARN 10', 'EARN 10', 'EARN 10']);
  });

  it('accepted for a day without a rule is refused for now, and for good once its time has passed', async () => {
    const [, brand] = stopped.brands;
    const { programmeId } = stopped;
    const buyer = graph.enrol({ [brand]: 'OPEN' }, programmeId);
    const token = graph.member(buyer, programmeId);
    const early = missing(brand, 1_000n, { occurredAt: '2019-12-31T00:00:00Z' });
    const { claim } = await graph.run(token, CLAIM_MISSING, early);
    const accept = answer(claim.id, true);
    const refused = await graph.run(graph.partner(brand, { programmeId }), ANSWER_CLAIM, accept);
    expect(refused).toMatchObject({ code: 'LEDGER_PROGRAMME_NOT_READY', retryable: true });
    await graph.run(graph.admin('ada', programmeId), SET_CLOCK, { now: '2026-05-01T00:00:00Z' });
    const { data } = await graph.ask(token, '{ missingClaims(first: 1) { nodes { state reason } } }');
    expect(data.missingClaims.nodes).toEqual([{ state: 'REFUSED', reason: 'LEDGER_PROGRAMME_NOT_READY' }]);
  });

  it('is of a receipt that has not earned and is claimed by nobody else, of a sale that has happened', async () => {
    const [buyer, other] = [enrol(), enrol()];
    const sold = (await graph.run(bakerKey, RECORD, sale(other, 1_000n))).purchase.externalRef;
    const waiting = (await claimed(other, 1_000n)).externalRef;
    for (const externalRef of [sold, waiting]) {
      const taken = await graph.run(graph.member(buyer), CLAIM_MISSING, missing(baker, 1_000n, { externalRef }));
      expect(taken).toMatchObject({ code: 'LEDGER_DOCUMENT_ALREADY_RECORDED' });
    }
    for (const [code, field, change] of [
      ['LEDGER_OCCURRED_IN_FUTURE', undefined, { occurredAt: '2026-03-11T12:00:00Z' }],
      ['LEDGER_CURRENCY_NOT_ACCEPTED', undefined, { amount: { amountMinor: '1', currency: 'PLN' } }],
      ['NOT_FOUND', undefined, { partnerId: newId('ptr') }],
      ['NOT_FOUND', undefined, { partnerId: 'ptr_x' }],
      ['INVALID_INPUT', 'input.externalRef', { externalRef: '' }],
      ['INVALID_INPUT', 'input.amount.amountMinor', { amount: { amountMinor: '0', currency: 'EUR' } }],
      ['INVALID_INPUT', 'input.amount.currency', { amount: { amountMinor: '1', currency: 'EURO' } }],
      ['INVALID_INPUT', 'input.occurredAt', { occurredAt: '2026-02-30T00:00:00Z' }],
    ] as const) {
      const refusal = await graph.run(graph.member(buyer), CLAIM_MISSING, missing(baker, 1_000n, change));
      expect([refusal.code, refusal.field]).toEqual([code, field]);
    }
  });

  it('is one of at most ten that wait', async () => {
    const buyer = enrol();
    const claims = [];
    for (let n = 0; n < 10; n += 1) claims.push(await claimed(buyer, 1_000n));
    const more = await graph.run(graph.member(buyer), CLAIM_MISSING, missing(baker, 1_000n));
    expect(more).toMatchObject({ code: 'LEDGER_TOO_MANY_CLAIMS', retryable: false });
    await graph.run(bakerKey, ANSWER_CLAIM, answer(claims[0].id, false));
    expect(await claimed(buyer, 1_000n)).toMatchObject({ state: 'OPEN' });
  });

  it('accepted and not postable says why, and so again', async () => {
    const buyer = enrol();
    const claim = await claimed(buyer, 1_000n, { partnerId: shop });
    const refused = { claim: { state: 'REFUSED', reason: 'LEDGER_PARTNER_CANNOT_ISSUE' } };
    const [till, accept] = [graph.partner(shop), answer(claim.id, true)];
    expect(await graph.run(till, ANSWER_CLAIM, accept)).toMatchObject({ ...refused, replayed: false });
    expect(await graph.run(till, ANSWER_CLAIM, accept)).toMatchObject({ ...refused, replayed: true });
  });

  it('is answered once: another call finds it closed, and the key of its answer answers no other claim', async () => {
    const [first, second] = [await claimed(enrol(), 1_000n), await claimed(enrol(), 1_000n)];
    const accept = answer(first.id, true);
    await graph.run(bakerKey, ANSWER_CLAIM, accept);
    const again = await graph.run(bakerKey, ANSWER_CLAIM, answer(first.id, true));
    expect(again).toMatchObject({ code: 'LEDGER_MISSING_CLAIM_CLOSED', replayed: false });
    const other = await graph.run(bakerKey, ANSWER_CLAIM, { ...accept, claimId: second.id });
    expect(other).toMatchObject({ code: 'IDEMPOTENCY_MISMATCH' });
    expect(await graph.run(bakerKey, ANSWER_CLAIM, answer(second.id, false))).toMatchObject({
      claim: { state: 'REJECTED' },
    });
  });

  it('is answered by its partner, with a reason when it is rejected', async () => {
    const claim = await claimed(enrol(), 1_000n);
    for (const [who, id] of [
      [floristKey, claim.id],
      [bakerKey, newId('mpc')],
      [bakerKey, 'mpc_x'],
    ] as const)
      expect(await graph.run(who, ANSWER_CLAIM, answer(id, true))).toMatchObject({ code: 'NOT_FOUND' });
    for (const reason of [null, '', 'x'.repeat(501)]) {
      const refusal = await graph.run(bakerKey, ANSWER_CLAIM, answer(claim.id, false, { reason }));
      expect(refusal).toMatchObject({ code: 'INVALID_INPUT', field: 'input.reason' });
    }
  });

  it('is listed for its member, its partner and those who run the programme', async () => {
    const LIST = `query ($first: Int!, $after: String) { missingClaims(first: $first, after: $after) {
      nodes { id state member { id } } pageInfo { hasNextPage endCursor } } }`;
    const buyer = enrol();
    const own = [(await claimed(buyer, 1_000n)).id, (await claimed(buyer, 1_000n)).id].reverse();
    const idsFor = async (who: Parameters<LedgerGraph['ask']>[0]) =>
      (await graph.ask(who, LIST, { first: 100 })).data.missingClaims.nodes.map(({ id }: Answer) => id);
    expect(await idsFor(graph.member(buyer))).toEqual(own);
    const staff = graph.everyKind({ partnerId: baker, memberId: buyer }).staff;
    for (const who of [bakerKey, staff, graph.admin(), graph.finance()])
      expect((await idsFor(who)).slice(0, 2)).toEqual(own);
    for (const who of [graph.member(enrol()), floristKey, graph.admin('ada', clocked.programmeId)])
      for (const id of own) expect(await idsFor(who)).not.toContain(id);
    const first = (await graph.ask(graph.member(buyer), LIST, { first: 1 })).data.missingClaims;
    const after = first.pageInfo.endCursor;
    const second = (await graph.ask(graph.member(buyer), LIST, { first: 1, after })).data.missingClaims;
    expect([first.nodes[0].id, second.nodes[0].id]).toEqual(own);
    expect([first, second].map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, false]);
  });
});

expectTheBookToAddUp(graph);
