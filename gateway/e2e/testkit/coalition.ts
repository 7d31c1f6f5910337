import { randomBytes } from 'node:crypto';
import { mintToken, partnerKeys, untilKnown } from '../../../hub/client/credentials';
import { foundProgramme } from '../../../hub/client/found-programme';
import { REFUSAL, type GraphCaller } from '../../../hub/client/graph';
import type { MemberId, PartnerId, ProgrammeId } from '../../../kernel/values/id';
import type { TestHub } from './hubs';

/** A coalition of two brands, founded for one journey. */
export interface Coalition {
  readonly programmeId: ProgrammeId;
  readonly key: string;
  readonly admin: GraphCaller;
  readonly adminToken: string;
  readonly bakery: Brand;
  readonly books: Brand;
  /** A key with which a partner may give points directly. */
  directKey(partnerId: PartnerId): Promise<string>;
  /** Enrols a member by card at both brands. */
  enrol(card: string, displayName?: string): Promise<{ id: MemberId; token: string }>;
}

export interface Brand {
  readonly id: PartnerId;
  readonly key: string;
  readonly caller: GraphCaller;
}

const ENROL = `mutation Enrol($input: EnrolMemberInput!) {
  result: enrolMember(input: $input) { ... on EnrolMemberSuccess { member { id } } ${REFUSAL} }
}`;
const ISSUE_KEY = `mutation Issue($input: IssuePartnerKeyInput!) {
  result: issuePartnerKey(input: $input) { ... on IssuePartnerKeySuccess { keyText } ${REFUSAL} }
}`;

/** Founds a coalition through the graph, as an operator would. */
export async function foundCoalition(hub: TestHub): Promise<Coalition> {
  const connection = hub.connection();
  const key = `journey-${randomBytes(6).toString('hex')}`;
  const { id: programmeId, admin } = await foundProgramme(connection, hub.issuer, {
    key,
    name: 'Journey',
    currencyName: 'points',
    currency: 'EUR',
    faceValueMicros: 10_000n,
    timeZone: 'Europe/Warsaw',
    defaultLanguage: 'en',
    pointsValidityDays: null,
    opensAt: new Date('2026-01-01T00:00:00+01:00'),
    tiers: [
      { code: 'BASE', name: 'Base', thresholdPoints: 0n },
      { code: 'SILVER', name: 'Silver', thresholdPoints: 100n },
      { code: 'GOLD', name: 'Gold', thresholdPoints: 1_000n },
    ],
    partners: [
      { code: 'BAKERY', name: 'Piekarnia', points: 1n, perAmountMinor: 100n },
      { code: 'BOOKS', name: 'مكتبة', points: 1n, perAmountMinor: 100n },
    ],
  });
  const keys = await partnerKeys({ connection, admin, dataDir: hub.dataDir, programmeKey: key });
  const brand = async (code: string): Promise<Brand> => {
    const caller = connection.as(keys.get(code)!);
    const { currentPartner } = await caller.ask<{ currentPartner: { id: PartnerId } }>('{ currentPartner { id } }');
    return { id: currentPartner.id, key: keys.get(code)!, caller };
  };
  const [bakery, books] = [await brand('BAKERY'), await brand('BOOKS')];
  return {
    programmeId,
    key,
    admin,
    adminToken: await mintToken(hub.issuer, { role: 'admin', programme: programmeId }),
    bakery,
    books,
    directKey: async (partnerId) => {
      const scopes = ['points:earn', 'accrual:direct'];
      const input = { idempotencyKey: `direct ${partnerId}`, partnerId, scopes };
      const { keyText } = await admin.must<{ keyText: string }>(ISSUE_KEY, { input });
      await untilKnown(connection, keyText);
      return keyText;
    },
    enrol: async (card, displayName) => {
      const input = {
        idempotencyKey: `enrol ${card}`,
        identity: { kind: 'CARD', value: card },
        displayName,
        acceptsTerms: true,
      };
      const { member } = await bakery.caller.must<{ member: { id: MemberId } }>(ENROL, { input });
      await books.caller.must(ENROL, { input });
      const token = await mintToken(hub.issuer, {
        role: 'member',
        programme: programmeId,
        member: member.id,
        subject: member.id,
      });
      return { id: member.id, token };
    },
  };
}

/** The input of a purchase that earns one point per euro. */
export function purchase(ref: string, memberId: string, euros: number): object {
  return {
    idempotencyKey: ref,
    externalRef: ref,
    member: { id: memberId },
    amount: { amountMinor: String(euros * 100), currency: 'EUR' },
    occurredAt: new Date(Date.now() - 60_000).toISOString(),
  };
}

/** The input of a redemption. */
export function redemption(ref: string, memberId: string, points: number): object {
  return {
    idempotencyKey: ref,
    externalRef: ref,
    member: { id: memberId },
    points: String(points),
    occurredAt: new Date(Date.now() - 30_000).toISOString(),
  };
}
