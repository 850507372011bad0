import type { Messages } from '../profile/messages.ts';
import { listAt, lookUp } from './json-path.ts';
import { passes } from './match.ts';
import { bodyBytes, partsOf } from './multipart.ts';
import { type Answer, type AnswerView, parseTree, patternOf } from './view.ts';

/** One message of an answer. */
export interface Item {
  readonly text: string;
  /** By what the server names it. */
  readonly id: string | undefined;
  /** Where the text is not all there is to it. */
  readonly bytes?: Uint8Array;
}

type Json = Extract<Messages, { format: 'json' }>;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The messages in an answer, in order; undefined when it is no answer that could carry any. */
export function itemsOf(messages: Messages, view: AnswerView): Item[] | undefined {
  const { answer } = view;
  if (!messages.status.includes(answer.status)) return undefined;
  switch (messages.format) {
    case 'whole':
      return [whole(answer)];
    case 'json':
      return listAt(view.tree, messages.items)
        ?.filter((item) => messages.where.every((test) => passes(item, test)))
        .map((item) => jsonItem(messages, item));
    case 'frames':
      if (answer.text === '') return [];
      return answer.text
        .split(messages.separator)
        .filter((frame) => frame.startsWith(messages.prefix))
        .map((frame) => named(frame.slice(messages.prefix.length)));
    case 'prefixed-json': {
      if (!answer.text.startsWith(messages.prefix)) return undefined;
      const tree = parseTree(answer.text.slice(messages.prefix.length));
      return listAt(tree, messages.items)?.map((item) => named(textOf(lookUp(item, messages.value))));
    }
    case 'regex':
      return [...answer.text.matchAll(patternOf(messages.pattern))].map((match) => {
        const text = match[1] ?? match[0];
        return named(messages.unescape === 'xml' ? unescapeXml(text) : text);
      });
    case 'multipart':
      return partsOf(answer)?.map((bytes) => ({ ...named(decoder.decode(bytes)), bytes })) ?? [whole(answer)];
  }
}

/** Every entry of the list in an answer, message or not, for cursors that look into all of them. */
export function entriesOf(messages: Messages, view: AnswerView): unknown[] {
  if (messages.format === 'json') return listAt(view.tree, messages.items) ?? [];
  if (messages.format !== 'prefixed-json' || !view.answer.text.startsWith(messages.prefix)) return [];
  return listAt(parseTree(view.answer.text.slice(messages.prefix.length)), messages.items) ?? [];
}

/** The bytes of a message: those that came where they were kept, else those of its text. */
export function itemBytes({ text, bytes }: Item): Uint8Array {
  return bytes ?? new TextEncoder().encode(text);
}

function named(text: string): Item {
  return { text, id: undefined };
}

function whole(answer: Answer): Item {
  return { text: answer.text, id: undefined, bytes: bodyBytes(answer) };
}

function jsonItem(messages: Json, item: unknown): Item {
  const text = textOf(lookUp(item, messages.value));
  const id = messages.id === undefined ? undefined : lookUp(item, messages.id);
  const common = { id: id === undefined || id === null ? undefined : String(id) };
  const { encoding } = messages;
  if (encoding === undefined || lookUp(item, encoding.path) !== encoding.base64) return { text, ...common };
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  return { text: decoder.decode(bytes), bytes, ...common };
}

/** A text as it is, and any other value as JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null);
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** The predefined and numeric references of XML (XML 1.0, sections 4.1 and 4.6). */
function unescapeXml(text: string): string {
  return text.replace(
    /&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi,
    (reference, hex?: string, digits?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? reference;
      const code = hex === undefined ? Number(digits) : Number.parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : reference;
    },
  );
}
