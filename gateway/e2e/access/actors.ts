import { mintToken } from '../../../hub/client/credentials';
import { REFUSAL, type GraphCaller } from '../../../hub/client/graph';
import { SCOPES, type Principal } from '../../../kernel/context/principal';
import { newId, type MemberId } from '../../../kernel/values/id';
import type { Actor } from '../../../schema/access';
import { foundCoalition, purchase, type Coalition } from '../testkit/coalition';
import type { TestHub } from '../testkit/hubs';
import { until } from '../../testkit/until';

/** One actor of the matrix: what it sends to the gateway, and who it is to a subgraph. */
export interface ActorOf {
  readonly credential: string | undefined;
  readonly principal: Principal;
}

/** A coalition with every actor and one object of every kind. */
export interface World {
  readonly coalition: Coalition;
  readonly actors: Readonly<Record<Actor, ActorOf>>;
  /** The same kinds of actors of another coalition, and others of this one to whom none of it belongs. */
  readonly strangers: Readonly<Record<string, Principal>>;
  readonly memberId: MemberId;
  readonly ids: Readonly<Record<'cycle' | 'reward' | 'hold' | 'voucher' | 'invitation', string>>;
}

/** Makes the world through the graph, as the coalition's own programs would. */
export async function makeWorld(hub: TestHub): Promise<World> {
  const coalition = await foundCoalition(hub);
  const { admin, bakery } = coalition;
  const anna = await coalition.enrol('4000000000000001', 'Anna');
  const member = hub.connection().as(anna.token);
  await must(member, 'confirmPartnerLink(input: $input) { __typename }', {
    type: 'ConfirmPartnerLinkInput',
    input: { idempotencyKey: 'open', partnerId: bakery.id },
  });
  await must(admin, 'openSurvey(input: $input) { __typename }', {
    type: 'OpenSurveyInput',
    input: { idempotencyKey: 'survey', question: 'Would you come again?' },
  });
  await must(bakery.caller, 'recordPurchase(input: $input) { __typename }', {
    type: 'RecordPurchaseInput',
    input: purchase('receipt', anna.id, 500),
  });
  const { hold } = await must<{ hold: { id: string } }>(
    bakery.caller,
    'holdPoints(input: $input) { ... on HoldPointsSuccess { hold { id } } }',
    {
      type: 'HoldPointsInput',
      input: { idempotencyKey: 'hold', member: { id: anna.id }, points: '5', expiresAt: '2126-01-01T00:00:00Z' },
    },
  );
  const { reward } = await must<{ reward: { id: string } }>(
    bakery.caller,
    'createReward(input: $input) { ... on CreateRewardSuccess { reward { id } } }',
    { type: 'CreateRewardInput', input: { idempotencyKey: 'reward', name: 'Bread', pricePoints: '10' } },
  );
  const { vouchers } = await must<{ vouchers: { id: string }[] }>(
    member,
    'redeemReward(input: $input) { ... on RedeemRewardSuccess { vouchers { id } } }',
    { type: 'RedeemRewardInput', input: { idempotencyKey: 'voucher', rewardId: reward.id } },
  );
  const { currentCycle } = await admin.ask<{ currentCycle: { id: string } }>('{ currentCycle { id } }');
  const ids = {
    cycle: currentCycle.id,
    reward: reward.id,
    hold: hold.id,
    voucher: vouchers[0]!.id,
    invitation: await invitationOf(member),
  };
  return {
    coalition,
    actors: await actorsOf(hub, coalition, anna),
    strangers: strangersTo(coalition),
    memberId: anna.id,
    ids,
  };
}

async function must<Success>(
  caller: GraphCaller,
  call: string,
  { type, input }: { type: string; input: object },
): Promise<Success> {
  const selected = call.replace(/ \}$/, ` ${REFUSAL} }`).replace('{ __typename }', `{ ${REFUSAL} }`);
  return caller.must<Success & object>(`mutation ($input: ${type}!) { result: ${selected} }`, { input });
}

/** The survey hears of the purchase by an event. */
async function invitationOf(member: GraphCaller): Promise<string> {
  let id: string | undefined;
  await until(async () => {
    const asked = '{ myInvitations(first: 1) { nodes { id } } }';
    const { myInvitations } = await member.ask<{ myInvitations: { nodes: { id: string }[] } }>(asked);
    id = myInvitations.nodes[0]?.id;
    return id !== undefined;
  });
  return id as string;
}

async function actorsOf(
  hub: TestHub,
  { programmeId, admin, bakery }: Coalition,
  anna: { id: MemberId; token: string },
): Promise<World['actors']> {
  const minted = (role: 'admin' | 'finance' | 'staff' | 'host') =>
    mintToken(hub.issuer, {
      role,
      ...(role === 'host' ? {} : { programme: programmeId }),
      ...(role === 'staff' ? { partner: bakery.id } : {}),
      subject: role,
    });
  const partnerId = bakery.id;
  const { keyText } = await must<{ keyText: string }>(
    admin,
    'issuePartnerKey(input: $input) { ... on IssuePartnerKeySuccess { keyText } }',
    { type: 'IssuePartnerKeyInput', input: { idempotencyKey: 'all', partnerId, scopes: SCOPES } },
  );
  return {
    anonymous: { credential: undefined, principal: { kind: 'anonymous' } },
    partner: {
      credential: keyText,
      principal: { kind: 'partner', programmeId, partnerId, keyId: newId('key'), scopes: SCOPES },
    },
    member: { credential: anna.token, principal: { kind: 'member', programmeId, memberId: anna.id } },
    staff: {
      credential: await minted('staff'),
      principal: { kind: 'staff', programmeId, partnerId, subject: 'staff' },
    },
    admin: { credential: await minted('admin'), principal: { kind: 'admin', programmeId, subject: 'admin' } },
    finance: { credential: await minted('finance'), principal: { kind: 'finance', programmeId, subject: 'finance' } },
    host: { credential: await minted('host'), principal: { kind: 'host', subject: 'host' } },
  };
}

function strangersTo({ programmeId }: Coalition): World['strangers'] {
  const elsewhere = newId('prg');
  const partner = { kind: 'partner', keyId: newId('key'), scopes: SCOPES } as const;
  return {
    'another partner': { ...partner, programmeId, partnerId: newId('ptr') },
    'another member': { kind: 'member', programmeId, memberId: newId('mem') },
    'staff of another partner': { kind: 'staff', programmeId, partnerId: newId('ptr'), subject: 'staff' },
    'a partner of another coalition': { ...partner, programmeId: elsewhere, partnerId: newId('ptr') },
    'an admin of another coalition': { kind: 'admin', programmeId: elsewhere, subject: 'admin' },
    'a finance approver of another coalition': { kind: 'finance', programmeId: elsewhere, subject: 'finance' },
    'a member of another coalition': { kind: 'member', programmeId: elsewhere, memberId: newId('mem') },
  };
}
