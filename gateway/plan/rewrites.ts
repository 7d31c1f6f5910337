import type { FetchDataRewrite } from '@apollo/query-planner';
import { isAbstractType, isInterfaceType, isObjectType, type GraphQLSchema } from 'graphql';
import { isObject, own, put, type Answered } from './merge';

/** A change the planner wants made to what is sent to a subgraph, or to what it answered. */
export type Rewrite = (value: unknown) => void;

const ON_TYPE = '... on ';

/**
 * Turns the planner's rewrites into functions: it renames a field that two types answer with different types, and sets the type
 * name under which an interface is known to another subgraph.
 */
export function rewritesOf(schema: GraphQLSchema, rewrites: readonly FetchDataRewrite[] | undefined): Rewrite[] {
  return (rewrites ?? []).map((rewrite) => {
    const field = rewrite.path.at(-1);
    if (field === undefined || field.startsWith(ON_TYPE))
      throw new TypeError('rewritesOf: a path that ends at no field');
    const change = changeOf(rewrite, field);
    return (value) => atPath(schema, rewrite.path.slice(0, -1), value, change);
  });
}

function changeOf(rewrite: FetchDataRewrite, field: string): (object: Answered) => void {
  if (rewrite.kind === 'ValueSetter') return (object) => put(object, field, rewrite.setValueTo);
  return (object) => {
    const value = own(object, field);
    if (value === undefined) return;
    put(object, rewrite.renameKeyTo, value);
    put(object, field, undefined);
  };
}

function atPath(
  schema: GraphQLSchema,
  [first, ...rest]: readonly string[],
  value: unknown,
  change: (object: Answered) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) atPath(schema, first === undefined ? [] : [first, ...rest], item, change);
  } else if (!isObject(value)) {
    return;
  } else if (first === undefined) {
    change(value);
  } else if (!first.startsWith(ON_TYPE)) {
    atPath(schema, rest, own(value, first), change);
  } else if (value['__typename'] === undefined || isOfType(schema, value, first.slice(ON_TYPE.length))) {
    // Not every object says its type here; the planner counts on the change being made then.
    atPath(schema, rest, value, change);
  }
}

/** Whether an object says of itself that it is of a type, or of one that the type stands for. */
export function isOfType(schema: GraphQLSchema, object: Answered, condition: string): boolean {
  const name = object['__typename'];
  if (typeof name !== 'string') return false;
  if (name === condition) return true;
  const [type, wanted] = [schema.getType(name), schema.getType(condition)];
  return (isObjectType(type) || isInterfaceType(type)) && isAbstractType(wanted) && schema.isSubType(wanted, type);
}
