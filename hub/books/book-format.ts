import { z } from 'zod';

/** The operator as a book names it. */
export const HUB_PARTY = 'H';

/** What fell due by itself stands in place of an event's id. */
export const DUE_NAMES = ['expiry', 'release', 'timeout'] as const;

const name = z.string().min(1).max(100).describe('A name of the book’s own; 1 to 100 characters.');
const partnerName = name.regex(/^[^:>]+$/, 'must hold neither : nor >').describe('A partner; H is the operator.');
const instant = z.iso
  .datetime({ offset: true })
  .describe('An instant with its offset, such as 2026-03-01T12:00:00+01:00.');
const decimal = z.string().regex(/^\d{1,18}$/, 'must be a whole number');
const amount = z
  .union([z.int().min(0), decimal])
  .describe('A whole number, as an integer or a decimal string.')
  .transform((value) => BigInt(value));
const bps = z
  .union([z.int().min(0).max(10_000), decimal])
  .describe('Basis points, 0 to 10,000.')
  .transform(Number)
  .refine((value) => value <= 10_000, 'must be at most 10000');
const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code in capitals');
const rate = z
  .union([z.number().positive(), z.string().regex(/^\d{1,12}([.]\d{1,12})?$/, 'must be a decimal number')])
  .describe('Units of `to` for one of `from`, best as a decimal string.')
  .transform(String)
  .refine((text) => /^\d{1,12}([.]\d{1,12})?$/.test(text), 'must be a decimal number');

const partner = z.strictObject({
  id: partnerName.refine((id) => id !== HUB_PARTY, 'H is the operator'),
  model: z.enum(['AT_REDEMPTION', 'AT_ISSUANCE', 'HYBRID']).describe('When money moves.'),
  reimbursementMicros: amount.describe('r: what it is paid for a point it accepts.'),
  issuanceMicros: amount.optional().describe('I: what it pays for a point it issues; AT_ISSUANCE only.'),
  feeMicros: amount.optional().describe('f: programme fee per released point; 0 when left out.'),
  prefundBps: bps.optional().describe('h: the part paid in advance; HYBRID only.'),
  breakageShareBps: bps.optional().describe('b: its share of what its expired points paid for; AT_ISSUANCE only.'),
  settlesIn: currency.optional().describe('The currency its net is paid in; the book’s when left out.'),
});

const openingLot = z.strictObject({
  lot: name,
  member: name,
  issuer: partnerName,
  points: amount,
  earnedAt: instant,
  expiresAt: instant.nullish(),
});

const at = { id: name, at: instant };
const funding = z
  .array(z.strictObject({ partner: partnerName, bps }))
  .min(1)
  .describe('Who pays, in shares that sum to 10,000; the issuer alone when left out.');

const event = z.discriminatedUnion('type', [
  z.strictObject({
    ...at,
    type: z.literal('earn'),
    member: name,
    issuer: partnerName,
    points: amount,
    lot: name,
    expiresAt: instant.nullish(),
    pending: z.boolean().optional(),
    funding: funding.optional(),
  }),
  z.strictObject({ ...at, type: z.literal('release'), lot: name }),
  z.strictObject({ ...at, type: z.literal('cancel'), lot: name }),
  z.strictObject({ ...at, type: z.literal('redeem'), member: name, redeemer: partnerName, points: amount }),
  z.strictObject({
    ...at,
    type: z.literal('reverse'),
    of: name.describe('The redemption or capture to undo.'),
    points: amount.nullish().describe('All that is left of it when left out.'),
  }),
  z.strictObject({ ...at, type: z.literal('clawback'), lot: name, points: amount }),
  z.strictObject({ ...at, type: z.literal('transfer'), from: name, to: name, points: amount }),
  z.strictObject({
    ...at,
    type: z.literal('goodwill'),
    member: name,
    by: partnerName.describe('Who gives them and pays when they are spent; H is the operator.'),
    points: amount,
    lot: name,
    expiresAt: instant.nullish(),
  }),
  z.strictObject({
    ...at,
    type: z.literal('hold'),
    hold: name,
    member: name,
    redeemer: partnerName,
    points: amount,
    expiresAt: instant,
  }),
  z.strictObject({
    ...at,
    type: z.literal('capture'),
    hold: name,
    points: amount.nullish().describe('All that is held when left out; what is not captured goes back.'),
    member: name.optional(),
    redeemer: partnerName.optional(),
    expiresAt: instant.nullish(),
  }),
  z.strictObject({
    ...at,
    type: z.literal('releaseHold'),
    hold: name,
    points: amount.nullish(),
    member: name.optional(),
    redeemer: partnerName.optional(),
    expiresAt: instant.nullish(),
  }),
]);

const dispute = z.strictObject({
  debtor: partnerName,
  creditor: partnerName,
  event: name.describe('The event of the line, or expiry, release, timeout.'),
  lot: name.nullish().describe('The lot of the line; none for a fee.'),
});

/** A settlement case as a file: one cycle of one programme, from its opening lots to its nets. */
export const bookSchema = z
  .strictObject({
    book: z.literal(1).describe('The version of this format.'),
    name: z.string().max(200),
    currency,
    timeZone: z.string().describe('IANA name, such as Europe/Warsaw.'),
    faceValueMicros: amount.describe('v: the value of a point shown to members, in millionths.'),
    opensAt: instant,
    closesAt: instant,
    partners: z.array(partner).min(1),
    rates: z.array(z.strictObject({ from: currency, to: currency, rate })).optional(),
    openingLots: z
      .array(openingLot)
      .optional()
      .describe('Lots from before the cycle, whose cost in advance was paid then.'),
    events: z
      .array(event)
      .describe('In the order of their instants; those of one instant run in the order of the file.'),
    disputes: z.array(dispute).optional(),
  })
  .describe('A settlement case as a file.');

/** A book as it is read. */
export type Book = z.output<typeof bookSchema>;
/** A book as it is written. */
export type WrittenBook = z.input<typeof bookSchema>;
export type BookEvent = Book['events'][number];
export type BookPartner = Book['partners'][number];
export type BookRate = NonNullable<Book['rates']>[number];
/** An event of one type. */
export type EventOf<Type extends BookEvent['type']> = Extract<BookEvent, { type: Type }>;

/** The format as JSON Schema, draft 2020-12; `schema/book.schema.json` holds it as printed. */
export function bookJsonSchema(): string {
  const schema = z.toJSONSchema(bookSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'Book', ...schema }, null, 2)}\n`;
}
