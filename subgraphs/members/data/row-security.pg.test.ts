import { openTestDatabase, type TestDatabase } from '../../../kernel/testkit/database';
import { newId, type MemberId } from '../../../kernel/values/id';
import { membersDatabase } from './database';
import { findMemberByIdentity } from './identity-link.store';
import { findMembers } from './member.store';
import { findPartnerLinks } from './partner-link.store';

const [programmeId, partnerId] = [newId('prg'), newId('ptr')] as const;
const memberIds = Array.from({ length: 20_000 }, () => newId('mem'));
const ids: MemberId[] = memberIds.slice(0, 20);

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase(membersDatabase, { poolSize: 2 });
  await database.pool.query(
    `insert into member (id, programme_id, terms_accepted_at, enrolled_at)
     select id, case when n % 2 = 0 then $3 else $2 end, now(), now() from unnest($1::text[]) with ordinality as m (id, n)`,
    [memberIds, programmeId, newId('prg')],
  );
  await database.pool.query(
    `insert into partner_link (programme_id, member_id, partner_id, state, linked_at)
     select programme_id, id, $1, 'CREDIT_ONLY', now() from member`,
    [partnerId],
  );
  await database.pool.query(
    `insert into identity_link (id, programme_id, kind, partner_id, blind_index, member_id, linked_at)
     select 'idl_' || substr(id, 5), programme_id, 'CARD', '', encode(sha256(id::bytea), 'hex'), id, now() from member`,
  );
  await database.asOwner('analyze member, partner_link, identity_link');
});
afterAll(() => database.drop());

/** What the planner does with the statements of `read`, as one programme sees the database. */
async function plansOf(read: (tx: TestDatabase['dataSource']['manager']) => Promise<unknown>): Promise<string> {
  const view = database.within(programmeId);
  const queries = jest.spyOn(view.dataSource.logger, 'logQuery');
  await read(view.dataSource.manager);
  const statements = queries.mock.calls.map(([query, values]) => ({ query, values: values as unknown[] }));
  queries.mockRestore();
  expect(statements).toHaveLength(1);
  const plans: string[] = [];
  for (const { query, values } of statements) {
    const { rows } = await view.pool.query<{ 'QUERY PLAN': string }>(`explain (costs off) ${query}`, values);
    plans.push(...rows.map((row) => row['QUERY PLAN']));
  }
  return plans.join('\n');
}

it.each([
  ['members by id', (tx) => findMembers(tx, programmeId, { ids, partnerId }), 'member_'],
  ['the partner links of members', (tx) => findPartnerLinks(tx, programmeId, ids), 'partner_link_pkey'],
  [
    'a member by its identity',
    (tx) => findMemberByIdentity(tx, programmeId, 'f'.repeat(64)),
    'one_identity_one_member',
  ],
] as [string, (tx: TestDatabase['dataSource']['manager']) => Promise<unknown>, string][])(
  'finds %s by the index under row-level security too',
  async (_, read, index) => {
    const plan = await plansOf(read);
    expect(plan).toContain(`current_setting('hub.programme'`);
    expect(plan).toMatch(new RegExp(`Index.* (using|on) ${index}`));
    expect(plan).not.toContain('Seq Scan');
  },
);
