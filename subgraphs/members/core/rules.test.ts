import { newId } from '../../../kernel/values/id';
import { anEnrolment } from '../testkit/builders';
import { enrolmentFault, whyNotEnrolled } from './enrolment';
import { openViewOf, viewOf, type Reader } from './member';
import { linkStateFor, widened } from './partner-link';

const programmeId = newId('prg');
const member = { id: newId('mem'), programmeId, displayName: 'Anna', language: 'pl' };
const bare = { id: member.id, displayName: null, language: null };
const whole = { id: member.id, displayName: 'Anna', language: 'pl' };
const partner = (mayRead = true): Reader => ({ kind: 'PARTNER', programmeId, partnerId: newId('ptr'), mayRead });

describe('an enrolment', () => {
  it.each([
    ['input.identity.value', { identity: { kind: 'PHONE' as const, value: '12' } }],
    ['input.identity.value', { identity: { kind: 'EMAIL' as const, value: 'anna' } }],
    ['input.identity.value', { identity: { kind: 'CARD' as const, value: ' \u200b' } }],
    ['input.displayName', { displayName: ' ' }],
    ['input.displayName', { displayName: 'x'.repeat(201) }],
    ['input.language', { language: 'polish!' }],
    ['input.idempotencyKey', { idempotencyKey: '' }],
  ])('names %s when that is what is wrong', (field, change) => {
    expect(enrolmentFault(anEnrolment(change))).toMatchObject({ code: 'INVALID_INPUT', facts: { field } });
  });

  it('needs no name and no language', () => {
    expect(enrolmentFault(anEnrolment({ displayName: null, language: undefined }))).toBeNull();
  });

  it('takes digits as members type them', () => {
    expect(enrolmentFault(anEnrolment({ identity: { kind: 'PHONE', value: '+٤٨ ۲۲ ۱۲۳ ٤٥٦٧' } }))).toBeNull();
  });

  it('needs the terms accepted, and a partner that does business', () => {
    expect(whyNotEnrolled(anEnrolment({ acceptsTerms: false }), 'ACTIVE')?.code).toBe('MEMBERS_TERMS_NOT_ACCEPTED');
    expect(whyNotEnrolled(anEnrolment(), 'SUSPENDED')?.code).toBe('MEMBERS_PARTNER_NOT_ACTIVE');
    expect([whyNotEnrolled(anEnrolment(), null), whyNotEnrolled(anEnrolment(), 'ACTIVE')]).toEqual([null, null]);
  });
});

describe('a partner link', () => {
  it('opens by what the member presents, not by what anybody can type', () => {
    expect((['EMAIL', 'PHONE', 'CARD', 'PARTNER_CUSTOMER_ID'] as const).map(linkStateFor)).toEqual([
      'CREDIT_ONLY',
      'CREDIT_ONLY',
      'OPEN',
      'OPEN',
    ]);
  });

  it('widens and never narrows', () => {
    expect(widened('CREDIT_ONLY', 'OPEN')).toBe('OPEN');
    expect(widened('OPEN', 'CREDIT_ONLY')).toBe('OPEN');
  });
});

describe('what a reader sees', () => {
  it.each<[string, Reader, 'OPEN' | 'CREDIT_ONLY' | null, object | null, object | null]>([
    ['the operator', { kind: 'PROGRAMME', programmeId }, null, whole, whole],
    ['the operator of another programme', { kind: 'PROGRAMME', programmeId: newId('prg') }, null, null, null],
    ['the member', { kind: 'MEMBER', programmeId, memberId: member.id }, null, whole, whole],
    ['another member', { kind: 'MEMBER', programmeId, memberId: newId('mem') }, null, null, null],
    ['a partner with an open link', partner(), 'OPEN', whole, whole],
    ['its key without members:read', partner(false), 'OPEN', bare, null],
    ['a partner that may only give points', partner(), 'CREDIT_ONLY', bare, null],
    ['a partner without a link', partner(), null, null, null],
  ])('%s', (_, reader, link, spokenOf, askedFor) => {
    expect(viewOf(member, reader, link)).toEqual(spokenOf);
    expect(openViewOf(member, reader, link)).toEqual(askedFor);
  });
});
