import { REFUSAL, type GraphCaller } from '../hub/client/graph';
import type { Movement } from './movements';

const mutation = (name: string, type: string, success = '') =>
  `mutation Move($input: ${type}Input!) { result: ${name}(input: $input) { ${REFUSAL} ${success} } }`;
const PARTNERS = 'query Partners { partners(first: 100) { nodes { id code } } }';
const RETURN = mutation('returnPurchase', 'ReturnPurchase');
const TRANSFER = mutation('transferPoints', 'TransferPoints');
const REVERSE = mutation('reverseRedemption', 'ReverseRedemption');
const ACCRUE = mutation('postAccrual', 'PostAccrual', '... on PostAccrualSuccess { lot { id } }');
const RELEASE = mutation('releasePending', 'Pending');

/** Who moves points in the story. */
export interface Movers {
  readonly brands: ReadonlyMap<string, GraphCaller>;
  readonly admin: GraphCaller;
  /** The member of a card, with their own token. */
  member(card: string): Promise<GraphCaller>;
  /** Ids of members by card. */
  readonly ids: ReadonlyMap<string, string>;
}

/** Posts the story's movements, and remembers what they are to undo or fulfil. */
export class MovementPoster {
  /** By the number of the redemption; those that were declined are not there. */
  private readonly redemptions = new Map<string, string>();
  private readonly promised = new Map<string, string>();

  constructor(private readonly movers: Movers) {}

  /** Remembers a redemption that was not declined. */
  redeemed(ref: string, redemptionId: string): void {
    this.redemptions.set(ref, redemptionId);
  }

  /** Posts one movement, which happened at an instant; what a member cannot give is declined, as in life. */
  async post(movement: Movement, at: Date): Promise<void> {
    const idempotencyKey = movement.ref;
    const occurredAt = at.toISOString();
    const { admin, brands } = this.movers;
    switch (movement.kind) {
      case 'RETURN': {
        const { ref, purchase } = movement;
        const amount = { amountMinor: String(movement.amount), currency: 'PLN' };
        const input = { idempotencyKey, externalRef: ref, purchaseRef: purchase.ref, amount, occurredAt };
        await brands.get(purchase.brand)!.must(RETURN, { input });
        return;
      }
      case 'GIFT': {
        const to = { id: this.movers.ids.get(movement.to) };
        const input = { idempotencyKey, to, points: String(movement.points), message: 'Sto lat!' };
        await (await this.movers.member(movement.from)).command(TRANSFER, { input });
        return;
      }
      case 'REVERSAL': {
        const redemptionId = this.redemptions.get(movement.redemption.ref);
        if (redemptionId === undefined) return;
        const input = { idempotencyKey, redemptionId, reason: 'Zamówienie odwołane' };
        await brands.get(movement.redemption.brand)!.must(REVERSE, { input });
        return;
      }
      case 'PROMISE':
        return this.promise(movement, occurredAt);
      case 'FULFILMENT':
        await admin.must(RELEASE, { input: { idempotencyKey, lotId: this.promised.get(movement.promise) } });
    }
  }

  private async promise(movement: Movement & { kind: 'PROMISE' }, occurredAt: string): Promise<void> {
    const { ref, card, brand, points } = movement;
    const input = {
      ...{ idempotencyKey: ref, externalRef: ref, member: { identity: { kind: 'CARD', value: card } } },
      ...{ points: String(points), occurredAt, pending: true, reason: 'Tydzień z chlebem' },
      funding: [{ partnerId: await this.partnerId(brand), bps: 10_000 }],
    };
    const { lot } = await this.movers.admin.must<{ lot: { id: string } }>(ACCRUE, { input });
    this.promised.set(ref, lot.id);
  }

  private async partnerId(code: string): Promise<string> {
    const { partners } = await this.movers.admin.ask<{ partners: { nodes: { id: string; code: string }[] } }>(PARTNERS);
    return partners.nodes.find((partner) => partner.code === code)!.id;
  }
}
