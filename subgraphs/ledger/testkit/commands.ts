import type { Principal } from '../../../kernel/context/principal';
import type { MemberId, PartnerId } from '../../../kernel/values/id';
import * as documents from './documents';
import type { Answer, LedgerGraph } from './ledger-graph';

/** One call of a mutation that will succeed, and all that a test may ask about its repetition. */
export interface Command {
  readonly who: Principal;
  readonly mutation: documents.Document;
  readonly input: object;
  /** The same key for something else. */
  readonly changed: object;
  /** Whose account it moves. */
  readonly memberId: MemberId;
}

/** A mutation: who may call it, and how a good call of it is prepared, each time for a member of its own. */
export interface CommandKind {
  /** Every kind of principal that may; all others are told FORBIDDEN. */
  readonly allowed: readonly Principal['kind'][];
  /** The scope a partner's key needs. */
  readonly scope?: 'points:earn' | 'points:redeem' | 'accrual:direct';
  /** It stands on the partner's link to each member it names. */
  readonly needsLink?: true;
  prepare(): Promise<Command>;
}

/** When points given with a short life expire. */
export const SHORT_LIFE = '2026-03-11T12:00:00Z';

/** Every command of the graph that moves points, or leads to it; at two brands that are open to everybody. */
export function everyCommand(
  graph: LedgerGraph,
  { now, brands: [baker, florist] }: { now: Date; brands: readonly [PartnerId, PartnerId] },
): Readonly<Record<string, CommandKind>> {
  const inputs = documents.inputsAt(now);
  const [bakerKey, floristKey] = [graph.partner(baker), graph.partner(florist)];
  const admin = graph.admin();
  const enrol = () => graph.enrol({ [baker]: 'OPEN', [florist]: 'OPEN' });
  const run = async (who: Principal, mutation: documents.Document, input: object): Promise<Answer> => {
    const answer = await graph.run(who, mutation, input);
    if (answer.code !== undefined) throw new Error(`prepare: ${answer.code}`);
    return answer;
  };
  const aBuyer = async (minor: bigint) => {
    const memberId = enrol();
    const { purchase } = await run(bakerKey, documents.RECORD, inputs.sale(memberId, minor));
    return { memberId, receipt: purchase.externalRef as string };
  };
  const accrue = async (memberId: MemberId, change: object) =>
    (await run(bakerKey, documents.ACCRUE, inputs.accrue(memberId, '10', change))).lot.id as string;
  const command = (
    who: Principal,
    mutation: documents.Document,
    rest: Pick<Command, 'input' | 'memberId'> & { change: object },
  ): Command => ({ who, mutation, ...rest, changed: { ...rest.input, ...rest.change } });

  const ofPending = (mutation: documents.Document): CommandKind => ({
    allowed: ['partner', 'admin'],
    scope: 'points:earn',
    prepare: async () => {
      const memberId = enrol();
      const [lotId, other] = [await accrue(memberId, { pending: true }), await accrue(memberId, { pending: true })];
      return command(bakerKey, mutation, { memberId, input: inputs.ofLot(lotId), change: { lotId: other } });
    },
  });
  const decision = (mutation: documents.Document): CommandKind => ({
    allowed: ['admin', 'finance'],
    prepare: async () => {
      const memberId = enrol();
      const { adjustment } = await run(admin, documents.PROPOSE, inputs.propose(memberId, 'GOODWILL'));
      return command(graph.finance(), mutation, {
        ...{ memberId, input: inputs.decide(adjustment), change: { contentHash: 'a'.repeat(64) } },
      });
    },
  });
  const aHold = async () => {
    const { memberId } = await aBuyer(3_000n);
    const { hold } = await run(floristKey, documents.HOLD, inputs.setAside(memberId, '8'));
    const other = await run(floristKey, documents.HOLD, inputs.setAside(memberId, '8'));
    return { memberId, holdId: hold.id as string, other: other.hold.id as string };
  };

  return {
    recordPurchase: {
      allowed: ['partner'],
      scope: 'points:earn',
      needsLink: true,
      prepare: async () => {
        const memberId = enrol();
        const change = { amount: { amountMinor: '1', currency: 'EUR' } };
        return command(bakerKey, documents.RECORD, { memberId, input: inputs.sale(memberId, 900n), change });
      },
    },
    recordAction: {
      allowed: ['partner'],
      scope: 'points:earn',
      needsLink: true,
      prepare: async () => {
        const memberId = enrol();
        const input = inputs.act(memberId, 'social.connected', { attributes: { network: 'birdsong' } });
        const change = { attributes: { network: 'photos' } };
        return command(bakerKey, documents.ACT, { memberId, input, change });
      },
    },
    redeemPoints: {
      allowed: ['partner'],
      scope: 'points:redeem',
      needsLink: true,
      prepare: async () => {
        const { memberId } = await aBuyer(1_000n);
        const input = inputs.spend(memberId, '4');
        return command(floristKey, documents.REDEEM, { memberId, input, change: { points: '5' } });
      },
    },
    redeemPool: {
      allowed: ['partner'],
      scope: 'points:redeem',
      needsLink: true,
      prepare: async () => {
        const [{ memberId }, friend] = [await aBuyer(1_000n), await aBuyer(500n)];
        const { member, ...spend } = inputs.spend(memberId, '6');
        const input = { ...spend, members: [member, { id: friend.memberId }] };
        return command(floristKey, documents.REDEEM_POOL, { memberId, input, change: { points: '5' } });
      },
    },
    holdPoints: {
      allowed: ['partner'],
      scope: 'points:redeem',
      needsLink: true,
      prepare: async () => {
        const { memberId } = await aBuyer(1_000n);
        const input = inputs.setAside(memberId, '4');
        return command(floristKey, documents.HOLD, { memberId, input, change: { points: '5' } });
      },
    },
    captureHold: {
      allowed: ['partner'],
      scope: 'points:redeem',
      prepare: async () => {
        const { memberId, holdId, other } = await aHold();
        const input = inputs.capture(holdId);
        return command(floristKey, documents.CAPTURE, { memberId, input, change: { holdId: other } });
      },
    },
    releaseHold: {
      allowed: ['partner'],
      scope: 'points:redeem',
      prepare: async () => {
        const { memberId, holdId, other } = await aHold();
        const { idempotencyKey } = inputs.capture(holdId);
        const input = { idempotencyKey, holdId };
        return command(floristKey, documents.RELEASE_HOLD, { memberId, input, change: { holdId: other } });
      },
    },
    returnPurchase: {
      allowed: ['partner'],
      scope: 'points:earn',
      prepare: async () => {
        const { memberId, receipt } = await aBuyer(1_000n);
        const input = inputs.bringBack(receipt, 300n);
        const change = { amount: { amountMinor: '400', currency: 'EUR' } };
        return command(bakerKey, documents.RETURN, { memberId, input, change });
      },
    },
    reverseRedemption: {
      allowed: ['partner', 'admin'],
      scope: 'points:redeem',
      prepare: async () => {
        const { memberId } = await aBuyer(1_000n);
        const { redemption } = await run(floristKey, documents.REDEEM, inputs.spend(memberId, '6'));
        const input = inputs.reverse(redemption.id, { points: '2' });
        return command(floristKey, documents.REVERSE, { memberId, input, change: { points: '3' } });
      },
    },
    releasePending: ofPending(documents.RELEASE_PENDING),
    cancelPending: ofPending(documents.CANCEL_PENDING),
    clawBackPoints: {
      allowed: ['partner', 'admin'],
      scope: 'accrual:direct',
      prepare: async () => {
        const memberId = enrol();
        const input = inputs.ofLot(await accrue(memberId, {}), { points: '3', reason: 'given by mistake' });
        return command(bakerKey, documents.CLAW_BACK, { memberId, input, change: { points: '4' } });
      },
    },
    extendExpiry: {
      allowed: ['admin'],
      prepare: async () => {
        const memberId = enrol();
        const lotId = await accrue(memberId, { expiresAt: SHORT_LIFE });
        const input = inputs.ofLot(lotId, { expiresAt: '2027-01-01T00:00:00Z', reason: 'storm' });
        const change = { expiresAt: '2028-01-01T00:00:00Z' };
        return command(admin, documents.EXTEND, { memberId, input, change });
      },
    },
    reinstatePoints: {
      allowed: ['admin'],
      prepare: async () => {
        const memberId = enrol();
        graph.clock.set(now);
        const lotId = await accrue(memberId, { expiresAt: SHORT_LIFE });
        graph.clock.set(new Date(SHORT_LIFE));
        const input = inputs.ofLot(lotId, { points: '4', expiresAt: '2027-01-01T00:00:00Z', reason: 'outage' });
        return command(admin, documents.REINSTATE, { memberId, input, change: { points: '5' } });
      },
    },
    transferPoints: {
      allowed: ['member'],
      prepare: async () => {
        const { memberId } = await aBuyer(1_000n);
        const input = inputs.transfer(enrol(), '4');
        return command(graph.member(memberId), documents.TRANSFER, { memberId, input, change: { points: '5' } });
      },
    },
    donatePoints: {
      allowed: ['member'],
      prepare: async () => {
        const { memberId } = await aBuyer(1_000n);
        const input = inputs.donate(florist, '4');
        return command(graph.member(memberId), documents.DONATE, { memberId, input, change: { points: '5' } });
      },
    },
    postAccrual: {
      allowed: ['partner', 'admin'],
      scope: 'accrual:direct',
      needsLink: true,
      prepare: async () => {
        const memberId = enrol();
        const input = inputs.accrue(memberId, '10', { funding: [{ partnerId: baker, bps: 10_000 }] });
        return command(bakerKey, documents.ACCRUE, { memberId, input, change: { points: '11' } });
      },
    },
    proposeAdjustment: {
      allowed: ['admin'],
      prepare: async () => {
        const memberId = enrol();
        const input = inputs.propose(memberId, 'GOODWILL');
        return command(admin, documents.PROPOSE, { memberId, input, change: { points: '51' } });
      },
    },
    approveAdjustment: decision(documents.APPROVE),
    rejectAdjustment: decision(documents.REJECT),
    recordUnclaimedSale: {
      allowed: ['partner'],
      scope: 'points:earn',
      prepare: async () => {
        const change = { amount: { amountMinor: '1', currency: 'EUR' } };
        return command(bakerKey, documents.KEEP_SALE, { memberId: enrol(), input: inputs.unclaimed(900n), change });
      },
    },
    claimReceipt: {
      allowed: ['member'],
      prepare: async () => {
        const memberId = enrol();
        const sales = [inputs.unclaimed(900n), inputs.unclaimed(900n)] as const;
        for (const sale of sales) await run(bakerKey, documents.KEEP_SALE, sale);
        const input = inputs.receipt(baker, sales[0].externalRef, 900n);
        const change = { externalRef: sales[1].externalRef };
        return command(graph.member(memberId), documents.CLAIM_RECEIPT, { memberId, input, change });
      },
    },
    claimMissingPoints: {
      allowed: ['member'],
      prepare: async () => {
        const memberId = enrol();
        const change = { amount: { amountMinor: '1', currency: 'EUR' } };
        const input = inputs.missing(baker, 900n);
        return command(graph.member(memberId), documents.CLAIM_MISSING, { memberId, input, change });
      },
    },
    answerMissingClaim: {
      allowed: ['partner'],
      scope: 'points:earn',
      prepare: async () => {
        const memberId = enrol();
        const asked = inputs.missing(baker, 900n);
        const { claim } = await run(graph.member(memberId), documents.CLAIM_MISSING, asked);
        return command(bakerKey, documents.ANSWER_CLAIM, {
          ...{ memberId, input: inputs.answer(claim.id, true), change: { accept: false, reason: 'no such receipt' } },
        });
      },
    },
  };
}
