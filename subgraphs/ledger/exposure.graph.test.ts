import { ledgerDefinition } from './main';
import { aContract, aRuleBook } from './testkit/book';
import { CAPTURE, HOLD, inputsAt, RECORD, RELEASE_HOLD } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, NOW } from './testkit/ledger-graph';

/** One brand pays when its points are spent, the other has paid four tenths by then; each may owe 10 euros. */
const [later, partly] = [aRuleBook(), aRuleBook()];
const capped = { netDebitCapMicros: 10_000_000n };
const books = {
  AT_REDEMPTION: { ...later, contracts: [aContract(later.brands[0], capped), aContract(later.brands[1])] },
  HYBRID: {
    ...partly,
    contracts: [
      aContract(partly.brands[0], { ...capped, settlementModel: 'HYBRID', prefundBps: 4_000 }),
      aContract(partly.brands[1]),
    ],
  },
} as const;
const graph = LedgerGraph.forThisFile(ledgerDefinition, books.AT_REDEMPTION, books.HYBRID);
const { capture, sale, setAside } = inputsAt(NOW);

describe('what a partner would owe', () => {
  it.each([
    // Nothing is owed for 1,200 points until they are spent: 10.00 for the 1,000 on hold fill the cap, and 2.50 do not.
    ['AT_REDEMPTION', 120_000n, '1000'],
    // 4.00 were paid for 1,000 points when they were issued; the other 6.00 for the 1,000 on hold fill the cap.
    ['HYBRID', 100_000n, '1000'],
  ] as const)(
    'under %s counts holds of its points, until they are released or captured for less',
    async (model, minor, held) => {
      const { programmeId, contracts } = books[model];
      const [issuer, redeemer] = contracts.map(({ partnerId }) => partnerId) as [never, never];
      const [till, shop] = [graph.partner(issuer, { programmeId }), graph.partner(redeemer, { programmeId })];
      const member = graph.enrol({ [issuer]: 'OPEN', [redeemer]: 'OPEN' }, programmeId);
      await graph.run(till, RECORD, sale(member, minor));
      const another = async () => (await graph.run(till, RECORD, sale(member, 100n))).code ?? 'earned';

      const first = await graph.run(shop, HOLD, setAside(member, held));
      expect(await another()).toBe('LEDGER_NET_DEBIT_CAP_REACHED');
      await graph.run(shop, RELEASE_HOLD, { idempotencyKey: `${model} release`, holdId: first.hold.id });
      expect(await another()).toBe('earned');

      const second = await graph.run(shop, HOLD, setAside(member, held));
      expect(await another()).toBe('LEDGER_NET_DEBIT_CAP_REACHED');
      await graph.run(shop, CAPTURE, capture(second.hold.id, { points: '250' }));
      expect(await another()).toBe('earned');
    },
  );
});

expectTheBookToAddUp(graph);
