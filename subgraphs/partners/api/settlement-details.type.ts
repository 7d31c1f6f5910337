import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import { defineResult } from '../../../kernel/graph/result';
import { DateTimeScalar } from '../../../kernel/graph/scalars';
import type { NewSettlementDetails } from '../core/settlement-details';
import { NotAfterLatestVersion } from './result.type';

const STREET = { nullable: true, description: 'Street and number.' } as const;
const CITY = { nullable: true, description: 'Town.' } as const;
const POST_CODE = { nullable: true, description: 'Post code.' } as const;
const VAT_ID = {
  nullable: true,
  description: 'VAT number, beginning with its country, such as PL5260001246.',
} as const;
const BIC = { nullable: true, description: 'The bank’s code; 8 or 11 characters.' } as const;
const MANDATE = { nullable: true, description: 'The mandate by which net debits are collected.' } as const;
const SIGNED_ON = { nullable: true, description: 'Day the mandate was signed, such as 2026-03-31.' } as const;
const SCHEME_ID = { nullable: true, description: 'The operator’s identifier as collector of direct debits.' } as const;

@ObjectType('SettlementDetails', {
  description: 'One version of who a party is in law and where its money goes; never changed.',
})
export class SettlementDetailsType {
  @Field(() => Int, { description: '1, 2, 3 … for each party.' })
  version!: number;
  @Field(() => DateTimeScalar, { description: 'From when it counts, until the next version does.' })
  validFrom!: Date;
  @Field(() => String, { description: 'Name in law, as it stands on invoices.' })
  legalName!: string;
  @Field(() => String, STREET)
  street!: string | null;
  @Field(() => String, CITY)
  city!: string | null;
  @Field(() => String, POST_CODE)
  postCode!: string | null;
  @Field(() => String, { description: 'Country of two letters (ISO 3166-1).' })
  country!: string;
  @Field(() => String, VAT_ID)
  vatId!: string | null;
  @Field(() => String, { description: 'Account number; for other partners its first and last four signs only.' })
  iban!: string;
  @Field(() => String, BIC)
  bic!: string | null;
  @Field(() => String, MANDATE)
  mandateId!: string | null;
  @Field(() => String, SIGNED_ON)
  mandateSignedOn!: string | null;
  @Field(() => String, SCHEME_ID)
  creditorSchemeId!: string | null;
  @Field(() => Boolean, { description: 'Whether what it is owed is invoiced by the debtor in its name.' })
  isSelfBilled!: boolean;
}

@InputType('SetSettlementDetailsInput', {
  description: 'Details that become the next version of a partner’s, or of the operator’s.',
})
export class SetSettlementDetailsInput implements NewSettlementDetails {
  @Field(() => String, { description: 'The caller’s own name for this intent; 1 to 255 characters.' })
  idempotencyKey!: string;
  @Field(() => ID, {
    nullable: true,
    description: 'A partner of the caller’s programme; the operator, when not given.',
  })
  partnerId?: string | null;
  @Field(() => DateTimeScalar, { description: 'From when it counts; after the latest version’s.' })
  validFrom!: Date;
  @Field(() => String, { description: 'Name in law; at most 140 characters, in any script.' })
  legalName!: string;
  @Field(() => String, STREET)
  street?: string | null;
  @Field(() => String, CITY)
  city?: string | null;
  @Field(() => String, POST_CODE)
  postCode?: string | null;
  @Field(() => String, { description: 'Country of two capital letters (ISO 3166-1).' })
  country!: string;
  @Field(() => String, VAT_ID)
  vatId?: string | null;
  @Field(() => String, { description: 'Account number (IBAN), with or without blanks; its check digits are checked.' })
  iban!: string;
  @Field(() => String, BIC)
  bic?: string | null;
  @Field(() => String, MANDATE)
  mandateId?: string | null;
  @Field(() => String, SIGNED_ON)
  mandateSignedOn?: string | null;
  @Field(() => String, SCHEME_ID)
  creditorSchemeId?: string | null;
  @Field(() => Boolean, {
    nullable: true,
    description: 'Whether its invoices are drawn up by the debtor; no, when not given.',
  })
  isSelfBilled?: boolean | null;
}

@ObjectType('SetSettlementDetailsSuccess', { description: 'The version was set.' })
class SetSettlementDetailsSuccess {
  @Field(() => SettlementDetailsType, { description: 'The version.' })
  details!: SettlementDetailsType;
  @Field(() => Boolean, { description: 'Whether this is the stored outcome of an earlier call with the same key.' })
  replayed!: boolean;
}

export const SetSettlementDetailsResult = defineResult('SetSettlementDetailsResult', SetSettlementDetailsSuccess, [
  NotAfterLatestVersion,
]);
