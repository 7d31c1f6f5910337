import { expectThat, firstFault, type Fault } from '../../../../kernel/errors/check-input';
import type { PartnerId } from '../../../../kernel/values/id';
import { ATTRIBUTE_PLACE, documentOf, templateOf, type CustomerKind, type IntakeTarget, type Places } from './targets';

export type { CustomerKind, IntakeTarget } from './targets';

/** The kinds of message of the Segment spec. */
export const MESSAGE_TYPES = ['IDENTIFY', 'TRACK', 'PAGE', 'SCREEN', 'GROUP', 'ALIAS'] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

/** One line of a partner's mapping: the first line that fits a message decides what becomes of it. */
export interface IntakeMapping {
  readonly type: MessageType;
  /** The event's name, of a TRACK only; null fits every name. */
  readonly event: string | null;
  readonly target: IntakeTarget;
  /** Where in the message a value stands, where it is not the usual place: `{ "externalRef": "$.properties.invoice" }`. */
  readonly places: Places;
}

/** How a partner's customer-data messages become commands; each version replaces the one before. */
export interface Intake {
  readonly partnerId: PartnerId;
  readonly version: number;
  readonly customerKind: CustomerKind;
  readonly mappings: readonly IntakeMapping[];
}

/** What an admin, or the partner's staff, sets. */
export interface NewIntake {
  readonly idempotencyKey: string;
  readonly partnerId: string;
  readonly customerKind: CustomerKind;
  readonly mappings: readonly IntakeMapping[];
}

/** A mapping ready to be carried out by whoever knows GraphQL and nothing of points. */
export interface CommandMapping {
  readonly type: MessageType;
  readonly event: string | null;
  /** The document to run; null: none. */
  readonly document: string | null;
  /** Its variables, with places of the message where values go. */
  readonly template: object | null;
}

const MAPPINGS_MAX = 100;
const PLACE = /^[$@](\.[A-Za-z0-9_ -]{1,64}){1,8}$/;

/** What holds when a partner maps nothing itself: the names of the spec's own e-commerce events. */
export const USUAL_MAPPINGS: readonly IntakeMapping[] = [
  { type: 'IDENTIFY', event: null, target: 'MEMBER', places: {} },
  { type: 'TRACK', event: 'Order Completed', target: 'PURCHASE', places: {} },
  { type: 'TRACK', event: 'Order Refunded', target: 'RETURN', places: {} },
];

/** The first thing wrong with a mapping. */
export function intakeFault({ mappings }: NewIntake): Fault {
  return firstFault(
    expectThat('input.mappings', mappings.length <= MAPPINGS_MAX, `must be at most ${MAPPINGS_MAX}`),
    ...mappings.map((mapping, n) => mappingFault(mapping, `input.mappings.${n}`)),
  );
}

function mappingFault({ type, event, target, places }: IntakeMapping, field: string): Fault {
  const known = target === 'NONE' ? [] : Object.keys(placesIn(target));
  return firstFault(
    expectThat(`${field}.event`, event === null || type === 'TRACK', 'is the name of a TRACK only'),
    expectThat(
      `${field}.event`,
      event === null || (event.length >= 1 && event.length <= 200),
      'must be 1 to 200 characters',
    ),
    ...Object.entries(places).map(([name, place]) =>
      firstFault(
        expectThat(
          `${field}.places`,
          known.includes(name) || isAttribute(target, name),
          `has no "${name}"; a ${target} has ${known.join(', ')}`,
        ),
        expectThat(
          `${field}.places.${name}`,
          PLACE.test(String(place)),
          'must be a place such as $.properties.order_id',
        ),
      ),
    ),
  );
}

/** What a partner knows of its customers has names of its own. */
const isAttribute = (target: IntakeTarget, name: string): boolean => target === 'MEMBER' && ATTRIBUTE_PLACE.test(name);

function placesIn(target: Exclude<IntakeTarget, 'NONE'>): Places {
  return templateOf(target, { customerKind: 'EMAIL', currency: 'EUR', places: {} }).places;
}

/** The mappings as commands, the partner's own before the usual ones. */
export function commandMappings({ customerKind, mappings }: Intake, currency: string): CommandMapping[] {
  return [...mappings, ...USUAL_MAPPINGS].map(({ type, event, target, places }) => {
    if (target === 'NONE') return { type, event, document: null, template: null };
    const { template } = templateOf(target, { customerKind, currency, places });
    return { type, event, document: documentOf(target), template };
  });
}
