import { newId } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { CLAW_BACK, DONATE, inputsAt, RECORD, REDEEM, TRANSFER } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const [closed, seller] = [newId('ptr'), newId('ptr')];
const plain = aRuleBook({ pointsValidityDays: 60, stepUpAbovePoints: points(20n) });
const [baker, florist] = plain.brands;
const book = {
  ...plain,
  partners: [
    ...plain.partners,
    { id: closed, code: 'P3', canIssue: true, canRedeem: true, status: 'SUSPENDED' as const },
    { id: seller, code: 'P4', canIssue: true, canRedeem: false, status: 'ACTIVE' as const },
  ],
  contracts: [...plain.contracts, aContract(closed), aContract(seller)],
};
const elsewhere = aRuleBook();
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, elsewhere);
const { sale, spend, transfer, donate, ofLot } = inputsAt(NOW);
const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];
const enrol = () => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
const buy = (memberId: string, minor: bigint, who = bakerKey) => graph.run(who, RECORD, sale(memberId, minor));
const LOTS = 'available lots(first: 5) { nodes { remaining earnedAt expiresAt issuer { id } } }';

describe('a transfer', () => {
  it('leaves its points to be taken back from the lot they were earned in, and from no other', async () => {
    const [giver, receiver, third] = [enrol(), enrol(), enrol()];
    const { lots } = await buy(giver, 1_000n);
    await graph.run(graph.member(giver), TRANSFER, transfer(receiver, '4'));
    await graph.run(graph.member(receiver), TRANSFER, transfer(third, '1'));
    const taken = (lotId: string, amount: string) => ofLot(lotId, { points: amount, reason: 'brought back' });
    for (const who of [receiver, third]) {
      const { nodes } = (await graph.lookAt(who, 'lots(first: 1) { nodes { id } }')).lots;
      for (const by of [bakerKey, graph.admin()])
        expect(await graph.run(by, CLAW_BACK, taken(nodes[0].id, '1'))).toMatchObject({
          __typename: 'ClawbackOfGivenPoints',
          code: 'LEDGER_CLAWBACK_OF_GIVEN_POINTS',
          message: 'Another member gave these points; they are taken back from the lot in which they were earned.',
        });
      expect(await graph.run(floristKey, CLAW_BACK, taken(nodes[0].id, '1'))).toMatchObject({ code: 'NOT_FOUND' });
    }
    expect(await graph.run(bakerKey, CLAW_BACK, taken(lots[0].id, '10'))).toMatchObject({
      clawedBack: '10',
      account: { available: '0', arrears: '4' },
    });
    expect([await graph.lookAt(receiver, 'available arrears'), await graph.lookAt(third, 'available arrears')]).toEqual(
      [
        { available: '3', arrears: '0' },
        { available: '1', arrears: '0' },
      ],
    );
  });

  it('moves points to another member; they keep their issuer, expiry and what is owed for them', async () => {
    const [giver, receiver] = [enrol(), enrol()];
    await buy(giver, 500n);
    await buy(giver, 1_000n, floristKey);
    const given = { from: await graph.lookAt(giver, LOTS) };
    const answer = await graph.run(graph.member(giver), TRANSFER, transfer(receiver, '8', { message: 'sto lat' }));
    expect(answer).toMatchObject({
      __typename: 'TransferPointsSuccess',
      account: { memberId: giver, version: '3', available: '7' },
    });
    const [first, second] = given.from.lots.nodes;
    expect(await graph.lookAt(receiver, LOTS)).toEqual({
      available: '8',
      lots: {
        nodes: [
          { ...first, remaining: '5', issuer: { id: baker } },
          { ...second, remaining: '3', issuer: { id: florist } },
        ],
      },
    });
    const line = 'version statement(first: 1) { nodes { kind points balanceAfter reason } }';
    expect(await graph.lookAt(giver, line)).toEqual({
      version: '3',
      statement: { nodes: [{ kind: 'TRANSFER_OUT', points: '-8', balanceAfter: '7', reason: 'sto lat' }] },
    });
    expect(await graph.lookAt(receiver, line)).toEqual({
      version: '1',
      statement: { nodes: [{ kind: 'TRANSFER_IN', points: '8', balanceAfter: '8', reason: 'sto lat' }] },
    });
    const spent = await graph.run(floristKey, REDEEM, spend(receiver, '8'));
    expect(spent.redemption.draws).toMatchObject([
      { points: '5', claim: { amountMinor: '5', currency: 'EUR' }, lot: { issuer: { id: baker } } },
      { points: '3', claim: null, lot: { issuer: { id: florist } } },
    ]);
  });

  it('both ways at once neither waits for ever nor loses a point', async () => {
    const [ann, ben] = [enrol(), enrol()];
    await buy(ann, 10_000n);
    await buy(ben, 10_000n);
    const rounds = Array.from({ length: 20 }, (_, n) => n);
    await Promise.all(
      rounds.map((n) => {
        const [from, to] = n % 2 === 0 ? [ann, ben] : [ben, ann];
        return graph.run(graph.member(from), TRANSFER, transfer(to, '3'));
      }),
    );
    expect(await graph.lookAt(ann, 'version available')).toEqual({ version: '21', available: '100' });
    expect(await graph.lookAt(ben, 'version available')).toEqual({ version: '21', available: '100' });
  });

  it('is whole or not at all', async () => {
    const [giver, receiver] = [enrol(), enrol()];
    await buy(giver, 500n);
    const short = await graph.run(graph.member(giver), TRANSFER, transfer(receiver, '8'));
    expect(short).toMatchObject({ code: 'LEDGER_INSUFFICIENT_POINTS', missingPoints: '3' });
    expect(await graph.lookAt(giver, 'version available')).toEqual({ version: '1', available: '5' });
    expect(await graph.story(receiver)).toEqual([]);
  });

  it('goes to another member of the same programme', async () => {
    const giver = enrol();
    await buy(giver, 1_000n);
    const token = graph.member(giver);
    const self = await graph.run(token, TRANSFER, transfer(giver, '1'));
    expect(self).toMatchObject({ code: 'LEDGER_TRANSFER_TO_SELF', retryable: false });
    const foreign = graph.enrol({ [elsewhere.brands[0]]: 'OPEN' }, elsewhere.programmeId);
    const customer = { identity: { kind: 'PARTNER_CUSTOMER_ID', value: '17' } };
    for (const to of [{ id: foreign }, { id: newId('mem') }, { id: 'mem_x' }, customer])
      expect(await graph.run(token, TRANSFER, transfer('', '1', { to }))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await graph.lookAt(giver, 'version available')).toEqual({ version: '1', available: '10' });
  });

  it('finds the receiver by a card, and may be tried again while members is down', async () => {
    const [giver, receiver] = [enrol(), enrol()];
    await buy(giver, 1_000n);
    graph.members.addCard(book.programmeId, receiver, 'CARD-9');
    const input = transfer('', '4', { to: { identity: { kind: 'CARD', value: 'CARD-9' } } });
    graph.members.answers = false;
    const later = await graph.run(graph.member(giver), TRANSFER, input);
    expect(later).toMatchObject({ code: 'LEDGER_MEMBER_NOT_KNOWN_YET', retryable: true, replayed: false });
    graph.members.answers = true;
    expect(await graph.run(graph.member(giver), TRANSFER, input)).toMatchObject({ replayed: false });
    expect(await graph.lookAt(receiver, 'available')).toEqual({ available: '4' });
  });

  it.each([
    ['input.points', { points: '0' }],
    ['input.points', { points: '2.5' }],
    ['input.message', { message: 'x'.repeat(501) }],
    ['input.message', { message: ' ' }],
    ['input.to', { to: {} }],
    ['input.to.identity.value', { to: { identity: { kind: 'PHONE', value: 'no number' } } }],
  ])('is refused naming %s for %j', async (field, change) => {
    const giver = enrol();
    await buy(giver, 1_000n);
    const answer = await graph.ask(graph.member(giver), TRANSFER, { input: transfer(enrol(), '1', change) });
    if (field === 'input.to') expect(answer.codes).not.toEqual([]);
    else expect(answer.data.answer).toMatchObject({ code: 'INVALID_INPUT', field });
    expect(await graph.lookAt(giver, 'version')).toEqual({ version: '1' });
  });

  it('needs no step-up, because the member is there with their own token', async () => {
    const [giver, receiver] = [enrol(), enrol()];
    await buy(giver, 10_000n);
    expect(await graph.run(graph.member(giver), TRANSFER, transfer(receiver, '50'))).toMatchObject({ replayed: false });
    expect(await graph.run(floristKey, REDEEM, spend(giver, '21'))).toMatchObject({
      ...{ code: 'LEDGER_STEP_UP_REQUIRED', abovePoints: '20' },
    });
  });
});

