import type { Principal } from '../../../../kernel/context/principal';
import { isRefusal } from '../../../../kernel/errors/refusal';
import { openTestDatabase, type TestDatabase } from '../../../../kernel/testkit/database';
import { newId, uuidOf, type MemberId } from '../../../../kernel/values/id';
import { ledgerDatabase } from '../../data/database';
import { aRuleBook } from '../../testkit/book';
import { TestBook } from '../../testkit/test-book';
import { advanceSettlementCycle } from './advance-settlement-cycle';
import { cutOffSettlementCycle } from './cut-off-settlement-cycle';
import { rollUpInSteps } from './roll-up';

const NOW = new Date('2026-03-10T12:00:00Z');

let database: TestDatabase;
let book: TestBook;
let ann: MemberId;
let cycleId: string;
beforeAll(async () => {
  database = await openTestDatabase(ledgerDatabase);
});
afterEach(() => book.close());
afterAll(() => database.drop());

/** A month in which points paid for at issuance were earned and some of them spent, cut off. */
beforeEach(async () => {
  const rules = aRuleBook();
  const [bakery, books] = rules.brands;
  const contracts = rules.contracts.map((contract) => ({
    ...{
      ...contract,
      settlementModel: 'AT_ISSUANCE' as const,
      reimbursementMicros: 8_000n,
      issuancePriceMicros: 8_500n,
    },
  }));
  book = await TestBook.open(database, { ...rules, contracts }, NOW);
  ann = newId('mem');
  await book.buy(ann, bakery, 100n);
  await book.redeem(ann, books, 40n);
  const cut = await cutOffSettlementCycle(ledger(), admin(), { idempotencyKey: 'cut' });
  if (isRefusal(cut)) throw new Error(cut.code);
  ({ cycleId } = cut);
});

const ledger = () => ({ database, whole: database, clock: book.clock, book: async () => book.rules });
const admin = (): Principal => ({ kind: 'admin', programmeId: book.rules.programmeId, subject: 'ada' });
async function drawUp(): Promise<unknown> {
  const input = { idempotencyKey: newId('req'), cycleId, to: 'DRAFT' as const };
  const answer = await advanceSettlementCycle(ledger(), admin(), input);
  if (!isRefusal(answer)) return 'performed';
  expect(answer.code).toBe('LEDGER_TRIAL_CHECK_FAILED');
  return answer['facts' as never]['findings'];
}
const change = (table: string, statement: string) =>
  database.asOwner(`alter table ${table} disable trigger user; ${statement}; alter table ${table} enable trigger user`);

describe('a close is blocked', () => {
  it('by a fund that holds less than its outstanding points are worth, and says how much is missing', async () => {
    const issuerId = book.rules.partners[0]!.id;
    const fund = (by: string) =>
      change(
        'point_fund',
        `update point_fund set fund_micros = fund_micros ${by} where issuer_id = '${uuidOf(issuerId)}'`,
      );
    await rollUpInSteps(database);
    await fund('- 7');
    expect(await drawUp()).toEqual([{ what: 'FUND', issuerId, missingMicros: 7n }]);
    await fund('+ 7');
    expect(await drawUp()).toBe('performed');
  });

  it('by a balance that is not its lots, which it names', async () => {
    const lots = (by: string) =>
      change('open_lot', `update open_lot set remaining = remaining ${by} where wallet = '${uuidOf(ann)}'`);
    await lots('- 1');
    const found = (await drawUp()) as object[];
    expect(found).toContainEqual({ what: 'BALANCE', memberId: ann, version: expect.any(BigInt) as bigint });
    await lots('+ 1');
    expect(await drawUp()).toBe('performed');
  });

  it('by a claim that does not follow from its event, which it names', async () => {
    const claims = (by: string) =>
      change('claim', `update claim set micros = micros ${by} where kind = 'REDEMPTION' and wallet = '${uuidOf(ann)}'`);
    await claims('+ 1');
    expect(await drawUp()).toEqual([{ what: 'CLAIM', memberId: ann, version: 2n }]);
    await claims('- 1');
    expect(await drawUp()).toBe('performed');
  });
});
