import { issuerOf, partnerKeys } from '../hub/client/credentials';
import { foundProgramme } from '../hub/client/found-programme';
import { GraphConnection, REFUSAL, type GraphCaller } from '../hub/client/graph';
import type { Hub } from '../hub/composition/open-hub';
import type { ProgrammeId } from '../kernel/values/id';

/** A small coalition of its own for one bench run. */
export interface BenchCoalition {
  readonly programmeId: ProgrammeId;
  readonly partner: GraphCaller;
  /** The partner's key. */
  readonly key: string;
  readonly memberIds: readonly string[];
  close(): Promise<void>;
}

const ENROL = `mutation Enrol($input: EnrolMemberInput!) {
  result: enrolMember(input: $input) { ... on EnrolMemberSuccess { member { id } } ${REFUSAL} }
}`;

/** What a bench needs of a hub to fill it, in this process or another. */
export type BenchHub = Pick<Hub, 'url' | 'issuer' | 'config'>;

/** Founds a programme with one partner and enrols members, so many at once, all through the graph. */
export async function openCoalition(hub: BenchHub, name: string, members: number, atOnce = 1): Promise<BenchCoalition> {
  const connection = new GraphConnection(hub.url, 64);
  const key = `bench-${name}-${Date.now().toString(36)}`;
  const { id: programmeId, admin } = await foundProgramme(connection, issuerOf(hub), {
    key,
    name: key,
    currencyName: 'points',
    currency: 'EUR',
    faceValueMicros: 10_000n,
    timeZone: 'Europe/Warsaw',
    defaultLanguage: 'en',
    pointsValidityDays: null,
    opensAt: new Date(Date.now() - 24 * 3_600_000),
    tiers: [{ code: 'BASE', name: 'Base', thresholdPoints: 0n }],
    partners: [{ code: 'BENCH', name: 'Bench', points: 1n, perAmountMinor: 100n }],
  });
  const keys = await partnerKeys({ connection, admin, dataDir: hub.config.dataDir, programmeKey: key });
  const partner = connection.as(keys.get('BENCH')!);
  const memberIds: string[] = [];
  const enrol = async (first: number): Promise<void> => {
    for (let number = first; number < members; number += atOnce) {
      const input = {
        idempotencyKey: `enrol ${number}`,
        identity: { kind: 'CARD', value: `${key}-${number}` },
        acceptsTerms: true,
      };
      const { member } = await partner.must<{ member: { id: string } }>(ENROL, { input });
      memberIds.push(member.id);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, first) => enrol(first)));
  return { programmeId, partner, key: keys.get('BENCH')!, memberIds, close: () => connection.close() };
}

let receipts = 0;

/** The input of one purchase of a member, never the same twice. */
export function purchaseOf(memberId: string): object {
  const externalRef = `b-${process.pid}-${(receipts += 1)}`;
  return {
    idempotencyKey: externalRef,
    externalRef,
    member: { id: memberId },
    amount: { amountMinor: '1250', currency: 'EUR' },
    occurredAt: new Date(Date.now() - 1_000).toISOString(),
  };
}

/** The middle of an odd number of measurements. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/** The value below which a share of the measurements lies. */
export function percentile(numbers: readonly number[], share: number): number {
  const ordered = numbers.toSorted((a, b) => a - b);
  return ordered[Math.min(ordered.length - 1, Math.floor(ordered.length * share))] ?? 0;
}

/** To three significant digits: a bench knows no more. */
export function rounded(number: number): number {
  return Number(number.toPrecision(3));
}
