import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { parseInstant } from '../values/instant';
import { parseWhole } from '../values/points';
import { graphFault } from './fault';

/**
 * A value that could not be read. It stands where the value would have stood and becomes that input's `InvalidInput`,
 * so that one bad row of a thousand is that row's refusal and not the end of the call (`findMalformed`).
 */
export class Malformed {
  constructor(readonly reason: string) {}
}

function inputScalar<Value>(options: {
  name: string;
  description: string;
  read: (value: unknown) => Value | Malformed;
  write: (value: unknown) => unknown;
}): GraphQLScalarType {
  return new GraphQLScalarType({
    name: options.name,
    description: options.description,
    serialize: options.write,
    parseValue: options.read,
    parseLiteral: (node) =>
      node.kind === Kind.STRING ? options.read(node.value) : new Malformed('must be written as a string'),
  });
}

function readWhole(value: unknown): bigint | Malformed {
  if (typeof value === 'bigint') return value;
  if (typeof value !== 'string') return new Malformed('must be a whole number written as a string of digits');
  return parseWhole(value) ?? new Malformed('must be a whole number of at most 64 bits, ASCII digits only');
}

function writeWhole(value: unknown): string {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string' && parseWhole(value) !== null) return value;
  throw new GraphQLError('A whole number was expected.');
}

/** Whole points as a decimal string; a bigint inside. */
export const PointsScalar = inputScalar({
  name: 'Points',
  description: 'Whole points of the programme as a decimal string, such as "1250"; at most 64 bits, never rounded.',
  read: readWhole,
  write: writeWhole,
});

/** Any other whole number as a decimal string; a bigint inside. */
export const BigIntScalar = inputScalar({
  name: 'BigInt',
  description: 'A whole number of at most 64 bits as a decimal string, such as "4999"; never rounded.',
  read: readWhole,
  write: writeWhole,
});

/** An instant; a Date inside. */
export const DateTimeScalar = inputScalar({
  name: 'DateTime',
  description: 'An instant as RFC 3339 with an offset, such as "2026-03-01T10:00:00+01:00"; answered in UTC.',
  read: (value) => {
    if (value instanceof Date) return value;
    if (typeof value !== 'string') return new Malformed('must be an instant written as a string');
    return (
      parseInstant(value) ??
      new Malformed('must be an existing instant with an offset, as in 2026-03-01T10:00:00+01:00')
    );
  },
  write: (value) => {
    if (value instanceof Date) return value.toISOString();
    throw new GraphQLError('An instant was expected.');
  },
});

/** A JSON object of the caller's own making. */
export const JSONObjectScalar = new GraphQLScalarType({
  name: 'JSONObject',
  description: 'A JSON object.',
  serialize: (value) => value,
  parseValue: (value) => (isPlainObject(value) ? value : new Malformed('must be a JSON object')),
  parseLiteral: (node, variables) => {
    const value = readLiteral(node, variables ?? {});
    return isPlainObject(value) ? value : new Malformed('must be a JSON object');
  },
});

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readLiteral(node: ValueNode, variables: Record<string, unknown>): unknown {
  switch (node.kind) {
    case Kind.OBJECT:
      // Own keys only: a literal `__proto__` must not reach the prototype.
      return Object.fromEntries(node.fields.map((field) => [field.name.value, readLiteral(field.value, variables)]));
    case Kind.LIST:
      return node.values.map((item) => readLiteral(item, variables));
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value);
    case Kind.NULL:
      return null;
    case Kind.VARIABLE:
      return variables[node.name.value];
    default:
      return node.value;
  }
}

/** The first unreadable value within an input, with the path to it; null when all could be read. */
export function findMalformed(value: unknown, path = 'input'): { field: string; reason: string } | null {
  if (value instanceof Malformed) return { field: path, reason: value.reason };
  if (typeof value !== 'object' || value === null || value instanceof Date) return null;
  for (const [name, field] of Object.entries(value)) {
    const found = findMalformed(field, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}

/**
 * An argument of a query or a field, which has no refusal to become: when it could not be read, it ends that field.
 *
 * @throws GraphQLError INVALID_INPUT
 */
export function readable<Value>(name: string, value: Value): Value {
  const malformed = findMalformed(value, name);
  if (malformed !== null) throw graphFault('INVALID_INPUT', `${malformed.field}: ${malformed.reason}`);
  return value;
}
