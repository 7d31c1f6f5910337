import { newId, uuidOf } from '../../kernel/values/id';
import { points } from '../../kernel/values/points';
import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import {
  ACCRUE,
  ACT,
  CANCEL_PENDING,
  CAPTURE,
  HOLD,
  inputsAt,
  RECORD,
  REDEEM,
  RELEASE_PENDING,
  SET_CLOCK,
} from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

const shop = newId('ptr');
const plain = aRuleBook();
const [funded, hybrid] = plain.brands;
const paid = { releaseOnFunding: true, reimbursementMicros: 10_000n };
const visit = { id: newId('rul'), action: 'store.visited', distinctBy: null, limit: null, validFrom: plain.opensAt };
/** One brand pays for its points when they are issued, one pays four tenths then; both before the points can be spent. */
const book = {
  ...plain,
  partners: [...plain.partners, { id: shop, code: 'P03', canIssue: true, canRedeem: true, status: 'ACTIVE' as const }],
  contracts: [
    aContract(funded, { ...paid, settlementModel: 'AT_ISSUANCE', issuanceMicros: 12_000n }),
    aContract(hybrid, { ...paid, settlementModel: 'HYBRID', prefundBps: 4_000, feeMicros: 500n }),
    aContract(shop),
  ],
  actionRules: [{ ...visit, partnerId: funded, points: points(5n) }],
};
const dated = aRuleBook();
/** Points of this one wait fourteen days beside, and half of an odd price is paid for them in advance. */
const clocked = {
  ...dated,
  contracts: dated.brands.map((id) =>
    aContract(id, { ...paid, reimbursementMicros: 8_009n, settlementModel: 'HYBRID', prefundBps: 5_000 }),
  ),
  earningRules: dated.earningRules.map((rule) => ({ ...rule, pendingDays: 14 })),
};
const graph = LedgerGraph.forThisFile(ledgerDefinition, book, clocked);
const { sale, spend, setAside, capture, act, accrue, ofLot } = inputsAt(NOW);
const keyOf = { [funded]: graph.partner(funded), [hybrid]: graph.partner(hybrid) };
const enrol = () => graph.enrol({ [funded]: 'OPEN', [hybrid]: 'OPEN', [shop]: 'OPEN' });
const nameOf = (id: string | null) => ({ [funded]: 'funded', [hybrid]: 'hybrid', [shop]: 'shop' })[id ?? ''] ?? 'hub';

/** What a member's postings made parties owe each other, in micro-units. */
async function owedFor(memberId: string): Promise<string[]> {
  const find = `select kind, 'ptr_' || replace(debtor_id::text, '-', '') as debtor,
      'ptr_' || replace(creditor_id::text, '-', '') as creditor, sum(micros)::text as micros
    from claim where wallet = $1 group by 1, 2, 3 order by 1, 2 nulls first, 3`;
  const { rows } = await graph.database.pool.query<Record<string, string>>(find, [memberId.slice(4)]);
  return rows.map(({ kind, debtor, creditor, micros }) => `${kind} ${nameOf(debtor!)}→${nameOf(creditor!)} ${micros}`);
}

describe('what was paid in advance', () => {
  it('is all gone with the last point, though they went one by one while others were on hold', async () => {
    const { programmeId } = clocked;
    const [issuer, redeemer] = clocked.brands;
    const buyer = graph.enrol({ [issuer]: 'OPEN', [redeemer]: 'OPEN' }, programmeId);
    const till = graph.partner(redeemer, { programmeId });
    const before = { issuerId: issuer, opening: true };
    await graph.run(graph.admin('ada', programmeId), ACCRUE, accrue(buyer, '4', before));
    const holds = [];
    for (let n = 0; n < 2; n += 1) holds.push((await graph.run(till, HOLD, setAside(buyer, '1'))).hold.id);
    await graph.run(till, REDEEM, spend(buyer, '1'));
    for (const id of holds) await graph.run(till, CAPTURE, capture(id));
    await graph.run(till, REDEEM, spend(buyer, '1'));
    const { rows } = await graph.database.pool.query(
      `select (select sum(micros)::int from money_entry where wallet = $1 and credit_kind = 'PREFUND') as came,
              (select sum(case when creditor_id is null then -micros else micros end)::int from claim
                where wallet = $1 and hub_account = 'PREFUND') as went`,
      [uuidOf(buyer)],
    );
    expect(rows).toEqual([{ came: 16_018, went: 16_018 }]);
  });
});

