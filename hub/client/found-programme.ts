import type { DevelopmentIssuer } from '../../gateway/main';
import type { ProgrammeId } from '../../kernel/values/id';
import { mintToken, readPartners } from './credentials';
import { REFUSAL, type GraphCaller, type GraphConnection } from './graph';

/** A partner with its terms, as it is taken into a programme. */
export interface FoundedPartner {
  readonly code: string;
  readonly name: string;
  /** Points earned per `perAmountMinor` of sales. */
  readonly points: bigint;
  readonly perAmountMinor: bigint;
}

/** A sandbox coalition to be founded. */
export interface Foundation {
  readonly key: string;
  readonly name: string;
  readonly currencyName: string;
  readonly currency: string;
  readonly faceValueMicros: bigint;
  readonly timeZone: string;
  readonly defaultLanguage: string;
  readonly pointsValidityDays: number | null;
  /** How points cease and who is told before; the hub's own default when left out. */
  readonly expiry?: { readonly kind: string; readonly period: string; readonly warningDays: readonly number[] };
  readonly opensAt: Date;
  readonly tiers: readonly { code: string; name: string; thresholdPoints: bigint }[];
  readonly partners: readonly FoundedPartner[];
}

/** A programme that exists. */
export interface FoundProgramme {
  readonly id: ProgrammeId;
  readonly admin: GraphCaller;
  readonly wasThere: boolean;
}

const FIND = 'query Find($key: String!) { programme(key: $key) { id } }';
const mutation = (name: string, success: string) => {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return `mutation Set($input: ${type}Input!) { result: ${name}(input: $input) { ... on ${type}Success { ${success} } ${REFUSAL} } }`;
};

/** The programme of a key as its admin sees it; null when there is none. */
export async function findProgramme(
  connection: GraphConnection,
  issuer: DevelopmentIssuer,
  key: string,
): Promise<Omit<FoundProgramme, 'wasThere'> | null> {
  const host = connection.as(await mintToken(issuer, { role: 'host' }));
  const { programme } = await host.ask<{ programme: { id: ProgrammeId } | null }>(FIND, { key });
  if (programme === null) return null;
  return {
    id: programme.id,
    admin: connection.as(await mintToken(issuer, { role: 'admin', programme: programme.id })),
  };
}

/**
 * Founds a sandbox programme through the public graph, or completes it when an earlier attempt was interrupted: every step
 * has a key of its own, so what was done is answered again and not done twice.
 */
export async function foundProgramme(
  connection: GraphConnection,
  issuer: DevelopmentIssuer,
  foundation: Foundation,
): Promise<FoundProgramme> {
  const before = await findProgramme(connection, issuer, foundation.key);
  const { id, admin } = before ?? (await create(connection, issuer, foundation));
  const present = new Map((await readPartners(admin)).map((partner) => [partner.code, partner.id]));
  for (const partner of foundation.partners) {
    const partnerId = present.get(partner.code) ?? (await join(admin, partner));
    await agree(admin, { partner, partnerId, foundation });
  }
  return { id, admin, wasThere: before !== null };
}

async function create(connection: GraphConnection, issuer: DevelopmentIssuer, foundation: Foundation) {
  const { partners: _, faceValueMicros, opensAt, tiers, ...rest } = foundation;
  const host = connection.as(await mintToken(issuer, { role: 'host' }));
  await host.must(mutation('createProgramme', 'programme { id }'), {
    input: {
      idempotencyKey: `found ${foundation.key}`,
      ...rest,
      faceValueMicros: String(faceValueMicros),
      isSandbox: true,
      singleApprover: true,
      disputeWindowDays: 0,
      opensAt: opensAt.toISOString(),
      tiers: tiers.map((tier) => ({ ...tier, thresholdPoints: String(tier.thresholdPoints) })),
    },
  });
  const found = await findProgramme(connection, issuer, foundation.key);
  if (found === null) throw new TypeError(`create: ${foundation.key} was founded and is not there`);
  return found;
}

async function join(admin: GraphCaller, { code, name }: FoundedPartner): Promise<string> {
  const { partner } = await admin.must<{ partner: { id: string } }>(mutation('addPartner', 'partner { id }'), {
    input: { idempotencyKey: `join ${code}`, code, name, canIssue: true, canRedeem: true },
  });
  return partner.id;
}

async function agree(
  admin: GraphCaller,
  { partner, partnerId, foundation }: { partner: FoundedPartner; partnerId: string; foundation: Foundation },
): Promise<void> {
  const validFrom = foundation.opensAt.toISOString();
  await admin.must(mutation('agreeContract', 'ruleBookVersion'), {
    input: {
      idempotencyKey: `contract ${partner.code}`,
      partnerId,
      validFrom,
      settlementModel: 'AT_REDEMPTION',
      reimbursementMicros: String(foundation.faceValueMicros),
      feeMicros: '0',
    },
  });
  await admin.must(mutation('setEarningRule', 'ruleBookVersion'), {
    input: {
      idempotencyKey: `rule ${partner.code}`,
      partnerId,
      validFrom,
      kind: 'BASE_RATE',
      points: String(partner.points),
      perAmountMinor: String(partner.perAmountMinor),
    },
  });
}
