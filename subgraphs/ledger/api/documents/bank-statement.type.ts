import { Field, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import { defineRefusalType, defineResult } from '../../../../kernel/graph/result';
import type { ImportBankStatementInput as Import } from '../../app/documents/import-bank-statement';
import { ProgrammeNotReady } from '../points/refusal.type';
import { SettlementCycleType } from '../settlement/settlement.type';

/** Why an entry of the bank confirms no payment. */
export enum BankMismatch {
  UNKNOWN_ID = 'UNKNOWN_ID',
  NOT_INSTRUCTED = 'NOT_INSTRUCTED',
  IN_DEFAULT = 'IN_DEFAULT',
  NOT_BOOKED = 'NOT_BOOKED',
  REVERSED = 'REVERSED',
  OTHER_ACCOUNT = 'OTHER_ACCOUNT',
  DIRECTION_DIFFERS = 'DIRECTION_DIFFERS',
  CURRENCY_DIFFERS = 'CURRENCY_DIFFERS',
  AMOUNT_DIFFERS = 'AMOUNT_DIFFERS',
  DUPLICATE = 'DUPLICATE',
}
registerEnumType(BankMismatch, {
  name: 'BankMismatch',
  description: 'Why an entry of the bank confirms no payment.',
  valuesConfig: {
    UNKNOWN_ID: { description: 'No payment of the programme has its EndToEndId.' },
    NOT_INSTRUCTED: { description: 'The payment’s cycle has not been instructed.' },
    IN_DEFAULT: {
      description: 'The payment was declared in default and others paid it; record it as a guarantee payment.',
    },
    NOT_BOOKED: { description: 'The bank has announced it and not booked it.' },
    REVERSED: { description: 'It takes an earlier movement back, or is a return.' },
    OTHER_ACCOUNT: { description: 'It happened on an account that is not the operator’s.' },
    DIRECTION_DIFFERS: { description: 'It came in where it should have gone out, or the other way round.' },
    CURRENCY_DIFFERS: { description: 'It is in another currency.' },
    AMOUNT_DIFFERS: { description: 'It is of another amount.' },
    DUPLICATE: { description: 'Another entry has confirmed the payment.' },
  },
});

@ObjectType('BankEntry', { description: 'A movement on the operator’s account, as the bank tells it.' })
export class BankEntryType {
  @Field(() => String, { description: 'The payment’s name; empty when the bank gave none.' })
  endToEndId!: string;
  @Field(() => String, { description: 'Its amount as the bank wrote it, such as 6.57.' })
  amount!: string;
  @Field(() => String, { description: 'ISO 4217 code.' })
  currency!: string;
  @Field(() => String, { nullable: true, description: 'The day it was booked; null when the bank gave none.' })
  bookedOn!: string | null;
  @Field(() => String, { nullable: true, description: 'The bank’s own name for it.' })
  bankRef!: string | null;
  @Field(() => BankMismatch, { nullable: true, description: 'Why it confirms nothing; null when it did.' })
  mismatch!: BankMismatch | null;
}

@InputType('ImportBankStatementInput', { description: 'A statement of the operator’s bank.' })
export class ImportBankStatementInput implements Import {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => String, { description: 'A camt.053 or camt.054 of any version, as XML; at most 10,000 entries.' })
  content!: string;
}

@ObjectType('ImportBankStatementSuccess', { description: 'The statement was read.' })
class ImportBankStatementSuccess {
  @Field(() => [BankEntryType], { description: 'Entries that confirmed a payment now.' })
  matched!: BankEntryType[];
  @Field(() => [BankEntryType], { description: 'Entries that confirm nothing, with why.' })
  unmatched!: BankEntryType[];
  @Field(() => Int, { description: 'How many entries had confirmed their payment before.' })
  seen!: number;
  @Field(() => [SettlementCycleType], {
    description: 'Cycles whose payments are all confirmed by now: they became SETTLED.',
  })
  settledCycles!: SettlementCycleType[];
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

export const ImportBankStatementResult = defineResult('ImportBankStatementResult', ImportBankStatementSuccess, [
  ProgrammeNotReady,
  defineRefusalType('BankStatementUnreadable', 'The text is no bank statement that can be read.'),
]);
