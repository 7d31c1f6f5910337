import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { buildASTSchema, lexicographicSortSchema, parse, type GraphQLSchema } from 'graphql';
import { ApolloPlanner } from '../gateway/plan/apollo';
import type { SubgraphName } from '../kernel/context/principal';
import { bookJsonSchema } from '../hub/books/book-format';
import { composeSupergraph } from '../kernel/graph/compose';

/** The files of this folder that are printed from code, by name. */
export type PrintedFiles = Readonly<Record<string, string>>;

/** Prints every subgraph, the supergraph composed of them, the schema clients see, and the schema of books. */
export function printAll(subgraphs: readonly { name: SubgraphName; sdl: string }[]): PrintedFiles {
  const supergraph = composeSupergraph(subgraphs);
  return {
    ...Object.fromEntries(subgraphs.map(({ name, sdl }) => [`${name}.graphql`, sdl])),
    'supergraph.graphql': supergraph,
    'api.graphql': printApiSchema(supergraph),
    'book.schema.json': bookJsonSchema(),
  };
}

/** Sorted, so that a difference shows where the schema changed and not where a class was moved. */
function printApiSchema(supergraphSdl: string): string {
  return `${printSchemaWithDirectives(lexicographicSortSchema(new ApolloPlanner(supergraphSdl).apiSchema)).trim()}\n`;
}

/** The schema of a printed file. */
export function schemaOf(text: string): GraphQLSchema {
  return buildASTSchema(parse(text), { assumeValid: true });
}
