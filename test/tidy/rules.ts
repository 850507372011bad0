/** A tracked text file; the path is relative to the root of the repository, with forward slashes. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

/** A rule of the house: what is wrong in these files, one line for each offence. */
type Rule = (files: readonly SourceFile[]) => string[];

/** Rooms with their floors; rooms on one floor do not know each other, and nobody imports upwards. */
const floors: Readonly<Record<string, number>> = {
  protocol: 0,
  wire: 1,
  world: 2,
  measure: 2,
  scenario: 3,
  conformance: 3,
  report: 4,
  cli: 5,
};

const isSource = ({ path }: SourceFile): boolean => /^src\/.*\.ts$/.test(path);
const roomOf = (path: string): string => path.split('/')[1]!;
const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

/**
 * The same text with comments and the insides of strings made blank, so that only code can offend. It knows
 * no regular expressions: one that holds a quote or ends in a slash may hide the rest of its line.
 */
function codeOf(text: string): string {
  const token = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\[\s\S]|[^`\\])*`/g;
  return text.replace(token, (found) => {
    if (found.startsWith('/')) return found.replace(/[^\n]/g, ' ');
    if (found.startsWith('`'))
      return found.replace(/(\$\{[^}]*\})|[^\n`]/g, (_, hole?: string) => hole ?? ' ');
    return found[0] + ' '.repeat(found.length - 2) + found.at(-1);
  });
}

/** What a file imports or exports from elsewhere, in whatever form, as it is written there. */
export function importsOf(text: string): string[] {
  const statement =
    /^\s*(?:import|export)\b[^;'"]*?from\s*['"]([^'"]+)['"]|\bimport\s*\(?\s*['"]([^'"]+)['"]/gm;
  const code = text.replace(/^\s*(?:\/\/|\/?\*).*$/gm, '');
  return [...code.matchAll(statement)].map(([, from, bare]) => from ?? bare!);
}

/** The path that a relative import means. */
function target(path: string, specifier: string): string {
  const parts = path.split('/').slice(0, -1);
  for (const part of specifier.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

const localImports = ({ path, text }: SourceFile): string[] =>
  importsOf(text)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => target(path, specifier));

const importsGoDownwards: Rule = (files) =>
  files.filter(isSource).flatMap((file) => {
    if (file.path === 'src/index.ts') return [];
    const room = roomOf(file.path);
    if (!(room in floors)) return [`${file.path}: ${room} is no room of this house`];
    return localImports(file).flatMap((to) => {
      const other = roomOf(to);
      if (!to.startsWith('src/') || room === other || floors[other]! < floors[room]!) return [];
      if (to.endsWith('.json')) return [];
      return [`${file.path} imports ${to}: ${room} may not know ${other}`];
    });
  });

const noCycles: Rule = (files) => {
  const imports = new Map(files.filter(isSource).map((file) => [file.path, localImports(file)]));
  const done = new Set<string>();
  const offences: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const seenAt = trail.indexOf(path);
    if (seenAt >= 0) offences.push(`cycle: ${[...trail.slice(seenAt), path].join(' -> ')}`);
    if (seenAt >= 0 || done.has(path)) return;
    for (const next of imports.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return offences;
};

const impure =
  /\b(?:Date\.now|performance\.now|new Date\(|Math\.random|(?<!\.)process\.|setTimeout|setInterval|setImmediate|queueMicrotask|async|await)/g;

const pureRoomsArePure: Rule = (files) =>
  files
    .filter((file) => isSource(file) && ['protocol', 'wire'].includes(roomOf(file.path)))
    .flatMap(({ path, text }) => [
      ...importsOf(text)
        .filter((specifier) => /^node:(?!assert(\/strict)?$)/.test(specifier))
        .map((specifier) => `${path} imports ${specifier}`),
      ...[...codeOf(text).matchAll(impure)].map(([found]) => `${path} uses ${found}`),
    ]);

/** The page runs in a visitor's browser, where no run is to be repeated. */
const page = 'src/world/real/server/page/';

const diceAreSeeded: Rule = (files) =>
  files
    .filter(
      (file) => isSource(file) && !file.path.startsWith(page) && /\bMath\.random\b/.test(codeOf(file.text)),
    )
    .map(({ path }) => `${path} uses Math.random`);

const filesAreSmall: Rule = (files) =>
  files
    .filter((file) => file.path.startsWith('src/') && linesOf(file.text).length > 300)
    .map(({ path, text }) => `${path} has ${linesOf(text).length} lines`);

const nothingIsCalledUtils: Rule = (files) =>
  files
    .filter(({ path }) => path.startsWith('src/') && /(?:^|[/.-])(?:utils?|helpers?)(?:[/.-]|$)/i.test(path))
    .map(({ path }) => `${path}: a function lives with its noun`);

/**
 * Exports that no other file names. The public surface and the entry points of the command line are for
 * others; a type may also be needed by its own file, where another export is made of it.
 */
const exportsAreUsed: Rule = (files) => {
  const words = new Map(
    files
      .filter(({ path }) => path.endsWith('.ts'))
      .map(({ path, text }) => [path, wordCounts(codeOf(text))]),
  );
  const declaration =
    /^export\s+(?:declare\s+|abstract\s+|async\s+)*(function\*?|const|let|class|interface|type)\s+(\w+)/gm;
  const surface = files.find(({ path }) => path === 'src/index.ts')?.text ?? '';
  const passedOn = [...surface.matchAll(/^export \* from '([^']+)'/gm)].map(([, from]) =>
    target('src/index.ts', from!),
  );
  return files.filter(isSource).flatMap(({ path, text }) => {
    if (path === 'src/index.ts' || path.startsWith('src/cli/') || passedOn.includes(path)) return [];
    return [...codeOf(text).matchAll(declaration)].flatMap(([, kind, name]) => {
      const isType = kind === 'interface' || kind === 'type';
      if (isType && words.get(path)!.get(name!)! > 1) return [];
      for (const [other, counts] of words) if (other !== path && counts.has(name!)) return [];
      return [`${path}: nobody uses ${name}`];
    });
  });
};

function wordCounts(code: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of code.matchAll(/\w+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
}

const machinePath = /(?<![\w.:/-])\/(?:home|root|Users|work|var\/folders)\/[\w.-]+|\b[A-Z]:\\Users\\/;
const registry =
  /"resolved":\s*"http|^\s*(?:@[\w-]+:)?registry\s*=|https?:\/\/[^\s"'/]*(?:registry|artifactory|nexus|verdaccio)/i;

const nothingPointsToOneMachine: Rule = (files) =>
  files.flatMap(({ path, text }) =>
    linesOf(text).flatMap((line, i) => {
      const found = machinePath.exec(line) ?? registry.exec(line);
      return found === null ? [] : [`${path}:${i + 1} says ${found[0]}`];
    }),
  );

/** Every rule, by the name under which its offences are reported. */
export const rules = {
  importsGoDownwards,
  noCycles,
  pureRoomsArePure,
  diceAreSeeded,
  filesAreSmall,
  nothingIsCalledUtils,
  exportsAreUsed,
  nothingPointsToOneMachine,
} satisfies Readonly<Record<string, Rule>>;
