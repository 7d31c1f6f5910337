import {
  identityOf,
  isIban,
  maskedIban,
  settlementDetailsFault,
  type NewSettlementDetails,
} from './settlement-details';

const details: NewSettlementDetails = {
  idempotencyKey: 'k-1',
  partnerId: null,
  validFrom: new Date('2026-01-01T00:00:00Z'),
  legalName: 'شركة النور',
  country: 'DE',
  iban: 'DE89 3704 0044 0532 0130 00',
};

describe('an account number', () => {
  it.each(['DE89370400440532013000', 'GB82WEST12345698765432', 'PL61109010140000071219812874', 'NO9386011117947'])(
    'is one: %s',
    (iban) => expect(isIban(iban)).toBe(true),
  );

  it('is none with any one digit changed, or two neighbours swapped', () => {
    const iban = 'DE89370400440532013000';
    const changed = [...iban].flatMap((sign, at) =>
      at < 2 ? [] : [iban.slice(0, at) + ((Number(sign) + 1) % 10) + iban.slice(at + 1)],
    );
    expect(changed.filter(isIban)).toEqual([]);
    expect(isIban('DE89370400440352013000')).toBe(false);
    expect(isIban('')).toBe(false);
  });

  it('is shown to others by its ends only', () => {
    expect(maskedIban('DE89370400440532013000')).toBe('DE89••••3000');
  });
});

describe('settlement details', () => {
  it('are kept without blanks, and what was not given is none', () => {
    expect(settlementDetailsFault(details)).toBeNull();
    expect(identityOf(details)).toMatchObject({ iban: 'DE89370400440532013000', bic: null, isSelfBilled: false });
  });

  it.each([
    ['input.iban', { iban: 'DE88370400440532013000' }],
    ['input.country', { country: 'de' }],
    ['input.vatId', { vatId: '5260001246' }],
    ['input.bic', { bic: 'COBADE' }],
    ['input.mandateSignedOn', { mandateId: 'M-1' }],
    ['input.mandateSignedOn', { mandateId: 'M-1', mandateSignedOn: '2026-02-31' }],
    ['input.creditorSchemeId', { creditorSchemeId: 'nope' }],
    ['input.legalName', { legalName: ' ' }],
  ])('are refused for %s: %j', (field, change) => {
    expect(settlementDetailsFault({ ...details, ...change })?.facts).toEqual({ field });
  });
});
