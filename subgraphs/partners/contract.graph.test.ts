import type { Principal } from '../../kernel/context/principal';
import { isRefusal } from '../../kernel/errors/refusal';
import { openLog } from '../../kernel/telemetry/log';
import type { ProgrammeId } from '../../kernel/values/id';
import { approveContract } from './app/approve-contract';
import { partnersDefinition } from './main';
import { aKeyOf, anAdminOf, freshKey } from './testkit/builders';
import { PartnersGraph } from './testkit/partners-graph';

const PROPOSED = `... on ProposeContractSuccess { replayed proposal { id version contentHash state proposedBy decidedBy
  terms { validFrom reimbursementMicros netDebitCapMicros netDebitAlertBps issuanceCap { points period } } } }`;
const AGREED = `... on ApproveContractSuccess { replayed ruleBookVersion contract { version validFrom reimbursementMicros
  netDebitAlertBps } } ... on ReimbursementAboveReserve { reserveMicros }`;
const FIGURES = '... on ReimbursementAboveFaceValue { reimbursementMicros faceValueMicros }';
const HISTORY = `query ($id: ID!) { partner(id: $id) { contracts { version reimbursementMicros }
  contractProposals { state proposedBy decidedBy contentHash } } }`;

let graph: PartnersGraph;
beforeAll(async () => {
  graph = await PartnersGraph.open(partnersDefinition);
});
afterAll(() => graph.close());

const someTerms = (partnerId: string, change: object = {}) => ({
  ...{ partnerId, validFrom: '2026-01-01T00:00:00.000Z', reimbursementMicros: '8000' },
  ...change,
});
const propose = async (who: Principal, partnerId: string, change: object = {}) =>
  graph.change(who, 'proposeContract', someTerms(partnerId, change), `${PROPOSED} ${FIGURES}`);
const approve = (who: Principal, partnerId: string, contentHash: string, change: object = {}) =>
  graph.change(who, 'approveContract', { partnerId, contentHash, ...change }, AGREED);
const anotherAdmin = (programmeId: ProgrammeId) => anAdminOf(programmeId, 'bea');
const finance = (programmeId: ProgrammeId, subject = 'fay'): Principal => ({ kind: 'finance', programmeId, subject });

