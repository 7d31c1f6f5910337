import { uuidOf, type MemberId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { inputsAt, RECORD, REDEEM, type Document } from './testkit/documents';
import { LedgerGraph, NOW } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker, florist] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const { sale, spend } = inputsAt(NOW);
const OPEN = { [baker]: 'OPEN', [florist]: 'OPEN' } as const;
const enrol = () => graph.enrol(OPEN);
const asQuery = (mutation: Document, [from, to]: [string, string]) =>
  mutation.replace(/^\s*mutation/u, 'query').replace(from, to) as Document;
const PREVIEW_PURCHASE = asQuery(RECORD, ['recordPurchase(', 'previewPurchase(']);
const PREVIEW_REDEMPTION = asQuery(REDEEM, ['redeemPoints(', 'previewRedemption(']);

async function written(id: MemberId): Promise<number> {
  const tables = ['wallet', 'journal_transaction', 'entry', 'lot', 'open_lot', 'claim', 'purchase', 'document'];
  const counts = await Promise.all(
    tables.map((table) => graph.database.pool.query(`select from ${table} where wallet = $1`, [uuidOf(id)])),
  );
  return counts.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0);
}

describe('a dry run', () => {
  it('of a purchase answers what the purchase would, and writes nothing, not even an account', async () => {
    const buyer = enrol();
    const input = sale(buyer, 1_000n);
    const preview = await graph.run(graph.partner(baker), PREVIEW_PURCHASE, input);
    expect(preview).toMatchObject({ earned: '10', replayed: false, account: { version: '1', available: '10' } });
    expect(await written(buyer)).toBe(0);
    // The key and the receipt are still good.
    expect(await graph.run(graph.partner(baker), RECORD, input)).toEqual(preview);
  });

  it('of a redemption shows the draws, and leaves every point where it is', async () => {
    const buyer = enrol();
    await graph.run(graph.partner(baker), RECORD, sale(buyer, 1_000n));
    const before = await written(buyer);
    const input = spend(buyer, '4');
    const preview = await graph.run(graph.partner(florist), PREVIEW_REDEMPTION, input);
    expect(preview).toMatchObject({
      redemption: { points: '4', draws: [{ points: '4', claim: { amountMinor: '4' } }] },
      account: { version: '2', available: '6' },
    });
    expect(await written(buyer)).toBe(before);
    expect(await graph.accountOf(graph.admin(), buyer)).toMatchObject({ version: '1', available: '10' });
    expect(await graph.run(graph.partner(florist), REDEEM, input)).toEqual(preview);
  });

  it('is refused where the command would be, with the same code and facts', async () => {
    const buyer = enrol();
    const receipt = sale(buyer, 500n);
    await graph.run(graph.partner(baker), RECORD, receipt);
    const again = await graph.run(graph.partner(baker), PREVIEW_PURCHASE, receipt);
    expect(again).toMatchObject({ code: 'LEDGER_DOCUMENT_ALREADY_RECORDED' });
    const short = await graph.run(graph.partner(florist), PREVIEW_REDEMPTION, spend(buyer, '8'));
    expect(short).toMatchObject({ __typename: 'InsufficientPoints', missingPoints: '3' });
  });
});
