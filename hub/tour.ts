import { BRANDS, DEMO_KEY } from '../seed/story';
import type { MemberId, PartnerId, ProgrammeId } from '../kernel/values/id';
import { issuerOf, mintToken, partnerKeys } from './client/credentials';
import { findProgramme } from './client/found-programme';
import { GraphConnection, type GraphCaller } from './client/graph';
import type { Hub } from './composition/open-hub';

const FIRST_CARD = 'DEMO000001';

/** Prints what a newcomer needs to try the demo: addresses, one credential per role, the clock, and three calls with their answers. */
export async function showTour(hub: Hub, print: (line: string) => void): Promise<void> {
  const connection = new GraphConnection(hub.url);
  try {
    const issuer = issuerOf(hub);
    const found = await findProgramme(connection, issuer, DEMO_KEY);
    if (found === null) return;
    const keys = await partnerKeys({
      connection,
      admin: found.admin,
      dataDir: hub.config.dataDir,
      programmeKey: DEMO_KEY,
    });
    const key = keys.get(BRANDS[0].code)!;
    const memberId = await memberOf(connection, key);
    const partner = await partnerOf(connection, key);
    const member = await mintToken(issuer, {
      role: 'member',
      programme: found.id,
      member: memberId,
      subject: memberId,
    });
    print('');
    print(`  GraphQL    ${hub.url}/graphql   (WebSocket: ${hub.url.replace(/^http/, 'ws')}/graphql)`);
    print(`  Query page ${hub.url}/graphiql`);
    print('');
    await printCredentials({ hub, programmeId: found.id, partner, member, keys, print });
    print('For the session in README.md, in each of its terminals:');
    print(`  export ID=${memberId} TOKEN=${member}`);
    print('');
    print(
      `The demo’s clock stands at ${await nowOf(found.admin)}: purchases must have happened before, and setTestClock moves it on.`,
    );
    print('');
    await printCalls({ url: hub.url, key, member, memberId, print });
  } finally {
    await connection.close();
  }
}

async function memberOf(connection: GraphConnection, key: string): Promise<MemberId> {
  const query = 'query Find($ref: MemberRefInput!) { member(ref: $ref) { id } }';
  const { member } = await connection.as(key).ask<{ member: { id: MemberId } }>(query, {
    ref: { identity: { kind: 'CARD', value: FIRST_CARD } },
  });
  return member.id;
}

async function partnerOf(connection: GraphConnection, key: string): Promise<PartnerId> {
  const { currentPartner } = await connection
    .as(key)
    .ask<{ currentPartner: { id: PartnerId } }>('{ currentPartner { id } }', {});
  return currentPartner.id;
}

async function nowOf(admin: GraphCaller): Promise<string> {
  const { programmeClock } = await admin.ask<{ programmeClock: { now: string } }>('{ programmeClock { now } }', {});
  return programmeClock.now;
}

async function printCredentials(parts: {
  hub: Hub;
  programmeId: ProgrammeId;
  partner: PartnerId;
  member: string;
  keys: ReadonlyMap<string, string>;
  print: (line: string) => void;
}): Promise<void> {
  const { hub, programmeId, partner, member, keys, print } = parts;
  const issuer = issuerOf(hub);
  print('Credentials (send as `Authorization: Bearer …`; tokens live 12 hours):');
  print(`  host       ${await mintToken(issuer, { role: 'host' })}`);
  for (const role of ['admin', 'finance'] as const)
    print(`  ${role.padEnd(10)} ${await mintToken(issuer, { role, programme: programmeId })}`);
  print(`  staff      ${await mintToken(issuer, { role: 'staff', programme: programmeId, partner })}`);
  print(`  member     ${member}`);
  for (const [code, key] of keys) print(`  ${code.padEnd(10)} ${key}`);
  print('');
}

/** Runs each call it shows, so that what is printed is what the reader will see. */
async function printCalls(parts: {
  url: string;
  key: string;
  member: string;
  memberId: string;
  print: (line: string) => void;
}): Promise<void> {
  const { url, key, member, memberId, print } = parts;
  const ref = 'TOUR-1';
  const purchase =
    `mutation { recordPurchase(input: { idempotencyKey: "${ref}", externalRef: "${ref}", member: { id: "${memberId}" }, ` +
    `amount: { amountMinor: "4200", currency: "PLN" }, occurredAt: "2026-03-31T22:00:00Z" }) ` +
    '{ ... on RecordPurchaseSuccess { earned replayed account { version available } } ... on Refusal { code message } } }';
  const calls = [
    {
      what: 'A member looks at the wallet',
      who: member,
      query: '{ me { displayName account { available } tier { name } } }',
    },
    {
      what: 'A bakery’s till records a purchase of 42 zł; another one needs another key and receipt',
      who: key,
      query: purchase,
    },
    { what: 'The member sees it', who: member, query: '{ me { account { version available } } }' },
  ];
  print('Three calls to try, and what they answered just now:');
  for (const [place, { what, who, query }] of calls.entries()) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${who}` },
      body: JSON.stringify({ query }),
    });
    print(`  ${place + 1}. ${what} (credential: ${who === key ? BRANDS[0].code : 'member'})`);
    print(`     ${query}`);
    print(`     → ${await response.text()}`);
  }
  print('');
}
