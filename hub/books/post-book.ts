import { REFUSAL, type Answer } from '../client/graph';
import { HUB_PARTY, type Book, type BookEvent, type EventOf } from './book-format';
import type { FoundBook } from './found-book';

const ACCOUNT = 'account { memberId version }';
const mutation = (name: string, success: string, types = { input: `${capital(name)}Input`, answer: capital(name) }) =>
  `mutation Post($input: ${types.input}!) { result: ${name}(input: $input) {
    ... on ${types.answer}Success { ${success} ${ACCOUNT} } ${REFUSAL} } }`;
const PENDING = { input: 'PendingInput', answer: 'Pending' };
const ACCRUE = mutation('postAccrual', 'lot { id }');
const RELEASE = mutation('releasePending', 'lot { id }', PENDING);
const CANCEL = mutation('cancelPending', 'lot { id }', PENDING);
const REDEEM = mutation('redeemPoints', 'redemption { id }');
const REVERSE = mutation('reverseRedemption', 'redemption { id }');
const CLAW_BACK = mutation('clawBackPoints', 'clawedBack');
const TRANSFER = mutation('transferPoints', '');
const HOLD = mutation('holdPoints', 'hold { id }');
const CAPTURE = mutation('captureHold', 'redemption { id }');
const RELEASE_HOLD = mutation('releaseHold', 'hold { id }');
const SET_CLOCK = `mutation SetClock($input: SetTestClockInput!) { result: setTestClock(input: $input) { ${REFUSAL} } }`;

/** Ids that name nothing: what a book refers to and never was is refused by the hub's own rules. */
const NO_LOT = `lot_${'0'.repeat(44)}`;
const NO_REDEMPTION = `txn_${'0'.repeat(44)}`;
const NO_HOLD = `hld_${'0'.repeat(44)}`;

/** An event the rules refused. */
export interface RefusedEvent {
  readonly event: string;
  readonly code: string;
}

/** A transfer that was made: its other half has no answer of its own. */
export interface MadeTransfer {
  readonly event: string;
  readonly toId: string;
}

/** What posting leaves behind beside the hub's books. */
export interface PostedBook {
  /** Lot names by the hub's ids. */
  readonly lots: ReadonlyMap<string, string>;
  /** Which event left which account at which version, in the order they were posted. */
  readonly marks: readonly { readonly event: string; readonly memberId: string; readonly version: bigint }[];
  readonly transfers: readonly MadeTransfer[];
  readonly refused: readonly RefusedEvent[];
}

interface Success extends Answer {
  readonly lot?: { readonly id: string };
  readonly redemption?: { readonly id: string };
  readonly hold?: { readonly id: string };
  readonly account: { readonly memberId: string; readonly version: string };
}

/** Posts a book's opening lots and events through the graph, the clock moved to each event first. */
export class BookPoster {
  private readonly lotIds = new Map<string, string>();
  private readonly redemptionIds = new Map<string, string>();
  private readonly holds = new Map<string, { id: string; redeemer: string }>();
  private readonly marks: { event: string; memberId: string; version: bigint }[] = [];
  private readonly transfers: MadeTransfer[] = [];
  private readonly refused: RefusedEvent[] = [];

  constructor(
    private readonly book: Book,
    private readonly found: FoundBook,
    private readonly onPosted: (events: number) => void,
  ) {}

  /** Posts all of it and leaves the clock at the last millisecond before the close. */
  async post(): Promise<PostedBook> {
    const { openingLots = [], events, opensAt, closesAt } = this.book;
    await this.moveClock(new Date(opensAt));
    for (const lot of openingLots) await this.open(lot);
    for (const event of events) {
      await this.moveClock(new Date(event.at));
      await this.postOne(event);
      this.onPosted(1);
    }
    await this.moveClock(new Date(Date.parse(closesAt) - 1));
    const lots = new Map([...this.lotIds].map(([name, id]) => [id, name]));
    return { lots, marks: this.marks, transfers: this.transfers, refused: this.refused };
  }

  private async moveClock(to: Date): Promise<void> {
    await this.found.admin.must(SET_CLOCK, { input: { now: to.toISOString() } });
  }

  private async open(lot: NonNullable<Book['openingLots']>[number]): Promise<void> {
    const input = {
      ...this.document(`opening ${lot.lot}`, lot.member),
      issuerId: this.partnerId(lot.issuer),
      points: `${lot.points}`,
      occurredAt: lot.earnedAt,
      expiresAt: lot.expiresAt ?? null,
      opening: true,
      reason: 'opening lot',
    };
    const { lot: made, account } = await this.found.admin.must<Success>(ACCRUE, { input });
    this.lotIds.set(lot.lot, made!.id);
    this.mark(`opening ${lot.lot}`, account);
  }

