import type { Principal } from '../../kernel/context/principal';
import { partnersDefinition } from './main';
import { aKeyOf } from './testkit/builders';
import { PartnersGraph } from './testkit/partners-graph';

let graph: PartnersGraph;
beforeAll(async () => {
  graph = await PartnersGraph.open(partnersDefinition);
});
afterAll(() => graph.close());

const reason = 'Unpaid.';
const shown = (name: string) => `... on ${name}Success { ruleBookVersion partner { status leavingSince } }`;
const suspend = (who: Principal, partnerId: string) =>
  graph.change(who, 'suspendPartner', { partnerId, reason }, shown('SuspendPartner'));
const lift = (who: Principal, partnerId: string) =>
  graph.change(who, 'liftSuspension', { partnerId, reason }, shown('LiftSuspension'));
const leave = (who: Principal, partnerId: string) =>
  graph.change(who, 'partnerLeaves', { partnerId, reason }, shown('PartnerLeaves'));

const hasLeft = (who: Principal, partnerId: string, idempotencyKey: string) =>
  graph.ask(
    who,
    `mutation ($input: PartnerLeavesInput!) { answer: partnerHasLeft(input: $input) { __typename ... on Refusal { code replayed }
      ${shown('PartnerLeaves')} } }`,
    { input: { idempotencyKey, partnerId, reason: 'run off' } },
  );

describe('a partner', () => {
  it('joins as issuer, redeemer or both, and the book says which', async () => {
    const { programmeId, admin, partnerId } = await graph.found();
    const issuer = await graph.join(admin, { canRedeem: false });
    const redeemer = await graph.join(admin, { canIssue: false });
    const roles = (await graph.lastBook(programmeId)).partners;
    expect(roles).toMatchObject([
      { id: partnerId, canIssue: true, canRedeem: true },
      { id: issuer, canIssue: true, canRedeem: false },
      { id: redeemer, canIssue: false, canRedeem: true },
    ]);
  });

  it('is suspended and comes back, each announced at once', async () => {
    const { programmeId, admin, partnerId } = await graph.found();
    const who = admin;
    const statusNow = async () => (await graph.lastBook(programmeId)).partners[0].status;
    expect(await lift(who, partnerId)).toMatchObject({
      ...{ __typename: 'PartnerNotSuspended', code: 'PARTNERS_PARTNER_NOT_SUSPENDED' },
    });
    expect(await suspend(who, partnerId)).toMatchObject({ partner: { status: 'SUSPENDED' } });
    expect(await statusNow()).toBe('SUSPENDED');
    expect(await lift(who, partnerId)).toMatchObject({ partner: { status: 'ACTIVE', leavingSince: null } });
    expect(await statusNow()).toBe('ACTIVE');
  });

  it('leaves once and for good: it is announced with its instant, and gets no key', async () => {
    const { programmeId, admin, partnerId } = await graph.found();
    const who = admin;
    const leavingSince = '2026-03-01T10:00:00.000Z';
    expect(await leave(who, partnerId)).toMatchObject({ partner: { status: 'LEAVING', leavingSince } });
    expect((await graph.lastBook(programmeId)).partners).toMatchObject([{ status: 'LEAVING', leavingSince }]);
    const code = 'PARTNERS_PARTNER_LEAVING';
    expect(await leave(who, partnerId)).toMatchObject({ __typename: 'PartnerLeaving', code });
    expect((await suspend(who, partnerId)).code).toBe(code);
    expect((await lift(who, partnerId)).code).toBe('PARTNERS_PARTNER_NOT_SUSPENDED');
    expect((await graph.change(who, 'issuePartnerKey', { partnerId })).code).toBe(code);
  });

  it('has left when the ledger says that its points have run off, and by nobody else’s word', async () => {
    const { programmeId, admin, partnerId } = await graph.found();
    const ledger: Principal = { kind: 'service', name: 'ledger', programmeId };
    const answerTo = async (who: Principal, key: string) => (await hasLeft(who, partnerId, key)).data.answer;
    expect(await answerTo(ledger, 'early')).toMatchObject({ code: 'PARTNERS_PARTNER_NOT_LEAVING' });
    await leave(admin, partnerId);
    for (const who of [admin, { ...ledger, name: 'rewards' } as Principal, aKeyOf(programmeId, partnerId)]) {
      expect(await answerTo(who, 'no')).toMatchObject({ code: 'FORBIDDEN' });
    }
    expect(await answerTo(ledger, 'run-off')).toMatchObject({ partner: { status: 'LEFT' } });
    expect(await answerTo(ledger, 'run-off')).toMatchObject({ partner: { status: 'LEFT' } });
    expect((await graph.lastBook(programmeId)).partners).toMatchObject([{ status: 'LEFT' }]);
  });

  it('that has left has no key left that opens anything: each that did is revoked and announced', async () => {
    const { programmeId, admin, partnerId } = await graph.found();
    const issue = async () =>
      (await graph.change(admin, 'issuePartnerKey', { partnerId }, '... on IssuePartnerKeySuccess { key { id } }')).key;
    const keys = [await issue(), await issue()];
    await graph.change(admin, 'revokePartnerKey', { keyId: keys[0].id });
    await leave(admin, partnerId);
    const revoked = async () => {
      const find = `/* test.revoked */ select payload ->> 'keyId' as id from outbox
        where programme_id = $1 and type = 'partners.key.revoked.v1' order by id`;
      return (await graph.database.pool.query(find, [programmeId])).rows;
    };
    expect(await revoked()).toEqual([{ id: keys[0].id }]);
    await hasLeft({ kind: 'service', name: 'ledger', programmeId }, partnerId, 'run-off');
    expect(await revoked()).toEqual(keys);
    const asked = 'query ($id: ID!) { partner(id: $id) { keys { revokedAt } } }';
    const { data } = await graph.ask(admin, asked, { id: partnerId });
    expect(data.partner.keys).toEqual(keys.map(() => ({ revokedAt: '2026-03-01T10:00:00.000Z' })));
  });

  it('that is suspended can leave', async () => {
    const { admin, partnerId } = await graph.found();
    await suspend(admin, partnerId);
    expect(await leave(admin, partnerId)).toMatchObject({ partner: { status: 'LEAVING' } });
  });

  it('is sent away or taken back by nobody but an admin of its programme', async () => {
    const { programmeId, partnerId } = await graph.found();
    const stranger = await graph.found();
    for (const change of [lift, leave]) {
      expect((await change(aKeyOf(programmeId, partnerId), partnerId)).code).toBe('FORBIDDEN');
      expect((await change(stranger.admin, partnerId)).code).toBe('NOT_FOUND');
    }
  });
});