describe('a contract', () => {
  it('is proposed by one person, approved by another, and only then in the book', async () => {
    const { programmeId, partnerId, admin } = await graph.found();
    const terms = { netDebitCapMicros: '9000000', issuanceCap: { points: '1000', period: 'MONTH' } };
    const { proposal } = await propose(admin, partnerId, terms);
    expect(proposal).toMatchObject({
      ...{ version: 1, state: 'OPEN', proposedBy: 'ada', decidedBy: null },
      terms: { ...terms, netDebitAlertBps: 8_000, validFrom: '2026-01-01T00:00:00.000Z' },
    });
    expect((await graph.lastBook(programmeId))['contracts']).toEqual([]);
    const idempotencyKey = freshKey();
    const who = finance(programmeId);
    const first = await approve(who, partnerId, proposal.contentHash, { idempotencyKey });
    expect(first).toMatchObject({ contract: { version: 1, netDebitAlertBps: 8_000 }, replayed: false });
    expect((await graph.lastBook(programmeId))['contracts']).toMatchObject([{ partnerId, netDebitAlertBps: 8_000 }]);
    expect(await approve(who, partnerId, proposal.contentHash, { idempotencyKey })).toEqual({
      ...first,
      replayed: true,
    });
  });

  it('is not approved by who proposed it, in whatever role', async () => {
    const { programmeId, partnerId, admin } = await graph.found();
    const { proposal } = await propose(admin, partnerId);
    for (const who of [admin, finance(programmeId, 'ada')]) {
      expect(await approve(who, partnerId, proposal.contentHash)).toMatchObject({
        ...{ __typename: 'SelfApproval', code: 'PARTNERS_SELF_APPROVAL' },
      });
    }
    expect((await graph.lastBook(programmeId))['contracts']).toEqual([]);
  });

  it('is approved by its proposer in a sandbox with a single approver', async () => {
    const { partnerId, admin } = await graph.found({ singleApprover: true });
    const { proposal } = await propose(admin, partnerId);
    expect(await approve(admin, partnerId, proposal.contentHash)).toMatchObject({ contract: { version: 1 } });
  });

  it('is not approved after it changed: replaced, withdrawn, or overtaken by another version', async () => {
    const { programmeId, partnerId, admin } = await graph.found({ singleApprover: true });
    const other = anotherAdmin(programmeId);
    const changed = { __typename: 'ProposalChanged', code: 'PARTNERS_PROPOSAL_CHANGED' };
    const first = (await propose(admin, partnerId)).proposal;
    const second = (await propose(admin, partnerId, { reimbursementMicros: '8001' })).proposal;
    expect(await approve(other, partnerId, first.contentHash)).toMatchObject(changed);
    const withdraw = (contentHash: string) =>
      graph.change(
        admin,
        'withdrawContract',
        { partnerId, contentHash },
        `... on WithdrawContractSuccess { proposal { state decidedBy } }`,
      );
    expect(await withdraw(first.contentHash)).toMatchObject(changed);
    expect(await withdraw(second.contentHash)).toMatchObject({ proposal: { state: 'WITHDRAWN', decidedBy: 'ada' } });
    expect(await approve(other, partnerId, second.contentHash)).toMatchObject(changed);
    const third = (await propose(admin, partnerId, { validFrom: '2026-03-01T00:00:00Z' })).proposal;
    await graph.change(admin, 'agreeContract', someTerms(partnerId));
    expect(await approve(other, partnerId, third.contentHash)).toMatchObject(changed);
    const { data } = await graph.ask(admin, HISTORY, { id: partnerId });
    expect(data.partner.contractProposals.map(({ state }: { state: string }) => state)).toEqual([
      'APPROVED',
      'REPLACED',
      'WITHDRAWN',
      'REPLACED',
    ]);
  });

  it('with r above the face value is refused when it is proposed, with the reason', async () => {
    const { partnerId, admin } = await graph.found();
    expect(await propose(admin, partnerId, { reimbursementMicros: '10001' })).toMatchObject({
      ...{ code: 'PARTNERS_REIMBURSEMENT_ABOVE_FACE_VALUE', reimbursementMicros: '10001', faceValueMicros: '10000' },
      message: 'A point would be reimbursed with 10001 micro-units and is worth 10000.',
    });
  });

  it('is judged again when it is approved: a price above what funded lots have reserved by then is refused', async () => {
    const { programmeId, partnerId, admin } = await graph.found({ singleApprover: true });
    const issuer = await graph.join(admin);
    await graph.change(admin, 'agreeContract', someTerms(partnerId, { reimbursementMicros: '5000' }));
    const dearer = { validFrom: '2026-02-01T00:00:00Z', reimbursementMicros: '8000' };
    const { proposal } = await propose(admin, partnerId, dearer);
    const funded = { settlementModel: 'AT_ISSUANCE', reimbursementMicros: '0', issuanceMicros: '9000' };
    await graph.change(admin, 'agreeContract', someTerms(issuer, funded));
    expect(await approve(anotherAdmin(programmeId), partnerId, proposal.contentHash)).toMatchObject({
      ...{ code: 'PARTNERS_REIMBURSEMENT_ABOVE_RESERVE', reserveMicros: '5000' },
    });
  });

  it('is not agreed at once where another person has to approve', async () => {
    for (const change of [{}, { isSandbox: false }]) {
      const { partnerId, admin } = await graph.found(change);
      expect(await graph.change(admin, 'agreeContract', someTerms(partnerId))).toMatchObject({
        ...{ __typename: 'ApprovalNeeded', code: 'PARTNERS_APPROVAL_NEEDED' },
      });
    }
  });

  it('keeps its history: versions for the partner itself, persons for those who run the programme', async () => {
    const { programmeId, partnerId, admin } = await graph.found();
    for (const [month, reimbursementMicros] of [
      [1, '8000'],
      [2, '7000'],
    ] as const) {
      const { proposal } = await propose(admin, partnerId, {
        validFrom: `2026-0${month}-01T00:00:00Z`,
        reimbursementMicros,
      });
      await approve(anotherAdmin(programmeId), partnerId, proposal.contentHash);
    }
    const versions = [
      { version: 1, reimbursementMicros: '8000' },
      { version: 2, reimbursementMicros: '7000' },
    ];
    const read = async (who: Principal) => (await graph.ask(who, HISTORY, { id: partnerId })).data.partner;
    const decided = { state: 'APPROVED', proposedBy: 'ada', decidedBy: 'bea' };
    expect(await read(admin)).toMatchObject({ contracts: versions, contractProposals: [decided, decided] });
    expect(await read(aKeyOf(programmeId, partnerId))).toEqual({ contracts: versions, contractProposals: [] });
    expect(await read(aKeyOf(programmeId, await graph.join(admin)))).toEqual({ contracts: [], contractProposals: [] });
  });

  it('has an alert below a cap only, of 1 to 10000 basis points', async () => {
    const { partnerId, admin } = await graph.found();
    for (const change of [
      { netDebitAlertBps: 5_000 },
      { netDebitCapMicros: '1', netDebitAlertBps: 0 },
      { netDebitCapMicros: '1', netDebitAlertBps: 10_001 },
    ]) {
      expect(await propose(admin, partnerId, change)).toMatchObject({ field: 'input.netDebitAlertBps' });
    }
  });

  it('is proposed by admins and approved by admins and finance only', async () => {
    const { programmeId, partnerId, admin } = await graph.found();
    const { proposal } = await propose(admin, partnerId);
    const stranger = await graph.found();
    const key = aKeyOf(programmeId, partnerId);
    expect((await propose(key, partnerId)).code).toBe('FORBIDDEN');
    expect((await propose(finance(programmeId), partnerId)).code).toBe('FORBIDDEN');
    expect((await approve(key, partnerId, proposal.contentHash)).code).toBe('FORBIDDEN');
    expect((await approve(stranger.admin, partnerId, proposal.contentHash)).code).toBe('NOT_FOUND');
  });

  it('is agreed once when two people approve it at the same moment', async () => {
    const { programmeId, partnerId, admin } = await graph.found();
    const { proposal } = await propose(admin, partnerId);
    const setting = { ...graph, log: openLog('partners', 'silent'), announced: () => {} };
    const input = { partnerId, contentHash: proposal.contentHash };
    const outcomes = await Promise.all(
      ['bea', 'cleo', 'dora'].map((subject) =>
        approveContract(setting, anAdminOf(programmeId, subject), { ...input, idempotencyKey: freshKey() }),
      ),
    );
    expect(outcomes.filter((outcome) => !isRefusal(outcome))).toHaveLength(1);
    expect((await graph.lastBook(programmeId))['contracts']).toHaveLength(1);
  });
});
