import { newId } from '../../../kernel/values/id';

/** A mutation whose answer is called `answer`. */
export type Document = string & { readonly __document: true };

const REFUSAL = `__typename ... on Refusal { code message retryable replayed } ... on InvalidInput { field }`;
/** What refusals say beyond their code. */
const FACTS = {
  recordAction: '... on AttributeMissing { attribute } ... on IssuanceCapReached { leftPoints }',
  recordPurchase: '... on IssuanceCapReached { leftPoints }',
  redeemPoints: `... on InsufficientPoints { missingPoints } ... on VersionChanged { currentVersion }
    ... on StepUpRequired { abovePoints } ... on MemberInArrears { arrearsPoints }`,
  holdPoints: `... on InsufficientPoints { missingPoints } ... on StepUpRequired { abovePoints }
    ... on MemberInArrears { arrearsPoints }`,
  claimReceipt: '... on ReceiptClaimsLocked { retryAfterSeconds }',
  captureHold: '... on InsufficientPoints { missingPoints }',
  returnPurchase: '... on ReturnExceedsPurchase { leftMinor } ... on ArrearsLimitReached { limitPoints }',
  reverseRedemption: '... on ReversalExceedsRedemption { leftPoints }',
  clawBackPoints: '... on ClawbackExceedsLot { leftPoints } ... on ArrearsLimitReached { limitPoints }',
  reinstatePoints: '... on ReinstatementExceedsExpired { expiredPoints }',
  transferPoints: '... on InsufficientPoints { missingPoints } ... on MemberInArrears { arrearsPoints }',
  donatePoints: '... on InsufficientPoints { missingPoints } ... on MemberInArrears { arrearsPoints }',
} as const;

export const ACCOUNT = 'account { memberId version available pending held arrears }';
const LOT = '{ id quantity remaining expiresAt issuer { id } }';
const SPENT = `redemption { id points reversed redeemer { id } money { amountMinor currency } moneyReversed { amountMinor }
  draws { points claim { amountMinor currency } lot { issuer { id } } } }`;
const SALE = `earned lots ${LOT} purchase { externalRef amount { amountMinor currency } }`;
const TAKEN = 'clawedBack arrearsOpened';
const ADJUSTMENT = `adjustment { id kind state points costCentre reason contentHash version refusedCode proposedBy
  decidedBy member { id } sponsor { id } }`;
const CLAIM = `claim { id state externalRef reason openedAt answerBy closedAt amount { amountMinor currency }
  member { id } partner { id } }`;

interface Shape {
  readonly success?: string;
  readonly input?: string;
  readonly fields: string;
}
function mutation(name: string, { success, input, fields }: Shape): Document {
  const type = name.charAt(0).toUpperCase() + name.slice(1);
  const facts = (FACTS as Readonly<Record<string, string>>)[name] ?? '';
  return `mutation ($input: ${input ?? `${type}Input!`}) { answer: ${name}(input: $input) { ${REFUSAL} ${facts}
    ... on ${success ?? `${type}Success`} { ${fields} replayed } } }` as Document;
}
const onAccount = (name: string, fields: string) => mutation(name, { fields: `${fields} ${ACCOUNT}` });
const ofPending = (name: string) =>
  mutation(name, { input: 'PendingInput!', success: 'PendingSuccess', fields: `lot ${LOT} ${ACCOUNT}` });
const ofAdjustment = (name: string, input: string) =>
  mutation(name, { input, success: 'AdjustmentSuccess', fields: ADJUSTMENT });
const ofClaim = (name: string) => mutation(name, { success: 'MissingClaimSuccess', fields: CLAIM });

