/** Follows a dotted path (`a.b.0.c`); the empty path is the value itself. */
export function lookUp(tree: unknown, path: string): unknown {
  let value = tree;
  for (const step of path === '' ? [] : path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}

/** Every value at a path in which `*` stands for all values of a map or list, in their order. */
export function lookUpAll(tree: unknown, path: string): unknown[] {
  if (!isWild(path)) {
    const value = lookUp(tree, path);
    return value === undefined ? [] : [value];
  }
  let values = [tree];
  for (const step of path.split('.')) {
    values = values.flatMap((value) => {
      if (typeof value !== 'object' || value === null) return [];
      if (step === '*') return Object.values(value);
      return Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
    });
  }
  return values;
}

/**
 * The entries of the list at a path. A path with `*` may find several: lists are strung together, anything
 * else is an entry by itself, and finding nothing is an empty list. Undefined when there is no list at all.
 */
export function listAt(tree: unknown, path: string): unknown[] | undefined {
  if (!isWild(path)) {
    const list = lookUp(tree, path);
    return Array.isArray(list) ? list : undefined;
  }
  return tree === undefined ? undefined : lookUpAll(tree, path).flat();
}

function isWild(path: string): boolean {
  return path.includes('*');
}