describe('points that wait for their issuer’s payment', () => {
  it.each([
    ['AT_ISSUANCE', funded, ['ISSUANCE_FUNDING funded→hub 1200000', 'REDEMPTION hub→shop 500000']],
    [
      'HYBRID',
      hybrid,
      [
        'ISSUANCE_FUNDING hybrid→hub 400000',
        'PROGRAMME_FEE hybrid→hub 50000',
        'REDEMPTION hub→shop 200000',
        'REDEMPTION hybrid→shop 300000',
      ],
    ],
  ] as const)(
    'under %s are spendable once the operator has seen it, never by the issuer’s word',
    async (_, issuer, owed) => {
      const buyer = enrol();
      const { lots } = await graph.run(keyOf[issuer]!, RECORD, sale(buyer, 10_000n));
      expect(await graph.lookAt(buyer, 'available pending')).toEqual({ available: '0', pending: '100' });
      expect(await owedFor(buyer)).toEqual([]);
      const itself = ofLot(lots[0].id);
      const refused = { code: 'LEDGER_FUNDING_NOT_CONFIRMED', retryable: false };
      expect(await graph.run(keyOf[issuer]!, RELEASE_PENDING, itself)).toMatchObject({ ...refused, replayed: false });
      expect(await graph.run(keyOf[issuer]!, RELEASE_PENDING, itself)).toMatchObject({ ...refused, replayed: true });
      expect(await graph.run(graph.admin(), RELEASE_PENDING, ofLot(lots[0].id))).toMatchObject({
        account: { available: '100', pending: '0' },
      });
      // Half of them spent: of the fund the shop is paid all, of what was paid in advance its part, and the issuer owes the rest.
      expect(await graph.run(graph.partner(shop), REDEEM, spend(buyer, '50'))).toMatchObject({
        redemption: { draws: [{ points: '50', claim: { amountMinor: '50' } }] },
      });
      expect(await owedFor(buyer)).toEqual(owed);
    },
  );

  it('are those of bonuses and actions too, and goodwill is none of them', async () => {
    const buyer = enrol();
    const bonus = await graph.run(keyOf[funded]!, ACCRUE, accrue(buyer, '30'));
    const visited = await graph.run(keyOf[funded]!, ACT, act(buyer, 'store.visited'));
    for (const lot of [bonus.lot, visited.lots[0]]) {
      expect(await graph.run(keyOf[funded]!, RELEASE_PENDING, ofLot(lot.id))).toMatchObject({
        code: 'LEDGER_FUNDING_NOT_CONFIRMED',
      });
    }
    await graph.run(keyOf[funded]!, ACCRUE, accrue(buyer, '7', { goodwill: true }));
    expect(await graph.lookAt(buyer, 'available pending')).toEqual({ available: '7', pending: '35' });
  });

  it('are taken back by their issuer while they wait, and nobody owes anything', async () => {
    const buyer = enrol();
    const { lots } = await graph.run(keyOf[hybrid]!, RECORD, sale(buyer, 1_000n));
    expect(await graph.run(keyOf[hybrid]!, CANCEL_PENDING, ofLot(lots[0].id))).toMatchObject({
      account: { available: '0', pending: '0' },
    });
    expect(await owedFor(buyer)).toEqual([]);
  });

  it('go on waiting however much time passes, and when a later contract asks for no payment', async () => {
    const { programmeId } = clocked;
    const [issuer] = clocked.brands;
    const key = graph.partner(issuer, { programmeId });
    const buyer = graph.enrol({ [issuer]: 'OPEN' }, programmeId);
    const { lots } = await graph.run(key, RECORD, sale(buyer, 1_000n));
    const later = { ...clocked.contracts[0]!, version: 2, validFrom: new Date('2026-06-01T00:00:00Z') };
    const contracts = [...clocked.contracts, { ...later, releaseOnFunding: false }];
    graph.announce({ ...clocked, version: 2n, contracts });
    await graph.heard(2n, programmeId);
    await graph.run(graph.admin('ada', programmeId), SET_CLOCK, { now: '2026-12-31T12:00:00Z' });
    expect(await graph.story(buyer, programmeId)).toEqual(['PENDING 10']);
    expect(await graph.run(key, RELEASE_PENDING, ofLot(lots[0].id))).toMatchObject({
      code: 'LEDGER_FUNDING_NOT_CONFIRMED',
    });
    const today = sale(buyer, 1_000n, { occurredAt: '2026-12-31T11:00:00Z' });
    expect(await graph.run(key, RECORD, today)).toMatchObject({ account: { available: '0', pending: '20' } });
    await graph.run(graph.admin('ada', programmeId), SET_CLOCK, { now: '2027-01-15T12:00:00Z' });
    expect(await graph.story(buyer, programmeId)).toEqual(['PENDING 10', 'PENDING 10', 'RELEASE 10']);
  });
});

expectTheBookToAddUp(graph);
