import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
} from 'graphql';
import { newId } from '../../../kernel/values/id';

/** Values of well-formed types that stand for nothing: enough to come as far as the question who is asking. */
const SCALARS: Readonly<Record<string, unknown>> = {
  ID: newId('mem'),
  String: 'sample',
  Int: 1,
  Float: 1,
  Boolean: true,
  Points: '1',
  BigInt: '1',
  DateTime: '2026-01-02T03:04:05Z',
  JSONObject: {},
};

/** The same by a field's name, where a text of any kind would be refused for what it is. */
const BY_NAME: Readonly<Record<string, unknown>> = {
  currency: 'EUR',
  timeZone: 'Europe/Warsaw',
  defaultLanguage: 'en',
  language: 'en',
  country: 'PL',
  iban: 'PL61109010140000071219812874',
  key: 'another-programme',
  code: 'BASE',
  thresholdPoints: '0',
  disputeWindowDays: 0,
  vintage: '2026-03',
};

/** Arguments of a field, each required one with a value of its type. */
export function sampleArguments(field: GraphQLField<unknown, unknown>): Record<string, unknown> {
  return Object.fromEntries(field.args.filter(isRequired).map(({ name, type }) => [name, sampleOf(type)]));
}

function isRequired({ type, defaultValue }: GraphQLArgument | GraphQLInputField): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

function sampleOf(given: GraphQLInputType): unknown {
  const type = getNullableType(given) as GraphQLInputType;
  if (isListType(type)) return [sampleOf(type.ofType as GraphQLInputType)];
  if (isEnumType(type)) return type.getValues()[0]?.name;
  if (!isInputObjectType(type)) {
    const { name } = type as { name: string };
    if (!(name in SCALARS)) throw new TypeError(`sampleOf: what is a ${name}?`);
    return SCALARS[name];
  }
  const fields = Object.values(type.getFields());
  const wanted = type.isOneOf ? fields.slice(0, 1) : fields.filter(isRequired);
  // Every command has a key of its own; a member is named by an id.
  return Object.fromEntries(
    wanted.map(({ name, type: of }) => [
      name,
      name === 'idempotencyKey' ? newId('req') : (BY_NAME[name] ?? sampleOf(of)),
    ]),
  );
}
