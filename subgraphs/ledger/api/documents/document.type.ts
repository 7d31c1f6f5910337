import { Field, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import { defineConnection } from '../../../../kernel/graph/connection';
import { BigIntScalar, DateTimeScalar, PointsScalar } from '../../../../kernel/graph/scalars';
import { MoneyType } from '../../../../kernel/graph/shared-types';
import { SettlementCycleType, SettlementPartyType } from '../settlement/settlement.type';

/** What a document is about. */
export enum SettlementDocumentKind {
  STATEMENT = 'STATEMENT',
  INVOICE = 'INVOICE',
  CREDIT_TRANSFERS = 'CREDIT_TRANSFERS',
  DIRECT_DEBITS = 'DIRECT_DEBITS',
}
registerEnumType(SettlementDocumentKind, {
  name: 'SettlementDocumentKind',
  description: 'What a document of a cycle is about.',
  valuesConfig: {
    STATEMENT: { description: 'What one party owes and is owed, pair by pair.' },
    INVOICE: { description: 'One directional total: an invoice or a credit note, self-billed where that was agreed.' },
    CREDIT_TRANSFERS: { description: 'Payments to net creditors, for the operator’s bank.' },
    DIRECT_DEBITS: { description: 'Collections from net debtors, for the operator’s bank.' },
  },
});

/** How a document is written. */
export enum SettlementDocumentFormat {
  CSV = 'CSV',
  XLSX = 'XLSX',
  PDF = 'PDF',
  UBL = 'UBL',
  ISO20022 = 'ISO20022',
}
registerEnumType(SettlementDocumentFormat, {
  name: 'SettlementDocumentFormat',
  description: 'How a document of a cycle is written.',
  valuesConfig: {
    CSV: { description: 'Comma-separated values (RFC 4180, UTF-8).' },
    XLSX: { description: 'A workbook.' },
    PDF: { description: 'For print.' },
    UBL: { description: 'UBL 2.1 in the terms of EN 16931.' },
    ISO20022: { description: 'pain.001.001.09 or pain.008.001.08.' },
  },
});

@ObjectType('SettlementDocument', { description: 'A document of a cycle; drawn up anew, and the same, each time.' })
export class SettlementDocumentType {
  @Field(() => ID, { description: 'Its id: the same for as long as the cycle exists.' })
  id!: string;
  @Field(() => SettlementDocumentKind, { description: 'What it is about.' })
  kind!: SettlementDocumentKind;
  @Field(() => SettlementDocumentFormat, { description: 'How it is written.' })
  format!: SettlementDocumentFormat;
  @Field(() => String, { description: 'A name to save it under.' })
  fileName!: string;
  @Field(() => String, { description: 'Its media type.' })
  contentType!: string;
}
export const SettlementDocumentConnection = defineConnection('SettlementDocument', SettlementDocumentType);

@ObjectType('StatementGroup', { description: 'Claims of a pair that are alike: one kind, one price version.' })
export class StatementGroupType {
  @Field(() => String, { description: 'What the claims are for, such as REDEMPTION or PROGRAMME_FEE.' })
  kind!: string;
  @Field(() => Int, { description: 'The contract’s version under which they were priced.' })
  contractVersion!: number;
  @Field(() => String, { description: 'How they stand to VAT, as a code of UN/CEFACT 5305.' })
  taxCategory!: string;
  @Field(() => BigIntScalar, { description: 'How many claims.' })
  claims!: bigint;
  @Field(() => PointsScalar, { description: 'Points they are for.' })
  points!: bigint;
  @Field(() => BigIntScalar, { description: 'Their exact sum in millionths of the currency.' })
  micros!: bigint;
  @Field(() => MoneyType, { description: 'Their share of what is billed; the groups of a pair add up to it.' })
  billed!: MoneyType;
}

@ObjectType('StatementPair', { description: 'What one party owes another on a statement.' })
export class StatementPairType {
  @Field(() => BigIntScalar, { description: 'Opening: what rounding left in the last cycle, in millionths.' })
  openingMicros!: bigint;
  @Field(() => BigIntScalar, {
    description: 'The exact sum of the claims, in millionths, without what is in suspense.',
  })
  exactMicros!: bigint;
  @Field(() => BigIntScalar, { description: 'What is disputed and waits in suspense, in millionths.' })
  suspenseMicros!: bigint;
  @Field(() => MoneyType, { description: 'Opening and claims, rounded once, half to even.' })
  billed!: MoneyType;
  @Field(() => BigIntScalar, { description: 'Closing: what rounding leaves for the next cycle, in millionths.' })
  closingMicros!: bigint;
  @Field(() => [StatementGroupType], { description: 'Its claims by kind, price version and tax category.' })
  groups!: StatementGroupType[];
}

@ObjectType('StatementClaim', { description: 'One claim on a statement, the same for both sides.' })
export class StatementClaimType {
  @Field(() => ID, { description: 'The statement line’s id.' })
  lineId!: string;
  @Field(() => String, { description: 'What it is for.' })
  kind!: string;
  @Field(() => Int, { description: 'The contract’s version under which it was priced.' })
  contractVersion!: number;
  @Field(() => PointsScalar, { description: 'Points it is for.' })
  points!: bigint;
  @Field(() => BigIntScalar, { description: 'Exactly, in millionths of the currency.' })
  micros!: bigint;
  @Field(() => MoneyType, { description: 'Its share of what is billed.' })
  billed!: MoneyType;
  @Field(() => Boolean, { description: 'Whether it waits in suspense and bills nothing: its debtor does not agree.' })
  isDisputed!: boolean;
  @Field(() => DateTimeScalar, { description: 'When it happened: this chose the price.' })
  occurredAt!: Date;
  @Field(() => DateTimeScalar, { description: 'When it was recorded: this chose the cycle.' })
  recordedAt!: Date;
  @Field(() => String, { description: 'The member by the name it has on this party’s papers, and on no other’s.' })
  member!: string;
  @Field(() => String, { description: 'The journal transaction: that name and the transaction’s number.' })
  event!: string;
}
export const StatementClaimConnection = defineConnection('StatementClaim', StatementClaimType);

@ObjectType('SettlementStatement', { description: 'What one party owes the others in a cycle, and they it.' })
export class SettlementStatementType {
  @Field(() => SettlementCycleType, { description: 'The cycle.' })
  cycle!: SettlementCycleType;
  @Field(() => SettlementPartyType, { description: 'Whose statement it is.' })
  party!: SettlementPartyType;
  @Field(() => MoneyType, { description: 'What it is owed.' })
  receivable!: MoneyType;
  @Field(() => MoneyType, { description: 'What it owes.' })
  payable!: MoneyType;
  @Field(() => MoneyType, { description: 'Receivable less payable.' })
  net!: MoneyType;
}
