import type { Principal } from '../../../../kernel/context/principal';
import { expectThat, firstFault, ifGiven, textFault, wholeFault } from '../../../../kernel/errors/check-input';
import { isRefusal, type Refusal } from '../../../../kernel/errors/refusal';
import { invalidInput } from '../../../../kernel/errors/shared-refusals';
import { parseCurrency } from '../../../../kernel/values/money';
import { planPurchase, type Purchase } from '../../core/movements/purchase';
import type { Surroundings } from '../../core/rules/purchase-facts';
import type { Ledger } from '../ledger';
import { actingAs, memberToCredit, type Acting, type CreditedMember } from '../points/acting';
import type { MemberRef } from '../points/member-directory';
import { post, type Posted } from '../points/post';
import { documentOf, earningOf } from '../points/posting-command';

/** Minor units a single receipt may carry: ten billion of a currency with two decimals. */
export const AMOUNT_MAX = 10n ** 12n;
const LINES_MAX = 1_000;

export interface MoneyGiven {
  readonly amountMinor: bigint;
  readonly currency: string;
}
export interface RecordPurchaseInput {
  readonly idempotencyKey: string;
  readonly externalRef: string;
  readonly member: MemberRef;
  readonly amount: MoneyGiven;
  readonly occurredAt: Date;
  readonly branch?: string | null;
  readonly channel?: string | null;
  readonly lines?: readonly { sku: string; category?: string | null; quantity: number; amount: MoneyGiven }[] | null;
  readonly distanceMetres?: number | null;
  readonly temperatureCelsius?: number | null;
  readonly attributes?: Readonly<Record<string, unknown>> | null;
}

const ATTRIBUTES_MAX = 8_192;

/** Records a purchase at the acting partner and credits what it earns. */
export async function recordPurchase(
  ledger: Ledger,
  principal: Principal,
  input: RecordPurchaseInput,
): Promise<Posted | Refusal> {
  const found = await findBuyer(ledger, principal, input);
  return isRefusal(found) ? found : credit(ledger, principal, { ...found, input });
}

/** What recording a purchase would do, by the rules and the book of this instant; nothing is written. */
export async function previewPurchase(
  ledger: Ledger,
  principal: Principal,
  input: RecordPurchaseInput,
): Promise<Posted | Refusal> {
  const found = await findBuyer(ledger, principal, input);
  return isRefusal(found) ? found : credit(ledger, principal, { ...found, input, isPreview: true });
}

/**
 * Records up to 1,000 purchases, each with its own outcome, in the order given: all members are found first, then the
 * rows enter their lanes one after another without waiting, so that a member's rows keep their order.
 *
 * @param malformed by row: why a row could not be read, decided at the edge
 */
export async function recordPurchases(
  ledger: Ledger,
  principal: Principal,
  inputs: readonly RecordPurchaseInput[],
  malformed: readonly (Refusal | null)[] = [],
): Promise<(Posted | Refusal)[]> {
  const found = await Promise.all(
    inputs.map(async (input, row) => malformed[row] ?? findKnownBuyer(ledger, principal, input, `input[${row}]`)),
  );
  return Promise.all(
    found.map(async (buyer, row) => {
      const input = inputs[row];
      return isRefusal(buyer) || input === undefined
        ? (buyer as Refusal)
        : credit(ledger, principal, { ...buyer, input });
    }),
  );
}

async function findBuyer(
  ledger: Ledger,
  principal: Principal,
  input: RecordPurchaseInput,
  path = 'input',
): Promise<{ acting: Acting; buyer: CreditedMember } | Refusal> {
  const fault = purchaseFault(input, path);
  if (fault !== null) return fault;
  const acting = actingAs(principal, 'points:earn');
  if (isRefusal(acting)) return acting;
  const buyer = await memberToCredit(ledger, acting, { ref: input.member, path: `${path}.member` });
  return isRefusal(buyer) ? buyer : { acting, buyer };
}

