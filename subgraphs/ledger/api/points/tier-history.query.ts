import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { CursorCodec, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import { DateTimeScalar, readable } from '../../../../kernel/graph/scalars';
import type { MemberId } from '../../../../kernel/values/id';
import type { TierReading } from '../../app/points/read-account';
import { readTierAsOf, readTierHistory, type TierSpanReading } from '../../app/time/read-as-of';
import type { LedgerContext } from '../context';
import { MemberStub, TierStatusType } from './account.type';
import { TierSpanConnection } from './tier-history.type';

/** Where a member stood on the ladder, and when. */
@Resolver(() => MemberStub)
export class TierHistoryQuery {
  @FieldResolver(() => TierStatusType, {
    nullable: true,
    description: 'Where the member stood on the ladder at an instant of recording; for those who may read the account.',
  })
  async tierAt(
    @Root() { id }: { id: MemberId },
    @Arg('at', () => DateTimeScalar, { description: 'The instant.' }) at: Date,
    @Ctx() { ledger, loaders }: LedgerContext,
  ): Promise<TierReading | null> {
    const account = await loaders.account.load(id);
    return account === null ? null : readTierAsOf(ledger, account, readable('at', at));
  }

  @FieldResolver(() => TierSpanConnection, {
    nullable: true,
    description: 'On which rungs the member stood and when, latest first; for those who may read the account.',
  })
  async tierHistory(
    @Root() { id }: { id: MemberId },
    @Arg('first', () => Int, { description: 'How many; 1 to 100.' }) first: number,
    @Arg('after', () => String, { nullable: true, description: 'Cursor to begin after.' }) after: string | null,
    @Ctx() { ledger, loaders }: LedgerContext,
  ): Promise<Page<TierSpanReading> | null> {
    const account = await loaders.account.load(id);
    if (account === null) return null;
    const cursors = new CursorCodec(ledger.secrets.cursor, `tierHistory:${id}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const beforeVersion = afterKeys?.[0] === undefined ? null : BigInt(afterKeys[0]);
    const rows = await readTierHistory(ledger, account, { beforeVersion, limit });
    return pageOf({ rows, first, after, cursors, keyOf: ({ version }) => [version.toString()] });
  }
}
