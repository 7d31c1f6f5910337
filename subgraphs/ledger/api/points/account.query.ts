import { Arg, Ctx, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { CursorCodec, PAGE_MAX, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import { graphFault } from '../../../../kernel/graph/fault';
import { DateTimeScalar, PointsScalar, readable } from '../../../../kernel/graph/scalars';
import type { MemberId } from '../../../../kernel/values/id';
import {
  readBalanceAt,
  readExpiring,
  readOpenLots,
  readStatement,
  readTier,
  type AccountReading,
  type AccountView,
  type LotReading,
  type TierReading,
} from '../../app/points/read-account';
import type { LedgerContext } from '../context';
import {
  AccountType,
  ExpiringPointsType,
  LotConnection,
  MemberStub,
  StatementEntryConnection,
  TierStatusType,
} from './account.type';
import { statementEntry, type StatementEntryView } from './statement-entry';

const FIRST = { description: 'How many; 1 to 100.' };
const AFTER = { nullable: true, description: 'Cursor to begin after.' } as const;

/** What a member has here. */
@Resolver(() => MemberStub)
export class MemberPointsQuery {
  @FieldResolver(() => AccountType, {
    nullable: true,
    description: 'The member’s points; for the member, partners it opened itself to, and those who run the programme.',
  })
  account(@Root() { id }: { id: MemberId }, @Ctx() { loaders }: LedgerContext): Promise<AccountReading | null> {
    return loaders.account.load(id);
  }

  @FieldResolver(() => TierStatusType, {
    nullable: true,
    description: 'Where the member stands on the ladder; for those who may read the account.',
  })
  async tier(@Root() { id }: { id: MemberId }, @Ctx() { ledger, loaders }: LedgerContext): Promise<TierReading | null> {
    const account = await loaders.account.load(id);
    return account === null ? null : readTier(ledger, account);
  }
}

/** What belongs to an account: always as it stands now, also beneath an account shown as a posting left it. */
@Resolver(() => AccountType)
export class AccountQuery {
  @FieldResolver(() => PointsScalar, {
    description: 'Spendable points by an instant of recording; 0 before the first transaction.',
  })
  balanceAt(
    @Root() account: AccountView,
    @Arg('at', () => DateTimeScalar, { description: 'The instant.' }) at: Date,
    @Ctx() { ledger }: LedgerContext,
  ): Promise<bigint> {
    return readBalanceAt(ledger, account, readable('at', at));
  }

  @FieldResolver(() => [ExpiringPointsType], { description: 'What expires when, nearest first.' })
  expiring(
    @Root() account: AccountView,
    @Arg('first', () => Int, FIRST) first: number,
    @Ctx() { ledger }: LedgerContext,
  ): Promise<ExpiringPointsType[]> {
    if (first < 1 || first > PAGE_MAX) throw graphFault('INVALID_INPUT', `first: must be from 1 to ${PAGE_MAX}`);
    return readExpiring(ledger, account, first);
  }

  @FieldResolver(() => LotConnection, { description: 'Lots with spendable points, in the order they will be drawn.' })
  async lots(
    @Root() account: AccountView,
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger }: LedgerContext,
  ): Promise<Page<LotReading>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, `lots:${account.memberId}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const rows = await readOpenLots(ledger, account, { after: lotPlace(afterKeys), limit });
    return pageOf({ rows, first, after, cursors, keyOf: lotKeys });
  }

  @FieldResolver(() => StatementEntryConnection, { description: 'What happened to the points, newest first.' })
  async statement(
    @Root() account: AccountView,
    @Arg('first', () => Int, FIRST) first: number,
    @Arg('after', () => String, AFTER) after: string | null,
    @Ctx() { ledger }: LedgerContext,
  ): Promise<Page<StatementEntryView>> {
    const cursors = new CursorCodec(ledger.secrets.cursor, `statement:${account.memberId}`);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const beforeVersion = afterKeys?.[0] === undefined ? null : BigInt(afterKeys[0]);
    const lines = await readStatement(ledger, account, { beforeVersion, limit });
    const rows = lines.map(statementEntry);
    return pageOf({ rows, first, after, cursors, keyOf: ({ version }) => [version.toString()] });
  }
}

function lotKeys({ expiresAt, earnedAt, lotSeq }: LotReading): string[] {
  return [expiresAt?.toISOString() ?? '', earnedAt.toISOString(), lotSeq.toString()];
}

function lotPlace(keys: readonly string[] | null): Pick<LotReading, 'expiresAt' | 'earnedAt' | 'lotSeq'> | null {
  if (keys === null) return null;
  const [expiresAt = '', earnedAt = '', lotSeq = '0'] = keys;
  return {
    expiresAt: expiresAt === '' ? null : new Date(expiresAt),
    earnedAt: new Date(earnedAt),
    lotSeq: BigInt(lotSeq),
  };
}
