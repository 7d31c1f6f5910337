import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { buildASTSchema, lexicographicSortSchema, parse, type GraphQLSchema } from 'graphql';
import { ApolloPlanner } from '../gateway/plan/apollo';
import type { SubgraphName } from '../kernel/context/principal';
import { bookJsonSchema } from '../hub/books/book-format';
import { projectRoot } from '../kernel/config/project-root';
import { composeSupergraph } from '../kernel/graph/compose';
import { changesBetween, changesPage } from './compatibility';

/** The files of this folder that are printed from code, by name. */
export type PrintedFiles = Readonly<Record<string, string>>;

/** Prints every subgraph, the supergraph composed of them, the schema clients see, and the schema of books. */
export function printAll(subgraphs: readonly { name: SubgraphName; sdl: string }[]): PrintedFiles {
  const supergraph = composeSupergraph(subgraphs);
  const api = printApiSchema(supergraph);
  return {
    ...Object.fromEntries(subgraphs.map(({ name, sdl }) => [`${name}.graphql`, sdl])),
    'supergraph.graphql': supergraph,
    'api.graphql': api,
    'CHANGES.md': changesPage(changesBetween(releasedSchema(), schemaOf(api))),
    'book.schema.json': bookJsonSchema(),
  };
}

/** Sorted, so that a difference shows where the schema changed and not where a class was moved. */
function printApiSchema(supergraphSdl: string): string {
  return `${printSchemaWithDirectives(lexicographicSortSchema(new ApolloPlanner(supergraphSdl).apiSchema)).trim()}\n`;
}

/** The graph of the last release. */
export function releasedSchema(): GraphQLSchema {
  return schemaOf(readFileSync(join(projectRoot(), 'schema', 'released', 'api.graphql'), 'utf8'));
}

/** The schema of a printed file. */
export function schemaOf(text: string): GraphQLSchema {
  return buildASTSchema(parse(text), { assumeValid: true });
}
