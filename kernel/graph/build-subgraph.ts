import 'reflect-metadata';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import {
  GraphQLNonNull,
  GraphQLString,
  isAbstractType,
  isInputObjectType,
  isObjectType,
  lexicographicSortSchema,
  parse,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { buildSchemaSync, createResolversMap, type NonEmptyArray, type PubSub } from 'type-graphql';
import { BigIntScalar, DateTimeScalar, JSONObjectScalar, PointsScalar } from './scalars';

const FEDERATION_LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@provides", "@inaccessible", "@tag"])
directive @oneOf on INPUT_OBJECT
`;

/** type-graphql asks for one as soon as there is a subscription; ours bring their own streams (`subscribe`) and use none. */
const NO_PUB_SUB: PubSub = {
  publish: () => {},
  subscribe: () => {
    throw new TypeError('A subscription of ours names its own stream.');
  },
};

/** Answers a reference to an entity: `{ __typename, …key fields }` in, the entity or null out. */
export type ReferenceResolver = (reference: never, context: never, info: GraphQLResolveInfo) => unknown;

export interface SubgraphSchemaOptions {
  /** The resolver classes; always all of them, because type-graphql's registry is shared by the whole process. */
  readonly resolvers: NonEmptyArray<new () => object>;
  /** Object types that no field of this subgraph returns, such as entities that are only referenced. */
  readonly orphanedTypes?: readonly (new () => object)[];
  /** What its SDL begins with, links and definitions of directives of its own; ours alone when left out. */
  readonly header?: string;
  /** By entity name. */
  readonly references?: Readonly<Record<string, ReferenceResolver>>;
}

/** An executable subgraph and the SDL it is composed from. */
export interface SubgraphSchema {
  readonly schema: GraphQLSchema;
  readonly sdl: string;
}

/**
 * Builds a federated subgraph from type-graphql classes.
 *
 * The schema is built twice: once by type-graphql, once by @apollo/subgraph from its printed form. What the second
 * build loses, argument and input defaults and extensions, is copied over.
 */
export function buildSubgraph(options: SubgraphSchemaOptions): SubgraphSchema {
  const source = buildSchemaSync({
    resolvers: options.resolvers as never,
    orphanedTypes: [...(options.orphanedTypes ?? [])] as never,
    validate: false,
    skipCheck: true,
    authChecker: () => true,
    scalarsMap: [],
    pubSub: NO_PUB_SUB,
  });
  const sdl = `${options.header ?? FEDERATION_LINK}\n${withoutOwnDirectives(printSchemaWithDirectives(lexicographicSortSchema(source)))}\n`;
  const resolvers = createResolversMap(source) as Record<string, Record<string, unknown>>;
  for (const scalar of [PointsScalar, BigIntScalar, DateTimeScalar, JSONObjectScalar]) {
    if (source.getType(scalar.name) !== undefined) resolvers[scalar.name] = scalar as never;
  }
  for (const type of Object.values(source.getTypeMap())) {
    if (isAbstractType(type)) resolvers[type.name] = { __resolveType: typeNameOf };
  }
  for (const [type, resolve] of Object.entries(options.references ?? {})) {
    resolvers[type] = { ...resolvers[type], __resolveReference: resolve };
  }
  const schema = buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers: resolvers as never }]);
  copyWhatTheRebuildLost(source, schema);
  neverNullSdl(schema);
  return { schema, sdl };
}

/**
 * A value of a union says its type's name. type-graphql would find out by waiting, which compiled execution does not do and
 * graphql-js does once for each value.
 */
function typeNameOf({ __typename: name }: { readonly __typename?: unknown }): string {
  if (typeof name !== 'string') throw new TypeError('a value of a union that does not say its type');
  return name;
}

/** The specification says `_Service.sdl: String!`, the build `String`. */
function neverNullSdl(schema: GraphQLSchema): void {
  const answering = schema.getType('_Service');
  const sdl = isObjectType(answering) ? answering.getFields()['sdl'] : undefined;
  if (sdl === undefined) throw new TypeError('buildSubgraph: the build has no _Service.sdl');
  sdl.type = new GraphQLNonNull(GraphQLString);
}

/** Drops directive definitions and the `schema` block that printing adds: federation supplies its own. */
function withoutOwnDirectives(sdl: string): string {
  return sdl
    .replace(/^directive @[^\n]*\n+/gm, '')
    .replace(/^schema \{[^}]*\}\n+/m, '')
    .trim();
}

function copyWhatTheRebuildLost(from: GraphQLSchema, to: GraphQLSchema): void {
  for (const type of Object.values(to.getTypeMap())) {
    const original = from.getType(type.name);
    if (isInputObjectType(type) && isInputObjectType(original)) {
      for (const [name, field] of Object.entries(type.getFields()))
        field.defaultValue = original.getFields()[name]?.defaultValue;
    }
    if (!isObjectType(type) || !isObjectType(original)) continue;
    for (const [name, field] of Object.entries(type.getFields())) {
      const source = original.getFields()[name];
      if (source === undefined) continue;
      field.extensions = { ...field.extensions, ...source.extensions };
      if (source.subscribe) field.subscribe = source.subscribe as GraphQLFieldResolver<unknown, unknown>;
      for (const argument of field.args) {
        argument.defaultValue = source.args.find(
          ({ name: argumentName }) => argumentName === argument.name,
        )?.defaultValue;
      }
    }
  }
}
