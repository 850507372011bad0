/** An element of a document that was read. */
export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
}

/** What XML 1.0 allows; a lone surrogate is no character. */
const characters = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;
const entity = /&(?:(?:amp|lt|gt|quot|apos)|#\d+|#x[0-9a-f]+);/gi;

function plain(text: string, where: string): string {
  if (!characters.test(text)) throw new Error(`a character that is none, ${where}`);
  if (text.replace(entity, '').includes('&')) throw new Error(`a bare &, ${where}`);
  const named: Record<string, string> = {
    '&amp;': '&',
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
  };
  return text.replace(entity, (found) => named[found] ?? found);
}

/** Reads a document of elements and text, as strictly as XML is; whatever is not well formed throws. */
export function readXml(source: string): Element {
  const root: Element = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [root];
  const tag = /<(\/?)([a-z][\w-]*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi;
  let after = 0;
  for (const found of source.matchAll(tag)) {
    const [whole, closes, name, written, isEmpty] = found;
    const between = source.slice(after, found.index);
    if (/[<]/.test(between)) throw new Error(`no tag: ${between}`);
    open.at(-1)!.text += plain(between, `before ${whole}`);
    after = found.index + whole.length;
    if (closes === '/') {
      const last = open.pop()!;
      if (last.name !== name || open.length === 0) throw new Error(`</${name}> closes <${last.name}>`);
      continue;
    }
    const attributes = new Map<string, string>();
    for (const [, key, value] of written!.matchAll(/([\w:-]+)="([^"]*)"/g)) {
      if (attributes.has(key!)) throw new Error(`${key} twice in ${whole}`);
      attributes.set(key!, plain(value!, `in ${whole}`));
    }
    const element = { name: name!, attributes, children: [], text: '' };
    open.at(-1)!.children.push(element);
    if (isEmpty !== '/') open.push(element);
  }
  if (open.length !== 1) throw new Error(`<${open.at(-1)!.name}> is not closed`);
  if (source.slice(after).trim() !== '' || root.children.length !== 1) throw new Error('more than one root');
  return root.children[0]!;
}

/** An element and all within, in the order of the document. */
export function within(element: Element): Element[] {
  return [element, ...element.children.flatMap(within)];
}

/** The elements of a name that have all of some classes. */
export function withClass(root: Element, name: string, ...classes: string[]): Element[] {
  return within(root).filter((each) => {
    const own = (each.attributes.get('class') ?? '').split(' ');
    return each.name === name && classes.every((one) => own.includes(one));
  });
}

/** The absolute points of a path of M, L, H, V and their small sisters m, l, h, v. */
export function pointsOf(path: string): [number, number][] {
  const points: [number, number][] = [];
  let [x, y] = [0, 0];
  for (const [, command, rest] of path.matchAll(/([a-z])([^a-z]*)/gi)) {
    const numbers = [...rest!.matchAll(/-?(?:\d+\.?\d*|\.\d+)/g)].map(([number]) => Number(number));
    while (numbers.length > 0) {
      switch (command) {
        case 'H':
          x = numbers.shift()!;
          break;
        case 'h':
          x += numbers.shift()!;
          break;
        case 'V':
          y = numbers.shift()!;
          break;
        case 'v':
          y += numbers.shift()!;
          break;
        case 'M':
        case 'L':
          [x, y] = [numbers.shift()!, numbers.shift()!];
          break;
        case 'm':
        case 'l':
          x += numbers.shift()!;
          y += numbers.shift()!;
          break;
        default:
          throw new Error(`${command} in ${path}`);
      }
      points.push([x, y]);
    }
  }
  return points;
}
