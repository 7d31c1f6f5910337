import type { Principal } from '../../kernel/context/principal';
import type { OpenSubgraph } from '../../kernel/graph/subgraph';
import { LocalLink } from '../../kernel/graph/local-link';
import { openTestDatabase, type TestDatabase } from '../../kernel/testkit/database';
import { FixedClock } from '../../kernel/values/clock';
import { newId, type PartnerId, type ProgrammeId } from '../../kernel/values/id';
import { partnersDefinition } from './main';
import { aKeyOf, aMemberOf, anAdminOf, freshKey, theHost } from './testkit/builders';

const clock = new FixedClock(new Date('2026-03-01T10:00:00Z'));
const nobody: Principal = { kind: 'anonymous' };

let database: TestDatabase;
let subgraph: OpenSubgraph;
let link: LocalLink;
beforeAll(async () => {
  database = await openTestDatabase(partnersDefinition);
  const none = (): never => {
    throw new Error('partners calls nobody');
  };
  const secrets = { internal: 'i'.repeat(32), identity: 'd'.repeat(32), cursor: 'c'.repeat(32) };
  subgraph = await partnersDefinition.open({ database, clock, secrets, peers: { link: none, feed: none } });
  link = new LocalLink('partners', subgraph.schema, (request) => subgraph.createContext(request));
});
afterAll(() => database.drop());

async function ask(principal: Principal, query: string, variables: Record<string, unknown> = {}) {
  const context = { principal, requestId: 'req-1', deadlineAt: new Date(Date.now() + 10_000) };
  const { data, errors } = await link.execute({ query, variables, context });
  return {
    data: JSON.parse(JSON.stringify(data ?? null)),
    codes: (errors ?? []).map(({ extensions, message }) => extensions.code ?? message),
  };
}

const REFUSAL = '... on Refusal { code message retryable replayed } ... on InvalidInput { field }';
const CREATE = `mutation ($input: CreateProgrammeInput!) { createProgramme(input: $input) { __typename ${REFUSAL}
  ... on CreateProgrammeSuccess { ruleBookVersion replayed
    programme { id key tiers { code thresholdPoints } faceValueMicros opensAt ruleBookVersion } } } }`;
const ADD = `mutation ($input: AddPartnerInput!) { addPartner(input: $input) { __typename ${REFUSAL}
  ... on AddPartnerSuccess { partner { id code name status } ruleBookVersion replayed } } }`;
const AGREE = `mutation ($input: AgreeContractInput!) { agreeContract(input: $input) { __typename ${REFUSAL}
  ... on ReimbursementAboveFaceValue { reimbursementMicros faceValueMicros }
  ... on NotAfterLatestVersion { latestValidFrom }
  ... on AgreeContractSuccess { contract { version validFrom reimbursementMicros feeMicros settlementModel } replayed } } }`;
const RATE = `mutation ($input: SetEarningRuleInput!) { setEarningRule(input: $input) { __typename ${REFUSAL}
  ... on SetEarningRuleSuccess { earningRule { version points perAmountMinor kind } replayed } } }`;
const SUSPEND = `mutation ($input: SuspendPartnerInput!) { suspendPartner(input: $input) { __typename ${REFUSAL}
  ... on SuspendPartnerSuccess { partner { status } replayed } } }`;
const ISSUE = `mutation ($input: IssuePartnerKeyInput!) { issuePartnerKey(input: $input) { __typename ${REFUSAL}
  ... on IssuePartnerKeySuccess { key { id scopes expiresAt addresses } keyText replayed } } }`;
const SET_ADDRESSES = `mutation ($input: SetPartnerKeyAddressesInput!) { setPartnerKeyAddresses(input: $input) {
  __typename ${REFUSAL} ... on SetPartnerKeyAddressesSuccess { key { addresses } } } }`;
const NOTE_USES = 'mutation ($uses: [PartnerKeyUseInput!]!) { notePartnerKeyUses(uses: $uses) }';
const REVOKE = `mutation ($input: RevokePartnerKeyInput!) { revokePartnerKey(input: $input) { __typename ${REFUSAL}
  ... on RevokePartnerKeySuccess { key { id revokedAt } replayed } } }`;

