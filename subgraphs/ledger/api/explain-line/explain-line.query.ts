import { Arg, Ctx, ID, Query, Resolver } from 'type-graphql';
import { readExplanation, type ExplainedLine } from '../../app/explain-line/explain-line';
import type { LedgerContext } from '../context';
import { partyOf } from '../settlement/settlement.query';
import { LineExplanationType } from './explain-line.type';

/** From a cent billed to what it is for. */
@Resolver()
export class ExplainLineQuery {
  @Query(() => LineExplanationType, {
    nullable: true,
    description:
      'How a line came about; the same to both its parties. Partner, staff: of their own pairs; admin, finance: of all.',
  })
  async explainLine(
    @Arg('lineId', () => ID, { description: 'The line.' }) lineId: string,
    @Ctx() { ledger, principal }: LedgerContext,
  ): Promise<object | null> {
    const explained = await readExplanation(ledger, principal, lineId);
    return explained === null ? null : { lineId, ...viewOf(explained) };
  }
}

function viewOf({ line, explanation, member, currency }: ExplainedLine): object {
  const { kind, eventKind, occurredAt, recordedAt, points, micros, isDisputed } = line;
  return {
    ...{ ...explanation, kind, occurredAt, recordedAt, points, micros, isDisputed, member, event: eventKind },
    ...{ debtor: partyOf(line.debtorId), creditor: partyOf(line.creditorId), issuer: partyOf(line.issuerId) },
    ...{ memberVersion: line.seq, lotNumber: line.lotSeq, settlementModel: line.terms.settlementModel },
    priceOf: partyOf(explanation.priceOf),
    billed: { amountMinor: line.billedMinor, currency },
  };
}
