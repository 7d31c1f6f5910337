import { join } from 'node:path';
import { openDatabase } from '../../kernel/db/database';
import { describeFindings, runInvariants } from '../../kernel/db/invariants';
import { testServerUrl, runPrefix } from '../../kernel/testkit/test-server';
import { projectRoot } from '../../kernel/config/project-root';
import { idFromUuid } from '../../kernel/values/id';
import { ledgerDatabase } from '../../subgraphs/ledger/data/database';
import { askOnce } from '../server-facts';
import { openBook } from './book';
import { HABIT, makeSmallBook } from './grown-books';
import { multiplyBook } from './multiply';

const [MEMBERS, TIMES] = [8, 5];

describe('a book that is multiplied', () => {
  it('keeps every invariant, grows by whole members, and can be posted to', async () => {
    const serverUrl = await testServerUrl();
    const place = await makeSmallBook(serverUrl, `${runPrefix()}multiplied`, MEMBERS);
    const before = await askOnce<{ wallet: string }>(place.url, 'select * from wallet order by wallet');
    await multiplyBook(place.url, TIMES, () => undefined);
    const database = await openDatabase({ ...ledgerDatabase, url: place.url, poolSize: 2 });
    const book = await openBook(place);
    try {
      const counts = await askOnce(
        place.url,
        `select (select count(*)::int from wallet) as wallets, (select count(*)::int from journal_transaction) as postings,
                (select count(distinct external_ref)::int from document) as documents`,
      );
      const postings = MEMBERS * TIMES * HABIT.length;
      expect(counts).toEqual([{ wallets: MEMBERS * TIMES, postings, documents: postings }]);
      const models = before.map(({ wallet }) => wallet);
      expect(await askOnce(place.url, 'select * from wallet where wallet = any($1) order by wallet', [models])).toEqual(
        before,
      );
      const folder = join(projectRoot(), 'subgraphs', 'ledger', 'invariants');
      expect(describeFindings(await runInvariants(database, folder))).toEqual([]);
      const [row] = await askOnce<{ member: string; partner: string }>(
        place.url,
        `select member_id::text as member, partner_id::text as partner from partner_link_projection
          where member_id <> all ($1) limit 1`,
        [models],
      );
      await book.earn(idFromUuid('mem', row!.member), idFromUuid('ptr', row!.partner));
      expect(describeFindings(await runInvariants(database, folder))).toEqual([]);
      // A copy that took a point too many would be seen.
      await askOnce(place.url, `set session_replication_role = replica; update open_lot set remaining = remaining + 1`);
      expect(describeFindings(await runInvariants(database, folder))).not.toEqual([]);
    } finally {
      await book.close();
      await database.close();
    }
  });
});
