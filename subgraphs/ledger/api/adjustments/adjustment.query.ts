import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import { BigIntScalar } from '../../../../kernel/graph/scalars';
import { readAdjustments } from '../../app/adjustments/read-adjustments';
import type { Adjustment } from '../../core/adjustments/adjustment';
import type { LedgerContext } from '../context';
import { PartnerStub, partnerStub } from '../partner.stub';
import { MemberStub } from '../points/account.type';
import { AdjustmentConnection, AdjustmentStateName, AdjustmentType } from './adjustment.type';

/** Corrections of the programme. */
@Resolver(() => AdjustmentType)
export class AdjustmentQuery {
  @Query(() => AdjustmentConnection, { description: 'Corrections, newest first. Admin, finance.' })
  async adjustments(
    @Arg('first', () => Int, { description: 'How many; 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'Cursor to begin after.' }) after: string | null,
    @Arg('state', () => AdjustmentStateName, { nullable: true, description: 'Only those that stand so.' })
    state: AdjustmentStateName | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<Adjustment>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, `ledger.adjustments.${state ?? ''}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const rows = await readAdjustments(ledger, principal, {
      before: afterKeys?.[0] ?? null,
      state: state ?? null,
      limit,
    });
    return pageOf({ rows, first, after, cursors, keyOf: ({ id }) => [id] });
  }

  @FieldResolver(() => MemberStub, { nullable: true, description: 'Whose points.' })
  member(@Root() { memberId }: Adjustment): MemberStub {
    return { id: memberId };
  }

  @FieldResolver(() => PartnerStub, {
    nullable: true,
    description: 'Who pays when they are spent; null: the operator.',
  })
  sponsor(@Root() { sponsorId }: Adjustment): PartnerStub | null {
    return partnerStub(sponsorId);
  }

  @FieldResolver(() => BigIntScalar, { nullable: true, description: 'The account’s version that posted it.' })
  version(@Root() { postedSeq }: Adjustment): bigint | null {
    return postedSeq;
  }
}
