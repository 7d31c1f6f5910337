import {
  findBreakingChanges,
  findDangerousChanges,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isUnionType,
  specifiedRules,
  validate,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

/** How the graph differs from the last released one. */
export interface SchemaChanges {
  /** What a client of the released graph would notice: there must be none. */
  readonly breaking: readonly string[];
  /** What a client should be ready for: new members of unions and enums, changed defaults, new optional inputs. */
  readonly toExpect: readonly string[];
  /** What is there in addition, by its place in the graph. */
  readonly added: readonly string[];
}

export function changesBetween(released: GraphQLSchema, now: GraphQLSchema): SchemaChanges {
  const before = placesOf(released);
  const describe = (changes: readonly { description: string }[]) =>
    changes.map(({ description }) => description).sort();
  return {
    breaking: describe(findBreakingChanges(released, now)),
    toExpect: describe(findDangerousChanges(released, now)),
    added: [...placesOf(now)].filter((place) => !before.has(place)).sort(),
  };
}

/** Every type, field, argument and value; of a new type only the type is worth telling. */
function placesOf(schema: GraphQLSchema): Set<string> {
  const places = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    places.add(type.name);
    for (const part of partsOf(type)) places.add(`${type.name}.${part}`);
  }
  return places;
}

function partsOf(type: GraphQLNamedType): string[] {
  if (isEnumType(type)) return type.getValues().map(({ name }) => name);
  if (isUnionType(type)) return type.getTypes().map(({ name }) => name);
  if (isInputObjectType(type)) return Object.keys(type.getFields());
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return Object.values(type.getFields()).flatMap((field) => [
    field.name,
    ...field.args.map((argument) => `${field.name}(${argument.name})`),
  ]);
}

/** The page `schema/CHANGES.md`. */
export function changesPage(changes: SchemaChanges): string {
  const added = changes.added.filter((place) => {
    const [type = '', part] = place.split('.');
    return part === undefined || !changes.added.includes(type);
  });
  return `${[
    '# Changes of the graph since the last release',
    'Printed by `npm run schema:print` from `schema/released/api.graphql` and `schema/api.graphql`. At a release the second is copied',
    'over the first.',
    ...section('## What breaks clients', changes.breaking, 'Nothing.'),
    ...section('## What clients should be ready for', changes.toExpect, 'Nothing.'),
    ...section('## What is new', added, 'Nothing.'),
  ].join('\n')}\n`.replace('since the last release\n', 'since the last release\n\n');
}

function section(title: string, lines: readonly string[], none: string): string[] {
  const items = lines.map((line) =>
    /^[\w.()]+$/.test(line) ? `- \`${line}\`` : `- ${line.replaceAll(/[*_]/g, '\\$&')}`,
  );
  return ['', title, '', ...(items.length === 0 ? [none] : items)];
}

/** What is wrong with a client's committed operation; empty when it still runs. */
export function faultsOfOperation(schema: GraphQLSchema, operation: DocumentNode): string[] {
  return validate(schema, operation, specifiedRules).map(({ message }) => message);
}
