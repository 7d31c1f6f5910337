import { Arg, Ctx, FieldResolver, Int, Query, Resolver, Root } from 'type-graphql';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import { readMissingClaims } from '../../app/receipts/read-missing-claims';
import type { MissingClaim } from '../../core/receipts/receipt';
import type { LedgerContext } from '../context';
import { PartnerStub, partnerStub } from '../partner.stub';
import { MemberStub } from '../points/account.type';
import { MissingClaimConnection, MissingClaimType } from './receipt.type';

/** Claims of missing points. */
@Resolver(() => MissingClaimType)
export class ReceiptQuery {
  @Query(() => MissingClaimConnection, {
    description: 'Claims of missing points, newest first. Member, partner, staff: their own; admin, finance: all.',
  })
  async missingClaims(
    @Arg('first', () => Int, { description: 'How many; 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'Cursor to begin after.' }) after: string | null,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<Page<MissingClaim>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, 'ledger.missingClaims');
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const rows = await readMissingClaims(ledger, principal, { before: afterKeys?.[0] ?? null, limit });
    return pageOf({ rows, first, after, cursors, keyOf: ({ id }) => [id] });
  }

  @FieldResolver(() => MemberStub, { nullable: true, description: 'Who claims.' })
  member(@Root() { memberId }: MissingClaim): MemberStub {
    return { id: memberId };
  }

  @FieldResolver(() => PartnerStub, { nullable: true, description: 'Who has to answer.' })
  partner(@Root() { partnerId }: MissingClaim): PartnerStub | null {
    return partnerStub(partnerId);
  }

  @FieldResolver(() => MoneyType, { description: 'What the receipt comes to.' })
  amount(@Root() { amountMinor, currency }: MissingClaim): MoneyType {
    return { amountMinor, currency };
  }
}
