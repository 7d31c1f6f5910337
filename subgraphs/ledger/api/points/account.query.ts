import { Arg, Args, ArgsType, Ctx, Field, FieldResolver, Int, Resolver, Root } from 'type-graphql';
import { CursorCodec, PAGE_MAX, pageOf, readPageArguments, type Page } from '../../../../kernel/graph/connection';
import { graphFault } from '../../../../kernel/graph/fault';
import { DateTimeScalar, PointsScalar, readable } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import type { MemberId } from '../../../../kernel/values/id';
import {
  readExpiring,
  readOpenLots,
  readTier,
  type AccountReading,
  type AccountView,
  type LotReading,
  type TierReading,
} from '../../app/points/read-account';
import { valueOf } from '../../app/points/read-value';
import { readBalanceAt, readStatementAsOf } from '../../app/time/read-as-of';
import type { LedgerContext } from '../context';
import {
  AccountType,
  ExpiringPointsType,
  LotConnection,
  MemberStub,
  StatementEntryConnection,
  TierStatusType,
} from './account.type';
import { TimeAxisName } from './tier-history.type';
import { statementEntry, type StatementEntryView } from './statement-entry';

const FIRST = { description: 'How many; 1 to 100.' };
const BY = {
  defaultValue: TimeAxisName.RECORDED,
  description: 'By when it was recorded, or by when it happened.',
} as const;
const AFTER = { nullable: true, description: 'Cursor to begin after.' } as const;

/** Which lines of a statement. */
@ArgsType()
class StatementArguments {
  @Field(() => Int, FIRST)
  first!: number;
  @Field(() => String, AFTER)
  after!: string | null;
  @Field(() => DateTimeScalar, { nullable: true, description: 'The statement as it stood at this instant; null: now.' })
  asOf!: Date | null;
  @Field(() => TimeAxisName, BY)
  by!: TimeAxisName;
}

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
    description:
      'Spendable points at an instant; 0 before the first transaction. By effective time it can be below zero, where points ' +
      'were spent before an earn that was told of late.',
  })
  balanceAt(
    @Root() account: AccountView,
    @Arg('at', () => DateTimeScalar, { description: 'The instant.' }) at: Date,
    @Arg('by', () => TimeAxisName, BY) by: TimeAxisName,
    @Ctx() { ledger }: LedgerContext,
  ): Promise<bigint> {
    return readBalanceAt(ledger, account, { at: readable('at', at), by });
  }

  @FieldResolver(() => MoneyType, {
    nullable: true,
    description:
      'What the spendable points show as in money: their face value by the terms in force, half to even to the minor unit.',
  })
  async value(@Root() account: AccountView, @Ctx() { loaders }: LedgerContext): Promise<MoneyType | null> {
    if (account.isVeiled) return null;
    const present = await loaders.present.load(account.programmeId);
    return present === null ? null : valueOf(account, present.book);
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

  @FieldResolver(() => StatementEntryConnection, {
    description:
      'What happened to the points, newest first; by effective time in the order things happened, with the balance of that order.',
  })
  async statement(
    @Root() account: AccountView,
    @Args(() => StatementArguments) asked: StatementArguments,
    @Ctx() { ledger }: LedgerContext,
  ) {
    const { first, after, by } = asked;
    const asOf = readable('asOf', asked.asOf ?? null);
    const list = `statement:${account.memberId}:${by}:${asOf?.toISOString() ?? ''}`;
    const cursors = new CursorCodec(ledger.secrets.cursor, list);
    const { limit, afterKeys } = readPageArguments({ first, after, cursors });
    const lines = await readStatementAsOf(ledger, account, { asOf, by, after: linePlace(afterKeys), limit });
    const rows = lines.map(statementEntry);
    return pageOf({ rows, first, after, cursors, keyOf: lineKeys });
  }
}

function lineKeys({ version, occurredAt }: StatementEntryView): string[] {
  return [version.toString(), occurredAt.toISOString()];
}

function linePlace(keys: readonly string[] | null): { seq: bigint; occurredAt: Date } | null {
  const [version, occurredAt] = keys ?? [];
  return version === undefined || occurredAt === undefined
    ? null
    : { seq: BigInt(version), occurredAt: new Date(occurredAt) };
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