const programmeInput = (change: object = {}) => ({
  ...{ idempotencyKey: freshKey(), key: `p-${freshKey()}`, name: 'Sunny', currencyName: 'Suns', currency: 'EUR' },
  ...{
    faceValueMicros: '10000',
    timeZone: 'Europe/Warsaw',
    defaultLanguage: 'pl',
    isSandbox: true,
    singleApprover: true,
    disputeWindowDays: 14,
  },
  tiers: [{ code: 'BASE', name: 'Base', thresholdPoints: '0' }],
  ...change,
});

interface Founded {
  programmeId: ProgrammeId;
  key: string;
  partnerId: PartnerId;
  admin: Principal;
}

async function found(): Promise<Founded> {
  const { programme } = (await ask(theHost, CREATE, { input: programmeInput() })).data.createProgramme;
  const admin = anAdminOf(programme.id);
  return { programmeId: programme.id, key: programme.key, admin, partnerId: await join(admin) };
}

async function join(admin: Principal, code = `C${freshKey()}`): Promise<PartnerId> {
  const input = { idempotencyKey: freshKey(), code, name: `Shop ${code}` };
  return (await ask(admin, ADD, { input })).data.addPartner.partner.id;
}

describe('founding and joining', () => {
  it('founds a programme as the host asked, and answers a repeat with the first outcome', async () => {
    const input = programmeInput();
    const first = (await ask(theHost, CREATE, { input })).data.createProgramme;
    expect(first).toMatchObject({
      __typename: 'CreateProgrammeSuccess',
      programme: {
        key: input.key,
        tiers: [{ code: 'BASE', thresholdPoints: '0' }],
        faceValueMicros: '10000',
        opensAt: '2026-03-01T10:00:00.000Z',
      },
      ruleBookVersion: '1',
      replayed: false,
    });
    expect((await ask(theHost, CREATE, { input })).data.createProgramme).toEqual({ ...first, replayed: true });
    const other = await ask(theHost, CREATE, { input: { ...input, name: 'Rainy' } });
    expect(other.data.createProgramme).toMatchObject({
      __typename: 'IdempotencyMismatch',
      code: 'IDEMPOTENCY_MISMATCH',
    });
  });

  it('refuses a taken key, and one approver where money is real', async () => {
    const { key } = await found();
    const codeOf = async (change: object) =>
      (await ask(theHost, CREATE, { input: programmeInput(change) })).data.createProgramme.code;
    expect(await codeOf({ key })).toBe('PARTNERS_PROGRAMME_KEY_TAKEN');
    expect(await codeOf({ isSandbox: false, singleApprover: true })).toBe('PARTNERS_SINGLE_APPROVER_NEEDS_SANDBOX');
  });

  it.each([
    ['input.faceValueMicros', { faceValueMicros: '1e4' }],
    ['input.faceValueMicros', { faceValueMicros: '9223372036854775808' }],
    ['input.tiers[0].thresholdPoints', { tiers: [{ code: 'A', name: 'A', thresholdPoints: '1.5' }] }],
    ['input.opensAt', { opensAt: '2026-02-31T00:00:00Z' }],
    ['input.name', { name: 'a\ud83d' }],
    ['input.idempotencyKey', { idempotencyKey: '' }],
  ])('answers InvalidInput for %s, never a fault', async (field, change) => {
    const { data, codes } = await ask(theHost, CREATE, { input: programmeInput(change) });
    expect(data.createProgramme).toMatchObject({ __typename: 'InvalidInput', code: 'INVALID_INPUT', field });
    expect(codes).toEqual([]);
  });

  it('refuses a code twice in a programme, and takes it in another', async () => {
    const [one, two] = [await found(), await found()];
    await join(one.admin, 'P01');
    const again = await ask(one.admin, ADD, { input: { idempotencyKey: freshKey(), code: 'P01', name: 'Other' } });
    expect(again.data.addPartner).toMatchObject({
      __typename: 'PartnerCodeTaken',
      code: 'PARTNERS_PARTNER_CODE_TAKEN',
    });
    expect(await join(two.admin, 'P01')).toMatch(/^ptr_/);
  });
});

