import {
  getNamedType,
  isAbstractType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { schemaOf } from './printed';

/** One subgraph as it is printed. */
export interface PrintedSubgraph {
  readonly name: string;
  readonly sdl: string;
}

/** Directives that @apollo/gateway refuses to start on, or that composition would spread by rules of its own. */
const AUTH_DIRECTIVES = ['authenticated', 'requiresScopes', 'policy'];

/** Fields in `@requires` with arguments: the planner hands over the field's value for other arguments without a word. */
export function argumentsInRequires({ name, sdl }: PrintedSubgraph): string[] {
  const found: string[] = [];
  visit(parse(sdl), {
    FieldDefinition: (field) => {
      for (const text of valuesOf(field.directives, 'requires', 'fields')) {
        visit(parse(`{ ${text} }`), {
          Field: (required) => {
            if ((required.arguments?.length ?? 0) > 0)
              found.push(`${name}: ${field.name.value} requires ${required.name.value} with arguments`);
          },
        });
      }
    },
  });
  return found;
}

/**
 * Rules of access written as directives, on interfaces or anywhere: here the subgraphs themselves decide who may.
 *
 * A directive is known by its own name, by that of its specification before it (`@federation__policy`), and by what `@link` says, which
 * may call it anything else.
 */
export function authDirectives({ name, sdl }: PrintedSubgraph): string[] {
  const found = new Set<string>();
  visit(parse(sdl), {
    Directive: (directive) => {
      if (AUTH_DIRECTIVES.includes(directive.name.value.split('__').at(-1) as string))
        found.add(`${name}: @${directive.name.value}`);
      visit(directive, {
        StringValue: ({ value }) => {
          const [, linked = ''] = /^(?:@|https:\/\/specs\.apollo\.dev\/)(\w+)(?:\/v[\d.]+)?$/.exec(value) ?? [];
          if (AUTH_DIRECTIVES.includes(linked)) found.add(`${name}: @${linked}`);
        },
      });
    },
  });
  return [...found];
}

/**
 * Places where one subgraph that is down would void what another one did.
 *
 * A mutation or an event of subgraph S names an entity that others own as well. If one of their fields may not be null, its absence
 * makes the entity null; if the entity may not be null where it stands, the whole answer goes, although S has done its part.
 */
export function voidedByOthers(supergraph: string, { name, sdl }: PrintedSubgraph): string[] {
  const foreign = foreignNonNull(parse(supergraph), name.toUpperCase());
  const schema = schemaOf(withoutFederation(sdl));
  const found: string[] = [];
  for (const root of [schema.getMutationType(), schema.getSubscriptionType()]) {
    if (root == null) continue;
    for (const { type, field, output } of edgesFrom(schema, root)) {
      const fields = objectsOf(schema, getNamedType(output)).flatMap(({ name: object }) => foreign.get(object) ?? []);
      if (fields.length === 0 || isNullableInside(output)) continue;
      found.push(`${name}: ${type}.${field} may not be null, and others own ${fields.join(', ')} of it`);
    }
  }
  return [...new Set(found)].sort();
}

/** By entity: the fields that may not be null and that only other subgraphs than this one answer. */
function foreignNonNull(supergraph: DocumentNode, graph: string): Map<string, string[]> {
  const foreign = new Map<string, string[]>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    const owners = valuesOf(definition.directives, 'join__type', 'graph');
    if (owners.length < 2 || !owners.includes(graph)) continue;
    const fields = (definition.fields ?? []).filter((field) => {
      const by = valuesOf(field.directives?.filter(isAnswered), 'join__field', 'graph');
      return field.type.kind === Kind.NON_NULL_TYPE && by.length > 0 && !by.includes(graph);
    });
    if (fields.length > 0)
      foreign.set(
        definition.name.value,
        fields.map((field) => field.name.value),
      );
  }
  return foreign;
}

/** A subgraph also names fields that others answer: to require them, or because another took them over. */
function isAnswered(directive: ConstDirectiveNode): boolean {
  return !(directive.arguments ?? []).some(
    ({ name, value }) =>
      ['external', 'usedOverridden'].includes(name.value) && value.kind === Kind.BOOLEAN && value.value,
  );
}

interface Edge {
  readonly type: string;
  readonly field: string;
  readonly output: GraphQLOutputType;
}

/** Every field that can be reached from a root without leaving the subgraph. */
function edgesFrom(schema: GraphQLSchema, root: GraphQLObjectType): Edge[] {
  const edges: Edge[] = [];
  const seen = new Set<GraphQLNamedType>();
  const walk = (type: GraphQLNamedType): void => {
    if (seen.has(type)) return;
    seen.add(type);
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(walk);
    if (!isObjectType(type)) return;
    for (const field of Object.values(type.getFields())) {
      edges.push({ type: type.name, field: field.name, output: field.type });
      walk(getNamedType(field.type));
    }
  };
  walk(root);
  return edges;
}

/** What a value of a type can be. */
function objectsOf(schema: GraphQLSchema, type: GraphQLNamedType): readonly GraphQLObjectType[] {
  return isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
}

/** Whether the value itself may be null: the field, or the item of the list that it stands in. */
function isNullableInside(type: GraphQLOutputType): boolean {
  if (!isNonNullType(type)) return true;
  return isListType(type.ofType) && isNullableInside(type.ofType.ofType as GraphQLOutputType);
}

function valuesOf(directives: readonly ConstDirectiveNode[] | undefined, name: string, argument: string): string[] {
  return (directives ?? []).flatMap((directive) => {
    if (directive.name.value !== name) return [];
    const value = directive.arguments?.find((given) => given.name.value === argument)?.value;
    return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? [value.value] : [];
  });
}

/** A subgraph's SDL imports its directives by name, and declares none of them. */
function withoutFederation(sdl: string): string {
  return sdl.replace(/^extend schema @link[^\n]*\n/m, '');
}
