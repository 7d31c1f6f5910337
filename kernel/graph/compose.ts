import { composeServices } from '@apollo/composition';
import { Kind, parse, print, visit, type DocumentNode } from 'graphql';
import type { SubgraphName } from '../context/principal';

/** One subgraph's part of the graph. */
export interface SubgraphSdl {
  readonly name: SubgraphName;
  readonly sdl: string;
}

/** Hints of composition that mean a field or a value is silently lost. */
const LOSSES = /^INCONSISTENT_(INPUT_OBJECT_FIELD|ENUM_VALUE_.*)$/;

/**
 * Composes subgraphs into the supergraph the gateway plans with. Addresses in it are names and no places: where a
 * subgraph runs is configuration.
 *
 * Composition drops `@oneOf`; it is put back, so that the gateway enforces it and clients see it.
 *
 * @throws Error naming every fault of composition, and every hint that means a loss
 */
export function composeSupergraph(subgraphs: readonly SubgraphSdl[]): string {
  const services = subgraphs.map(({ name, sdl }) => ({ name, url: `http://${name}.local`, typeDefs: parse(sdl) }));
  const { supergraphSdl, errors, hints } = composeServices(services);
  const losses = (hints ?? []).filter(({ definition }) => LOSSES.test(definition.code)).map(({ message }) => message);
  const faults = [...(errors ?? []).map(({ message }) => message), ...losses];
  if (faults.length > 0 || supergraphSdl === undefined)
    throw new Error(`The subgraphs do not compose:\n${faults.join('\n')}`);
  return withOneOf(parse(supergraphSdl), new Set(services.flatMap(({ typeDefs }) => oneOfInputs(typeDefs))));
}

function oneOfInputs(sdl: DocumentNode): string[] {
  return sdl.definitions.flatMap((definition) =>
    definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION &&
    definition.directives?.some(({ name }) => name.value === 'oneOf')
      ? [definition.name.value]
      : [],
  );
}

function withOneOf(supergraph: DocumentNode, inputs: ReadonlySet<string>): string {
  if (inputs.size === 0) return `${print(supergraph)}\n`;
  const [definition] = parse('directive @oneOf on INPUT_OBJECT').definitions;
  const marked = visit(supergraph, {
    Document: { leave: (node) => ({ ...node, definitions: [...node.definitions, definition] }) },
    InputObjectTypeDefinition: (node) =>
      inputs.has(node.name.value) ? { ...node, directives: [...(node.directives ?? []), ONE_OF] } : undefined,
  }) as DocumentNode;
  return `${print(marked)}\n`;
}

const ONE_OF = { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: 'oneOf' } } as const;