describe('agreeing', () => {
  const terms = (partnerId: string, change: object = {}) => ({
    ...{ idempotencyKey: freshKey(), partnerId, validFrom: '2026-01-01T00:00:00+01:00', reimbursementMicros: '8000' },
    ...change,
  });

  it('agrees dated versions and shows the one in force at an instant', async () => {
    const { admin, partnerId, programmeId } = await found();
    const first = await ask(admin, AGREE, { input: terms(partnerId) });
    expect(first.data.agreeContract).toMatchObject({
      contract: {
        version: 1,
        validFrom: '2025-12-31T23:00:00.000Z',
        reimbursementMicros: '8000',
        feeMicros: '0',
        settlementModel: 'AT_REDEMPTION',
      },
    });
    await ask(admin, AGREE, {
      input: terms(partnerId, { validFrom: '2026-02-01T00:00:00Z', reimbursementMicros: '9000' }),
    });
    const { data } = await ask(
      aKeyOf(programmeId, partnerId),
      `{ currentPartner { now: contract { reimbursementMicros } then: contract(at: "2026-01-15T00:00:00Z") { reimbursementMicros }
         never: contract(at: "2020-01-01T00:00:00Z") { version } } }`,
    );
    expect(data.currentPartner).toEqual({
      now: { reimbursementMicros: '9000' },
      then: { reimbursementMicros: '8000' },
      never: null,
    });
  });

  it('refuses a reimbursement above the face value, with both figures', async () => {
    const { admin, partnerId } = await found();
    const { data } = await ask(admin, AGREE, { input: terms(partnerId, { reimbursementMicros: '10001' }) });
    expect(data.agreeContract).toMatchObject({
      __typename: 'ReimbursementAboveFaceValue',
      code: 'PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE',
      reimbursementMicros: '10001',
      faceValueMicros: '10000',
      retryable: false,
    });
  });

  it('refuses a version that would begin before the latest, with its instant', async () => {
    const { admin, partnerId } = await found();
    await ask(admin, AGREE, { input: terms(partnerId) });
    const { data } = await ask(admin, AGREE, { input: terms(partnerId, { validFrom: '2025-06-01T00:00:00Z' }) });
    expect(data.agreeContract).toMatchObject({
      code: 'PARTNERS_NOT_AFTER_LATEST_VERSION',
      latestValidFrom: '2025-12-31T23:00:00.000Z',
    });
  });

  it('sets an earning rate', async () => {
    const { admin, partnerId } = await found();
    const input = {
      idempotencyKey: freshKey(),
      partnerId,
      points: '1',
      perAmountMinor: '100',
      validFrom: '2026-01-01T00:00:00Z',
    };
    const { data } = await ask(admin, RATE, { input });
    expect(data.setEarningRule).toMatchObject({
      earningRule: { version: 1, points: '1', perAmountMinor: '100', kind: 'BASE_RATE' },
    });
  });

  it('suspends once, and gives the suspended no key', async () => {
    const { admin, partnerId } = await found();
    const suspend = () => ask(admin, SUSPEND, { input: { idempotencyKey: freshKey(), partnerId, reason: 'Unpaid.' } });
    expect((await suspend()).data.suspendPartner).toMatchObject({ partner: { status: 'SUSPENDED' } });
    expect((await suspend()).data.suspendPartner.code).toBe('PARTNERS_PARTNER_SUSPENDED');
    const { data } = await ask(admin, ISSUE, { input: { idempotencyKey: freshKey(), partnerId } });
    expect(data.issuePartnerKey).toMatchObject({ __typename: 'PartnerSuspended', code: 'PARTNERS_PARTNER_SUSPENDED' });
  });
});

