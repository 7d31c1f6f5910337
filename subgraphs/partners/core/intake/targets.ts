/** What a message becomes. `NONE`: it is taken and nothing is done with it. */
export const INTAKE_TARGETS = ['PURCHASE', 'RETURN', 'ACTION', 'MEMBER', 'NONE'] as const;
export type IntakeTarget = (typeof INTAKE_TARGETS)[number];

/** By what a partner's shop names its customers. */
export const CUSTOMER_KINDS = ['PARTNER_CUSTOMER_ID', 'EMAIL', 'PHONE'] as const;
export type CustomerKind = (typeof CUSTOMER_KINDS)[number];

/**
 * Where values stand in a message, by the names a partner may move them by: `$` is the message, `@` the item of a list.
 */
export type Places = Readonly<Record<string, string>>;

type Command = Exclude<IntakeTarget, 'NONE'>;

const REFUSAL = '__typename ... on Refusal { code message retryable }';

/** The mutations behind the targets; a test holds them to the graph. */
const DOCUMENTS: Readonly<Record<Command, string>> = {
  PURCHASE: `mutation IntakePurchase($input: RecordPurchaseInput!) { result: recordPurchase(input: $input) { ${REFUSAL} } }`,
  RETURN: `mutation IntakeReturn($input: ReturnPurchaseInput!) { result: returnPurchase(input: $input) { ${REFUSAL} } }`,
  ACTION: `mutation IntakeAction($input: RecordActionInput!) { result: recordAction(input: $input) { ${REFUSAL} } }`,
  MEMBER: `mutation IntakeMember($input: EnrolMemberInput!) { result: enrolMember(input: $input) { ${REFUSAL} } }`,
};

/** The mutation a target is done by. It selects `result { __typename ... on Refusal { code message retryable } }`. */
export function documentOf(target: Command): string {
  return DOCUMENTS[target];
}

/**
 * Where values usually stand. Source: the Segment spec's e-commerce events, version 2, and its `identify` call. What earns is
 * `revenue`, which the spec says is without shipping and taxes and after discounts.
 */
const USUAL: Readonly<Record<Command, Places>> = {
  PURCHASE: {
    customer: '$.userId',
    externalRef: '$.properties.order_id',
    amount: '$.properties.revenue',
    currency: '$.properties.currency',
    branch: '$.properties.affiliation',
    lines: '$.properties.products',
    sku: '@.sku',
    category: '@.category',
    quantity: '@.quantity',
    price: '@.price',
  },
  RETURN: {
    customer: '$.userId',
    purchaseRef: '$.properties.order_id',
    externalRef: '$.messageId',
    amount: '$.properties.revenue',
    currency: '$.properties.currency',
  },
  ACTION: { customer: '$.userId', action: '$.event', attributes: '$.properties' },
  MEMBER: {
    customer: '$.userId',
    displayName: '$.traits.name',
    language: '$.context.locale',
    acceptsTerms: '$.traits.accepts_terms',
  },
};

/** Places of a MEMBER by which a partner says what else it knows of its customers: `{ "attribute.size": "$.traits.size" }`. */
export const ATTRIBUTE_PLACE = /^attribute\.[a-z][A-Za-z0-9_]{0,39}$/;

function attributesAt(places: Places): { attributes?: Places } {
  const named = Object.entries(places).filter(([name]) => ATTRIBUTE_PLACE.test(name));
  if (named.length === 0) return {};
  return { attributes: Object.fromEntries(named.map(([name, place]) => [name.slice('attribute.'.length), place])) };
}

interface TemplateChoices {
  readonly customerKind: CustomerKind;
  /** The programme's, for messages that name none. */
  readonly currency: string;
  /** The partner's own places, over the usual ones. */
  readonly places: Places;
}

/**
 * The variables of a target's mutation as a template. A text beginning with `$` or `@` is a place; `$first` takes the first of
 * several that is there; `$text` makes a text of a number; `$money` makes whole minor units of a decimal amount, times a whole number
 * if there is one; `$name` makes a name of an event's title (`Product Reviewed` → `product.reviewed`); `$each` goes over a list.
 * A value that is not there is left out.
 */
export function templateOf(target: Command, choices: TemplateChoices): { places: Places; template: object } {
  const places: Places = { ...USUAL[target], ...choices.places };
  const identity = { kind: choices.customerKind, value: { $text: places['customer'] } };
  const command = { idempotencyKey: { $text: '$.messageId' } };
  const at = { occurredAt: { $first: ['$.timestamp', '$.originalTimestamp', '$.sentAt'] } };
  const currency = { $first: [places['currency'], { $constant: choices.currency }] };
  const amount = {
    $money: { amount: { $first: [places['amount'], '$.properties.subtotal', '$.properties.total'] }, currency },
  };
  const inputs: Readonly<Record<Command, () => object>> = {
    PURCHASE: () => ({
      ...command,
      ...at,
      externalRef: { $text: places['externalRef'] },
      member: { identity },
      amount,
      branch: { $text: places['branch'] },
      channel: 'ONLINE',
      lines: {
        $each: places['lines'],
        $as: {
          sku: { $text: { $first: [places['sku'], '@.product_id'] } },
          category: { $text: places['category'] },
          quantity: { $first: [places['quantity'], { $constant: 1 }] },
          amount: { $money: { amount: places['price'], times: places['quantity'], currency } },
        },
      },
    }),
    RETURN: () => ({
      ...command,
      ...at,
      purchaseRef: { $text: places['purchaseRef'] },
      externalRef: { $text: places['externalRef'] },
      amount,
    }),
    ACTION: () => ({
      ...command,
      ...at,
      externalRef: { $text: '$.messageId' },
      member: { identity },
      action: { $name: places['action'] },
      attributes: { $first: [places['attributes'], { $constant: {} }] },
    }),
    MEMBER: () => ({
      ...command,
      identity,
      displayName: { $text: places['displayName'] },
      language: { $text: places['language'] },
      acceptsTerms: { $first: [places['acceptsTerms'], { $constant: false }] },
      ...attributesAt(places),
    }),
  };
  return { places, template: { input: inputs[target]() } };
}
