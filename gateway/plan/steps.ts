import type { ConditionNode, FetchNode, FlattenNode, PlanNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { GraphQLError, Kind, type DocumentNode, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import type { RequestContext } from '../../kernel/context/request-context';
import { isObject, merge, own, put, type Answered } from './merge';
import { isOfType, rewritesOf, type Rewrite } from './rewrites';
import type { DataSource } from './link-data-source';

type Path = readonly (string | number)[];

/** One execution under way. */
export interface Execution {
  /** Everything answered so far. */
  readonly root: Answered;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: RequestContext;
  readonly sources: Readonly<Record<string, DataSource>>;
  readonly errors: GraphQLError[];
}

/** The objects a step works on, and the path that leads to them; `@` stands for every item of a list. */
interface Place {
  readonly path: Path;
  readonly objects: readonly Answered[];
}

/** A part of a plan, ready to run. A failing fetch is told in `errors`; nothing is thrown. */
export type Step = (execution: Execution, place: Place) => Promise<void>;

/** Makes a plan's root runnable. All that depends on the plan alone is done here, once. */
export function stepOf(schema: GraphQLSchema, node: PlanNode, defaults: Readonly<Record<string, unknown>>): Step {
  switch (node.kind) {
    case 'Fetch':
      return fetchStep(schema, node);
    case 'Flatten':
      return flattenStep(schema, node, defaults);
    case 'Sequence': {
      const steps = node.nodes.map((child) => stepOf(schema, child, defaults));
      return async (execution, place) => {
        for (const step of steps) await step(execution, place);
      };
    }
    case 'Parallel': {
      const steps = node.nodes.map((child) => stepOf(schema, child, defaults));
      return async (execution, place) => {
        await Promise.all(steps.map((step) => step(execution, place)));
      };
    }
    case 'Condition':
      return conditionStep(schema, node, defaults);
    case 'Defer':
      throw new TypeError('stepOf: nothing is deferred here');
  }
}

const nothing: Step = async () => undefined;

function conditionStep(schema: GraphQLSchema, node: ConditionNode, defaults: Readonly<Record<string, unknown>>): Step {
  const ifSo = node.ifClause === undefined ? nothing : stepOf(schema, node.ifClause, defaults);
  const ifNot = node.elseClause === undefined ? nothing : stepOf(schema, node.elseClause, defaults);
  return (execution, place) => {
    const value = own(execution.variables, node.condition) ?? defaults[node.condition];
    return (value === true ? ifSo : ifNot)(execution, place);
  };
}

function flattenStep(
  schema: GraphQLSchema,
  { path, node }: FlattenNode,
  defaults: Readonly<Record<string, unknown>>,
): Step {
  const step = stepOf(schema, node, defaults);
  const way = path as readonly string[];
  return async (execution, place) => {
    const objects = objectsAt(place.objects, way);
    if (objects.length > 0) await step(execution, { path: [...place.path, ...way], objects });
  };
}

/** Every object that a path leads to; what is null on the way is left out. */
function objectsAt(from: readonly Answered[], path: readonly string[]): Answered[] {
  let values: unknown[] = [...from];
  for (const part of path) {
    const next: unknown[] = [];
    for (const value of values) {
      if (part !== '@') next.push(isObject(value) ? own(value, part) : undefined);
      else if (Array.isArray(value)) for (const item of value) next.push(item);
    }
    values = next;
  }
  return values.filter(isObject);
}

/** What is sent to a subgraph of one object, so that it finds it again; null when the object lacks a part of it. */
type Representation = (object: Answered) => Answered | null;

function fetchStep(schema: GraphQLSchema, node: FetchNode): Step {
  const fetch: Fetch = {
    service: node.serviceName,
    query: node.operation,
    document: node.operationDocumentNode,
    operationName: node.operationName,
    variableNames: node.variableUsages ?? [],
    output: rewritesOf(schema, node.outputRewrites),
  };
  const entities =
    node.requires === undefined
      ? null
      : { represent: representationOf(schema, node.requires), input: rewritesOf(schema, node.inputRewrites) };
  return async (execution, place) => {
    try {
      if (entities === null) await fetchRoot(fetch, execution, place);
      else await fetchEntities(fetch, entities, execution, place);
    } catch (error) {
      execution.errors.push(error instanceof GraphQLError ? error : failure(error));
    }
  };
}

interface Fetch {
  readonly service: string;
  readonly query: string;
  readonly document: DocumentNode | undefined;
  readonly operationName: string | undefined;
  readonly variableNames: readonly string[];
  readonly output: readonly Rewrite[];
}

async function fetchRoot(fetch: Fetch, execution: Execution, place: Place): Promise<void> {
  const { data, errors } = await send(fetch, execution, {});
  if (errors !== undefined) tell(execution, fetch, errors, (path) => path && [...place.path, ...path]);
  if (data == null) return;
  for (const rewrite of fetch.output) rewrite(data);
  for (const object of place.objects) merge(object, data);
}

interface Entities {
  readonly represent: Representation;
  readonly input: readonly Rewrite[];
}

async function fetchEntities(fetch: Fetch, entities: Entities, execution: Execution, place: Place): Promise<void> {
  const { representations, owners } = represented(entities, place.objects);
  if (representations.length === 0) return;
  const { data, errors } = await send(fetch, execution, { representations });
  if (errors !== undefined) tellOfEntities(execution, fetch, { errors, owners, place });
  if (data == null) return;
  const answered = data['_entities'];
  if (!Array.isArray(answered) || answered.length !== representations.length)
    throw new TypeError(`${fetch.service} did not answer one entity for each that was asked for`);
  for (const [at, entity] of answered.entries()) {
    if (!isObject(entity)) continue;
    entity['__typename'] ??= owners[at]?.[0]?.['__typename'];
    for (const rewrite of fetch.output) rewrite(entity);
    // Objects that stand for the same entity are answered the same, now and by every later step.
    for (const owner of owners[at] as Answered[]) merge(owner, entity);
  }
}

/** What is asked for, each entity once, and whose it is. */
function represented({ represent, input }: Entities, objects: readonly Answered[]) {
  const representations: Answered[] = [];
  const owners: Answered[][] = [];
  const places = new Map<string, number>();
  for (const object of objects) {
    const representation = represent(object);
    if (representation === null || typeof representation['__typename'] !== 'string') continue;
    for (const rewrite of input) rewrite(representation);
    const key = JSON.stringify(representation);
    const known = places.get(key);
    if (known !== undefined) {
      (owners[known] as Answered[]).push(object);
      continue;
    }
    places.set(key, representations.length);
    representations.push(representation);
    owners.push([object]);
  }
  return { representations, owners };
}

async function send(fetch: Fetch, execution: Execution, variables: Answered) {
  const source = execution.sources[fetch.service];
  if (source === undefined) throw new TypeError(`there is no subgraph called ${fetch.service}`);
  for (const name of fetch.variableNames) {
    const value = own(execution.variables, name);
    if (value !== undefined) put(variables, name, value);
  }
  const { query, operationName, document } = fetch;
  const result = await source.process({
    request: { query, operationName, variables },
    context: execution.context,
    document,
  });
  return {
    data: result.data as Answered | null | undefined,
    errors: result.errors === undefined || result.errors.length === 0 ? undefined : result.errors,
  };
}

/** Tells errors of a subgraph, at the places they have in the whole answer. */
function tell(
  execution: Execution,
  { service }: Fetch,
  errors: readonly GraphQLFormattedError[],
  placed: (path: Path | undefined) => Path | undefined,
): void {
  for (const error of errors) execution.errors.push(ofSubgraph(error, service, placed(error.path)));
}

function tellOfEntities(
  execution: Execution,
  { service }: Fetch,
  told: { errors: readonly GraphQLFormattedError[]; owners: readonly Answered[][]; place: Place },
): void {
  let paths: Map<unknown, Path> | undefined;
  for (const error of told.errors) {
    const [, at, ...below] = error.path ?? [];
    const owners = typeof at === 'number' ? told.owners[at] : undefined;
    if (owners === undefined) {
      execution.errors.push(ofSubgraph(error, service, undefined));
      continue;
    }
    paths ??= pathsOf(execution.root, told.place.path);
    for (const owner of owners) {
      execution.errors.push(ofSubgraph(error, service, [...(paths.get(owner) ?? []), ...below]));
    }
  }
}

/** Where the objects that a path leads to stand in the answer. */
function pathsOf(root: Answered, path: Path): Map<unknown, Path> {
  let found: [unknown, Path][] = [[root, []]];
  for (const part of path) {
    found = found.flatMap(([value, way]): [unknown, Path][] => {
      if (part !== '@') return isObject(value) ? [[own(value, String(part)), [...way, part]]] : [];
      return Array.isArray(value) ? value.map((item, place) => [item, [...way, place]]) : [];
    });
  }
  return new Map(found);
}

function ofSubgraph(error: GraphQLFormattedError, serviceName: string, path: Path | undefined): GraphQLError {
  return new GraphQLError(error.message, {
    originalError: error as unknown as Error,
    path,
    extensions: { ...error.extensions, serviceName },
  });
}

function failure(error: unknown): GraphQLError {
  const originalError = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(originalError.message, { originalError });
}

function representationOf(schema: GraphQLSchema, selections: readonly QueryPlanSelectionNode[]): Representation {
  const parts = selections.map((selection) => partOf(schema, selection));
  return (object) => {
    const representation: Answered = {};
    for (const part of parts) if (!part(object, representation)) return null;
    return representation;
  };
}

/** Adds one selection of an object to its representation; false when the object lacks it. */
type Part = (object: Answered, to: Answered) => boolean;

function partOf(schema: GraphQLSchema, selection: QueryPlanSelectionNode): Part {
  if (selection.kind === Kind.INLINE_FRAGMENT) {
    const { typeCondition, selections } = selection;
    const represent = representationOf(schema, selections);
    return (object, to) => {
      if (typeCondition === undefined || !isOfType(schema, object, typeCondition)) return true;
      const inner = represent(object);
      // Without its type's name, which stands in the same selection, the object is left out as a whole.
      if (inner !== null) merge(to, inner);
      return true;
    };
  }
  const name = selection.alias ?? selection.name;
  const represent = selection.selections === undefined ? null : representationOf(schema, selection.selections);
  return (object, to) => {
    const value = own(object, name);
    // It was asked for before. Missing, it could not be answered, which was told then.
    if (value === undefined) return false;
    put(to, name, represent === null ? value : representedBelow(represent, value));
    return true;
  };
}

function representedBelow(represent: Representation, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => representedBelow(represent, item));
  return isObject(value) ? represent(value) : null;
}