describe('richer terms', () => {
  const validFrom = '2026-01-01T00:00:00.000Z';
  const LAST = `select payload from outbox where programme_id = $1 and type = 'partners.rule_book.published.v1'
    order by (payload ->> 'version')::bigint desc limit 1`;
  const agree = async (admin: Principal, partnerId: string, change: object) => {
    const input = { idempotencyKey: freshKey(), partnerId, validFrom, reimbursementMicros: '8000', ...change };
    const query = `mutation ($input: AgreeContractInput!) { agreeContract(input: $input) { __typename ${REFUSAL}
      ... on IssuanceBelowReimbursement { issuanceMicros reimbursementMicros }
      ... on ReimbursementAboveReserve { reimbursementMicros reserveMicros }
      ... on AgreeContractSuccess { contract { settlementModel issuanceMicros prefundBps breakageShareBps releaseOnFunding
        issuanceCap { points period } netDebitCapMicros } } } }`;
    return (await ask(admin, query, { input })).data.agreeContract;
  };

  it('of a contract are agreed, read back and announced', async () => {
    const { admin, partnerId, programmeId } = await found();
    const terms = {
      ...{ settlementModel: 'AT_ISSUANCE', issuanceMicros: '8500', breakageShareBps: 5_000, releaseOnFunding: true },
      ...{ issuanceCap: { points: '1000', period: 'MONTH' }, netDebitCapMicros: '9000000' },
    };
    expect((await agree(admin, partnerId, terms)).contract).toEqual({ ...terms, prefundBps: 0 });
    const { rows } = await database.pool.query(LAST, [programmeId]);
    expect(rows[0].payload.contracts).toMatchObject([terms]);
  });

  it.each([
    ['input.issuanceMicros', { issuanceMicros: '8500' }],
    ['input.prefundBps', { prefundBps: 1 }],
    ['input.prefundBps', { settlementModel: 'HYBRID' }],
    ['input.prefundBps', { settlementModel: 'HYBRID', prefundBps: 10_001 }],
    ['input.breakageShareBps', { settlementModel: 'HYBRID', prefundBps: 1, breakageShareBps: 1 }],
    ['input.releaseOnFunding', { releaseOnFunding: true }],
    ['input.issuanceCap.points', { issuanceCap: { points: '-1', period: 'DAY' } }],
    ['input.netDebitCapMicros', { netDebitCapMicros: '1000000000000000000' }],
  ])('are refused at %s when they mean nothing under their model or are out of range', async (field, change) => {
    const { admin, partnerId } = await found();
    expect(await agree(admin, partnerId, change)).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  it('are refused with both figures when a redeemer would be paid more than was paid or reserved', async () => {
    const { admin, partnerId } = await found();
    const other = await join(admin);
    await agree(admin, other, {});
    const atIssuance = { settlementModel: 'AT_ISSUANCE', reimbursementMicros: '0' };
    expect(await agree(admin, partnerId, { ...atIssuance, issuanceMicros: '7999' })).toMatchObject({
      ...{ __typename: 'IssuanceBelowReimbursement', code: 'PARTNERS_ISSUANCE_BELOW_REIMBURSEMENT' },
      ...{ issuanceMicros: '7999', reimbursementMicros: '8000' },
    });
    await agree(admin, partnerId, { ...atIssuance, issuanceMicros: '9500' });
    expect(await agree(admin, other, { validFrom: '2026-02-01T00:00:00Z', reimbursementMicros: '8001' })).toMatchObject(
      {
        ...{ __typename: 'ReimbursementAboveReserve', code: 'PARTNERS_REIMBURSEMENT_ABOVE_RESERVE' },
        ...{ reimbursementMicros: '8001', reserveMicros: '8000' },
      },
    );
  });

  const TERMS = `expiry { kind period warningDays } drawOrder reversalGraceDays arrearsLimitPoints stepUpAbovePoints
    receiptClaimDays missingPointsAnswerDays tierPolicy { period graceDays noticeDays }`;
  const foundWith = async (change: object) =>
    (
      await ask(
        theHost,
        `mutation ($input: CreateProgrammeInput!) { createProgramme(input: $input) { __typename ${REFUSAL}
           ... on CreateProgrammeSuccess { programme { id ${TERMS} } } } }`,
        { input: programmeInput(change) },
      )
    ).data.createProgramme;
  const terms = {
    expiry: { kind: 'END_OF_PERIOD', period: 'QUARTER', warningDays: [60, 7] },
    ...{ drawOrder: 'PRO_RATA_BY_ISSUER', reversalGraceDays: 5, arrearsLimitPoints: '300', stepUpAbovePoints: '5000' },
    ...{ receiptClaimDays: 10, missingPointsAnswerDays: 7 },
    tierPolicy: { period: 'CALENDAR_YEAR', graceDays: 31, noticeDays: 14 },
  };

  it('of a programme are kept and announced', async () => {
    const { programme } = await foundWith({ ...terms, pointsValidityDays: 365 });
    expect(programme).toEqual({ id: programme.id, ...terms });
    const { rows } = await database.pool.query(LAST, [programme.id]);
    expect(rows[0].payload.programme).toMatchObject(terms);
    const read = await ask(anAdminOf(programme.id), `{ currentProgramme { id ${TERMS} } }`);
    expect(read.data.currentProgramme).toEqual(programme);
  });

  it.each([
    ['input.pointsValidityDays', { expiry: terms.expiry }],
    ['input.expiry.warningDays', { expiry: { kind: 'FIXED', period: 'YEAR', warningDays: [7, 7] } }],
    ['input.expiry.warningDays', { expiry: { kind: 'FIXED', period: 'YEAR', warningDays: [366] } }],
    ['input.reversalGraceDays', { reversalGraceDays: -1 }],
    ['input.arrearsLimitPoints', { arrearsLimitPoints: '-1' }],
    ['input.stepUpAbovePoints', { stepUpAbovePoints: '1000000000000000000' }],
    ['input.receiptClaimDays', { receiptClaimDays: 366 }],
    ['input.missingPointsAnswerDays', { missingPointsAnswerDays: -1 }],
    ['input.tierPolicy.graceDays', { tierPolicy: { ...terms.tierPolicy, graceDays: 366 } }],
    ['input.tierPolicy.noticeDays', { tierPolicy: { ...terms.tierPolicy, noticeDays: -1 } }],
  ])('of a programme are refused at %s', async (field, change) => {
    expect(await foundWith(change)).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  const reward = async (who: Principal, partnerId: string, change: object = {}) => {
    const input = { idempotencyKey: freshKey(), partnerId, action: 'social.connected', points: '50', validFrom };
    const query = `mutation ($input: SetActionRuleInput!) { setActionRule(input: $input) { __typename ${REFUSAL}
      ... on NotAfterLatestVersion { latestValidFrom }
      ... on SetActionRuleSuccess { actionRule { version action points limit { count period } distinctBy } } } }`;
    return (await ask(who, query, { input: { ...input, ...change } })).data.setActionRule;
  };

  it('reward actions by dated versions of their own', async () => {
    const { admin, partnerId, programmeId } = await found();
    const limited = { limit: { count: 1, period: 'EVER' }, distinctBy: 'network' };
    expect((await reward(admin, partnerId, limited)).actionRule).toMatchObject({ version: 1, ...limited });
    expect((await reward(admin, partnerId, { action: 'signup' })).actionRule).toMatchObject({
      version: 1,
      limit: null,
    });
    expect(await reward(admin, partnerId)).toMatchObject({
      ...{ code: 'PARTNERS_NOT_AFTER_LATEST_VERSION', latestValidFrom: validFrom },
    });
    const later = { validFrom: '2026-02-01T00:00:00Z', points: '60' };
    expect((await reward(admin, partnerId, later)).actionRule).toMatchObject({ version: 2, points: '60' });
    const read = async (who: Principal) =>
      (await ask(who, `query ($id: ID!) { partner(id: $id) { actionRules { action points } } }`, { id: partnerId }))
        .data.partner.actionRules;
    expect(await read(admin)).toEqual([
      { action: 'signup', points: '50' },
      { action: 'social.connected', points: '60' },
    ]);
    expect(await read(aMemberOf(programmeId))).toEqual([]);
    expect((await reward(aKeyOf(programmeId, partnerId), partnerId)).code).toBe('FORBIDDEN');
    expect((await reward(admin, newId('ptr'))).code).toBe('NOT_FOUND');
  });

  it.each([
    ['input.action', { action: 'Social connected' }],
    ['input.points', { points: '0' }],
    ['input.limit.count', { limit: { count: 0, period: 'DAY' } }],
    ['input.distinctBy', { distinctBy: '' }],
  ])('reward no action at %s', async (field, change) => {
    const { admin, partnerId } = await found();
    expect(await reward(admin, partnerId, change)).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  it('let points of a purchase wait', async () => {
    const { admin, partnerId } = await found();
    const set = async (pendingDays: number) => {
      const rate = { points: '1', perAmountMinor: '100', validFrom, pendingDays };
      const query = `mutation ($input: SetEarningRuleInput!) { setEarningRule(input: $input) { ${REFUSAL}
        ... on SetEarningRuleSuccess { earningRule { pendingDays } } } }`;
      return (await ask(admin, query, { input: { idempotencyKey: freshKey(), partnerId, ...rate } })).data
        .setEarningRule;
    };
    expect(await set(366)).toMatchObject({ code: 'INVALID_INPUT', field: 'input.pendingDays' });
    expect(await set(14)).toEqual({ earningRule: { pendingDays: 14 } });
  });
});

describe('keys', () => {
  it('show their text once, and keep only its hash', async () => {
    const { admin, partnerId } = await found();
    const input = { idempotencyKey: freshKey(), partnerId };
    const { key, keyText, replayed } = (await ask(admin, ISSUE, { input })).data.issuePartnerKey;
    expect(keyText).toMatch(new RegExp(`^hub_test_${key.id.slice(4)}_[A-Za-z0-9_-]{43}$`));
    expect(key.scopes).not.toContain('accrual:direct');
    expect(replayed).toBe(false);
    expect((await ask(admin, ISSUE, { input })).data.issuePartnerKey).toEqual({
      ...{ __typename: 'IssuePartnerKeySuccess', key, keyText: null, replayed: true },
    });
    const { rows } = await database.pool.query(
      `select (select jsonb_agg(t) from partner_key t)::text || (select jsonb_agg(t) from command_key t)::text
           || (select jsonb_agg(t) from outbox t)::text as everything`,
    );
    expect(rows[0].everything).not.toContain(keyText.slice(-43));
  });

  it('may be bound to addresses, at issuing and later; what is no address is refused', async () => {
    const { admin, partnerId } = await found();
    const issue = async (addresses: string[] | null) =>
      (await ask(admin, ISSUE, { input: { idempotencyKey: freshKey(), partnerId, addresses } })).data.issuePartnerKey;
    for (const addresses of [[], ['shop.example'], ['10.0.0.0/33'], Array<string>(51).fill('10.0.0.1')])
      expect(await issue(addresses)).toMatchObject({ code: 'INVALID_INPUT', field: 'input.addresses' });
    const { key } = await issue(['203.0.113.0/24', '2001:db8::/32']);
    expect(key.addresses).toEqual(['203.0.113.0/24', '2001:db8::/32']);
    const set = async (keyId: string, addresses: string[] | null, who = admin) =>
      (await ask(who, SET_ADDRESSES, { input: { idempotencyKey: freshKey(), keyId, addresses } })).data
        .setPartnerKeyAddresses;
    expect((await set(key.id, ['198.51.100.7'])).key.addresses).toEqual(['198.51.100.7']);
    expect((await set(key.id, null)).key.addresses).toBeNull();
    expect((await set(key.id, ['0.0.0.0/64'])).code).toBe('INVALID_INPUT');
    expect((await set(key.id, ['10.0.0.1'], (await found()).admin)).code).toBe('NOT_FOUND');
    expect((await set(key.id, null, aKeyOf(newId('prg'), partnerId))).code).toBe('FORBIDDEN');
    const { rows } = await database.pool.query(
      `select payload -> 'addresses' as addresses from outbox
        where type in ('partners.key.issued.v1', 'partners.key.addresses_set.v1') and payload ->> 'keyId' = $1 order by seq`,
      [key.id],
    );
    expect(rows.map(({ addresses }) => addresses)).toEqual([
      ['203.0.113.0/24', '2001:db8::/32'],
      ['198.51.100.7'],
      null,
    ]);
  });

  it('show when they were used last, as only the gateway tells it, and never an earlier instant than was told', async () => {
    const { admin, partnerId, programmeId } = await found();
    const issued = await ask(admin, ISSUE, { input: { idempotencyKey: freshKey(), partnerId } });
    const { id: keyId } = issued.data.issuePartnerKey.key;
    const note = (who: Principal, usedAt: string) => ask(who, NOTE_USES, { uses: [{ keyId, usedAt }] });
    const gateway: Principal = { kind: 'service', name: 'gateway', programmeId };
    const lastUse = async () => {
      const { data } = await ask(admin, 'query ($id: ID!) { partner(id: $id) { keys { lastUsedAt } } }', {
        id: partnerId,
      });
      return data.partner.keys[0].lastUsedAt;
    };
    expect(await lastUse()).toBeNull();
    expect((await note(gateway, '2026-03-01T09:00:00Z')).data).toEqual({ notePartnerKeyUses: 1 });
    expect((await note(gateway, '2026-03-01T08:00:00Z')).data).toEqual({ notePartnerKeyUses: 0 });
    expect((await note({ ...gateway, programmeId: newId('prg') }, '2026-03-01T09:30:00Z')).data).toEqual({
      notePartnerKeyUses: 0,
    });
    for (const who of [admin, aKeyOf(programmeId, partnerId), { ...gateway, name: 'ledger' } as Principal])
      expect((await note(who, '2026-03-01T09:30:00Z')).codes).toEqual(['FORBIDDEN']);
    expect(await lastUse()).toBe('2026-03-01T09:00:00.000Z');
  });

  it('are two at most; revoking one makes room, and revoking again changes nothing', async () => {
    const { admin, partnerId } = await found();
    const issue = async () =>
      (await ask(admin, ISSUE, { input: { idempotencyKey: freshKey(), partnerId } })).data.issuePartnerKey;
    const { key } = await issue();
    await issue();
    expect(await issue()).toMatchObject({ __typename: 'TooManyKeys', code: 'PARTNERS_TOO_MANY_KEYS' });
    const revoke = () => ask(admin, REVOKE, { input: { idempotencyKey: freshKey(), keyId: key.id } });
    expect((await revoke()).data.revokePartnerKey.key.revokedAt).toBe('2026-03-01T10:00:00.000Z');
    expect((await revoke()).data.revokePartnerKey.__typename).toBe('RevokePartnerKeySuccess');
    expect((await issue()).__typename).toBe('IssuePartnerKeySuccess');
    const { rows } = await database.pool.query(
      `select count(*)::int as n from outbox where type = 'partners.key.revoked.v1' and payload ->> 'keyId' = $1`,
      [key.id],
    );
    expect(rows).toEqual([{ n: 1 }]);
  });
});

describe('who may', () => {
  it.each(['member', 'partner', 'anonymous', 'finance'] as const)('refuses every change to %s', async (kind) => {
    const { programmeId, partnerId } = await found();
    const principals: Record<string, Principal> = {
      member: aMemberOf(programmeId),
      partner: aKeyOf(programmeId, partnerId),
      anonymous: nobody,
      finance: { kind: 'finance', programmeId, subject: 'fin' },
    };
    const who = principals[kind]!;
    const idempotencyKey = freshKey();
    const validFrom = '2026-01-01T00:00:00Z';
    const outcomes = [
      (await ask(who, CREATE, { input: programmeInput() })).data.createProgramme,
      (await ask(who, ADD, { input: { idempotencyKey, code: 'X', name: 'X' } })).data.addPartner,
      (await ask(who, AGREE, { input: { idempotencyKey, partnerId, validFrom, reimbursementMicros: '1' } })).data
        .agreeContract,
      (await ask(who, RATE, { input: { idempotencyKey, partnerId, validFrom, points: '1', perAmountMinor: '1' } })).data
        .setEarningRule,
      (await ask(who, SUSPEND, { input: { idempotencyKey, partnerId, reason: 'x' } })).data.suspendPartner,
      (await ask(who, ISSUE, { input: { idempotencyKey, partnerId } })).data.issuePartnerKey,
      (await ask(who, REVOKE, { input: { idempotencyKey, keyId: newId('key') } })).data.revokePartnerKey,
    ];
    expect(outcomes.map(({ code }) => code)).toEqual(Array(7).fill('FORBIDDEN'));
  });

  it('tells another programme’s partner and none apart in nothing', async () => {
    const [one, two] = [await found(), await found()];
    const ids = [two.partnerId, newId('ptr'), 'ptr_x'];
    const answers = await Promise.all(
      ids.map((id) => ask(one.admin, SUSPEND, { input: { idempotencyKey: freshKey(), partnerId: id, reason: 'x' } })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toHaveProperty('size', 1);
    expect(answers[0]!.data.suspendPartner.code).toBe('NOT_FOUND');
    const reads = await Promise.all(
      ids.map((id) => ask(one.admin, `query ($id: ID!) { partner(id: $id) { id name } }`, { id })),
    );
    expect(reads.map(({ data }) => data)).toEqual(Array(3).fill({ partner: null }));
  });

  it('shows a partner’s name to everyone of the programme, its terms to itself and the operator', async () => {
    const { programmeId, partnerId, admin } = await found();
    const other = await join(admin);
    await ask(admin, ISSUE, { input: { idempotencyKey: freshKey(), partnerId } });
    await ask(admin, AGREE, {
      input: { idempotencyKey: freshKey(), partnerId, validFrom: '2026-01-01T00:00:00Z', reimbursementMicros: '1' },
    });
    const read = async (who: Principal) =>
      (
        await ask(who, `query ($id: ID!) { partner(id: $id) { name status contract { version } keys { id } } }`, {
          id: partnerId,
        })
      ).data.partner;
    for (const who of [aMemberOf(programmeId), aKeyOf(programmeId, other)]) {
      expect(await read(who)).toEqual({ name: expect.stringMatching(/^Shop/), status: null, contract: null, keys: [] });
    }
    for (const who of [admin, aKeyOf(programmeId, partnerId)]) {
      expect(await read(who)).toMatchObject({
        status: 'ACTIVE',
        contract: { version: 1 },
        keys: [{ id: expect.any(String) }],
      });
    }
    expect(await read(nobody)).toBeNull();
  });

  it('finds a programme by key for the host and its own admin only', async () => {
    const [one, two] = [await found(), await found()];
    const read = async (who: Principal) =>
      (await ask(who, `{ programme(key: "${one.key}") { id ruleBookVersion } }`)).data.programme;
    expect(await read(theHost)).toEqual({ id: one.programmeId, ruleBookVersion: '2' });
    expect(await read(one.admin)).not.toBeNull();
    for (const who of [two.admin, aMemberOf(one.programmeId), nobody]) expect(await read(who)).toBeNull();
    expect((await ask(aMemberOf(one.programmeId), '{ currentProgramme { key } }')).data.currentProgramme).toEqual({
      key: one.key,
    });
    expect((await ask(nobody, '{ currentProgramme { key } }')).data.currentProgramme).toBeNull();
  });
});

describe('lists and references', () => {
  const PAGE = `query ($first: Int!, $after: String) {
    partners(first: $first, after: $after) { nodes { code } pageInfo { hasNextPage endCursor } } }`;

  it('pages through the partners of the own programme in the order of their codes', async () => {
    const [one, two] = [await found(), await found()];
    for (const code of ['A3', 'A1', 'A2']) await join(one.admin, code);
    const first = (await ask(one.admin, PAGE, { first: 2 })).data.partners;
    expect(first).toMatchObject({ nodes: [{ code: 'A1' }, { code: 'A2' }], pageInfo: { hasNextPage: true } });
    const after = first.pageInfo.endCursor;
    expect((await ask(one.admin, PAGE, { first: 9, after })).data.partners).toMatchObject({
      nodes: [{ code: 'A3' }, {}],
      pageInfo: { hasNextPage: false },
    });
    expect((await ask(two.admin, PAGE, { first: 9, after })).codes).toEqual(['INVALID_INPUT']);
    expect((await ask(one.admin, PAGE, { first: 9, after: `${after}x` })).codes).toEqual(['INVALID_INPUT']);
    for (const size of [0, -1, 101])
      expect((await ask(one.admin, PAGE, { first: size })).codes).toEqual(['INVALID_INPUT']);
    expect((await ask(nobody, PAGE, { first: 1 })).codes).toEqual(['FORBIDDEN']);
  });

  it('answers fifty references with one query, and their contracts with one more', async () => {
    const { admin, programmeId } = await found();
    const ids = await Promise.all(Array.from({ length: 50 }, () => join(admin)));
    const stranger = await found();
    const representations = [...ids, stranger.partnerId].map((id) => ({ __typename: 'Partner', id }));
    const queries = jest.spyOn(database.dataSource.logger, 'logQuery');
    try {
      const { data } = await ask(
        aKeyOf(programmeId, ids[0]!),
        `query ($representations: [_Any!]!) {
          _entities(representations: $representations) { ... on Partner { id name contract { version } } } }`,
        { representations },
      );
      expect(data._entities).toHaveLength(51);
      expect(data._entities[50]).toBeNull();
      expect(data._entities.slice(0, 50).map(({ id }: { id: string }) => id)).toEqual(ids);
      expect(queries).toHaveBeenCalledTimes(2);
    } finally {
      queries.mockRestore();
    }
  });
});
