import type { Principal } from '../../../kernel/context/principal';
import { newId, type MemberId, type PartnerId } from '../../../kernel/values/id';
import type { RuleBook } from '../core/rule-book';
import { aContract, aRuleBook } from './book';
import {
  ACCRUE,
  inputsAt,
  RECORD,
  REDEEM,
  RELEASE_PENDING,
  RETURN,
  REVERSE,
  SET_CLOCK,
  TRANSFER,
  type Document,
} from './documents';
import type { Answer, LedgerGraph } from './ledger-graph';

/** The rules of the worked example: three brands, A and B paid at redemption, C at issuance. */
export function marchRules(
  change: Partial<RuleBook> = {},
): RuleBook & { readonly abc: [PartnerId, PartnerId, PartnerId] } {
  const plain = aRuleBook({
    pointsValidityDays: 730,
    expiry: { kind: 'END_OF_PERIOD', period: 'QUARTER', warningDays: [] },
  });
  const abc = [newId('ptr'), newId('ptr'), newId('ptr')] as [PartnerId, PartnerId, PartnerId];
  const [a, b, c] = abc;
  const price = { reimbursementMicros: 8_000n };
  const earning = { validFrom: new Date('2020-01-01T00:00:00Z'), points: 1n, perAmountMinor: 100n, pendingDays: 0 };
  return {
    ...plain,
    ...change,
    abc,
    partners: abc.map((id, n) => ({ id, code: 'ABC'[n]!, canIssue: true, canRedeem: true, status: 'ACTIVE' })),
    contracts: [
      aContract(a, { ...price, feeMicros: 500n }),
      aContract(b, { ...price, feeMicros: 500n }),
      aContract(c, { ...price, settlementModel: 'AT_ISSUANCE', issuanceMicros: 8_500n, breakageShareBps: 5_000 }),
    ],
    earningRules: abc.map((partnerId) => ({ ...earning, id: newId('rul'), partnerId })),
  };
}

const STEP = `__typename ... on Refusal { code message } ... on SettlementStepSuccess { cycle { id state version } }`;

/** The worked example of the settlement model, played through the graph in a programme of its own. */
export class GraphMarch {
  readonly admin: Principal;
  readonly keys: readonly [Principal, Principal, Principal];
  readonly members: readonly [MemberId, MemberId, MemberId];

  constructor(
    private readonly graph: LedgerGraph,
    private readonly rules: ReturnType<typeof marchRules>,
  ) {
    const { programmeId, abc } = rules;
    const scopes = ['members:read', 'points:earn', 'points:redeem', 'accrual:direct', 'statements:answer'];
    this.admin = graph.admin('ada', programmeId);
    this.keys = abc.map((id) => graph.partner(id, { programmeId, scopes })) as [Principal, Principal, Principal];
    const links = Object.fromEntries(abc.map((id) => [id, 'OPEN' as const]));
    const enrol = () => graph.enrol(links, programmeId);
    this.members = [enrol(), enrol(), enrol()];
  }

  /** The name of a party as it is shown. */
  nameOf({ partner }: { partner: { id: PartnerId } | null }): string {
    return partner === null ? 'H' : 'ABC'[this.rules.abc.indexOf(partner.id)]!;
  }

  /** The clock moves to a day's noon; what is asked happens then. */
  async on(day: string): Promise<ReturnType<typeof inputsAt>> {
    const at = new Date(`2026-${day}T12:00:00Z`);
    expect(await this.graph.run(this.admin, SET_CLOCK, { now: at.toISOString() })).toMatchObject({
      __typename: 'SetTestClockSuccess',
    });
    return inputsAt(at);
  }

  /** Asks, and expects no refusal. */
  async ask(who: Principal, mutation: Document, input: object): Promise<Answer> {
    const answer = await this.graph.run(who, mutation, input);
    expect(answer.code).toBeUndefined();
    return answer;
  }

