import {
  getArgumentValues,
  getNamedType,
  isObjectType,
  Kind,
  parse,
  parseType,
  print,
  visit,
  type DocumentNode,
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  type NameNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { PrimaryFetch } from '../plan/apollo';

/** A place in a versioned stream: the version sent last, in the epoch it was sent in. */
export interface Place {
  readonly version: string;
  readonly epoch: string;
}

/** What a stream's subgraph is asked for, so that a reader's place is known and can be set. */
export interface SourceFetch {
  readonly subgraph: string;
  readonly query: string;
  readonly operationName: string | undefined;
  /** Variables of the client that go along. */
  readonly variableNames: readonly string[];
  /** Variables of the client that say where to begin, and nothing else. */
  readonly placeNames: ReadonlySet<string>;
  /** The root field of the stream. */
  readonly field: string;
  readonly isVersioned: boolean;
  /** Where the client asked to begin; null: with a snapshot, or with whatever comes next. */
  beginsAt(variables: Variables): Place | null;
}

type Variables = Readonly<Record<string, unknown>>;

/** Our names in the fetch, for what we select and for the variables that set the place. */
const NAMES = { version: 'hub_version', epoch: 'hub_epoch' } as const;
/** What a stream must have so that a reader can go over from one source of it to another. */
const FIELDS = ['version', 'epoch', 'previousVersion', 'isSnapshot'];
const ARGUMENTS = { after: NAMES.version, epoch: NAMES.epoch } as const;

/**
 * Turns the first fetch of a subscription's plan into one whose place in the stream is always known: it selects version and
 * epoch whatever the client selects, and takes where to begin from variables of our own. A stream without versions is left as
 * it is.
 */
export function sourceFetch(schema: GraphQLSchema, document: DocumentNode, primary: PrimaryFetch): SourceFetch {
  const fetch = parse(primary.query, { noLocation: true });
  const root = rootOf(fetch);
  const field = root.name.value;
  const definition = schema.getSubscriptionType()?.getFields()[field];
  if (definition === undefined || !isVersioned(definition))
    return { ...primary, field, placeNames: new Set(), isVersioned: false, beginsAt: () => null };
  const placed = withPlace(fetch, definition);
  return {
    subgraph: primary.subgraph,
    operationName: primary.operationName,
    field,
    query: print(placed),
    variableNames: primary.variableNames.filter((name) => usesOf(placed, name) > 0),
    placeNames: onlyForPlace(document, root),
    isVersioned: true,
    beginsAt: (variables) => {
      const { after, epoch } = getArgumentValues(definition, root, variables);
      return after == null || epoch == null ? null : { version: textOf(after), epoch: textOf(epoch) };
    },
  };
}

/** The variables that make a source begin at a place; null: with a snapshot. */
export function placeVariables(place: Place | null): Variables {
  return { [NAMES.version]: place?.version ?? null, [NAMES.epoch]: place?.epoch ?? null };
}

/** Where a message of a versioned source stands; null for a message without data. */
export function placeOf(data: Variables | null | undefined): Place | null {
  const [message] = Object.values(data ?? {}) as (Variables | null)[];
  const { [NAMES.version]: version, [NAMES.epoch]: epoch } = message ?? {};
  return version == null || epoch == null ? null : { version: textOf(version), epoch: textOf(epoch) };
}

/** Whether two places are the same. */
export function isSamePlace(a: Place | null, b: Place | null): boolean {
  return a !== null && b !== null && a.version === b.version && a.epoch === b.epoch;
}

function isVersioned(definition: GraphQLField<unknown, unknown>): boolean {
  const type = getNamedType(definition.type);
  if (!isObjectType(type)) return false;
  const fields = type.getFields();
  return (
    FIELDS.every((name) => fields[name] !== undefined) &&
    Object.keys(ARGUMENTS).every((name) => definition.args.some((argument) => argument.name === name))
  );
}

/** The one root field of a fetch: the planner has resolved all fragments. */
function rootOf(fetch: DocumentNode): FieldNode {
  const [root] = operationOf(fetch).selectionSet.selections;
  if (root?.kind !== Kind.FIELD) throw new TypeError('sourceFetch: a subscription begins with a field');
  return root;
}

function operationOf(document: DocumentNode): OperationDefinitionNode {
  return document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode;
}

function withPlace(fetch: DocumentNode, definition: GraphQLField<unknown, unknown>): DocumentNode {
  const operation = operationOf(fetch);
  const root = rootOf(fetch);
  const placed: FieldNode = {
    ...root,
    arguments: [
      ...(root.arguments ?? []).filter(({ name }) => !Object.hasOwn(ARGUMENTS, name.value)),
      ...Object.entries(ARGUMENTS).map(([argument, variable]) => ({
        kind: Kind.ARGUMENT as const,
        name: nameNode(argument),
        value: { kind: Kind.VARIABLE as const, name: nameNode(variable) },
      })),
    ],
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [
        ...(root.selectionSet?.selections ?? []),
        ...Object.entries(NAMES).map(([name, alias]) => ({
          kind: Kind.FIELD as const,
          alias: nameNode(alias),
          name: nameNode(name),
        })),
      ],
    },
  };
  const selectionSet = { kind: Kind.SELECTION_SET as const, selections: [placed] };
  const own = Object.entries(ARGUMENTS).map(([argument, variable]) => ({
    kind: Kind.VARIABLE_DEFINITION as const,
    variable: { kind: Kind.VARIABLE as const, name: nameNode(variable) },
    type: parseType(String(definition.args.find(({ name }) => name === argument)?.type)),
  }));
  const used = (operation.variableDefinitions ?? []).filter(
    ({ variable }) =>
      usesOf({ kind: Kind.DOCUMENT, definitions: [{ ...operation, selectionSet }] }, variable.name.value) > 0,
  );
  const others = fetch.definitions.filter((other) => other !== operation);
  return {
    kind: Kind.DOCUMENT,
    definitions: [{ ...operation, variableDefinitions: [...used, ...own], selectionSet }, ...others],
  };
}

/** The client's variables in the arguments that set the place, unless they are used for anything besides. */
function onlyForPlace(document: DocumentNode, root: FieldNode): ReadonlySet<string> {
  const names = (root.arguments ?? []).flatMap(({ name, value }) =>
    Object.hasOwn(ARGUMENTS, name.value) && value.kind === Kind.VARIABLE ? [value.name.value] : [],
  );
  return new Set(names.filter((name) => usesOf(document, name) === names.filter((other) => other === name).length));
}

/** How often a document uses a variable, its definitions not counted. */
function usesOf(document: DocumentNode, name: string): number {
  let uses = 0;
  visit(document, {
    VariableDefinition: () => false,
    Variable: (variable) => {
      if (variable.name.value === name) uses += 1;
    },
  });
  return uses;
}

function nameNode(value: string): NameNode {
  return { kind: Kind.NAME, value };
}

function textOf(value: unknown): string {
  return String(value as string | number | bigint);
}
