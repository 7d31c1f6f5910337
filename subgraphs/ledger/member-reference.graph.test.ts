import { newOpaqueId, uuidOf } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { HOLD, inputsAt, RECORD, REDEEM, type Document } from './testkit/documents';
import type { Links } from './testkit/known-members';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker, florist] = book.brands;
const elsewhere = aRuleBook();
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, elsewhere);
const { sale, spend, setAside } = inputsAt(NOW);
const OPEN = { [baker]: 'OPEN', [florist]: 'OPEN' } as const;
const enrol = (links: Links = OPEN) => graph.enrol(links);

describe('whom a partner may name', () => {
  it('is nobody it is not linked to, nobody unknown and nobody of another programme', async () => {
    const foreign = graph.enrol({ [elsewhere.brands[0]]: 'OPEN' }, elsewhere.programmeId);
    await graph.run(
      graph.partner(elsewhere.brands[0], { programmeId: elsewhere.programmeId }),
      RECORD,
      sale(foreign, 100n),
    );
    const answers = [];
    for (const id of [newOpaqueId('mem'), enrol({ [florist]: 'OPEN' }), foreign, 'mem_x'])
      answers.push(await graph.run(graph.partner(baker), RECORD, sale(id, 100n)));
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]).toMatchObject({ __typename: 'NotFound', code: 'NOT_FOUND' });
    expect(await graph.entities(graph.admin(), 'Account', [foreign])).toEqual([null]);
  });

  it('is asked of members once; while members is down, those it does not know yet may be tried again', async () => {
    const [known, unknown] = [enrol(), enrol()];
    await graph.run(graph.partner(baker), RECORD, sale(known, 100n));
    graph.members.answers = false;
    const input = sale(unknown, 100n);
    expect(await graph.run(graph.partner(baker), RECORD, input)).toMatchObject({
      ...{ __typename: 'MemberNotKnownYet', retryable: true, replayed: false },
    });
    expect(await graph.run(graph.partner(baker), RECORD, sale(known, 100n))).toMatchObject({
      account: { available: '2' },
    });
    graph.members.answers = true;
    expect(await graph.run(graph.partner(baker), RECORD, input)).toMatchObject({ earned: '1', replayed: false });
  });

  it('is whom members announced, without asking', async () => {
    const memberId = newOpaqueId('mem');
    graph.feeds.members.announce('members.member.enrolled.v1', graph.programmeId, { memberId });
    const payload = { memberId, partnerId: baker, state: 'OPEN' };
    graph.feeds.members.announce('members.partner_link.changed.v1', graph.programmeId, payload);
    for (let heard = 0; heard === 0;) {
      const { rows } = await graph.database.pool.query('select 1 from partner_link_projection where member_id = $1', [
        uuidOf(memberId),
      ]);
      heard = rows.length;
    }
    graph.members.answers = false;
    expect(await graph.run(graph.partner(baker), RECORD, sale(memberId, 100n))).toMatchObject({ earned: '1' });
  });

  it('may be given points before confirming, but neither read nor charged; of the account only the gift is shown', async () => {
    const buyer = enrol({ [baker]: 'CREDIT_ONLY', [florist]: 'OPEN' });
    await graph.run(graph.partner(florist), RECORD, sale(buyer, 5_000n));
    const input = sale(buyer, 300n);
    const gift = { memberId: buyer, version: '0', available: '3', pending: '0', held: '0', arrears: '0' };
    expect(await graph.run(graph.partner(baker), RECORD, input)).toMatchObject({ account: gift, replayed: false });
    expect(await graph.run(graph.partner(baker), RECORD, input)).toMatchObject({ account: gift, replayed: true });
    const beneath = `mutation ($input: RecordPurchaseInput!) { answer: recordPurchase(input: $input) {
      ... on RecordPurchaseSuccess { account { balanceAt(at: "2027-01-01T00:00:00Z") expiring(first: 5) { points }
        statement(first: 5) { nodes { points } } lots(first: 5) { nodes { quantity } } } } } }` as Document;
    expect((await graph.run(graph.partner(baker), beneath, input)).account).toEqual({
      ...{ balanceAt: '0', expiring: [], statement: { nodes: [] }, lots: { nodes: [] } },
    });
    expect(await graph.run(graph.partner(baker), REDEEM, spend(buyer, '1'))).toMatchObject({
      code: 'LEDGER_MEMBER_NOT_CONFIRMED',
    });
    expect(await graph.run(graph.partner(baker), HOLD, setAside(buyer, '1'))).toMatchObject({
      code: 'LEDGER_MEMBER_NOT_CONFIRMED',
    });
    expect(await graph.accountOf(graph.partner(baker), buyer)).toBeNull();
    expect(await graph.accountOf(graph.partner(florist), buyer)).toMatchObject({ version: '2', available: '53' });
  });
});

expectTheBookToAddUp(graph);
