import { endOfDay, startOfDay, instantOfLocal } from '../../kernel/values/instant';
import { REFUSAL, type Answer, type GraphCaller } from '../client/graph';
import { runLimited } from './limiter';
import {
  REPLAY_CURRENCY,
  REPLAY_TIME_ZONE,
  type Placed,
  type PurchaseRow,
  type RedemptionRow,
  type RejectedRow,
} from './rows';
import { chunksOf, type ReplayDay } from './waves';

/** What a redemption costs. */
const REDEMPTION_POINTS = '10';
const CALL_ROWS_MAX = 1_000;

const ENROL = `mutation Enrol($input: EnrolMemberInput!) {
  result: enrolMember(input: $input) { ... on EnrolMemberSuccess { member { id } } ${REFUSAL} }
}`;
const RECORD = `mutation Record($input: [RecordPurchaseInput!]!) { result: recordPurchases(input: $input) { ${REFUSAL} } }`;
const REDEEM = `mutation Redeem($input: RedeemPointsInput!) { result: redeemPoints(input: $input) { ${REFUSAL} } }`;
const CLOCK = 'query Clock { programmeClock { now isTestClock } }';
const SET_CLOCK = `mutation SetClock($input: SetTestClockInput!) { result: setTestClock(input: $input) { ${REFUSAL} } }`;

/** What posting leaves behind beside the books. */
export interface PostingOutcome {
  readonly declined: string[];
  readonly rejected: RejectedRow[];
  purchasesAccepted: number;
  redemptionsAccepted: number;
}

/** Posts a folder's events through the graph, each partner's with its own key. */
export class EventPoster {
  readonly outcome: PostingOutcome = { declined: [], rejected: [], purchasesAccepted: 0, redemptionsAccepted: 0 };
  private clock: Date | undefined;

  constructor(
    private readonly options: {
      readonly admin: GraphCaller;
      /** By partner code. */
      readonly partners: ReadonlyMap<string, GraphCaller>;
      readonly concurrency: number;
      /** Told after each call how many events it carried. */
      readonly onPosted: (events: number) => void;
    },
  ) {}

  /**
   * Enrols members, each at the partners where something happens to them.
   *
   * @returns member ids of the hub by member ids of the file
   */
  async enrol(members: readonly { memberId: string; partner: string }[]): Promise<Map<string, string>> {
    const ids = new Map<string, string>();
    // Each member's first enrolment comes before its others, so that those find the member by its card.
    const seen = new Set<string>();
    const firsts = new Set(members.filter(({ memberId }) => !seen.has(memberId) && seen.add(memberId)));
    const enrolOne = async ({ memberId, partner }: { memberId: string; partner: string }) => {
      const input = { idempotencyKey: `enrol ${memberId}`, identity: cardOf(memberId), acceptsTerms: true };
      const { member } = await this.caller(partner).must<{ member: { id: string } }>(ENROL, { input });
      ids.set(memberId, member.id);
      this.options.onPosted(1);
    };
    await runLimited([...firsts], this.options.concurrency, enrolOne);
    const others = members.filter((member) => !firsts.has(member));
    await runLimited(others, this.options.concurrency, enrolOne);
    return ids;
  }

  /** Sets the programme's clock to where a day begins, before anything else of that time is there to fall due. */
  async beginAt(day: string): Promise<void> {
    await this.advanceClock(startOfDay(day, REPLAY_TIME_ZONE));
  }

  /** Posts one day: the clock, then wave after wave of purchases, then each member's redemptions. */
  async post(day: ReplayDay): Promise<void> {
    await this.advanceClock(endOfDay(day.day, REPLAY_TIME_ZONE));
    for (const wave of day.waves) {
      const calls = [...wave].flatMap(([partner, rows]) =>
        chunksOf(rows, CALL_ROWS_MAX).map((chunk) => ({ partner, chunk })),
      );
      await runLimited(calls, this.options.concurrency, ({ partner, chunk }) => this.postPurchases(partner, chunk));
    }
    await runLimited(day.redemptions, this.options.concurrency, async (ofMember) => {
      for (const redemption of ofMember) await this.redeem(redemption);
    });
  }

  /** The programme's clock only moves forward: a day that was reached by an earlier run is left as it is. */
  private async advanceClock(to: Date): Promise<void> {
    this.clock ??= await this.readClock();
    if (this.clock >= to) return;
    await this.options.admin.must(SET_CLOCK, { input: { now: to.toISOString() } });
    this.clock = to;
  }

  private async readClock(): Promise<Date> {
    const { programmeClock } = await this.options.admin.ask<{ programmeClock: { now: string; isTestClock: boolean } }>(
      CLOCK,
    );
    // A programme whose test clock was never set shows the machine's time.
    return programmeClock.isTestClock ? new Date(programmeClock.now) : new Date(0);
  }

  /** One call; rows refused for a reason that may pass are sent again, in order, before anything later. */
  private async postPurchases(partner: string, rows: readonly Placed<PurchaseRow>[]): Promise<void> {
    const answers = await this.caller(partner).commandEach(RECORD, rows.map(purchaseInput));
    for (const [place, row] of rows.entries()) this.notePurchase(row, answers[place] ?? null);
    this.options.onPosted(rows.length);
  }

  private notePurchase({ purchaseId, line }: Placed<PurchaseRow>, answer: Answer | null): void {
    if (answer !== null && answer.code === undefined) this.outcome.purchasesAccepted += 1;
    else this.reject({ file: 'purchases.csv', line, id: purchaseId }, answer);
  }

  private async redeem(row: Placed<RedemptionRow>): Promise<void> {
    const answer = await this.caller(row.partner).command(REDEEM, { input: redemptionInput(row) });
    if (answer.code === undefined) this.outcome.redemptionsAccepted += 1;
    else if (answer.code === 'LEDGER_INSUFFICIENT_POINTS') this.outcome.declined.push(row.redemptionId);
    else this.reject({ file: 'redemptions.csv', line: row.line, id: row.redemptionId }, answer);
    this.options.onPosted(1);
  }

  /** The hub refused what the file check let pass. */
  private reject({ file, line, id }: { file: string; line: number; id: string }, answer: Answer | null): void {
    this.outcome.rejected.push({
      file,
      line,
      reason: `${id}: ${answer?.code ?? 'INTERNAL'} ${answer?.message ?? 'no answer'}`,
    });
  }

  private caller(partner: string): GraphCaller {
    const caller = this.options.partners.get(partner);
    if (caller === undefined) throw new TypeError(`EventPoster: no key for ${partner}`);
    return caller;
  }
}

function purchaseInput({ purchaseId, memberId, branch, occurredAt, amountMinor }: PurchaseRow): object {
  return {
    idempotencyKey: purchaseId,
    externalRef: purchaseId,
    member: { identity: cardOf(memberId) },
    amount: { amountMinor: String(amountMinor), currency: REPLAY_CURRENCY },
    occurredAt: instantOfLocal(occurredAt, REPLAY_TIME_ZONE)?.toISOString(),
    branch,
  };
}

function redemptionInput({ redemptionId, memberId, day }: RedemptionRow): object {
  return {
    idempotencyKey: redemptionId,
    externalRef: redemptionId,
    member: { identity: cardOf(memberId) },
    points: REDEMPTION_POINTS,
    occurredAt: endOfDay(day, REPLAY_TIME_ZONE).toISOString(),
  };
}

function cardOf(memberId: string): object {
  return { kind: 'CARD', value: memberId };
}
