import { mintToken } from '../../../hub/client/credentials';
import type { HubConfig } from '../../../hub/composition/config';
import { SCOPES, type Principal } from '../../../kernel/context/principal';
import { newId, type MemberId } from '../../../kernel/values/id';
import type { Actor } from '../../../schema/access';
import { foundCoalition, type Coalition } from '../testkit/coalition';
import type { TestHub } from '../testkit/hubs';
import { carryOut } from './commands';
import { agreeRules, buyAndSpend, closeMonth, stopAccount, type Month, type Objects, type Rules } from './history';

/** One actor of the matrix: what it sends to the gateway, and who it is to a subgraph. */
export interface ActorOf {
  readonly credential: string | undefined;
  readonly principal: Principal;
}

/** A coalition with every actor and at least one object of every kind. */
export interface World {
  readonly coalition: Coalition;
  readonly actors: Readonly<Record<Actor, ActorOf>>;
  /** The same kinds of actors of another coalition, and others of this one to whom none of it belongs. */
  readonly strangers: Readonly<Record<string, Principal>>;
  readonly memberId: MemberId;
  readonly ids: Rules & Objects & Month;
}

/** Makes the world through the graph, as the coalition's own programs would. */
export async function makeWorld(hub: TestHub, config: HubConfig): Promise<World> {
  const coalition = await foundCoalition(hub);
  const { id, token } = await coalition.enrol('4000000000000001', 'Anna');
  const borys = await coalition.enrol('4000000000000002', 'Borys');
  const others = await Promise.all(['3', '4', '5'].map((last) => coalition.enrol(`400000000000000${last}`)));
  const actors = await actorsOf(hub, coalition, { id, token });
  const as = (credential: string | undefined) => hub.connection().as(credential ?? '');
  const people = { coalition, borys, others, anna: { id, caller: as(token) }, finance: as(actors.finance.credential) };
  const rules = await agreeRules(people);
  const objects = await buyAndSpend(people);
  const month = await closeMonth(people);
  await stopAccount(people, config);
  return {
    coalition,
    actors,
    strangers: strangersTo(coalition),
    memberId: id,
    ids: { ...rules, ...objects, ...month },
  };
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
  const { keyText } = await carryOut<{ keyText: string }>(admin, 'issuePartnerKey', {
    success: 'IssuePartnerKeySuccess { keyText }',
    input: { partnerId, scopes: SCOPES },
  });
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
