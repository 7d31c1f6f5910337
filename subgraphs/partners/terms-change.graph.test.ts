import type { Principal } from '../../kernel/context/principal';
import { runInvariants } from '../../kernel/db/invariants';
import type { ProgrammeId } from '../../kernel/values/id';
import { partnersDefinition } from './main';
import { anAdminOf, freshKey } from './testkit/builders';
import { PartnersGraph } from './testkit/partners-graph';

const CHANGE = `change { version state contentHash takesEffectAt noticeDays decidedAt texts { language text }
  terms { faceValueMicros pointsValidityDays expiry { kind period warningDays } stepUpAbovePoints
    tiers { code thresholdPoints multiplierBps benefits { texts { language text } } } } }`;
const PROPOSED = `... on ProposeProgrammeTermsSuccess { replayed ${CHANGE} }`;
const APPROVED = `... on ApproveProgrammeTermsSuccess { replayed ruleBookVersion ${CHANGE} }`;
const ABOVE_FACE_VALUE = '... on ReimbursementAboveFaceValue { reimbursementMicros faceValueMicros }';
const FIGURES = `${ABOVE_FACE_VALUE} ... on TermsNoticeTooShort { earliestAt } ... on NotAfterLatestVersion { latestValidFrom }
  ... on ArbitrageLoop { loop }`;
const PROGRAMME = `{ currentProgramme { termsVersion faceValueMicros pointsValidityDays termsChanges { version state }
  tiers { code thresholdPoints benefits { texts { language text } } } } }`;

/** The clock stands at 2026-03-01, 11:00 in Warsaw; with 30 days of notice the first possible day is 1 April. */
const NOW = '2026-03-01T10:00:00Z';
const FIRST_OF_APRIL = '2026-03-31T22:00:00.000Z';
const LADDER = [
  { code: 'BASE', name: 'Base', thresholdPoints: '0' },
  { code: 'GOLD', name: 'Gold', thresholdPoints: '1000' },
];
const BENEFIT = {
  texts: [
    { language: 'pl', text: 'Poczekalnia' },
    { language: 'en', text: 'Lounge' },
  ],
};

let graph: PartnersGraph;
beforeAll(async () => {
  graph = await PartnersGraph.open(partnersDefinition, NOW);
});
afterEach(() => graph.clock.set(new Date(NOW)));
afterAll(() => graph.close());

const found = (change: object = {}) => graph.found({ tiers: LADDER, pointsValidityDays: 365, ...change });
const theTerms = (change: object = {}) => ({
  ...{ faceValueMicros: '10000', pointsValidityDays: 180, stepUpAbovePoints: '500' },
  expiry: { kind: 'FIXED', period: 'YEAR', warningDays: [30] },
  tiers: [LADDER[0], { ...LADDER[1], thresholdPoints: '2000', benefits: [BENEFIT] }],
  ...change,
});
const asked = (terms: object = {}, change: object = {}) => ({
  ...{ terms: theTerms(terms), takesEffectAt: FIRST_OF_APRIL, noticeDays: 30 },
  texts: [{ language: 'pl', text: 'Punkty żyją 180 dni.' }],
  ...change,
});
const propose = (who: Principal, terms: object = {}, change: object = {}) =>
  graph.change(who, 'proposeProgrammeTerms', asked(terms, change), `${PROPOSED} ${FIGURES}`);
const approve = (who: Principal, contentHash: string, change: object = {}) =>
  graph.change(who, 'approveProgrammeTerms', { contentHash, ...change }, `${APPROVED} ${FIGURES}`);
const bea = (programmeId: ProgrammeId) => anAdminOf(programmeId, 'bea');
const agree = async (programmeId: ProgrammeId, admin: Principal, terms: object = {}, change: object = {}) => {
  const { change: proposal } = await propose(admin, terms, change);
  return approve(bea(programmeId), proposal.contentHash);
};
const read = async (who: Principal) => (await graph.ask(who, PROGRAMME)).data.currentProgramme;

