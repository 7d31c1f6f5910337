import { newId, type MemberId, type PartnerId } from '../../../kernel/values/id';
import { startOfDay } from '../../../kernel/values/instant';
import { points } from '../../../kernel/values/points';
import type { Party } from '../core/points/lot';
import type { RuleBook } from '../core/rule-book';
import { aContract, aRuleBook } from './book';
import * as ask from './asked';

const ZONE = 'Europe/Warsaw';
const START = new Date('2026-01-01T00:00:00Z');

/** 00:00 of a day of 2026 in programme time; events happen at noon. */
export const midnight = (day: string): Date => startOfDay(`2026-${day}`, ZONE);
const noon = (day: string): Date => new Date(midnight(day).getTime() + 12 * 3_600_000);

/** One event of the example. */
export interface ExampleEvent {
  readonly name: string;
  readonly at: Date;
  /** The names of lots it issues, in order. */
  readonly lots: readonly string[];
  /** @param seqOf the version an earlier event made in its member's book */
  ask(seqOf: (event: string) => bigint): ask.Asked;
}

/** The worked example of docs/SETTLEMENT.md: who takes part, under which rules, and what happens. */
export interface WorkedExample {
  readonly rules: RuleBook;
  readonly partners: { readonly A: PartnerId; readonly B: PartnerId; readonly C: PartnerId };
  readonly members: { readonly M1: MemberId; readonly M2: MemberId; readonly M3: MemberId };
  /** Before March: what M3 holds at the opening. */
  readonly opening: readonly ExampleEvent[];
  /** T01 to T15. */
  readonly events: readonly ExampleEvent[];
  nameOf(party: Party): string;
}

/**
 * EUR; A and B settle at redemption, C at issuance; r = 0.0080, f = 0.0005 from March on for A and from the start for B, C pays
 * 0.0085 and has half of its breakage. Points live for 731 days and then to the end of the quarter: through 2028-03-31.
 */
export function workedExample(): WorkedExample {
  const [A, B, C] = [newId('ptr'), newId('ptr'), newId('ptr')];
  const members = { M1: newId('mem'), M2: newId('mem'), M3: newId('mem') };
  const names = new Map<Party, string>([
    [A, 'A'],
    [B, 'B'],
    [C, 'C'],
    [null, 'H'],
  ]);
  const { opening, events } = script({ A, B, C }, members);
  return {
    rules: rulesOf(A, B, C),
    partners: { A, B, C },
    members,
    opening,
    events,
    nameOf: (party) => names.get(party) ?? '?',
  };
}

function rulesOf(A: PartnerId, B: PartnerId, C: PartnerId): RuleBook {
  const price = { reimbursementMicros: 8_000n, validFrom: START };
  const earning = { validFrom: START, points: 1n, perAmountMinor: 100n };
  return aRuleBook({
    timeZone: ZONE,
    opensAt: START,
    pointsValidityDays: 731,
    expiry: { kind: 'END_OF_PERIOD', period: 'QUARTER', warningDays: [] },
    partners: [A, B, C].map((id, n) => ({ id, code: `P0${n + 1}`, canIssue: true, canRedeem: true, status: 'ACTIVE' })),
    contracts: [
      // The opening is of before March: no fee is billed for it in the cycle of the example, nor carried into it.
      aContract(A, { ...price }),
      aContract(A, { ...price, version: 2, validFrom: midnight('03-01'), feeMicros: 500n }),
      aContract(B, { ...price, feeMicros: 500n }),
      aContract(C, { ...price, settlementModel: 'AT_ISSUANCE', issuanceMicros: 8_500n, breakageShareBps: 5_000 }),
    ],
    earningRules: [
      { ...earning, id: newId('rul'), partnerId: A, pendingDays: 0 },
      { ...earning, id: newId('rul'), partnerId: B, pendingDays: 14 },
      { ...earning, id: newId('rul'), partnerId: C, pendingDays: 0 },
    ],
  });
}

