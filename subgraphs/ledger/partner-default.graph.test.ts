import type { Principal } from '../../kernel/context/principal';
import { newId } from '../../kernel/values/id';
import { ledgerDefinition } from './main';
import { bankStatement } from './testkit/bank-statement';
import { SET_CLOCK, type Document } from './testkit/documents';
import { GraphMarch, marchRules } from './testkit/graph-march';
import { expectTheBookToAddUp, LedgerGraph, type Answer } from './testkit/ledger-graph';

// The worked example of the settlement model: A is owed 6.57, B owes 1.46, C owes 10.32, the operator keeps 5.21. C does not pay.
const rules = marchRules();
const graph = LedgerGraph.forThisFile(ledgerDefinition, rules);
const march = new GraphMarch(graph, rules);
const { admin } = march;
const finance = graph.finance('fay', rules.programmeId);
const [a, b, c] = rules.abc;
let cycleId: string;

const FIELDS = {
  ...{ recordGuaranteePayment: 'GuaranteePaymentSuccess', approveGuaranteePayment: 'GuaranteePaymentSuccess' },
  ...{ declareDefault: 'DefaultSuccess', approveDefault: 'DefaultSuccess' },
  ...{ cutOffSettlementCycle: 'SettlementStepSuccess', advanceSettlementCycle: 'SettlementStepSuccess' },
  approveSettlementStep: 'SettlementStepSuccess',
} as const;
const SHOWN: Readonly<Record<string, string>> = {
  GuaranteePaymentSuccess: 'paymentId guarantees { fund partner { id } held { amountMinor } }',
  DefaultSuccess: 'defaultId cycle { id }',
  SettlementStepSuccess: 'cycle { id state }',
};
function ask(who: Principal, name: keyof typeof FIELDS, input: object, key: string = newId('req')): Promise<Answer> {
  const [success, type] = [FIELDS[name], `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`];
  const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { __typename ... on Refusal { code }
    ... on ${success} { proposed contentHash replayed ${SHOWN[success]} } } }`;
  return graph.run(who, mutation as Document, { idempotencyKey: key, ...input });
}
const payment = (fund: string, partnerId: string, amountMinor: string, change: object = {}) => ({
  ...{ fund, partnerId, amountMinor, direction: 'PAID_IN', bankRef: newId('req'), reason: 'agreed' },
  ...change,
});
/** Recorded by one person and posted by another. */
async function pay(input: object): Promise<Answer> {
  const { paymentId, contentHash } = await ask(admin, 'recordGuaranteePayment', input);
  return ask(finance, 'approveGuaranteePayment', { paymentId, contentHash });
}
const heldIn = ({ guarantees }: Answer) =>
  guarantees.map(({ fund, held }: Answer) => `${fund} ${held.amountMinor}`).sort();
const IMPORT = `mutation ($input: ImportBankStatementInput!) { answer: importBankStatement(input: $input) {
  ... on ImportBankStatementSuccess { unmatched { endToEndId mismatch } settledCycles { state } } } }` as Document;
const read = (entries: Parameters<typeof bankStatement>[0]): Promise<Answer> =>
  graph.run(admin, IMPORT, { idempotencyKey: newId('req'), content: bankStatement(entries) });
const DEFAULTS = `query ($id: ID!) { settlementCycle(id: $id) { state defaults { partner { id } isApproved reason borneInCycleId
  owed { amountMinor } fromDeposit { amountMinor } fromFund { amountMinor }
  shares { party { isHub partner { id } } amount { amountMinor } } }
  netPositions { party { isHub partner { id } } net { amountMinor } carryIn { amountMinor } payment { amountMinor } } } }`;
const cycleAs = async (who: Principal, id = cycleId): Promise<Answer> =>
  (await graph.ask(who, DEFAULTS, { id })).data.settlementCycle;
const toA = { endToEndId: 'STL-2-A', amount: '6.57', direction: 'DBIT', bankRef: 'R-1' } as const;
const fromB = { endToEndId: 'STL-2-B', amount: '1.46', direction: 'CRDT', bankRef: 'R-2' } as const;
const fromC = { endToEndId: 'STL-2-C', amount: '10.32', direction: 'CRDT', bankRef: 'R-3' } as const;

beforeAll(async () => {
  await march.play();
  cycleId = await march.close('NETTED');
  // From here on it takes two persons.
  graph.announce({ ...rules, version: rules.version + 1n, singleApprover: false });
  await graph.heard(rules.version + 1n);
});

describe('a payment into a guarantee', () => {
  it('is recorded by one person and posted by another, once', async () => {
    const input = payment('DEPOSIT', c, '400', { bankRef: 'D-1' });
    const { paymentId, contentHash, guarantees } = await ask(admin, 'recordGuaranteePayment', input);
    expect(guarantees.filter(({ fund }: Answer) => fund === 'DEFAULT_FUND')).toEqual([]);
    const approval = { paymentId, contentHash };
    expect((await ask(admin, 'approveGuaranteePayment', approval)).code).toBe('LEDGER_SELF_APPROVAL');
    expect((await ask(march.keys[0], 'approveGuaranteePayment', approval)).code).toBe('FORBIDDEN');
    const other = { paymentId, contentHash: 'f'.repeat(64) };
    expect((await ask(finance, 'approveGuaranteePayment', other)).code).toBe('LEDGER_CYCLE_CONTENT_CHANGED');
    const before = heldIn(await ask(admin, 'recordGuaranteePayment', payment('DEPOSIT', c, '5')));
    const key = newId('req');
    const posted = await ask(finance, 'approveGuaranteePayment', approval, key);
    expect(posted).toMatchObject({ proposed: false, replayed: false });
    expect(heldIn(posted)).not.toEqual(before);
    expect(await ask(finance, 'approveGuaranteePayment', approval, key)).toMatchObject({ replayed: true });
    expect((await ask(finance, 'approveGuaranteePayment', approval)).code).toBe('LEDGER_ALREADY_APPROVED');
    expect((await ask(admin, 'recordGuaranteePayment', input)).code).toBe('LEDGER_BANK_REF_TAKEN');
    expect(heldIn(await pay(payment('DEFAULT_FUND', a, '300')))).toContain('DEFAULT_FUND 300');
  });

  it('is refused what is not there, and what is no amount or no partner', async () => {
    const out = payment('DEFAULT_FUND', a, '301', { direction: 'PAID_OUT' });
    expect((await ask(admin, 'recordGuaranteePayment', out)).code).toBe('LEDGER_GUARANTEE_TOO_SMALL');
    expect((await ask(admin, 'recordGuaranteePayment', payment('DEPOSIT', c, '0'))).code).toBe('INVALID_INPUT');
    expect((await ask(admin, 'recordGuaranteePayment', payment('DEPOSIT', newId('ptr'), '1'))).code).toBe('NOT_FOUND');
    expect((await ask(finance, 'recordGuaranteePayment', payment('DEPOSIT', c, '1'))).code).toBe('FORBIDDEN');
  });

  it('is shown to a partner as far as it is its own or everybody’s', async () => {
    const ofKey = async (who: Principal) =>
      (await graph.ask(who, '{ guarantees { fund partner { id } held { amountMinor currency } } }')).data.guarantees;
    expect(await ofKey(march.keys[1])).toEqual([
      { fund: 'DEFAULT_FUND', partner: null, held: { amountMinor: '300', currency: 'EUR' } },
    ]);
    expect(await ofKey(march.keys[2])).toHaveLength(2);
    expect(await ofKey(graph.member(march.members[0], rules.programmeId))).toEqual([]);
  });
});

describe('a partner that does not pay', () => {
  const declare = (partnerId: string, who = admin) =>
    ask(who, 'declareDefault', { cycleId, partnerId, reason: 'three reminders' });
  const approve = ({ defaultId, contentHash }: Answer, who = finance) =>
    ask(who, 'approveDefault', { defaultId, contentHash });

  it('is in default once the payment was instructed, was due and did not come', async () => {
    expect((await declare(c)).code).toBe('LEDGER_CYCLE_STEP_NOT_ALLOWED');
    const { contentHash } = await ask(admin, 'advanceSettlementCycle', { cycleId, to: 'INSTRUCTED' });
    await ask(finance, 'approveSettlementStep', { cycleId, contentHash });
    await read([toA, fromB]);
    expect((await declare(a)).code).toBe('LEDGER_NOTHING_TO_PAY');
    expect((await declare(b)).code).toBe('LEDGER_PAYMENT_CONFIRMED');
    expect((await declare(c)).code).toBe('LEDGER_PAYMENT_NOT_DUE');
    await graph.run(admin, SET_CLOCK, { now: '2026-05-31T12:00:00Z' });
    expect((await declare(c, finance)).code).toBe('FORBIDDEN');
    expect(await declare(c)).toMatchObject({ __typename: 'DefaultSuccess', proposed: true });
    expect((await cycleAs(admin)).defaults).toMatchObject([{ isApproved: false, borneInCycleId: null }]);
    // What nobody has approved is no partner's business.
    expect((await cycleAs(march.keys[2])).defaults).toEqual([]);
  });

  it('is paid for by two persons’ decision, and only by what they looked at', async () => {
    const first = await declare(c);
    expect((await approve(first, admin)).code).toBe('LEDGER_SELF_APPROVAL');
    expect((await approve({ ...first, contentHash: '0' })).code).toBe('LEDGER_CYCLE_CONTENT_CHANGED');
    await pay(payment('DEFAULT_FUND', b, '10'));
    expect((await approve(first)).code).toBe('LEDGER_CYCLE_CONTENT_CHANGED');
    const again = await declare(c);
    expect(again.defaultId).toBe(first.defaultId);
    const both = await Promise.all([approve(again), approve(again, graph.admin('eve', rules.programmeId))]);
    expect(both.map(({ code }) => String(code ?? 'performed')).sort()).toEqual([
      'LEDGER_ALREADY_APPROVED',
      'performed',
    ]);
    expect((await declare(c)).code).toBe('LEDGER_ALREADY_IN_DEFAULT');
  });

  it('costs its deposit first, then the fund, then those the cycle pays, by what they are paid', async () => {
    const [{ fromDeposit, fromFund, owed, shares }] = (await cycleAs(admin)).defaults;
    expect([owed, fromDeposit, fromFund].map(({ amountMinor }) => amountMinor)).toEqual(['1032', '400', '310']);
    // 322 by 657 to 521: 179.59 and 142.41.
    const share = ({ party, amount }: Answer) => [party.partner?.id ?? 'hub', amount.amountMinor];
    expect(shares.map(share)).toEqual([
      [a, '180'],
      ['hub', '142'],
    ]);
    expect((await cycleAs(march.keys[0])).defaults[0].shares.map(share)).toEqual([[a, '180']]);
    expect((await cycleAs(march.keys[1])).defaults).toEqual([]);
    const accounts = (await graph.ask(admin, '{ partyAccounts { kind balance } }')).data.partyAccounts;
    const held = (kind: string) =>
      accounts.filter((one: Answer) => one.kind === kind).map((one: Answer) => one.balance);
    expect([held('DEPOSIT'), held('DEFAULT_FUND'), held('DEFAULT_LOSS')]).toEqual([['0'], ['0'], ['-1420000']]);
  });

  it('keeps its cycle from being settled no longer; what it pays now is no payment of the cycle', async () => {
    expect(await read([fromC])).toEqual({
      unmatched: [{ endToEndId: 'STL-2-C', mismatch: 'IN_DEFAULT' }],
      settledCycles: [{ state: 'SETTLED' }],
    });
    expect(heldIn(await pay(payment('DEFAULT_FUND', c, '1032', { bankRef: 'R-3' })))).toContain('DEFAULT_FUND 1032');
  });

  it('is borne with the payments of the next cycle, once', async () => {
    const lead = async (id: string, to: string) => {
      const { contentHash } = await ask(admin, 'advanceSettlementCycle', { cycleId: id, to });
      return ask(finance, 'approveSettlementStep', { cycleId: id, contentHash });
    };
    const cut = async () => {
      const { contentHash, cycle } = await ask(admin, 'cutOffSettlementCycle', {});
      await ask(finance, 'approveSettlementStep', { cycleId: cycle.id, contentHash });
      return cycle.id as string;
    };
    const ofA = ({ netPositions }: Answer) =>
      netPositions
        .filter(({ party }: Answer) => party.partner?.id === a)
        .map(({ carryIn, payment: paid }: Answer) => [carryIn.amountMinor, paid.amountMinor]);
    const [next, last] = [await cut(), await cut()];
    for (const id of [next, last]) {
      await lead(id, 'DRAFT');
      await lead(id, 'ISSUED');
      await graph.run(admin, SET_CLOCK, { now: id === next ? '2026-07-31T12:00:00Z' : '2026-09-30T12:00:00Z' });
      await lead(id, 'AGREED');
      expect(await lead(id, 'NETTED')).toMatchObject({ cycle: { state: 'NETTED' } });
    }
    expect(ofA(await cycleAs(admin, next))).toEqual([['-180', '-180']]);
    expect(
      ofA(await cycleAs(admin, last))
        .flat()
        .every((minor: string) => minor === '0'),
    ).toBe(true);
    expect((await cycleAs(admin, next)).defaults).toHaveLength(1);
    borneIn = next;
  });

  it('stands apart, with its name, in the statement and in the package of those who bear a part of it', async () => {
    const share = `Share of what ${rules.partners.find(({ id }) => id === c)?.code} did not pay,EUR,`;
    const [ofA, ofB] = [await statementOf(march.keys[0]), await statementOf(march.keys[1])];
    expect(ofA).toContain(`${share}-1.80`);
    expect(ofA).toContain('Payment,EUR,-1.80');
    expect(ofB).not.toContain('did not pay');
    const [net] = await netRecords(a);
    expect(net).toMatchObject({
      carryInMinor: '-180',
      carryInParts: { leftMinor: '0', fromDepositMinor: '0', shares: [{ partner: c, borneMinor: '180' }] },
    });
    for (const other of await netRecords(b)) expect(other).not.toHaveProperty('carryInParts');
  });

  let borneIn: string;
  const LIST = `query ($id: ID!) { settlementDocuments(cycleId: $id, first: 50) { nodes { id kind format fileName } } }`;
  const CONTENT = 'query ($id: ID!) { settlementDocument(id: $id) { content } }';
  async function statementOf(who: Principal): Promise<string> {
    const { nodes } = (await graph.ask(who, LIST, { id: borneIn })).data.settlementDocuments;
    const { id } = nodes.find(({ kind, format }: Answer) => kind === 'STATEMENT' && format === 'CSV');
    const { content } = (await graph.ask(who, CONTENT, { id })).data.settlementDocument;
    return Buffer.from(content, 'base64').toString('utf8');
  }
  async function netRecords(partnerId: string): Promise<Answer[]> {
    const records = `query ($id: ID!, $section: String!) { closingPackage(cycleId: $id) { records(section: $section) { text } } }`;
    const asked = await graph.ask(admin, records, { id: borneIn, section: `net ${partnerId}` });
    return asked.data.closingPackage.records.map(({ text }: Answer) => JSON.parse(text));
  }
});

expectTheBookToAddUp(graph);
