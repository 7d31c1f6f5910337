import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DevelopmentIssuer, TokenGrant } from '../../gateway/main';
import { Fault } from '../../kernel/errors/fault';
import type { Hub } from '../composition/open-hub';
import { tell } from '../console';
import { REFUSAL, type GraphCaller, type GraphConnection } from './graph';

const TOKEN_LIFE_SECONDS = 12 * 60 * 60;

/**
 * The issuer of a hub on a developer's machine.
 *
 * @throws Fault HUB_ISSUER_ELSEWHERE when tokens come from outside
 */
export function issuerOf(hub: Pick<Hub, 'issuer'>): DevelopmentIssuer {
  if (hub.issuer !== null) return hub.issuer;
  throw new Fault(
    'HUB_ISSUER_ELSEWHERE',
    'This hub believes the tokens of another issuer (HUB_TOKEN_ISSUER); ask that one.',
  );
}

/** A token that lives for a working day. */
export function mintToken(
  issuer: DevelopmentIssuer,
  grant: Omit<TokenGrant, 'subject'> & { subject?: string },
): Promise<string> {
  return issuer.mint({ lifeSeconds: TOKEN_LIFE_SECONDS, subject: `${grant.role}@development`, ...grant });
}

/** A partner as set-up sees it. */
export interface KnownPartner {
  readonly id: string;
  readonly code: string;
}

const PARTNERS = `query Partners($after: String) {
  partners(first: 100, after: $after) { nodes { id code keys { id revokedAt expiresAt } } pageInfo { hasNextPage endCursor } }
}`;

interface PartnerPage {
  readonly partners: {
    readonly nodes: readonly (KnownPartner & {
      keys: readonly { id: string; revokedAt: string | null; expiresAt: string | null }[] | null;
    })[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

/** Every partner of the admin's programme, with the ids of its keys that still open something. */
export async function readPartners(admin: GraphCaller): Promise<(KnownPartner & { activeKeys: string[] })[]> {
  const found: (KnownPartner & { activeKeys: string[] })[] = [];
  for (let after: string | null = null; ;) {
    const { partners }: PartnerPage = await admin.ask<PartnerPage>(PARTNERS, { after });
    for (const { id, code, keys } of partners.nodes) {
      const active = (keys ?? []).filter(
        ({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > Date.now()),
      );
      found.push({ id, code, activeKeys: active.map((key) => key.id) });
    }
    if (!partners.pageInfo.hasNextPage) return found;
    after = partners.pageInfo.endCursor;
  }
}

const ISSUE_KEY = `mutation IssueKey($input: IssuePartnerKeyInput!) {
  result: issuePartnerKey(input: $input) { ... on IssuePartnerKeySuccess { keyText } ${REFUSAL} }
}`;
const REVOKE_KEY = `mutation RevokeKey($input: RevokePartnerKeyInput!) { result: revokePartnerKey(input: $input) { ${REFUSAL} } }`;

/** Issues a key; a partner that already has two loses the older one, which the person at the terminal is told. */
export async function issueKey(
  admin: GraphCaller,
  partner: KnownPartner & { activeKeys: readonly string[] },
): Promise<string> {
  const [oldest] = partner.activeKeys.toSorted();
  if (partner.activeKeys.length >= 2) {
    await admin.must(REVOKE_KEY, { input: { idempotencyKey: `revoke ${oldest}`, keyId: oldest } });
    tell(`revoked ${oldest}, the oldest key of ${partner.code}: a partner has two at most`);
  }
  const idempotencyKey = `issue ${Date.now()} ${Math.random().toString(36).slice(2)}`;
  const { keyText } = await admin.must<{ keyText: string }>(ISSUE_KEY, {
    input: { idempotencyKey, partnerId: partner.id },
  });
  return keyText;
}

/**
 * One working key for each partner of a programme. Keys are shown once, so those this machine was given are kept in the
 * data folder, for the owner's eyes only; one that no longer opens anything is replaced.
 */
export async function partnerKeys(options: {
  connection: GraphConnection;
  admin: GraphCaller;
  dataDir: string;
  programmeKey: string;
}): Promise<Map<string, string>> {
  const { connection, admin, dataDir, programmeKey } = options;
  const file = join(dataDir, 'partner-keys', `${programmeKey}.json`);
  const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  const keys = new Map<string, string>();
  for (const partner of await readPartners(admin)) {
    const known = kept[partner.code];
    const works = known !== undefined && (await opens(connection, known, partner.id));
    keys.set(partner.code, works ? known : await issueKey(admin, partner));
  }
  mkdirSync(join(dataDir, 'partner-keys'), { recursive: true });
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(keys), null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
  for (const key of keys.values()) await untilKnown(connection, key);
  return keys;
}

async function opens(connection: GraphConnection, key: string, partnerId: string): Promise<boolean> {
  const found = await whoIs(connection, key);
  return found === partnerId;
}

async function whoIs(connection: GraphConnection, key: string): Promise<string | null> {
  try {
    const { currentPartner } = await connection
      .as(key)
      .ask<{ currentPartner: { id: string } | null }>('{ currentPartner { id } }');
    return currentPartner?.id ?? null;
  } catch {
    return null; // refused at the door
  }
}

const KNOWN_WITHIN_MS = 15_000;

/** The gateway hears of a new key by an event: waits until it has. */
export async function untilKnown(connection: GraphConnection, key: string): Promise<void> {
  const until = Date.now() + KNOWN_WITHIN_MS;
  while ((await whoIs(connection, key)) === null) {
    if (Date.now() > until)
      throw new Fault('HUB_KEY_UNKNOWN', 'The gateway did not hear of a new partner key in time.');
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