  /** A mutation about the cycle, whose success has the fields given. */
  async step(who: Principal, name: string, input: object, fields: string = STEP): Promise<Answer> {
    const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`;
    const mutation = `mutation ($input: ${type}!) { answer: ${name}(input: $input) { ${fields} } }` as Document;
    return this.ask(who, mutation, { idempotencyKey: newId('req'), ...input });
  }

  /** Cuts the open cycle off and leads it as far as a state. */
  async close(last: 'ISSUED' | 'NETTED', terms: object = {}): Promise<string> {
    const { cycle } = await this.step(this.admin, 'cutOffSettlementCycle', terms);
    await this.lead(cycle.id, last === 'ISSUED' ? ['DRAFT', 'ISSUED'] : ['DRAFT', 'ISSUED', 'AGREED', 'NETTED']);
    return cycle.id;
  }

  async lead(cycleId: string, states: readonly string[]): Promise<void> {
    for (const to of states) await this.step(this.admin, 'advanceSettlementCycle', { cycleId, to });
  }

  /** Everybody's agreement to a cycle's statements. */
  async agree(cycleId: string): Promise<void> {
    const { data } = await this.graph.ask(this.admin, 'query ($id: ID!) { settlementCycle(id: $id) { version } }', {
      id: cycleId,
    });
    const { version } = data.settlementCycle;
    for (const key of this.keys) {
      await this.step(key, 'agreeStatement', { cycleId, version }, '__typename ... on Refusal { code }');
    }
  }

  /** Everything up to the last day of March. */
  async play(): Promise<void> {
    const [m1, m2, m3] = this.members;
    const [keyOfA, keyOfB, keyOfC] = this.keys;
    const [a, b] = this.rules.abc;
    const { admin } = this;
    const drawn = ({ redemption }: Answer) => redemption.draws.map(({ points }: Answer) => points);
    // What was there before, both to expire at the end of the month: 250 of A for which no fee is open, and 120 of C, settled
    // in the cycle before.
    let at = await this.on('02-01');
    const soon = { expiresAt: '2026-03-30T22:00:00Z' };
    await this.ask(keyOfA, ACCRUE, at.accrue(m3, '250', { ...soon, goodwill: true }));
    await this.ask(keyOfC, ACCRUE, at.accrue(m3, '120', soon));
    await this.on('02-28');
    const before = await this.close('ISSUED');
    await this.agree(before);
    await this.lead(before, ['AGREED', 'NETTED']);

    at = await this.on('03-01');
    const t01 = await this.ask(keyOfA, RECORD, at.sale(m1, 100_000n));
    at = await this.on('03-02');
    const t02 = await this.ask(keyOfB, ACCRUE, at.accrue(m1, '500', { pending: true }));
    at = await this.on('03-03');
    await this.ask(keyOfC, RECORD, at.sale(m2, 200_000n));
    at = await this.on('03-05');
    const funding = [
      { partnerId: b, bps: 6_000 },
      { partnerId: a, bps: 4_000 },
    ];
    await this.ask(admin, ACCRUE, at.accrue(m1, '301', { funding, expiresAt: '2026-09-29T22:00:00Z' }));
    at = await this.on('03-16');
    await this.ask(keyOfB, RELEASE_PENDING, at.ofLot(t02.lot.id));
    at = await this.on('03-18');
    expect(drawn(await this.ask(keyOfC, REDEEM, at.spend(m1, '1200')))).toEqual(['301', '899']);
    at = await this.on('03-20');
    expect(drawn(await this.ask(keyOfA, REDEEM, at.spend(m2, '1500')))).toEqual(['1500']);
    at = await this.on('03-21');
    const t08 = await this.ask(keyOfA, REDEEM, at.spend(m1, '500'));
    expect(drawn(t08)).toEqual(['101', '399']);
    at = await this.on('03-22');
    expect(await this.ask(keyOfA, RETURN, at.bringBack(t01.purchase.externalRef, 20_000n))).toMatchObject({
      ...{ clawedBack: '200', arrearsOpened: '200', account: { available: '0', arrears: '99' } },
    });
    at = await this.on('03-24');
    expect(await this.ask(keyOfC, RECORD, at.sale(m1, 40_000n))).toMatchObject({
      account: { available: '301', arrears: '0' },
    });
    at = await this.on('03-25');
    await this.ask(this.graph.member(m2, this.rules.programmeId), TRANSFER, at.transfer(m1, '200'));
    at = await this.on('03-26');
    await this.ask(admin, ACCRUE, at.accrue(m2, '50', { goodwill: true, expiresAt: '2026-12-30T23:00:00Z' }));
    at = await this.on('03-28');
    expect(drawn(await this.ask(keyOfB, REDEEM, at.spend(m2, '340')))).toEqual(['50', '290']);
    at = await this.on('03-29');
    await this.ask(keyOfA, REVERSE, at.reverse(t08.redemption.id, { points: '200' }));
    await this.on('03-31');
  }
}