/**
 * A buyer whose link members was asked about where need be: of rows that go together, none is to wait for that on its lane. Whether
 * there is one is judged there, after the key.
 */
async function findKnownBuyer(...asked: Parameters<typeof findBuyer>): ReturnType<typeof findBuyer> {
  const found = await findBuyer(...asked);
  if (isRefusal(found)) return found;
  await asked[0].directory.linkOf(found.buyer.link);
  return found;
}

interface Buying {
  readonly acting: Acting;
  readonly buyer: CreditedMember;
  readonly input: RecordPurchaseInput;
  readonly isPreview?: boolean;
}

async function credit(
  ledger: Ledger,
  principal: Principal,
  { acting, buyer, input, isPreview }: Buying,
): Promise<Posted | Refusal> {
  const { idempotencyKey, ...body } = input;
  const purchase = purchaseOf(acting, input);
  return post(ledger, principal, {
    programmeId: acting.programmeId,
    memberId: buyer.memberId,
    operation: 'recordPurchase',
    idempotencyKey,
    body,
    document: documentOf(acting.partnerId, 'PURCHASE', input.externalRef),
    link: buyer.link,
    isPreview: isPreview ?? false,
    earns: earningOf(purchase),
    plan: (wallet, facts) => planPurchase(wallet, purchase, facts),
  });
}

function purchaseOf({ partnerId }: Acting, input: RecordPurchaseInput): Purchase {
  return {
    partnerId,
    externalRef: input.externalRef,
    amountMinor: input.amount.amountMinor,
    currency: input.amount.currency,
    occurredAt: input.occurredAt,
    branch: input.branch ?? null,
    channel: input.channel ?? null,
    lines: input.lines ?? null,
    surroundings: surroundingsOf(input),
  };
}

/** What the till told beside the receipt; null when nothing. */
function surroundingsOf({ distanceMetres, temperatureCelsius, attributes }: RecordPurchaseInput): Surroundings | null {
  const told = {
    ...(distanceMetres == null ? {} : { distanceMetres }),
    ...(temperatureCelsius == null ? {} : { temperatureCelsius }),
    ...(attributes == null ? {} : { attributes }),
  };
  return Object.keys(told).length === 0 ? null : told;
}

export function purchaseFault(input: Omit<RecordPurchaseInput, 'member'>, path: string): Refusal | null {
  const at = (field: string) => `${path}.${field}`;
  return (
    firstFault(
      textFault(at('idempotencyKey'), input.idempotencyKey, 255),
      textFault(at('externalRef'), input.externalRef, 255),
      wholeFault(at('amount.amountMinor'), input.amount.amountMinor, { min: 0n, max: AMOUNT_MAX }),
      ifGiven(input.branch, (branch) => textFault(at('branch'), branch)),
      ifGiven(input.attributes, (attributes) =>
        expectThat(
          at('attributes'),
          JSON.stringify(attributes).length <= ATTRIBUTES_MAX,
          `must have at most ${ATTRIBUTES_MAX} characters as JSON`,
        ),
      ),
    ) ??
    (parseCurrency(input.amount.currency) === null
      ? invalidInput(at('amount.currency'), 'must be an ISO 4217 code')
      : null) ??
    linesFault(input.lines ?? [], at('lines'))
  );
}

function linesFault(lines: NonNullable<RecordPurchaseInput['lines']>, path: string): Refusal | null {
  if (lines.length > LINES_MAX) return invalidInput(path, `must have at most ${LINES_MAX} lines`);
  for (const [n, line] of lines.entries()) {
    const fault = firstFault(
      textFault(`${path}[${n}].sku`, line.sku),
      ifGiven(line.category, (category) => textFault(`${path}[${n}].category`, category)),
      wholeFault(`${path}[${n}].quantity`, line.quantity, { min: 0, max: 1_000_000 }),
      wholeFault(`${path}[${n}].amount.amountMinor`, line.amount.amountMinor, { min: 0n, max: AMOUNT_MAX }),
    );
    if (fault !== null) return fault;
  }
  return null;
}
