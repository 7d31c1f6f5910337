import type { DocumentNode } from 'graphql';

/** Characters of a text that is worth keeping: a comment may be as long as a body and costs its sender nothing. */
export const TEXT_KEPT_MAX = 32 * 1024;

/** A bounded store of what is costly to make again: what was not used longest is forgotten first. */
export class Kept<Value> {
  private readonly entries = new Map<string, Value>();

  constructor(private readonly most: number) {}

  get(key: string): Value | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    // A Map lists its keys in the order they were put in: putting it in anew makes it the youngest.
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.entries.delete(key);
    if (this.entries.size >= this.most) this.entries.delete(this.entries.keys().next().value as string);
    this.entries.set(key, value);
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}

/** What is worked out once for each operation of a document; it lives as long as the document, which the stores of documents bound. */
export class OncePerOperation<Value> {
  private readonly known = new WeakMap<DocumentNode, Map<string | undefined, Value>>();

  /** @param operationName one that the document has: names of clients' making would be kept too */
  of(document: DocumentNode, operationName: string | undefined, make: () => Value): Value {
    let named = this.known.get(document);
    if (named === undefined) this.known.set(document, (named = new Map()));
    let value = named.get(operationName);
    if (value === undefined) named.set(operationName, (value = make()));
    return value;
  }
}