describe('a donation', () => {
  it('is a redemption at the charity, by the member’s own wish; the redemption is the receipt', async () => {
    const giver = enrol();
    await buy(giver, 5_000n);
    expect(await graph.run(graph.member(giver), DONATE, donate(florist, '30'))).toMatchObject({
      __typename: 'DonatePointsSuccess',
      redemption: {
        ...{ id: expect.stringMatching(/^txn_/), points: '30', reversed: '0', redeemer: { id: florist } },
        draws: [{ points: '30', claim: { amountMinor: '30', currency: 'EUR' } }],
      },
      account: { version: '2', available: '20' },
    });
    const { statement } = await graph.lookAt(giver, 'statement(first: 1) { nodes { kind points partner { id } } }');
    expect(statement.nodes).toEqual([{ kind: 'DONATION', points: '-30', partner: { id: florist } }]);
  });

  it.each([
    ['PARTNERS_PARTNER_SUSPENDED', { partnerId: closed }, {}],
    ['LEDGER_PARTNER_CANNOT_REDEEM', { partnerId: seller }, {}],
    ['NOT_FOUND', { partnerId: newId('ptr') }, {}],
    ['NOT_FOUND', { partnerId: elsewhere.brands[0] }, {}],
    ['NOT_FOUND', { partnerId: 'ptr_x' }, {}],
    ['LEDGER_INSUFFICIENT_POINTS', { points: '51' }, { missingPoints: '1' }],
    ['INVALID_INPUT', { points: '0' }, { field: 'input.points' }],
  ])('is refused with %s for %j', async (code, change, facts) => {
    const giver = enrol();
    await buy(giver, 5_000n);
    const answer = await graph.run(graph.member(giver), DONATE, donate(florist, '1', change));
    expect(answer).toMatchObject({ code, retryable: false, ...facts });
    expect(await graph.lookAt(giver, 'version available')).toEqual({ version: '1', available: '50' });
  });
});

expectTheBookToAddUp(graph);
