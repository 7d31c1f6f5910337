import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { CLAW_BACK, inputsAt, RECORD, REDEEM, RETURN, REVERSE } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker, florist] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { sale, spend, bringBack, reverse, ofLot } = inputsAt(NOW);

describe('a partner that does no more business', () => {
  it.each([
    ['SUSPENDED', 'PARTNERS_PARTNER_SUSPENDED'],
    ['LEAVING', 'PARTNERS_PARTNER_LEAVING'],
    ['LEFT', 'PARTNERS_PARTNER_LEAVING'],
  ] as const)('because it is %s is refused %s, and its lots are spent elsewhere', async (status, code) => {
    const member = graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
    // A book announced later takes the place of the one before, so each case begins from a partner in business.
    version += 1n;
    graph.announce({ ...book, version });
    await heard();
    expect(await graph.run(graph.partner(baker), RECORD, sale(member, 1_000n))).toMatchObject({ earned: '10' });
    const partners = book.partners.map((partner) => (partner.id === baker ? { ...partner, status } : partner));
    version += 1n;
    graph.announce({ ...book, version, partners });
    await heard();
    expect(await graph.run(graph.partner(baker), RECORD, sale(member, 1_000n))).toMatchObject({ code });
    expect(await graph.run(graph.partner(baker), REDEEM, spend(member, '1'))).toMatchObject({ code });
    expect(await graph.run(graph.partner(florist), REDEEM, spend(member, '4'))).toMatchObject({
      account: { available: '6' },
    });
  });

  it('undoes what it did while it leaves, and nothing once it has left: its books are closed', async () => {
    const member = graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
    const standing = async (status: 'ACTIVE' | 'LEAVING' | 'LEFT') => {
      const partners = book.partners.map((partner) => (partner.id === baker ? { ...partner, status } : partner));
      version += 1n;
      graph.announce({ ...book, version, partners });
      await heard();
    };
    await standing('ACTIVE');
    const [bakery, bought] = [graph.partner(baker), sale(member, 1_000n)];
    const { lots } = await graph.run(bakery, RECORD, bought);
    const { redemption } = await graph.run(bakery, REDEEM, spend(member, '4'));
    await standing('LEAVING');
    const back = () => bringBack(bought.externalRef, 100n);
    const taken = () => ofLot(lots[0].id, { points: '1', reason: 'mistaken' });
    expect(await graph.run(bakery, RETURN, back())).toMatchObject({ clawedBack: '1' });
    expect(await graph.run(bakery, REVERSE, reverse(redemption.id, { points: '1' }))).toMatchObject({
      account: { available: '6' },
    });
    await standing('LEFT');
    const refused = { code: 'PARTNERS_PARTNER_LEAVING' };
    expect(await graph.run(bakery, RETURN, back())).toMatchObject(refused);
    expect(await graph.run(graph.admin(), CLAW_BACK, taken())).toMatchObject(refused);
    expect(await graph.run(graph.admin(), REVERSE, reverse(redemption.id))).toMatchObject(refused);
  });

  expectTheBookToAddUp(graph);
});

let version = book.version;
const heard = async (): Promise<void> => {
  const find = '/* test.heard */ select max(version) >= $1 as heard from rule_book';
  while (!(await graph.database.pool.query(find, [version.toString()])).rows[0].heard)
    await new Promise((resolve) => setImmediate(resolve));
};
