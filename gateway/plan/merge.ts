/** What a subgraph answered for one object, by response name. */
export type Answered = Record<string, unknown>;

/** Whether a name is one that every object inherits: it must then be looked for among an object's own. */
export function isInherited(name: string): boolean {
  return name in Object.prototype;
}

/** An object's own field; undefined when it has none, whatever it inherits. */
export function own(object: Answered, name: string): unknown {
  return isInherited(name) && !Object.hasOwn(object, name) ? undefined : object[name];
}

/** Sets an object's own field. A client may call a field `__proto__`, and assigning to that name does something else. */
export function put(object: Answered, name: string, value: unknown): void {
  if (isInherited(name)) {
    Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  } else {
    object[name] = value;
  }
}

/** Whether a value is an object of the graph, as against a list, a leaf or null. */
export function isObject(value: unknown): value is Answered {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Adds to an object what another subgraph answered for it. Objects are merged field by field, lists of the same length item by
 * item; everything else is replaced. `from` becomes part of `to`: whoever calls must own it.
 */
export function merge(to: Answered, from: Answered): void {
  for (const name of Object.keys(from)) {
    const value = from[name];
    if (value === undefined) continue;
    const present = own(to, name);
    if (isObject(present) && isObject(value)) merge(present, value);
    else if (Array.isArray(present) && Array.isArray(value) && present.length === value.length)
      mergeItems(present, value);
    else put(to, name, value);
  }
}

function mergeItems(to: unknown[], from: readonly unknown[]): void {
  for (const [place, value] of from.entries()) {
    const present = to[place];
    if (isObject(present) && isObject(value)) merge(present, value);
    else if (Array.isArray(present) && Array.isArray(value) && present.length === value.length)
      mergeItems(present, value);
    else to[place] = value;
  }
}
