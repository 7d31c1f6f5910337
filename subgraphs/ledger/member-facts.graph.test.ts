import { uuidOf, type MemberId } from '../../kernel/values/id';
import { walletKeyOf } from './core/points/wallet';
import { NO_MEMBER_FACTS } from './core/rules/member-facts';
import { loadPersons } from './data/points/facts.store';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { LedgerGraph, NOW } from './testkit/ledger-graph';

const book = aRuleBook();
const [baker] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const CHANGED = 'members.member_facts.changed.v1';
const held = async (memberId: MemberId) => {
  const find =
    '/* test.facts */ select version, consented, segments, attributes from member_facts where member_id = $1';
  return (await graph.database.pool.query(find, [uuidOf(memberId)])).rows[0] as Record<string, unknown> | undefined;
};
const announce = (memberId: MemberId, version: string, facts: object) =>
  graph.feeds.members.announce(CHANGED, book.programmeId, { memberId, version, ...facts });

describe('what rules may ask of a member', () => {
  it('is kept as members announced it last, whatever is heard late or twice', async () => {
    const memberId = graph.enrol({ [baker]: 'OPEN' });
    const attributes = { [`${baker}.visits`]: 3, [`${baker}.club`]: true, [`${baker}.level`]: 'high' };
    announce(memberId, '2', { consented: true, segments: ['families', 'staff'], attributes });
    announce(memberId, '1', { consented: false, segments: ['staff'], attributes: {} });
    announce(memberId, '2', { consented: true, segments: ['families', 'staff'], attributes });
    const last = graph.enrol({ [baker]: 'OPEN' });
    announce(last, '1', { consented: false, segments: [], attributes: {} });
    while ((await held(last)) === undefined) await new Promise((resolve) => setImmediate(resolve));
    expect(await held(memberId)).toEqual({
      ...{ version: '2', consented: true, segments: ['families', 'staff'], attributes },
    });
  });

  it('is loaded with everything else a rule asks, and is nothing of a member nobody announced', async () => {
    const [known, unknown] = [graph.enrol({ [baker]: 'OPEN' }), graph.enrol({ [baker]: 'OPEN' })];
    announce(known, '1', { consented: true, segments: ['families'], attributes: { [`${baker}.visits`]: 3 } });
    while ((await held(known)) === undefined) await new Promise((resolve) => setImmediate(resolve));
    const client = await graph.database.pool.connect();
    try {
      const asked = [unknown, known].map((memberId) => ({
        ...{
          key: walletKeyOf(memberId),
          memberId,
          programmeId: book.programmeId,
          partnerId: baker,
          asksOrders: true,
          ordersSince: NOW,
        },
      }));
      const [nobody, somebody] = await loadPersons(client, asked);
      expect(nobody).toEqual({ facts: NO_MEMBER_FACTS, orders: [] });
      expect(somebody?.facts).toEqual({
        ...{ enrolledAt: null, consented: true, segments: new Set(['families']) },
        attributes: { [`${baker}.visits`]: 3 },
      });
    } finally {
      client.release();
    }
  });

  it('holds no attribute without consent: the database refuses it', async () => {
    const memberId = graph.enrol({ [baker]: 'OPEN' });
    const insert = `/* test.facts */ insert into member_facts values ($1, $2, 1, false, '{}', '{"a": 1}')`;
    const values = [uuidOf(book.programmeId), uuidOf(memberId)];
    await expect(graph.database.pool.query(insert, values)).rejects.toThrow('no_attribute_without_consent');
  });
});
