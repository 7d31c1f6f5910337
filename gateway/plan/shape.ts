import {
  getNamedType,
  GraphQLError,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  Kind,
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { isInherited, isObject, own, put, type Answered } from './merge';

type Variables = Readonly<Record<string, unknown>>;

/** One answer being shaped. */
interface Shaping {
  readonly variables: Variables;
  /** What it stumbled over, in the form of the answer's errors. */
  readonly faults: GraphQLError[];
}

/** What the schema itself answers, such as `__schema` beside other fields. */
export type Introspect = (field: FieldNode, variables: Variables) => unknown;

export interface ShapeOptions {
  /** What clients see. */
  readonly schema: GraphQLSchema;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly introspect: Introspect;
}

/** How many choices of `@skip` and `@include` of one operation are kept ready. */
const CHOICES_KEPT = 32;

/**
 * Brings what the subgraphs answered into the form the client asked for: only the fields it selected, in its order, with nulls
 * where the schema allows them. A null where it does not makes the nearest nullable field above null.
 *
 * The planner fetches more than was asked for, and an operation's form does not change: it is worked out once for each choice of
 * the variables that `@skip` and `@include` look at.
 */
export class Shape {
  private readonly choices = new Map<string, Selection>();
  private readonly conditions: readonly string[];

  constructor(
    private readonly options: ShapeOptions,
    private readonly set: SelectionSetNode,
    private readonly root: GraphQLCompositeType,
    private readonly defaults: Variables,
  ) {
    const conditions = new Set<string>();
    collectConditions(set, conditions);
    for (const fragment of Object.values(options.fragments)) collectConditions(fragment.selectionSet, conditions);
    this.conditions = [...conditions];
  }

  /** @returns the answer's data, and what is wrong with it where the schema does not allow what came */
  of(answered: Answered, variables: Variables): { data: Answered | null; faults: readonly GraphQLError[] } {
    const shaping: Shaping = { variables, faults: [] };
    const shaped = this.selectionFor(variables).shape(answered, this.root, [], shaping);
    return { data: shaped === INVALID ? null : shaped, faults: shaping.faults };
  }

  private selectionFor(variables: Variables): Selection {
    const values = this.conditions.map((name) => own(variables as Answered, name) ?? this.defaults[name]);
    const key = values.map((value) => (value === true ? '1' : '0')).join('');
    let selection = this.choices.get(key);
    if (selection === undefined) {
      const chosen = new Map(this.conditions.map((name, place) => [name, values[place] === true]));
      selection = new Selection({ ...this.options, chosen }, [this.set]);
      if (this.choices.size < CHOICES_KEPT) this.choices.set(key, selection);
    }
    return selection;
  }
}

interface Chosen extends ShapeOptions {
  /** The values of the variables that conditions look at. */
  readonly chosen: ReadonlyMap<string, boolean>;
}

/** Says that a value is null where it must not be: whoever holds it becomes null. */
const INVALID = Symbol('invalid');

type Path = (string | number)[];
type Complete = (value: unknown, path: Path, shaping: Shaping) => unknown;

/** One field of the answer. */
interface Shaped {
  readonly name: string;
  readonly isInherited: boolean;
  /** Null for a field that the object itself does not hold: its type's name, and what the schema answers. */
  readonly complete: Complete | null;
  readonly field: FieldNode;
}

/** What is selected of an object, worked out when an object of that type first comes. */
class Selection {
  private readonly byType = new Map<string, readonly Shaped[]>();

  constructor(
    private readonly options: Chosen,
    private readonly sets: readonly SelectionSetNode[],
  ) {}

  shape(from: Answered, type: GraphQLCompositeType, path: Path, shaping: Shaping): Answered | typeof INVALID {
    const to: Answered = {};
    let fields = this.byType.get(type.name);
    if (fields === undefined) this.byType.set(type.name, (fields = this.fieldsOf(type)));
    for (const field of fields) {
      if (field.complete === null) {
        const value = this.withoutFetch(field, from, type, shaping);
        if (value === INVALID) return INVALID;
        put(to, field.name, value);
        continue;
      }
      const given = field.isInherited ? own(from, field.name) : from[field.name];
      path.push(field.name);
      const value = field.complete(given, path, shaping);
      path.pop();
      if (value === INVALID) return INVALID;
      if (field.isInherited) put(to, field.name, value);
      else to[field.name] = value;
    }
    return to;
  }

  private withoutFetch({ name, field }: Shaped, from: Answered, type: GraphQLCompositeType, shaping: Shaping): unknown {
    if (field.name.value !== '__typename') return this.options.introspect(field, shaping.variables);
    const said = own(from, name) ?? from['__typename'];
    const known = typeof said === 'string' ? (this.options.schema.getType(said) ?? type) : type;
    return isObjectType(known) ? known.name : INVALID;
  }

  private fieldsOf(type: GraphQLCompositeType): readonly Shaped[] {
    const collected = new Map<string, FieldNode[]>();
    for (const set of this.sets) this.collect(set, type, collected);
    return [...collected].map(([name, nodes]) => this.shaped(name, nodes, type));
  }

  private collect(set: SelectionSetNode, type: GraphQLCompositeType, into: Map<string, FieldNode[]>): void {
    for (const selection of set.selections) {
      if (!this.isIncluded(selection.directives)) continue;
      if (selection.kind === Kind.FIELD) {
        const name = selection.alias?.value ?? selection.name.value;
        into.set(name, [...(into.get(name) ?? []), selection]);
        continue;
      }
      const spread = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.options.fragments[selection.name.value];
      if (spread === undefined || !this.applies(spread.typeCondition?.name.value, type)) continue;
      this.collect(spread.selectionSet, type, into);
    }
  }

  private isIncluded(directives: readonly DirectiveNode[] = []): boolean {
    return directives.every(({ name, arguments: given }) => {
      if (name.value !== 'skip' && name.value !== 'include') return true;
      const value = given?.[0]?.value;
      const is =
        value?.kind === Kind.VARIABLE
          ? this.options.chosen.get(value.name.value)
          : value?.kind === Kind.BOOLEAN && value.value;
      return (name.value === 'include') === (is === true);
    });
  }

  private applies(condition: string | undefined, type: GraphQLCompositeType): boolean {
    if (condition === undefined || condition === type.name) return true;
    const wanted = this.options.schema.getType(condition);
    const isBelow = isObjectType(type) || isInterfaceType(type);
    return isBelow && isAbstractType(wanted) && this.options.schema.isSubType(wanted, type);
  }

  private shaped(name: string, nodes: readonly FieldNode[], parent: GraphQLCompositeType): Shaped {
    const [field] = nodes as [FieldNode];
    const facts = { name, isInherited: isInherited(name), field };
    const definition = 'getFields' in parent ? parent.getFields()[field.name.value] : undefined;
    if (definition === undefined) return { ...facts, complete: null };
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const below = sets.length === 0 ? null : new Selection(this.options, sets);
    const place = `field ${parent.name}.${name}`;
    const complete = completion(this.options.schema, definition.type, below, place);
    return { ...facts, complete };
  }
}

/** How a value of a type is brought into form. @param place what a fault calls it */
function completion(schema: GraphQLSchema, type: GraphQLOutputType, below: Selection | null, place: string): Complete {
  if (isNonNullType(type)) {
    const complete = completion(schema, type.ofType, below, place);
    return (value, path, shaping) => {
      const before = shaping.faults.length;
      const completed = complete(value, path, shaping);
      if (completed !== null) return completed;
      if (shaping.faults.length === before)
        shaping.faults.push(fault(`Cannot return null for non-nullable ${place}.`, path));
      return INVALID;
    };
  }
  if (isListType(type)) return listOf(completion(schema, type.ofType, below, `item of ${place}`), place);
  const named = getNamedType(type);
  return below !== null && isCompositeType(named)
    ? objectOf(schema, named, below, place)
    : leafOf(isAllowed(named), place);
}

function listOf(complete: Complete, place: string): Complete {
  return (value, path, shaping) => {
    if (value == null) return null;
    if (!Array.isArray(value)) return invalid(place, path, shaping);
    const items: unknown[] = [];
    let isWhole = true;
    for (let at = 0; at < value.length; at += 1) {
      path.push(at);
      const item = complete(value[at], path, shaping);
      path.pop();
      if (item === INVALID) isWhole = false;
      items.push(item);
    }
    return isWhole ? items : null;
  };
}

function objectOf(schema: GraphQLSchema, type: GraphQLCompositeType, below: Selection, place: string): Complete {
  return (value, path, shaping) => {
    if (value == null) return null;
    if (!isObject(value)) return invalid(place, path, shaping);
    const said = value['__typename'];
    const actual = typeof said === 'string' && said !== type.name ? schema.getType(said) : type;
    // A type that clients do not see, or none at all.
    if (actual === undefined || !isCompositeType(actual)) return invalid(place, path, shaping);
    const shaped = below.shape(value, actual, path, shaping);
    return shaped === INVALID ? null : shaped;
  };
}

function leafOf(isAllowedValue: (value: unknown) => boolean, place: string): Complete {
  return (value, path, shaping) => {
    if (value == null) return null;
    return isAllowedValue(value) ? value : invalid(place, path, shaping);
  };
}

function invalid(place: string, path: Path, shaping: Shaping): null {
  shaping.faults.push(fault(`Invalid value found for ${place}.`, path));
  return null;
}

function fault(message: string, path: Path): GraphQLError {
  return new GraphQLError(message, { path: [...path], extensions: { code: 'INVALID_GRAPHQL' } });
}

const INT_MAX = 2 ** 31;

/** Whether a leaf may have a value, as far as the schema says: scalars of our own are their subgraphs' to write. */
function isAllowed(type: GraphQLNamedType): (value: unknown) => boolean {
  if (isEnumType(type)) {
    const values = new Set<unknown>(type.getValues().map(({ name }) => name));
    return (value) => values.has(value);
  }
  if (!isSpecifiedScalarType(type)) return () => true;
  switch (type.name) {
    case 'Int':
      return (value) => Number.isInteger(value) && (value as number) >= -INT_MAX && (value as number) < INT_MAX;
    case 'Float':
      return (value) => typeof value === 'number' && Number.isFinite(value);
    case 'Boolean':
      return (value) => typeof value === 'boolean';
    case 'ID':
      return (value) => typeof value === 'string' || Number.isInteger(value);
    default:
      return (value) => typeof value === 'string';
  }
}

function collectConditions(set: SelectionSetNode, into: Set<string>): void {
  for (const selection of set.selections) {
    for (const { name, arguments: given } of selection.directives ?? []) {
      const value = given?.[0]?.value;
      if ((name.value === 'skip' || name.value === 'include') && value?.kind === Kind.VARIABLE)
        into.add(value.name.value);
    }
    if ('selectionSet' in selection && selection.selectionSet !== undefined)
      collectConditions(selection.selectionSet, into);
  }
}
