/** An element of a document that was read. */
export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"' };

/** What XML 1.0 calls a character, section 2.2. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** Text with its references resolved; nothing that would have to be escaped may stand in it. */
function resolved(raw: string): string {
  if (/[<]|]]>/.test(raw)) throw new Error(`markup within text: ${raw}`);
  return raw.replace(/&(?:#(\d+)|(\w+));|&/g, (whole, number?: string, name?: string) => {
    const char = number === undefined ? entities[name ?? ''] : String.fromCodePoint(Number(number));
    if (char === undefined) throw new Error(`no such reference: ${whole} in ${raw}`);
    return char;
  });
}

/**
 * A strict reader of the little XML that JUnit needs: declaration, elements, attributes in double quotes, text.
 * @throws Error for whatever else there is: comments, CDATA, a tag that was not closed, characters that XML cannot hold
 */
export function readXml(text: string): { readonly root: Element; all(name: string): Element[] } {
  const bad = forbidden.exec(text);
  if (bad !== null) throw new Error(`U+${bad[0].codePointAt(0)!.toString(16)} at ${bad.index}`);
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>';
  if (!text.startsWith(declaration)) throw new Error('no declaration');
  const top: Element = { name: '', attributes: {}, children: [], text: '' };
  const open: Element[] = [top];
  const token = /<(\/?)([a-z-]+)((?: [a-z-]+="[^"<]*")*)(\/?)>|([^<]+)/y;
  token.lastIndex = declaration.length;
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (found === null) throw new Error(`no XML: ${text.slice(at, at + 80)}`);
    const [, end, name, given, alone, raw] = found;
    const parent = open.at(-1)!;
    if (raw !== undefined) parent.text += resolved(raw);
    else if (end === '/') {
      if (parent.name !== name) throw new Error(`</${name}> ends <${parent.name}>`);
      open.pop();
    } else {
      const attributes = Object.fromEntries(
        [...given!.matchAll(/ ([a-z-]+)="([^"]*)"/g)].map(([, key, value]) => [key!, resolved(value!)]),
      );
      const element: Element = { name: name!, attributes, children: [], text: '' };
      parent.children.push(element);
      if (alone === '') open.push(element);
    }
  }
  if (open.length !== 1 || top.children.length !== 1) throw new Error('not one whole element');
  const every = (element: Element): Element[] => [element, ...element.children.flatMap(every)];
  const root = top.children[0]!;
  return { root, all: (name) => every(root).filter((element) => element.name === name) };
}
