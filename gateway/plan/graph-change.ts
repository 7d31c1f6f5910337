import { findBreakingChanges, Kind, parse, type GraphQLSchema } from 'graphql';

/** What is asked of a supergraph that is to take another's place while clients are connected. */
export interface GraphChange {
  /** What clients see now. */
  readonly from: GraphQLSchema;
  /** What they would see. */
  readonly to: GraphQLSchema;
  /** The other supergraph's text. */
  readonly supergraphSdl: string;
  /** The subgraphs this gateway has a way to. */
  readonly reachable: readonly string[];
}

/**
 * Why a gateway with clients must not take another supergraph: it names a subgraph nobody can be asked at, or takes something
 * away that a connected client may be asking for.
 *
 * @returns one sentence for each reason; none: it may be taken
 */
export function faultsOfChange({ from, to, supergraphSdl, reachable }: GraphChange): string[] {
  const unknown = subgraphsOf(supergraphSdl).filter((name) => !reachable.includes(name));
  return [
    ...unknown.map((name) => `It names the subgraph ${name}, to which this gateway has no way.`),
    ...findBreakingChanges(from, to).map(({ description }) => description),
  ];
}

/** The subgraphs a supergraph is composed of. */
function subgraphsOf(supergraphSdl: string): string[] {
  const graphs = parse(supergraphSdl, { noLocation: true }).definitions.find(
    (definition) => definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph',
  );
  if (graphs?.kind !== Kind.ENUM_TYPE_DEFINITION) return [];
  return (graphs.values ?? []).flatMap(({ directives = [] }) =>
    directives.flatMap(({ arguments: given = [] }) =>
      given.flatMap(({ name, value }) => (name.value === 'name' && value.kind === Kind.STRING ? [value.value] : [])),
    ),
  );
}
