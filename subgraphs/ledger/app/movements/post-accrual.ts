import type { Principal } from '../../../../kernel/context/principal';
import {
  expectThat,
  firstFault,
  idempotencyKeyFault,
  ifGiven,
  textFault,
  wholeFault,
} from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { forbidden, invalidInput } from '../../../../kernel/errors/shared-refusals';
import { parseId, type MemberId, type PartnerId } from '../../../../kernel/values/id';
import { points, POINTS_MAX } from '../../../../kernel/values/points';
import { inPartyOrder, isWhole } from '../../core/movements/accrual';
import { planDirectAccrual, type DirectAccrual } from '../../core/movements/direct-accrual';
import type { Party } from '../../core/points/lot';
import { refuse } from '../../core/refusals';
import { currentBook } from '../current-book';
import type { Ledger } from '../ledger';
import { memberToCredit, operatingAs, type Operating } from '../points/acting';
import type { MemberRef } from '../points/member-directory';
import { post, type Posted } from '../points/post';
import { documentOf, type LinkNeeded } from '../points/posting-command';

export interface PostAccrualInput {
  readonly idempotencyKey: string;
  readonly externalRef: string;
  readonly member: MemberRef;
  readonly points: bigint;
  readonly occurredAt: Date;
  /** Absent: as the programme's points expire. */
  readonly expiresAt?: Date | null;
  readonly pending: boolean;
  readonly funding?: readonly { readonly partnerId: string; readonly bps: number }[] | null;
  readonly reason: string;
  readonly goodwill: boolean;
  /** Whose points they are; absent: the first funder's. An admin's to say. */
  readonly issuerId?: string | null;
  /** Points the member had before the hub: what they cost in advance was paid then. An admin's to say; never pending or goodwill. */
  readonly opening?: boolean | null;
}

const FUNDERS_MAX = 50;

/**
 * Gives points directly. A partner gives its own and pays for them alone. An admin names who pays, the first of them as the
 * issuer; goodwill without funders is the operator's. Where two persons must agree, an admin proposes instead.
 */
export async function postAccrual(
  ledger: Ledger,
  principal: Principal,
  input: PostAccrualInput,
): Promise<Posted | Refusal> {
  const fault = accrualFault(input);
  if (fault !== null) return fault;
  const operating = operatingAs(principal, 'accrual:direct');
  if (isRefusal(operating)) return operating;
  const accrual = accrualOf(operating, input);
  if (isRefusal(accrual)) return accrual;
  const lone = await whyNotAlone(ledger, operating, input);
  if (lone !== null) return lone;
  const member = await memberToGive(ledger, operating, input.member);
  if (isRefusal(member)) return member;
  const { idempotencyKey, ...body } = input;
  const { issuerId } = accrual;
  return post(ledger, principal, {
    programmeId: operating.programmeId,
    memberId: member.memberId,
    operation: 'postAccrual',
    idempotencyKey,
    body,
    document: issuerId === null ? null : documentOf(issuerId, 'ACCRUAL', input.externalRef),
    link: member.link,
    plan: (wallet, facts) => planDirectAccrual(wallet, accrual, facts),
  });
}

/** With real money, one person alone does not make an operator's gift: what binds the programme needs two. */
async function whyNotAlone(ledger: Ledger, { partnerId, programmeId }: Operating, input: PostAccrualInput) {
  if (partnerId !== null || !input.goodwill) return null;
  const book = await currentBook(ledger, programmeId);
  if (isRefusal(book)) return book;
  return book.isSandbox && book.singleApprover
    ? null
    : refuse('LEDGER_APPROVAL_REQUIRED', 'Propose the goodwill as an adjustment; another person approves it.');
}

async function memberToGive(
  ledger: Ledger,
  { programmeId, partnerId }: Operating,
  ref: MemberRef,
): Promise<{ memberId: MemberId; link: LinkNeeded | null } | Refusal> {
  if (partnerId === null) {
    const memberId = await ledger.directory.findOfProgramme(programmeId, ref);
    return isRefusal(memberId) ? memberId : { memberId, link: null };
  }
  return memberToCredit(ledger, { programmeId, partnerId }, { ref, path: 'input.member' });
}

function accrualOf({ partnerId }: Operating, input: PostAccrualInput): DirectAccrual | Refusal {
  const shares = (input.funding ?? []).map(({ partnerId: funder, bps }) => ({ partyId: funder as PartnerId, bps }));
  const issuerId: Party = partnerId ?? (input.issuerId as PartnerId | null | undefined) ?? shares[0]?.partyId ?? null;
  if (partnerId !== null && (input.opening === true || (input.issuerId ?? partnerId) !== partnerId)) {
    return forbidden('Another’s points, and points from before the hub, are the operator’s to give.');
  }
  if (partnerId !== null && shares.some(({ partyId }) => partyId !== partnerId)) {
    return forbidden('A partner gives points at its own cost; shared funding is the operator’s to set.');
  }
  if (issuerId === null && !input.goodwill) {
    return invalidInput('input.funding', 'must say who pays, or whose points they are');
  }
  return {
    kind: input.opening === true ? 'OPENING' : input.goodwill ? 'GOODWILL' : 'EARN',
    issuerId,
    points: points(input.points),
    occurredAt: input.occurredAt,
    expiresAt: input.expiresAt ?? null,
    isPending: input.pending,
    funding: shares.length === 0 ? null : inPartyOrder(shares),
    externalRef: input.externalRef,
    reason: input.reason,
  };
}

function accrualFault(input: PostAccrualInput): Refusal | null {
  const { funding } = input;
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    textFault('input.externalRef', input.externalRef, 255),
    wholeFault('input.points', input.points, { min: 1n, max: POINTS_MAX }),
    textFault('input.reason', input.reason, 500),
    ifGiven(input.issuerId, (id) => expectThat('input.issuerId', parseId('ptr', id) !== null, 'is no partner’s id')),
    expectThat(
      'input.opening',
      input.opening !== true || !(input.goodwill || input.pending),
      'is spendable at once and no apology',
    ),
    ifGiven(funding, (shares) =>
      firstFault(
        expectThat('input.funding', shares.length <= FUNDERS_MAX, `must have at most ${FUNDERS_MAX} shares`),
        ...shares.map(({ partnerId, bps }, n) =>
          firstFault(
            expectThat(`input.funding[${n}].partnerId`, parseId('ptr', partnerId) !== null, 'is no partner’s id'),
            wholeFault(`input.funding[${n}].bps`, bps, { min: 1, max: 10_000 }),
          ),
        ),
        expectThat(
          'input.funding',
          isWhole(shares as readonly { partnerId: PartnerId; bps: number }[]),
          'must name each partner once and sum to 10,000 basis points',
        ),
      ),
    ),
  );
}
