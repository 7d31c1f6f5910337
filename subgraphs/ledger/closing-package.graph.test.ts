import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { aRuleBook } from './testkit/book';
import { ACCRUE, inputsAt, RECORD, REDEEM, SET_CLOCK, type Document } from './testkit/documents';
import { expectTheBookToAddUp, LedgerGraph, nobody, NOW, type Answer } from './testkit/ledger-graph';

const book = aRuleBook({ disputeWindowDays: 0 });
const [baker, florist] = book.brands;
const graph = LedgerGraph.forThisFile(ledgerDefinition, book);
const STEP = `__typename ... on Refusal { code message } ... on SettlementStepSuccess { cycle { id state } }`;
const PACKAGE = `query ($id: ID!) {
  closingPackage(cycleId: $id) { head signature key { id publicKey } sections } packageKey { id publicKey } }`;
const RECORDS = `query ($id: ID!, $section: String!) { closingPackage(cycleId: $id) { records(section: $section) { text hash } } }`;
const SCOPES = ['statements:read'];
const keyOfBaker = graph.partner(baker, { scopes: SCOPES });
const keyOfFlorist = graph.partner(florist, { scopes: SCOPES });

describe('a closing package', () => {
  let id: string;
  const member = graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
  const step = async (name: string, type: string, input: object): Promise<Answer> => {
    const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { ${STEP} } }` as Document;
    return (await graph.run(graph.admin(), mutation, { idempotencyKey: newId('req'), ...input })).cycle;
  };
  const read = async (who: Parameters<LedgerGraph['ask']>[0]) => (await graph.ask(who, PACKAGE, { id })).data;
  const section = `${baker}>${florist}`;
  beforeAll(async () => {
    await graph.run(graph.admin(), SET_CLOCK, { now: NOW.toISOString() });
    const { accrue, sale, spend } = inputsAt(NOW);
    const funding = [
      { partnerId: baker, bps: 6_000 },
      { partnerId: florist, bps: 4_000 },
    ];
    await graph.run(graph.partner(baker), RECORD, sale(member, 10_000n));
    await graph.run(graph.admin(), ACCRUE, accrue(member, '301', { funding, expiresAt: '2026-04-01T00:00:00Z' }));
    await graph.run(graph.partner(florist), REDEEM, spend(member, '308'));
    id = (await step('cutOffSettlementCycle', 'CutOffSettlementCycleInput', {})).id;
  });

  it('is there from NETTED on, for those who have a part in it', async () => {
    expect((await read(graph.admin())).closingPackage).toBeNull();
    for (const to of ['DRAFT', 'ISSUED', 'AGREED', 'NETTED'])
      expect(await step('advanceSettlementCycle', 'AdvanceSettlementCycleInput', { cycleId: id, to })).toMatchObject({
        state: to,
      });
    expect((await read(graph.admin())).closingPackage.sections).toContain(section);
    for (const who of [nobody, graph.member(member), graph.partner(baker, { scopes: ['points:earn'] })])
      expect((await read(who)).closingPackage).toBeNull();
    const { closingPackage, packageKey } = await read(keyOfBaker);
    expect(packageKey).toEqual(closingPackage.key);
    expect((await read(nobody)).packageKey).toBeNull();
  });

  it('is the same for both parties of a pair, and names no member', async () => {
    const [ofBaker, ofFlorist] = [await read(keyOfBaker), await read(keyOfFlorist)];
    const { sections: _own, ...signed } = ofBaker.closingPackage;
    expect(ofFlorist.closingPackage).toMatchObject(signed);
    const records = async (who: typeof keyOfBaker) =>
      (await graph.ask(who, RECORDS, { id, section })).data.closingPackage.records;
    const own: Answer[] = await records(keyOfBaker);
    expect(own).toHaveLength(3);
    expect(await records(keyOfFlorist)).toEqual(own);
    expect(JSON.stringify(own)).not.toContain(member.slice(4));
    const other = `net ${florist}`;
    expect(ofBaker.closingPackage.sections).not.toContain(other);
    expect((await graph.ask(keyOfBaker, RECORDS, { id, section: other })).data.closingPackage.records).toEqual([]);
  });

  it('explains each line, the same to both parties: price, share, and who got the cent that was left', async () => {
    const lines = `query ($id: ID!) { cycleLines(cycleId: $id, first: 9) {
      nodes { debtor { partner { id } } creditor { partner { id } } line { id } } } }`;
    const { nodes } = (await graph.ask(graph.admin(), lines, { id })).data.cycleLines;
    const ids = nodes
      .filter(({ debtor, creditor }: Answer) => debtor.partner?.id === baker && creditor.partner?.id === florist)
      .map(({ line }: Answer) => line.id);
    const query = `query ($id: ID!) { explainLine(lineId: $id) {
      kind event member points perPointMicros priceVersion priceOf { partner { id } }
      wholeMicros shareBps micros floorMinor remainderMicros rank lines raisedLines raisedBy billed { amountMinor } settlementModel } }`;
    const explain = async (who: Parameters<LedgerGraph['ask']>[0], line: string) =>
      (await graph.ask(who, query, { id: line })).data.explainLine;
    // 301 at 0.01 are 3.01, of which 60 % are 1.806; 7 of the baker's own are 0.07. Together 1.876, so 1.88: the first gets the cent.
    const [joint, plain] = [await explain(keyOfBaker, ids[0]), await explain(keyOfBaker, ids[1])];
    const place = { priceOf: { partner: { id: florist } }, perPointMicros: '10000', lines: '2', raisedLines: '1' };
    expect(joint).toMatchObject({
      ...{ ...place, points: '301', wholeMicros: '3010000', shareBps: 6_000, micros: '1806000', event: 'REDEEM' },
      ...{ floorMinor: '180', remainderMicros: '6000', rank: '1', raisedBy: '1', billed: { amountMinor: '181' } },
    });
    expect(plain).toMatchObject({
      ...{ ...place, points: '7', wholeMicros: '70000', shareBps: 10_000, micros: '70000' },
      ...{ floorMinor: '7', remainderMicros: '0', rank: '2', raisedBy: '0', billed: { amountMinor: '7' } },
    });
    expect(await explain(keyOfFlorist, ids[0])).toEqual(joint);
    expect(joint.member).toBe(plain.member);
    for (const who of [nobody, graph.member(member), graph.partner(newId('ptr'), { scopes: SCOPES })])
      expect(await explain(who, ids[0])).toBeNull();
    expect(await explain(graph.admin(), 'lin_x')).toBeNull();
  });

  it('is made again byte for byte from the journal', async () => {
    const before = await read(graph.admin());
    await graph.database.asOwner(`alter table closing_package disable trigger closing_package_append_only;
      delete from closing_package; alter table closing_package enable trigger closing_package_append_only`);
    expect(await read(graph.admin())).toEqual(before);
  });
});

expectTheBookToAddUp(graph);
