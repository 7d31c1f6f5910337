import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isListType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from 'graphql';

/** What one call of a subgraph costs, beside the fields it answers. */
export const CALL_COST = 10;
/** What it costs to have a document judged and planned that the gateway does not know yet, whether it is admitted or not. */
export const NEW_DOCUMENT_COST = 100;
/** What a credential that does not hold costs the address it came from. */
export const FAILED_CREDENTIAL_COST = 100;
/** How many items a list is thought to have that names no page size. */
const USUAL_LIST = 10;
/** Costs stop growing here: far beyond any budget, and exact as a number. */
const COST_MAX = 1e12;

/** A page size: written in the document, or the variable that says it. */
type PageSize = number | { readonly variable: string; readonly byDefault: number };

/** Fields that are answered as often as their list has items. */
interface Priced {
  readonly fields: number;
  readonly lists: readonly { readonly size: PageSize; readonly of: Priced }[];
  /** Variables that hold the rows of a bulk mutation. */
  readonly rows: readonly string[];
}

/**
 * The price list of an operation: what it costs once its variables are known.
 *
 * One point is one field answered. A field below a list counts once for each item: as many as `first` says, ten where nothing
 * does. Each call of a subgraph the plan makes costs ten more, however many items it asks about, because those travel together.
 * A root field that takes rows, as `recordPurchases` does, is counted once for each row.
 */
export class OperationCost {
  private readonly priced: Priced;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    private readonly calls: number,
  ) {
    this.priced = new PriceTag(schema, document, operation).of();
  }

  /** @param variables as the client sent them; what is missing counts with its default */
  of(variables: Readonly<Record<string, unknown>>): number {
    const rows = this.priced.rows.reduce((most, name) => Math.max(most, lengthOf(variables[name])), 1);
    return Math.min(COST_MAX, this.calls * CALL_COST + total(this.priced, variables) * rows);
  }
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 1;
}

function total({ fields, lists }: Priced, variables: Readonly<Record<string, unknown>>): number {
  let sum = fields;
  for (const { size, of } of lists) sum += sizeOf(size, variables) * total(of, variables);
  return Math.min(sum, COST_MAX);
}

function sizeOf(size: PageSize, variables: Readonly<Record<string, unknown>>): number {
  if (typeof size === 'number') return size;
  const given = variables[size.variable];
  return typeof given === 'number' && given >= 0 ? given : size.byDefault;
}

interface Tally {
  fields: number;
  lists: { size: PageSize; of: Priced }[];
}

/** Walks an operation with its fragments unfolded; its measure was admitted before, which bounds how far they unfold. */
class PriceTag {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly defaults = new Map<string, number>();
  private readonly bulk = new Set<string>();
  private readonly rows: string[] = [];

  constructor(
    private readonly schema: GraphQLSchema,
    document: DocumentNode,
    private readonly operation: OperationDefinitionNode,
  ) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
    for (const { variable, type, defaultValue } of operation.variableDefinitions ?? []) {
      if (defaultValue?.kind === Kind.INT) this.defaults.set(variable.name.value, Number(defaultValue.value));
      const bare = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
      if (bare.kind === Kind.LIST_TYPE) this.bulk.add(variable.name.value);
    }
  }

  of(): Priced {
    const root = this.schema.getRootType(this.operation.operation);
    if (root == null) return { fields: 0, lists: [], rows: [] };
    return { ...this.selection(this.operation.selectionSet, root, null), rows: this.rows };
  }

  /** @param page the page size of the connection these fields belong to; null outside of one */
  private selection(set: SelectionSetNode, type: GraphQLNamedType, page: PageSize | null): Tally {
    const tally: Tally = { fields: 0, lists: [] };
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) {
        tally.fields += 1;
        if (selection.selectionSet !== undefined) this.below(selection as Selected, type, page, tally);
      } else {
        const spread = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
        if (spread === undefined) continue;
        const on = spread.typeCondition === undefined ? type : this.schema.getType(spread.typeCondition.name.value);
        const inner = this.selection(spread.selectionSet, on ?? type, page);
        tally.fields += inner.fields;
        tally.lists.push(...inner.lists);
      }
    }
    return tally;
  }

  private below(selected: Selected, parent: GraphQLNamedType, page: PageSize | null, tally: Tally): void {
    const field = fieldOf(parent, selected.name.value);
    if (field === undefined) return;
    const takesRows = this.noteRows(selected, parent);
    const type = getNamedType(field.type);
    const first = this.pageSizeOf(selected);
    const isList = isListType(getNullableType(field.type));
    if (isList) {
      const of = this.selection(selected.selectionSet, type, null);
      // The answers of a bulk mutation are one for each row, which the whole is multiplied by.
      const size = takesRows ? 1 : (first ?? page ?? USUAL_LIST);
      tally.lists.push({ size, of: { ...of, rows: [] } });
      return;
    }
    // A connection hands its page size down to the list it holds.
    const inner = this.selection(selected.selectionSet, type, first);
    tally.fields += inner.fields;
    tally.lists.push(...inner.lists);
  }

  private pageSizeOf({ arguments: given }: Selected): PageSize | null {
    const value = given?.find(({ name }) => name.value === 'first')?.value;
    if (value?.kind === Kind.INT) return Number(value.value);
    if (value?.kind !== Kind.VARIABLE) return null;
    const variable = value.name.value;
    return { variable, byDefault: this.defaults.get(variable) ?? USUAL_LIST };
  }

  /** A list of inputs given to a mutation is so many commands. */
  private noteRows({ arguments: given = [] }: Selected, parent: GraphQLNamedType): boolean {
    if (parent !== this.schema.getMutationType()) return false;
    const names = given.map(({ value }) => variableOf(value)).filter((name) => name !== null && this.bulk.has(name));
    this.rows.push(...(names as string[]));
    return names.length > 0;
  }
}

interface Selected {
  readonly name: { readonly value: string };
  readonly arguments?: readonly { readonly name: { readonly value: string }; readonly value: ValueNode }[];
  readonly selectionSet: SelectionSetNode;
}

function variableOf(value: ValueNode): string | null {
  return value.kind === Kind.VARIABLE ? value.name.value : null;
}

function fieldOf(parent: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
  if (!isCompositeType(parent) || !('getFields' in parent)) return undefined;
  return isObjectType(parent) || 'getFields' in parent ? parent.getFields()[name] : undefined;
}
