/**
 * Where a compiled file of this room lies, for what Node or a browser must be given as JavaScript: seen from
 * `dist` it is a neighbour, seen from `src` (tests) it is the neighbour's compiled twin.
 * @param name relative to this folder, such as `server-process.js`
 */
export function compiledUrl(name: string): URL {
  return new URL(name, import.meta.url.replace(/\/src\/world\/real\/[^/]*$/, '/dist/world/real/'));
}
