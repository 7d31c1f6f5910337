import {
  expectThat,
  firstFault,
  idempotencyKeyFault,
  ifGiven,
  textFault,
  type Fault,
} from '../../../kernel/errors/check-input';
import type { PartnerId } from '../../../kernel/values/id';
import { isDay } from '../../../kernel/values/instant';
import type { Version } from './versions';

/** Who a party is in law, and where its money goes; the operator's when `partnerId` is null. */
export interface SettlementDetails extends Version, SettlementIdentity {
  readonly partnerId: PartnerId | null;
}

/** The details themselves; what is not given is null. */
export interface SettlementIdentity {
  readonly legalName: string;
  readonly street: string | null;
  readonly city: string | null;
  readonly postCode: string | null;
  /** ISO 3166-1 alpha-2 in capitals. */
  readonly country: string;
  readonly vatId: string | null;
  /** Without blanks, in capitals, its check digits right. */
  readonly iban: string;
  readonly bic: string | null;
  /** The mandate by which a partner's net debit is collected. */
  readonly mandateId: string | null;
  /** When the mandate was signed, as YYYY-MM-DD; given with `mandateId` or not at all. */
  readonly mandateSignedOn: string | null;
  /** The operator's own identifier as a collector of direct debits. */
  readonly creditorSchemeId: string | null;
  /** Whether what this party is owed is invoiced by the debtor in its name. */
  readonly isSelfBilled: boolean;
}

type Asked<T> = { readonly [Name in keyof T]?: T[Name] | null };

/** What an admin sets; fields left out are none. */
export interface NewSettlementDetails extends Asked<Omit<SettlementIdentity, 'legalName' | 'country' | 'iban'>> {
  readonly idempotencyKey: string;
  /** Left out or null: the operator. */
  readonly partnerId?: string | null;
  readonly validFrom: Date;
  readonly legalName: string;
  readonly country: string;
  readonly iban: string;
}

/** The details as they are kept: the account number without blanks and in capitals, what was not given as none. */
export function identityOf(input: NewSettlementDetails): SettlementIdentity {
  return {
    legalName: input.legalName,
    street: input.street ?? null,
    city: input.city ?? null,
    postCode: input.postCode ?? null,
    country: input.country,
    vatId: input.vatId ?? null,
    iban: input.iban.replaceAll(' ', '').toUpperCase(),
    bic: input.bic ?? null,
    mandateId: input.mandateId ?? null,
    mandateSignedOn: input.mandateSignedOn ?? null,
    creditorSchemeId: input.creditorSchemeId ?? null,
    isSelfBilled: input.isSelfBilled ?? false,
  };
}

/**
 * Whether an IBAN's check digits are right.
 *
 * Source: ISO 13616 and ISO 7064 MOD 97-10: the first four characters go to the end, letters become 10 to 35, and the whole
 * leaves a remainder of 1. The length each country sets is not checked.
 */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$/.test(text)) return false;
  const moved = text.slice(4) + text.slice(0, 4);
  const digits = [...moved].map((sign) => Number.parseInt(sign, 36).toString()).join('');
  return BigInt(digits) % 97n === 1n;
}

/** An account number as those may see it whose it is not: country, check digits and the last four. */
export function maskedIban(iban: string): string {
  return `${iban.slice(0, 4)}${'•'.repeat(4)}${iban.slice(-4)}`;
}

/** The first field that cannot be what it says. */
export function settlementDetailsFault(input: NewSettlementDetails): Fault {
  const identity = identityOf(input);
  const text = (field: keyof SettlementIdentity, longest: number) =>
    ifGiven(identity[field] as string | null, (value) => textFault(`input.${field}`, value, longest));
  return firstFault(
    idempotencyKeyFault(input.idempotencyKey),
    text('legalName', 140),
    text('street', 70),
    text('city', 35),
    text('postCode', 16),
    expectThat(
      'input.country',
      /^[A-Z]{2}$/.test(identity.country),
      'must be a country of two capital letters, such as PL',
    ),
    ifGiven(identity.vatId, (id) =>
      expectThat(
        'input.vatId',
        /^[A-Z]{2}[A-Z0-9]{2,13}$/.test(id),
        'must begin with its country, such as PL5260001246',
      ),
    ),
    expectThat('input.iban', isIban(identity.iban), 'has wrong check digits or is no IBAN'),
    ifGiven(identity.bic, (bic) =>
      expectThat(
        'input.bic',
        /^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/.test(bic),
        'must be a BIC of 8 or 11 characters',
      ),
    ),
    ifGiven(identity.mandateId, (id) =>
      expectThat(
        'input.mandateId',
        /^[A-Za-z0-9+?/:().,'-]{1,35}$/.test(id),
        'must be 1 to 35 characters a bank can carry',
      ),
    ),
    ifGiven(identity.mandateSignedOn, (day) =>
      expectThat('input.mandateSignedOn', isDay(day), 'must be a day, such as 2026-03-31'),
    ),
    expectThat(
      'input.mandateSignedOn',
      (identity.mandateId === null) === (identity.mandateSignedOn === null),
      'is given with a mandate and only then',
    ),
    ifGiven(identity.creditorSchemeId, (id) =>
      expectThat(
        'input.creditorSchemeId',
        /^[A-Z]{2}[0-9]{2}[A-Z0-9]{3}[A-Z0-9]{1,28}$/.test(id),
        'must be a creditor identifier',
      ),
    ),
  );
}
