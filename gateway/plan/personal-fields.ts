import {
  getNamedType,
  Kind,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';

/** How a subgraph marks a field that is about a person: `@tag(name: "personal")`. */
const PERSONAL = 'personal';

/** The coordinates of all fields a supergraph marks as personal, such as `Member.displayName`. */
export function personalFields(supergraphSdl: string): ReadonlySet<string> {
  return taggedFields(supergraphSdl, PERSONAL);
}

/** The coordinates of all fields of object types that a supergraph marks with a tag. */
export function taggedFields(supergraphSdl: string, name: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const field of definition.fields ?? []) {
      const tags = (field.directives ?? []).filter((directive) => directive.name.value === 'tag');
      const names = tags.flatMap((tag) => tag.arguments ?? []).map(({ value }) => 'value' in value && value.value);
      if (names.includes(name)) found.add(`${definition.name.value}.${field.name.value}`);
    }
  }
  return found;
}

/** Whether a document selects a personal field anywhere, in whichever of its operations and fragments. */
export function selectsPersonal(schema: GraphQLSchema, document: DocumentNode, personal: ReadonlySet<string>): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  visit(
    document,
    visitWithTypeInfo(types, {
      Field: ({ name }) => {
        const parent = types.getParentType();
        if (parent != null) found ||= personal.has(`${getNamedType(parent).name}.${name.value}`);
      },
    }),
  );
  return found;
}
