import type { Principal } from '../../kernel/context/principal';
import { describeFindings, runInvariants } from '../../kernel/db/invariants';
import { LocalLink } from '../../kernel/graph/local-link';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { FixedClock } from '../../kernel/values/clock';
import type { PartnerId, ProgrammeId } from '../../kernel/values/id';
import { addPartner } from './app/add-partner';
import { createProgramme } from './app/create-programme';
import { partnersDefinition } from './main';
import { aKeyOf, aMemberOf, anAdminOf, aPartner, aProgramme, freshKey, theHost } from './testkit/builders';

const clock = new FixedClock(new Date('2026-03-01T10:00:00Z'));
const IBAN = 'PL61109010140000071219812874';
let database: TestDatabase;
let link: LocalLink;
let feed: Awaited<ReturnType<typeof partnersDefinition.open>>['feed'];
let programmeId: ProgrammeId;
let [bakery, books]: PartnerId[] = [];
let admin: Principal;
beforeAll(async () => {
  database = await openTestDatabase(partnersDefinition);
  const none = (): never => {
    throw new Error('partners calls nobody');
  };
  const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
  const subgraph = await partnersDefinition.open({ database, clock, secrets, peers: { link: none, feed: none } });
  feed = subgraph.feed;
  link = new LocalLink('partners', subgraph.schema, (request) => subgraph.createContext(request));
  const setting = { database, clock, log: { info: () => {} } as never, announced: () => {} };
  const founded = await createProgramme(setting, theHost, aProgramme());
  if (!('programme' in founded)) throw new Error('not founded');
  programmeId = founded.programme.id;
  admin = anAdminOf(programmeId);
  [bakery, books] = await Promise.all(
    ['P01', 'P02'].map(async (code) => {
      const added = await addPartner(setting, admin, aPartner({ code }));
      if (!('partner' in added)) throw new Error('not added');
      return added.partner.id;
    }),
  );
});
afterAll(() => database.drop());

const SET = `mutation ($input: SetSettlementDetailsInput!) { setSettlementDetails(input: $input) { __typename
  ... on Refusal { code } ... on InvalidInput { field } ... on SetSettlementDetailsSuccess { replayed details { version iban } } } }`;
const READ = `query ($id: ID!) { partner(id: $id) { settlementDetails { version legalName iban mandateId vatId } }
  operatorSettlementDetails { iban legalName creditorSchemeId } }`;
async function ask(principal: Principal, query: string, variables: Record<string, unknown>) {
  const context = { principal, requestId: 'req-1', deadlineAt: new Date(Date.now() + 10_000) };
  const { data, errors } = await link.execute({ query, variables, context });
  expect(errors ?? []).toEqual([]);
  return JSON.parse(JSON.stringify(data));
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
  const items = await feed.read(null, 100, 0);
  const announced = items.filter(({ event }) => event.type === 'partners.settlement_details.set.v1');
  expect(announced.map(({ event }) => event.payload)).toMatchObject([
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
  expect(describeFindings(await runInvariants(database, partnersDefinition.invariants))).toEqual([]);
});
