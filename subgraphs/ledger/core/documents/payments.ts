import type { Party } from '../settlement/directional-total';
import { decimalOf, figure, words, type Paper } from './paper';
import type { PartyDetails } from './party-details';
import type { PaperCycle } from './statement';

/** Which way the operator's bank moves the money: it pays net creditors and collects from net debtors. */
export type PaymentWay = 'CREDIT_TRANSFER' | 'DIRECT_DEBIT';

/** One payment of a cycle: one partner's net. */
export interface Payment {
  readonly partnerId: Exclude<Party, null>;
  readonly way: PaymentWay;
  /** `STL-{cycle}-{partner}`: how the bank's statement is matched. */
  readonly endToEndId: string;
  /** Above zero. */
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** A net as it is to be paid: in the currency the partner settles in. */
export interface NetToPay {
  readonly partyId: Party;
  readonly netMinor: bigint;
  readonly currency: string;
}

/** The longest EndToEndId a bank carries (ISO 20022 Max35Text). */
const END_TO_END_MAX = 35;

/**
 * The name a payment keeps all the way to the bank's statement. A code that is too long for it is cut, and an underscore, which banks
 * do not carry, becomes a hyphen; both have the end of the partner's id behind, so that names stay apart.
 */
export function endToEndIdOf(cycleNumber: number, partner: { id: string; code: string }): string {
  const whole = `STL-${cycleNumber}-${partner.code.replaceAll('_', '-')}`;
  if (whole.length <= END_TO_END_MAX && !partner.code.includes('_')) return whole;
  const end = `-${partner.id.slice(-8)}`;
  return whole.slice(0, END_TO_END_MAX - end.length) + end;
}

/** The payments of a cycle, by EndToEndId: one for each partner whose net is not zero. The operator pays nobody but by these. */
export function paymentsOf(
  cycle: Pick<PaperCycle, 'number'>,
  nets: readonly NetToPay[],
  codeOf: (partnerId: Exclude<Party, null>) => string,
): Payment[] {
  return nets
    .flatMap(({ partyId, netMinor, currency }): Payment[] =>
      partyId === null || netMinor === 0n
        ? []
        : [
            {
              partnerId: partyId,
              way: netMinor > 0n ? 'CREDIT_TRANSFER' : 'DIRECT_DEBIT',
              endToEndId: endToEndIdOf(cycle.number, { id: partyId, code: codeOf(partyId) }),
              amountMinor: netMinor > 0n ? netMinor : -netMinor,
              currency,
            },
          ],
    )
    .sort((a, b) => (a.endToEndId < b.endToEndId ? -1 : 1));
}

/** A payment whose both ends are known to the bank. */
export interface Instruction extends Payment {
  readonly counterparty: PartyDetails;
}

/** A file for the bank: payments of one way and one currency. */
export interface PaymentFile {
  readonly way: PaymentWay;
  readonly messageId: string;
  readonly currency: string;
  /** The day the bank is asked to move the money. */
  readonly executeOn: string;
  readonly madeAt: Date;
  readonly operator: PartyDetails;
  readonly instructions: readonly Instruction[];
  readonly totalMinor: bigint;
}

/**
 * Puts the payments of one way and one currency into a file for the bank.
 *
 * @param detailsOf details for this cycle's papers, which every party of them has given
 */
export function paymentFile(
  payments: readonly Payment[],
  {
    cycle,
    way,
    currency,
    executeOn,
    detailsOf,
  }: {
    cycle: PaperCycle;
    way: PaymentWay;
    currency: string;
    executeOn: string;
    detailsOf: (party: Party) => PartyDetails | null;
  },
): PaymentFile {
  const known = (party: Party): PartyDetails => {
    const details = detailsOf(party);
    if (details === null) throw new TypeError(`paymentFile: ${party ?? 'the operator'} has given no details`);
    return details;
  };
  const instructions = payments
    .filter((payment) => payment.way === way && payment.currency === currency)
    .map((payment) => ({ ...payment, counterparty: known(payment.partnerId) }));
  return {
    ...{ way, currency, executeOn, instructions, operator: known(null), madeAt: cycle.issuedAt ?? cycle.cutOffAt },
    messageId: `STL-${cycle.number}-${way === 'CREDIT_TRANSFER' ? 'PAY' : 'COLLECT'}-${currency}`,
    totalMinor: instructions.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
  };
}

/** The twin of a payment file: the same rows for people and spreadsheets. */
export function paymentPaper(file: PaymentFile): Paper {
  return {
    title: file.messageId,
    facts: [],
    tables: [
      {
        name: 'Payments',
        columns: ['EndToEndId', 'Name', 'IBAN', 'BIC', 'Amount', 'Currency', 'Execute on', 'Mandate', 'Mandate signed'],
        rows: file.instructions.map(({ endToEndId, counterparty, amountMinor, currency }) => [
          ...[
            words(endToEndId),
            words(counterparty.legalName),
            words(counterparty.iban),
            words(counterparty.bic ?? ''),
          ],
          ...[figure(decimalOf(amountMinor, currency)), words(currency), words(file.executeOn)],
          ...[words(counterparty.mandateId ?? ''), words(counterparty.mandateSignedOn ?? '')],
        ]),
      },
    ],
    notes: [],
    madeAt: file.madeAt,
  };
}
