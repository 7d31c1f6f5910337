import {
  GraphQLError,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  type ASTVisitor,
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLCompositeType,
  type ObjectTypeDefinitionNode,
  type SelectionSetNode,
  type TypeNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** By type: the fields the planner reads by itself, to find an entity again or to compute a field of another subgraph. */
export type PlannerReads = ReadonlyMap<string, ReadonlySet<string>>;

/** Names the planner and the executor make up; a client that used them would write where only they should. */
const MADE_UP = /^__typename$|__alias_\d+$/;

/**
 * Refuses an alias that hides a field the planner reads by itself.
 *
 * The planner merges what it needs into what the client asked for, under the same response names. With
 * `{ member { id: note rewards } }` it would take the client's `note` for the `id` by which it finds the member in
 * the next subgraph: a client could have fields computed for keys of its own choosing.
 */
export function aliasRule(reads: PlannerReads): ValidationRule {
  return (context: ValidationContext): ASTVisitor => ({
    Field(node) {
      const alias = node.alias?.value;
      if (alias === undefined || alias === node.name.value) return;
      const parent = context.getParentType();
      if (!MADE_UP.test(alias) && !(parent && isRead(reads, context, parent, alias))) return;
      context.reportError(
        new GraphQLError(
          `"${alias}" cannot be used as an alias of "${node.name.value}": the hub itself reads that field here.`,
          {
            nodes: node,
          },
        ),
      );
    },
  });
}

function isRead(reads: PlannerReads, context: ValidationContext, parent: GraphQLCompositeType, field: string): boolean {
  const types = [parent.name];
  if (isAbstractType(parent))
    types.push(
      ...context
        .getSchema()
        .getPossibleTypes(parent)
        .map(({ name }) => name),
    );
  if (isObjectType(parent) || isInterfaceType(parent)) types.push(...parent.getInterfaces().map(({ name }) => name));
  return types.some((type) => reads.get(type)?.has(field));
}

/** What the planner may read by itself, from the supergraph's text: all key fields and all fields another one requires. */
export function plannerReads(supergraphSdl: string): PlannerReads {
  const reads = new Reads(parse(supergraphSdl, { noLocation: true }));
  return reads.collected;
}

class Reads {
  readonly collected = new Map<string, Set<string>>();
  private readonly types = new Map<string, ObjectTypeDefinitionNode>();

  constructor(supergraph: DocumentNode) {
    for (const definition of supergraph.definitions) {
      if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION) {
        this.types.set(definition.name.value, definition as ObjectTypeDefinitionNode);
      }
    }
    for (const [name, type] of this.types) {
      this.collect(name, type.directives, 'join__type', 'key');
      for (const field of type.fields ?? []) this.collect(name, field.directives, 'join__field', 'requires');
    }
  }

  private collect(
    type: string,
    directives: readonly ConstDirectiveNode[] | undefined,
    directive: string,
    argument: string,
  ): void {
    for (const node of directives ?? []) {
      const value = node.arguments?.find(({ name }) => name.value === argument)?.value;
      if (node.name.value !== directive || value?.kind !== Kind.STRING) continue;
      const [definition] = parse(`{ ${value.value} }`, { noLocation: true }).definitions;
      if (definition?.kind === Kind.OPERATION_DEFINITION) this.read(type, definition.selectionSet);
    }
  }

  private read(type: string, set: SelectionSetNode): void {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        this.read(selection.typeCondition?.name.value ?? type, selection.selectionSet);
        continue;
      }
      const fields = this.collected.get(type) ?? new Set<string>();
      this.collected.set(type, fields.add(selection.name.value));
      const field = this.types.get(type)?.fields?.find(({ name }) => name.value === selection.name.value);
      if (field !== undefined && selection.selectionSet !== undefined)
        this.read(namedType(field.type), selection.selectionSet);
    }
  }
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