export const RECORD = onAccount('recordPurchase', SALE);
export const RECORD_ALL = mutation('recordPurchases', {
  ...{ input: '[RecordPurchaseInput!]!', success: 'RecordPurchaseSuccess', fields: `${SALE} ${ACCOUNT}` },
});
export const ACT = onAccount('recordAction', `earned lots ${LOT}`);
export const REDEEM = onAccount('redeemPoints', SPENT);
export const REDEEM_POOL = mutation('redeemPool', {
  fields: `parts { redemption { id points draws { points lot { issuer { id } } claim { amountMinor } } } ${ACCOUNT} }`,
});
export const HOLD = onAccount('holdPoints', 'hold { id points state expiresAt }');
export const CAPTURE = onAccount('captureHold', SPENT);
export const RELEASE_HOLD = onAccount('releaseHold', 'hold { id points state expiresAt }');
export const RETURN = onAccount('returnPurchase', TAKEN);
export const REVERSE = onAccount('reverseRedemption', SPENT);
export const CLAW_BACK = onAccount('clawBackPoints', TAKEN);
export const RELEASE_PENDING = ofPending('releasePending');
export const CANCEL_PENDING = ofPending('cancelPending');
export const EXTEND = onAccount('extendExpiry', `lot ${LOT}`);
export const REINSTATE = onAccount('reinstatePoints', `lot ${LOT}`);
export const TRANSFER = onAccount('transferPoints', '');
export const DONATE = onAccount('donatePoints', SPENT);
export const ACCRUE = onAccount('postAccrual', `lot ${LOT}`);
export const PROPOSE = ofAdjustment('proposeAdjustment', 'ProposeAdjustmentInput!');
export const APPROVE = ofAdjustment('approveAdjustment', 'DecideAdjustmentInput!');
export const REJECT = ofAdjustment('rejectAdjustment', 'DecideAdjustmentInput!');
export const KEEP_SALE = mutation('recordUnclaimedSale', { fields: 'externalRef claimUntil' });
export const CLAIM_RECEIPT = onAccount('claimReceipt', SALE);
export const CLAIM_MISSING = ofClaim('claimMissingPoints');
export const ANSWER_CLAIM = ofClaim('answerMissingClaim');
export const SET_CLOCK = `mutation ($input: SetTestClockInput!) { answer: setTestClock(input: $input) {
  ${REFUSAL} ... on SetTestClockSuccess { now } } }` as Document;

export const ENTITIES = `query ($representations: [_Any!]!) { _entities(representations: $representations) {
  ... on Member { ${ACCOUNT} } ... on Account { memberId available } } }`;

const intent = () => ({ idempotencyKey: newId('req') });
const document = () => ({ ...intent(), externalRef: newId('txn') });
const euros = (minor: bigint) => ({ amountMinor: `${minor}`, currency: 'EUR' });

/** Inputs that will do, to be changed where a test says so; each is an intent of its own, at an instant given. */
export function inputsAt(now: Date) {
  const occurredAt = now.toISOString();
  return {
    sale: (memberId: string, minor: bigint, change: object = {}) => ({
      ...{ ...document(), member: { id: memberId }, amount: euros(minor), occurredAt },
      ...change,
    }),
    act: (memberId: string, action: string, change: object = {}) => ({
      ...{ ...document(), member: { id: memberId }, action, occurredAt },
      ...change,
    }),
    spend: (memberId: string, points: string, change: object = {}) => ({
      ...{ ...document(), member: { id: memberId }, points, occurredAt },
      ...change,
    }),
    setAside: (memberId: string, points: string, change: object = {}) => ({
      ...{ ...intent(), member: { id: memberId }, points, expiresAt: new Date(+now + 86_400_000).toISOString() },
      ...change,
    }),
    capture: (holdId: string, change: object = {}) => ({ ...document(), holdId, ...change }),
    bringBack: (purchaseRef: string, minor: bigint, change: object = {}) => ({
      ...{ ...document(), purchaseRef, amount: euros(minor), occurredAt },
      ...change,
    }),
    reverse: (redemptionId: string, change: object = {}) => ({
      ...{ ...intent(), redemptionId, reason: 'order cancelled' },
      ...change,
    }),
    ofLot: (lotId: string, change: object = {}) => ({ ...intent(), lotId, ...change }),
    transfer: (to: string, points: string, change: object = {}) => ({
      ...{ ...intent(), to: { id: to }, points },
      ...change,
    }),
    donate: (partnerId: string, points: string, change: object = {}) => ({
      ...{ ...intent(), partnerId, points },
      ...change,
    }),
    accrue: (memberId: string, points: string, change: object = {}) => ({
      ...{ ...document(), member: { id: memberId }, points, occurredAt, reason: 'spring bonus' },
      ...change,
    }),
    propose: (memberId: string, kind: string, change: object = {}) => ({
      ...{ ...intent(), member: { id: memberId }, kind, points: '50', costCentre: 'CC-7', reason: 'late delivery' },
      ...change,
    }),
    decide: ({ id, contentHash }: { id: string; contentHash: string }, change: object = {}) => ({
      ...{ ...intent(), adjustmentId: id, contentHash },
      ...change,
    }),
    unclaimed: (minor: bigint, change: object = {}) => ({
      ...{ ...document(), amount: euros(minor), occurredAt },
      ...change,
    }),
    receipt: (partnerId: string, externalRef: string, minor: bigint, change: object = {}) => ({
      ...{ ...intent(), partnerId, externalRef, amount: euros(minor) },
      ...change,
    }),
    missing: (partnerId: string, minor: bigint, change: object = {}) => ({
      ...{ ...document(), partnerId, amount: euros(minor), occurredAt },
      ...change,
    }),
    answer: (claimId: string, accept: boolean, change: object = {}) => ({
      ...{ ...intent(), claimId, accept, ...(accept ? {} : { reason: 'no such receipt' }) },
      ...change,
    }),
  };
}
