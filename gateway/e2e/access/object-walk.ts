import {
  astFromValue,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  print,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
} from 'graphql';
import { sampleArguments } from './sample-arguments';

type Field = GraphQLField<unknown, unknown>;

/** A field of a walk, and what is asked of the objects it answers; nothing of those that were met nearer to the root. */
interface Step {
  readonly field: Field;
  readonly depth: number;
  readonly below: Map<string, Step[]>;
}

/** What all is asked of the objects that a value leads to. */
export interface Walk {
  /** The selection, with its braces; empty for a leaf. */
  readonly selection: string;
  /** The fields it asks for: `Type.field`. */
  readonly coordinates: ReadonlySet<string>;
  /** Those of them of which an answer holds something: not null, and neither a list nor a page without items. */
  seenIn(value: unknown): Set<string>;
}

/** The gateway's limit of depth, which the root field counts towards. */
const DEPTH_MAX = 10;
/** Items of each page: more than one object of each kind, and few enough for the price of an operation. */
const PAGE = 3;

/** Arguments of objects' fields that samples of their types would not come far enough with. */
export type FieldArguments = Readonly<Record<string, Record<string, unknown>>>;

/**
 * Selects every field of every object that a type leads to, each object once, where it is nearest. Refusals are left out: they say
 * what did not happen.
 *
 * @param start    the type of the value
 * @param depth    how many fields are above it
 * @param given    arguments, by `Type.field`
 */
export function walkFrom(
  schema: GraphQLSchema,
  start: GraphQLNamedType,
  { depth, given }: { depth: number; given: FieldArguments },
): Walk {
  const top = new Map<string, Step[]>();
  const coordinates = new Set<string>();
  const due: { type: GraphQLNamedType; depth: number; below: Map<string, Step[]> }[] = [
    { type: start, depth, below: top },
  ];
  for (let next = due.shift(); next !== undefined; next = due.shift()) {
    if (next.depth >= DEPTH_MAX) continue;
    for (const object of objectsOf(schema, next.type)) {
      if ([...coordinates].some((coordinate) => coordinate.startsWith(`${object.name}.`))) continue;
      const steps = ownFields(object).map((field) => ({ field, depth: (next?.depth ?? 0) + 1, below: new Map() }));
      next.below.set(object.name, steps);
      for (const step of steps) {
        coordinates.add(`${object.name}.${step.field.name}`);
        due.push({ type: getNamedType(step.field.type), depth: step.depth, below: step.below });
      }
    }
  }
  return {
    selection: isCompositeType(start) ? textOf(start, top, given) : '',
    coordinates,
    seenIn: (value) => {
      const seen = new Set<string>();
      note(value, top, seen);
      return seen;
    },
  };
}

/** A subgraph names fields that others answer as well, only to require them. */
function ownFields(object: GraphQLObjectType): Field[] {
  return Object.values(object.getFields()).filter(
    ({ astNode }) =>
      !astNode?.directives?.some(({ name }) => ['external', 'requires', 'inaccessible'].includes(name.value)),
  );
}

function objectsOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  if (isObjectType(type)) return [type];
  if (!isAbstractType(type)) return [];
  return schema.getPossibleTypes(type).filter((object) => object.getInterfaces().length === 0);
}

function textOf(type: GraphQLNamedType, below: ReadonlyMap<string, readonly Step[]>, given: FieldArguments): string {
  const parts = [...below].map(([object, steps]) => {
    const fields = steps.map(({ field, below: deeper }) => {
      const named = getNamedType(field.type);
      const call = `${field.name}${argumentsOf(field, given[`${object}.${field.name}`])}`;
      return isCompositeType(named) ? `${call} ${textOf(named, deeper, given)}` : call;
    });
    return isAbstractType(type) ? `... on ${object} { ${fields.join(' ')} }` : fields.join(' ');
  });
  return `{ __typename ${parts.join(' ')} }`;
}

function argumentsOf(field: Field, given: Record<string, unknown> = {}): string {
  const values: Record<string, unknown> = { ...sampleArguments(field), ...given };
  if ('first' in values) values['first'] = PAGE;
  const told = field.args
    .filter(({ name }) => name in values)
    .map(({ name, type }) => `${name}: ${print(astFromValue(values[name], type)!)}`);
  return told.length === 0 ? '' : `(${told.join(', ')})`;
}

/** Adds to `seen` the fields of which a value holds something. */
function note(value: unknown, below: ReadonlyMap<string, readonly Step[]>, seen: Set<string>): void {
  if (Array.isArray(value)) return value.forEach((item) => note(item, below, seen));
  if (holdsNothing(value) || typeof value !== 'object') return;
  const object = value as Readonly<Record<string, unknown>>;
  for (const { field, below: deeper } of below.get(String(object['__typename'])) ?? []) {
    const answer = object[field.name];
    if (holdsNothing(answer)) continue;
    seen.add(`${String(object['__typename'])}.${field.name}`);
    note(answer, deeper, seen);
  }
}

/** Null, a list without items, or a page of one. */
function holdsNothing(answer: unknown): boolean {
  if (answer === null || answer === undefined) return true;
  if (Array.isArray(answer)) return answer.length === 0;
  return typeof answer === 'object' && 'nodes' in answer && holdsNothing(answer.nodes);
}
