import {
  Kind,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** How large an operation is with its fragments resolved. */
export interface Measures {
  depth: number;
  introspectionDepth: number;
  fields: number;
  aliases: number;
  directives: number;
  /** The names of the root fields, those of a fragment as often as it is used; never longer than `ROOTS_NAMED`. */
  roots: string[];
  introspects: boolean;
  /** Whether fragments lead back to themselves; then the other numbers mean nothing. */
  circular: boolean;
  /** Fields and spreads of fragments of the whole document, as they are written: validation compares them pair by pair. */
  written: { readonly fields: number; readonly spreads: number };
  /** Literal values of arguments named `first`. */
  firstLiterals: number[];
  /** Variables used as arguments named `first`. */
  firstVariables: string[];
}

const ROOTS_NAMED = 100;

type Size = Omit<Measures, 'circular' | 'written' | 'firstLiterals' | 'firstVariables'>;

/**
 * Measures an operation in one pass over the document: each fragment is measured once and counted as often as it is
 * used, so that a few lines which would unfold to millions of fields cost no more than they are long.
 */
export function measure(document: DocumentNode, operation: OperationDefinitionNode): Measures {
  return { ...new Measurement(document).of(operation), written: writtenIn(document) };
}

function writtenIn(document: DocumentNode): Measures['written'] {
  const written = { fields: 0, spreads: 0 };
  visit(document, { Field: () => void (written.fields += 1), FragmentSpread: () => void (written.spreads += 1) });
  return written;
}

class Measurement {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly sizes = new Map<string, Size | 'under way'>();
  private readonly firstLiterals: number[] = [];
  private readonly firstVariables: string[] = [];
  private circular = false;

  constructor(document: DocumentNode) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
  }

  of(operation: OperationDefinitionNode): Omit<Measures, 'written'> {
    const size = this.selection(operation.selectionSet);
    size.directives += operation.directives?.length ?? 0;
    for (const variable of operation.variableDefinitions ?? []) size.directives += variable.directives?.length ?? 0;
    const { circular, firstLiterals, firstVariables } = this;
    return { ...size, circular, firstLiterals, firstVariables };
  }

  private selection(set: SelectionSetNode): Size {
    const size = empty();
    for (const selection of set.selections) {
      size.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) add(size, this.field(selection));
      else if (selection.kind === Kind.INLINE_FRAGMENT) add(size, this.selection(selection.selectionSet));
      else add(size, this.fragment(selection.name.value));
    }
    return size;
  }

  private field(field: FieldNode): Size {
    this.noteFirst(field);
    const below = field.selectionSet === undefined ? empty() : this.selection(field.selectionSet);
    const name = field.name.value;
    const introspects = name === '__schema' || name === '__type';
    return {
      depth: introspects ? 0 : below.depth + 1,
      introspectionDepth: introspects ? below.depth + 1 : below.introspectionDepth,
      fields: below.fields + 1,
      aliases: below.aliases + (field.alias === undefined ? 0 : 1),
      directives: below.directives,
      roots: [name],
      introspects: introspects || below.introspects,
    };
  }

  private fragment(name: string): Size {
    const known = this.sizes.get(name);
    if (known === 'under way') this.circular = true;
    if (known !== undefined) return known === 'under way' ? empty() : known;
    const definition = this.fragments.get(name);
    // An unknown fragment is for validation to report.
    if (definition === undefined) return empty();
    this.sizes.set(name, 'under way');
    const size = this.selection(definition.selectionSet);
    size.directives += definition.directives?.length ?? 0;
    this.sizes.set(name, size);
    return size;
  }

  private noteFirst(field: FieldNode): void {
    for (const { name, value } of field.arguments ?? []) {
      if (name.value !== 'first') continue;
      if (value.kind === Kind.INT) this.firstLiterals.push(Number(value.value));
      if (value.kind === Kind.VARIABLE) this.firstVariables.push(value.name.value);
    }
  }
}

function empty(): Size {
  return { depth: 0, introspectionDepth: 0, fields: 0, aliases: 0, directives: 0, roots: [], introspects: false };
}

function add(to: Size, size: Size): void {
  to.depth = Math.max(to.depth, size.depth);
  to.introspectionDepth = Math.max(to.introspectionDepth, size.introspectionDepth);
  to.fields += size.fields;
  to.aliases += size.aliases;
  to.directives += size.directives;
  to.roots.push(...size.roots.slice(0, ROOTS_NAMED - to.roots.length));
  to.introspects ||= size.introspects;
}
