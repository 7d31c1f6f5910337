import type { Principal } from '../../kernel/context/principal';
import { describeFindings, runInvariants } from '../../kernel/db/invariants';
import type { PartnerId, ProgrammeId } from '../../kernel/values/id';
import { partnersDefinition } from './main';
import { aKeyOf, aMemberOf, freshKey } from './testkit/builders';
import { PartnersGraph } from './testkit/partners-graph';

const IBAN = 'PL61109010140000071219812874';
let graph: PartnersGraph;
let programmeId: ProgrammeId;
let [bakery, books]: PartnerId[] = [];
let admin: Principal;
beforeAll(async () => {
  graph = await PartnersGraph.open(partnersDefinition);
  const founded = await graph.found();
  ({ programmeId, admin } = founded);
  [bakery, books] = [founded.partnerId, await graph.join(admin)];
});
afterAll(() => graph.close());

const SET = `mutation ($input: SetSettlementDetailsInput!) { setSettlementDetails(input: $input) { __typename
  ... on Refusal { code } ... on InvalidInput { field } ... on SetSettlementDetailsSuccess { replayed details { version iban } } } }`;
const READ = `query ($id: ID!) { partner(id: $id) { settlementDetails { version legalName iban mandateId vatId } }
  operatorSettlementDetails { iban legalName creditorSchemeId } }`;
async function ask(principal: Principal, query: string, variables: Record<string, unknown>) {
  const { data, codes } = await graph.ask(principal, query, variables);
  expect(codes).toEqual([]);
  return data;
}
const details = (change: object = {}) => ({
  ...{ idempotencyKey: freshKey(), partnerId: bakery, validFrom: '2026-01-01T00:00:00Z', legalName: 'Piekarnia Ł' },
  ...{ country: 'PL', iban: IBAN, vatId: 'PL5260001246', mandateId: 'M-1', mandateSignedOn: '2026-01-01', ...change },
});
const set = async (principal: Principal, input: object) => (await ask(principal, SET, { input })).setSettlementDetails;

it('sets versions one after another, answers a repeat as before, and announces each', async () => {
  const first = details();
  expect(await set(admin, first)).toMatchObject({ replayed: false, details: { version: 1, iban: IBAN } });
  expect(await set(admin, first)).toMatchObject({ replayed: true, details: { version: 1 } });
  const second = await set(admin, details({ validFrom: '2026-02-01T00:00:00Z', legalName: 'Piekarnia Łódź' }));
  expect(second.details.version).toBe(2);
  expect(await set(admin, details())).toMatchObject({ code: 'PARTNERS_NOT_AFTER_LATEST_VERSION' });
  await set(admin, details({ partnerId: null, legalName: 'Hub', creditorSchemeId: 'PL48ZZZ0A00000001' }));
  const announced = await graph.announced('partners.settlement_details.set.v1', 3);
  expect(announced.map(({ payload }) => payload)).toMatchObject([
    { partnerId: bakery, version: 1, iban: IBAN },
    { partnerId: bakery, version: 2 },
    { partnerId: null, version: 1 },
  ]);
});

it('shows the account to its owner and the desk, its ends to other partners, and nothing to members', async () => {
  const read = async (principal: Principal) => {
    const { partner, operatorSettlementDetails } = await ask(principal, READ, { id: bakery });
    return { own: partner.settlementDetails, operator: operatorSettlementDetails };
  };
  const seen = { version: 2, legalName: 'Piekarnia Łódź', vatId: 'PL5260001246' };
  expect(await read(admin)).toMatchObject({ own: { ...seen, iban: IBAN, mandateId: 'M-1' }, operator: { iban: IBAN } });
  expect(await read(aKeyOf(programmeId, bakery!))).toMatchObject({
    own: { ...seen, iban: IBAN, mandateId: 'M-1' },
    operator: { iban: 'PL61••••2874', creditorSchemeId: null },
  });
  expect((await read(aKeyOf(programmeId, books!))).own).toEqual({ ...seen, iban: 'PL61••••2874', mandateId: null });
  expect(await read(aMemberOf(programmeId))).toEqual({ own: null, operator: null });
});

it('refuses a wrong account number, a partner that is not there, and everybody but an admin', async () => {
  const wrong = await set(admin, details({ iban: 'PL62109010140000071219812874' }));
  expect(wrong).toMatchObject({ __typename: 'InvalidInput', field: 'input.iban' });
  expect(await set(admin, details({ partnerId: 'ptr_1' }))).toMatchObject({ code: 'NOT_FOUND' });
  expect(await set(aKeyOf(programmeId, bakery!), details())).toMatchObject({ code: 'FORBIDDEN' });
  expect(describeFindings(await runInvariants(graph.database, partnersDefinition.invariants))).toEqual([]);
});