type Script = Pick<WorkedExample, 'opening' | 'events'>;

function script({ A, B, C }: WorkedExample['partners'], { M1, M2, M3 }: WorkedExample['members']): Script {
  const event = (name: string, day: string, asked: (at: Date, seqOf: (event: string) => bigint) => ask.Asked) => {
    const at = noon(day);
    return { name, at, lots: [] as readonly string[], ask: (seqOf: (event: string) => bigint) => asked(at, seqOf) };
  };
  const earns = (
    name: string,
    day: string,
    [memberId, partnerId, amount, lot]: [MemberId, PartnerId, bigint, string],
  ) => ({
    ...event(name, day, (at) => ask.purchase({ memberId, partnerId, occurredAt: at }, name, amount * 100n)),
    lots: [lot],
  });
  const redeems = (name: string, day: string, [memberId, partnerId, amount]: [MemberId, PartnerId, bigint]) =>
    event(name, day, (at) => ask.redemption({ memberId, partnerId, occurredAt: at }, name, amount));
  const given = (
    { name, day, lot }: { name: string; day: string; lot: string },
    memberId: MemberId,
    accrual: Pick<Parameters<typeof ask.direct>[1], 'kind' | 'issuerId' | 'points' | 'funding' | 'expiresAt'>,
  ) => ({
    ...event(name, day, (at) =>
      ask.direct(memberId, { ...accrual, occurredAt: at, isPending: false, externalRef: null, reason: name }),
    ),
    lots: [lot],
  });
  const alone = { kind: 'EARN', funding: null, expiresAt: midnight('03-31') } as const;
  const shared = [
    { partyId: B, bps: 6_000 },
    { partyId: A, bps: 4_000 },
  ];
  return {
    opening: [
      given({ name: 'opening LA0', day: '02-10', lot: 'LA0' }, M3, { ...alone, issuerId: A, points: points(250n) }),
      given({ name: 'opening LC0', day: '02-10', lot: 'LC0' }, M3, { ...alone, issuerId: C, points: points(120n) }),
    ],
    events: [
      earns('T01', '03-01', [M1, A, 1_000n, 'L1']),
      earns('T02', '03-02', [M1, B, 500n, 'L2']),
      earns('T03', '03-03', [M2, C, 2_000n, 'L3']),
      given({ name: 'T04', day: '03-05', lot: 'L4' }, M1, {
        kind: 'EARN',
        issuerId: B,
        points: points(301n),
        funding: shared,
        expiresAt: midnight('10-01'),
      }),
      event('T05', '03-16', () => ask.dueRelease(M1, 2n)),
      redeems('T06', '03-18', [M1, C, 1_200n]),
      redeems('T07', '03-20', [M2, A, 1_500n]),
      redeems('T08', '03-21', [M1, A, 500n]),
      event('T09', '03-22', (at, seqOf) => {
        const back = { purchaseSeq: seqOf('T01'), amountMinor: 20_000n };
        return ask.purchaseReturn({ memberId: M1, partnerId: A, occurredAt: at }, 'T09', back);
      }),
      earns('T10', '03-24', [M1, C, 400n, 'L5']),
      { ...event('T11', '03-25', () => ask.transfer(M2, M1, 200n)), lots: ['L3.8'] },
      given({ name: 'T12', day: '03-26', lot: 'L6' }, M2, {
        kind: 'GOODWILL',
        issuerId: null,
        points: points(50n),
        funding: null,
        expiresAt: startOfDay('2027-01-01', ZONE),
      }),
      redeems('T13', '03-28', [M2, B, 340n]),
      event('T14', '03-29', (_at, seqOf) =>
        ask.reversal(M1, { redemptionSeq: seqOf('T08'), amount: 200n, partnerId: A }),
      ),
      { ...event('T15', '03-31', () => ask.sweep(M3)), at: midnight('03-31') },
    ],
  };
}