describe('changed terms', () => {
  it('are proposed by one person, approved by another, announced whole, and in force from their instant', async () => {
    const { programmeId, admin } = await found();
    const { change: proposal } = await propose(admin);
    expect(proposal).toMatchObject({ version: 2, state: 'OPEN', noticeDays: 30, decidedAt: null });
    expect((await graph.lastBook(programmeId))['termsChanges']).toEqual([]);
    const idempotencyKey = freshKey();
    const first = await approve(bea(programmeId), proposal.contentHash, { idempotencyKey });
    expect(first).toMatchObject({ replayed: false, change: { version: 2, state: 'APPROVED' } });
    expect(await approve(bea(programmeId), proposal.contentHash, { idempotencyKey })).toEqual({
      ...first,
      replayed: true,
    });
    expect((await graph.lastBook(programmeId))['termsChanges']).toMatchObject([
      {
        ...{ version: 2, takesEffectAt: FIRST_OF_APRIL, noticeDays: 30, ruleBookVersion: first.ruleBookVersion },
        terms: { pointsValidityDays: 180, stepUpAbovePoints: '500', arrearsLimitPoints: null },
      },
    ]);
    const member: Principal = { kind: 'finance', programmeId, subject: 'fay' };
    graph.clock.set(new Date(Date.parse(FIRST_OF_APRIL) - 1));
    expect(await read(member)).toMatchObject({ termsVersion: 1, pointsValidityDays: 365 });
    graph.clock.set(new Date(FIRST_OF_APRIL));
    expect(await read(member)).toMatchObject({
      ...{ termsVersion: 2, pointsValidityDays: 180, termsChanges: [{ version: 2, state: 'APPROVED' }] },
      tiers: [
        { code: 'BASE', benefits: [] },
        { code: 'GOLD', thresholdPoints: '2000', benefits: [BENEFIT] },
      ],
    });
  });

  it('are not approved by who proposed them, but for a sandbox with a single approver', async () => {
    const { programmeId, admin } = await found();
    const { contentHash } = (await propose(admin)).change;
    for (const who of [admin, { kind: 'finance', programmeId, subject: 'ada' } as const])
      expect(await approve(who, contentHash)).toMatchObject({ code: 'PARTNERS_SELF_APPROVAL' });
    const sandbox = await found({ singleApprover: true });
    const own = (await propose(sandbox.admin)).change;
    expect(await approve(sandbox.admin, own.contentHash)).toMatchObject({ change: { state: 'APPROVED' } });
  });

  it('are approved as they were looked at, or not at all', async () => {
    const { programmeId, admin } = await found();
    const first = (await propose(admin)).change;
    const second = (await propose(admin, { pointsValidityDays: 90 })).change;
    const changed = { code: 'PARTNERS_PROPOSAL_CHANGED' };
    expect(await approve(bea(programmeId), first.contentHash)).toMatchObject(changed);
    const withdrawn = '... on WithdrawProgrammeTermsSuccess { change { state } }';
    const withdraw = (contentHash: string) => graph.change(admin, 'withdrawProgrammeTerms', { contentHash }, withdrawn);
    expect(await withdraw(first.contentHash)).toMatchObject(changed);
    expect(await withdraw(second.contentHash)).toMatchObject({ change: { state: 'WITHDRAWN' } });
    expect(await approve(bea(programmeId), second.contentHash)).toMatchObject(changed);
    expect((await graph.lastBook(programmeId))['termsChanges']).toEqual([]);
  });

  it('are refused before the notice is over, counted in days of the programme from the day of approval', async () => {
    const { programmeId, admin } = await found();
    const tooShort = { code: 'PARTNERS_TERMS_NOTICE_TOO_SHORT', earliestAt: FIRST_OF_APRIL };
    const early = new Date(Date.parse(FIRST_OF_APRIL) - 1).toISOString();
    expect(await propose(admin, {}, { takesEffectAt: early })).toMatchObject(tooShort);
    const { contentHash } = (await propose(admin)).change;
    // 23:30 in Warsaw is the same day, 00:30 is not.
    graph.clock.set(new Date('2026-03-01T23:30:00Z'));
    expect(await approve(bea(programmeId), contentHash)).toMatchObject({
      ...{ code: 'PARTNERS_TERMS_NOTICE_TOO_SHORT', earliestAt: '2026-04-01T22:00:00.000Z' },
    });
    graph.clock.set(new Date('2026-03-01T22:30:00Z'));
    expect(await approve(bea(programmeId), contentHash)).toMatchObject({ change: { state: 'APPROVED' } });
  });

  it('follow one another: later ones take effect later', async () => {
    const { programmeId, admin } = await found();
    await agree(programmeId, admin);
    expect(await propose(admin, { pointsValidityDays: 90 })).toMatchObject({
      ...{ code: 'PARTNERS_NOT_AFTER_LATEST_VERSION', latestValidFrom: FIRST_OF_APRIL },
    });
    const may = { takesEffectAt: '2026-04-30T22:00:00Z' };
    expect(await agree(programmeId, admin, { pointsValidityDays: 90 }, may)).toMatchObject({ change: { version: 3 } });
  });

  it('keep the rungs members stand on, and whether activity extends their points', async () => {
    const { admin } = await found();
    const code = 'PARTNERS_TERMS_NOT_CHANGEABLE';
    expect(await propose(admin, { tiers: [LADDER[0]] })).toMatchObject({ code });
    expect(await propose(admin, { tiers: [LADDER[0], { ...LADDER[1], code: 'PLATINUM' }] })).toMatchObject({ code });
    const rolling = { kind: 'ROLLING', period: 'YEAR', warningDays: [] };
    expect(await propose(admin, { expiry: rolling })).toMatchObject({ code });
  });

  it('hold the arbitrage guard: no contract, agreed before or after, pays more for a point than it will be worth', async () => {
    const { programmeId, partnerId, admin } = await found({ singleApprover: true });
    const contract = (reimbursementMicros: string, validFrom: string) =>
      graph.change(admin, 'agreeContract', { partnerId, validFrom, reimbursementMicros }, ABOVE_FACE_VALUE);
    await contract('8000', '2026-01-01T00:00:00Z');
    expect(await propose(admin, { faceValueMicros: '7999' })).toMatchObject({
      ...{ code: 'PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE', reimbursementMicros: '8000', faceValueMicros: '7999' },
    });
    await agree(programmeId, admin, { faceValueMicros: '8000' });
    expect(await contract('9000', '2026-03-02T00:00:00Z')).toMatchObject({
      ...{ code: 'PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE', reimbursementMicros: '9000', faceValueMicros: '8000' },
    });
  });

  it('hold the loop guard: points that would bring back a purchase’s whole price are refused', async () => {
    const { partnerId, admin } = await found();
    const rate = { partnerId, points: '40', perAmountMinor: '100', validFrom: '2026-01-01T00:00:00Z' };
    await graph.change(admin, 'setEarningRule', rate);
    expect(await propose(admin, { faceValueMicros: '25000' })).toMatchObject({ code: 'PARTNERS_ARBITRAGE_LOOP' });
    expect(await propose(admin, { faceValueMicros: '20000' })).toMatchObject({ change: { state: 'OPEN' } });
  });

  it('are an admin’s to propose, and what was not approved is not shown to others', async () => {
    const { programmeId, partnerId, admin } = await found();
    await propose(admin);
    const staff: Principal = { kind: 'staff', programmeId, partnerId, subject: 'sam' };
    expect((await read(admin)).termsChanges).toEqual([{ version: 2, state: 'OPEN' }]);
    expect((await read(staff)).termsChanges).toEqual([]);
    for (const who of [staff, { kind: 'finance', programmeId, subject: 'fay' } as const])
      expect(await propose(who)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await approve(staff, 'f'.repeat(64))).toMatchObject({ code: 'FORBIDDEN' });
  });

  it.each([
    ['input.noticeDays', {}, { noticeDays: 0 }],
    ['input.texts', {}, { texts: [] }],
    ['input.texts[0].language', {}, { texts: [{ language: '-', text: 'x' }] }],
    ['input.terms.faceValueMicros', { faceValueMicros: '0' }, {}],
    ['input.terms.tiers[0].benefits[0].texts', { tiers: [{ ...LADDER[0], benefits: [{ texts: [] }] }, LADDER[1]] }, {}],
  ])('with a wrong %s are refused', async (field, terms, change) => {
    const { admin } = await found();
    expect(await propose(admin, terms, change)).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  it('keep what was agreed and by whom, which the book’s own check would otherwise find', async () => {
    const { programmeId, admin } = await found();
    const { change } = await agree(programmeId, admin);
    const faults = async () => {
      const findings = await runInvariants(graph.database, 'subgraphs/partners/invariants');
      return findings.filter(({ total }) => total > 0).map(({ name, total }) => [name, total]);
    };
    expect(await faults()).toEqual([]);
    // Negative controls: what the application never does is done by the owner of the tables.
    const spoilt = [['approved-terms-are-announced', 1]];
    const spoil = (column: string, value: string) =>
      graph.database.asOwner(`update terms_change set ${column} = ${value} where content_hash = $1`, [
        change.contentHash,
      ]);
    for (const [column, wrong, right] of [
      ['decided_by', 'proposed_by', "'bea'"],
      ['takes_effect_at', "takes_effect_at + interval '1 day'", "takes_effect_at - interval '1 day'"],
      ['version', '3', '2'],
    ] as const) {
      await spoil(column, wrong);
      expect(await faults()).toEqual(spoilt);
      await spoil(column, right);
    }
    expect(await faults()).toEqual([]);
  });
});
