import { createHmac } from 'node:crypto';
import type { PartnerId, ProgrammeId } from './id';

/** The kinds of identity; the graph's enum of the same name has the same values. */
export type IdentityKindName = 'EMAIL' | 'PHONE' | 'CARD' | 'PARTNER_CUSTOMER_ID';

const LONGEST = 254;

/**
 * The one form an identity is compared in, so that ` Anna@Example.com` and `anna@example.com` are one member.
 *
 * E-mail: trimmed, NFKC, lower case. Phone: digits of any script read as ASCII digits, separators dropped, `+` kept.
 * Card and customer number: trimmed, NFKC, inner blanks dropped.
 *
 * @returns null when the value cannot be an identity of this kind
 */
export function normaliseIdentity(kind: IdentityKindName, value: string): string | null {
  // A lone surrogate would be stored as a replacement character: two different inputs would become one identity.
  if (value.length > LONGEST || !value.isWellFormed()) return null;
  const text = value
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim();
  if (text === '' || /\p{Cc}/u.test(text)) return null;
  switch (kind) {
    case 'EMAIL':
      return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? text.toLowerCase() : null;
    case 'PHONE': {
      const phone = asciiDigits(text).replace(/[\s().\-/]/g, '');
      return /^\+[1-9][0-9]{6,14}$/.test(phone) ? phone : null;
    }
    case 'CARD':
    case 'PARTNER_CUSTOMER_ID':
      return asciiDigits(text).replace(/\s/g, '');
  }
}

/** The zero of each script whose digits members type on their phones: Arabic, Persian, Devanagari. */
const ZEROS = [0x0660, 0x06f0, 0x0966];

/** Digits of other scripts as ASCII digits; everything else as it is. */
export function asciiDigits(text: string): string {
  return text.replace(/[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]/g, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    return String(ZEROS.map((zero) => code - zero).find((value) => value >= 0 && value <= 9) ?? digit);
  });
}

/**
 * The blind index of an identity: what is stored and looked up instead of the identity itself. A partner's own
 * customer number is indexed under that partner, so the same number at another partner is another identity.
 *
 * @param key shared by members and the ledger; without it an index says nothing about the identity
 * @returns 64 hexadecimal digits, HMAC-SHA-256
 */
export function blindIndex(
  key: string,
  identity: { programmeId: ProgrammeId; kind: IdentityKindName; partnerId: PartnerId | null; normalised: string },
): string {
  const scope = identity.kind === 'PARTNER_CUSTOMER_ID' ? identity.partnerId : '';
  return createHmac('sha256', key)
    .update([identity.programmeId, identity.kind, scope, identity.normalised].join('\n'))
    .digest('hex');
}
