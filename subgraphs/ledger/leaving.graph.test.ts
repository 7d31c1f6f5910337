import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD, REDEEM } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker, florist] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { sale, spend } = inputsAt(NOW);

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

  expectTheBookToAddUp(graph);
});

let version = book.version;
const heard = async (): Promise<void> => {
  const find = '/* test.heard */ select max(version) >= $1 as heard from rule_book';
  while (!(await graph.database.pool.query(find, [version.toString()])).rows[0].heard)
    await new Promise((resolve) => setImmediate(resolve));
};