  private async postOne(event: BookEvent): Promise<void> {
    const answer = await this.send(event);
    if (answer.code !== undefined) {
      this.refused.push({ event: event.id, code: answer.code });
      return;
    }
    this.mark(event.id, answer.account);
    if ('lot' in event && !this.lotIds.has(event.lot)) this.lotIds.set(event.lot, answer.lot!.id);
    if (event.type === 'transfer') this.transfers.push({ event: event.id, toId: this.memberId(event.to) });
    if (event.type === 'hold') this.holds.set(event.hold, { id: answer.hold!.id, redeemer: event.redeemer });
    if (event.type === 'redeem' || event.type === 'capture') this.redemptionIds.set(event.id, answer.redemption!.id);
  }

  private mark(event: string, { memberId, version }: Success['account']): void {
    this.marks.push({ event, memberId, version: BigInt(version) });
  }

  private send(event: BookEvent): Promise<Success> {
    const { admin } = this.found;
    const intent = { idempotencyKey: event.id };
    const reason = `event ${event.id}`;
    switch (event.type) {
      case 'earn':
        return admin.command(ACCRUE, { input: { ...this.earned(event), reason } });
      case 'goodwill':
        return admin.command(ACCRUE, { input: { ...this.goodwill(event), reason } });
      case 'release':
        return admin.command(RELEASE, { input: { ...intent, lotId: this.lotId(event.lot) } });
      case 'cancel':
        return admin.command(CANCEL, { input: { ...intent, lotId: this.lotId(event.lot) } });
      case 'clawback': {
        const input = { ...intent, lotId: this.lotId(event.lot), points: `${event.points}`, reason };
        return admin.command(CLAW_BACK, { input });
      }
      case 'redeem': {
        const input = { ...this.document(event.id, event.member), points: `${event.points}`, occurredAt: event.at };
        return this.found.partner(event.redeemer).command(REDEEM, { input });
      }
      case 'reverse': {
        const redemptionId = this.redemptionIds.get(event.of) ?? NO_REDEMPTION;
        const input = { ...intent, redemptionId, points: textOrNull(event.points), reason };
        return admin.command(REVERSE, { input });
      }
      case 'transfer': {
        const input = { ...intent, to: { id: this.memberId(event.to) }, points: `${event.points}` };
        return this.found.member(event.from).command(TRANSFER, { input });
      }
      case 'hold': {
        const { member, points, expiresAt } = event;
        const input = { ...intent, member: { id: this.memberId(member) }, points: `${points}`, expiresAt };
        return this.found.partner(event.redeemer).command(HOLD, { input });
      }
      case 'capture':
      case 'releaseHold':
        return this.endHold(event);
    }
  }

  private endHold(event: EventOf<'capture'> | EventOf<'releaseHold'>): Promise<Success> {
    const held = this.holds.get(event.hold);
    const redeemer = event.redeemer ?? held?.redeemer ?? this.book.partners[0]!.id;
    const holdId = held?.id ?? NO_HOLD;
    const intent = { idempotencyKey: event.id, holdId };
    const partner = this.found.partner(redeemer);
    if (event.type === 'releaseHold') return partner.command(RELEASE_HOLD, { input: intent });
    const input = { ...intent, externalRef: event.id, points: textOrNull(event.points) };
    return partner.command(CAPTURE, { input });
  }

  private earned({ id, at, member, issuer, points, expiresAt, pending, funding }: EventOf<'earn'>): object {
    return {
      ...this.document(id, member),
      issuerId: this.partnerId(issuer),
      points: `${points}`,
      occurredAt: at,
      expiresAt: expiresAt ?? null,
      pending: pending ?? false,
      ...(funding === undefined
        ? {}
        : { funding: funding.map((share) => ({ partnerId: this.partnerId(share.partner), bps: share.bps })) }),
    };
  }

  private goodwill({ id, at, member, by, points, expiresAt }: EventOf<'goodwill'>): object {
    return {
      ...this.document(id, member),
      ...(by === HUB_PARTY ? {} : { issuerId: this.partnerId(by) }),
      points: `${points}`,
      occurredAt: at,
      expiresAt: expiresAt ?? null,
      goodwill: true,
    };
  }

  private document(id: string, member: string) {
    return { idempotencyKey: id, externalRef: id, member: { id: this.memberId(member) } };
  }

  private memberId(name: string): string {
    return this.found.memberIds.get(name)!;
  }

  private partnerId(name: string): string {
    return this.found.partnerIds.get(name)!;
  }

  private lotId(name: string): string {
    return this.lotIds.get(name) ?? NO_LOT;
  }
}

function textOrNull(points: bigint | null | undefined): string | null {
  return points === null || points === undefined ? null : `${points}`;
}

function capital(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
