import { readFileSync } from 'node:fs';

/** Beside this file in `dist`; seen from `src` (tests) its compiled twin. */
const entry = new URL(
  'browser.js',
  import.meta.url.replace(/\/src\/(report\/page\/calculator\/[^/]*)$/, '/dist/$1'),
);

let made: string | undefined;

/**
 * The page's only script: the calculator with the formulas of `measure/theory`, as the build left them.
 * @throws the system's error when the build did not make it
 */
export function calculatorScript(): string {
  made ??= joinModules(entry.href, (url) => readFileSync(new URL(url), 'utf8'));
  return made;
}

/** Those that stand on lines of their own, where no template of ours has any: a page is read by people, not its script. */
const comments = /^[ \t]*(?:\/\*\*[\s\S]*?\*\/|\/\/.*)\n?/gm;
const importing = /^import \{([^}]*)\} from '(\.[^']*)';$/gm;
const exporting = /^export (?=(?:function|const|class) (\w+))/gm;

/**
 * Modules as one classic script: each becomes a function of its own, called once, in the order in which they need each
 * other. Known are named imports of neighbours and exported functions, constants and classes, which is all that is
 * needed here.
 * @param read the text of a module by its address
 * @throws Error naming the module that has anything else, or something that would end a script in a page
 */
export function joinModules(entryUrl: string, read: (url: string) => string): string {
  const names = new Map<string, string>();
  const parts: string[] = [];
  const add = (url: string): string => {
    const known = names.get(url);
    if (known !== undefined) return known;
    const taken: string[] = [];
    const text = read(url)
      .replace(comments, '')
      .replace(/^export \{\};$/m, '')
      .replace(importing, (_whole, list: string, from: string) => {
        const wanted = list.trim().replace(/,$/, '').replaceAll(' as ', ': ');
        return `const { ${wanted} } = ${add(new URL(from, url).href)};`;
      })
      .replace(exporting, (_whole, name: string) => {
        taken.push(name);
        return '';
      });
    const place = url.slice(url.lastIndexOf('/') + 1);
    if (/^(?:import|export)\b/m.test(text))
      throw new Error(`${place}: cannot be joined: ${text.match(/^(?:import|export)\b.*/m)![0]}`);
    if (/<\/script|<!--/i.test(text)) throw new Error(`${place}: cannot stand in a page`);
    const name = `module${names.size}`;
    names.set(url, name);
    parts.push(`const ${name} = (() => {\n${text.trim()}\nreturn { ${taken.join(', ')} };\n})();`);
    return name;
  };
  add(entryUrl);
  return `'use strict';\n(() => {\n${parts.join('\n')}\n})();\n`;
}
