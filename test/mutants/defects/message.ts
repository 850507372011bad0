import { type Defect, edit, part } from '../defect.ts';

const decode = "return [decoder.decode(body), 'utf8'];";
const asBase64 =
  "return [Buffer.from(body.buffer, body.byteOffset, body.length).toString('base64'), 'base64'];";
const textAnswer = 'return cacheWord(contentAnswer(200, plainText, message.body, headers));';

/** What goes wrong with the bytes of a message. */
export const messageDefects: readonly Defect[] = [
  {
    name: 'trim-message',
    breaks: 'White space at both ends of a message is lost.',
    edits: [edit(part.answer, decode, "return [decoder.decode(body).trim(), 'utf8'];")],
    kills: ['message.utf8.roundtrip'],
  },
  {
    name: 'drops-byte-order-mark',
    breaks: 'A leading U+FEFF is lost, as common decoders do.',
    edits: [edit(part.answer, 'ignoreBOM: true', 'ignoreBOM: false')],
    kills: ['message.utf8.roundtrip'],
  },
  {
    name: 'normalises',
    breaks: 'Text comes back in another normal form than it was sent in.',
    edits: [edit(part.answer, decode, "return [decoder.decode(body).normalize('NFC'), 'utf8'];")],
    kills: ['message.utf8.roundtrip'],
  },
  {
    name: 'body-plus-equals-chunk',
    breaks: 'The pieces of a body are decoded one by one, so that a character over a border is lost.',
    edits: [
      edit(part.body, 'chunks.push(chunk);', 'chunks.push(Buffer.from(String(chunk)));'),
      edit(part.body, 'Buffer.concat(chunks, length)', 'Buffer.concat(chunks)'),
    ],
    kills: ['message.utf8.split-input'],
  },
  {
    name: 'latin1-out',
    breaks: 'Bytes that are not UTF-8 come out as the Latin-1 letters of the same numbers.',
    edits: [edit(part.answer, asBase64, asBase64.replace("('base64'), 'base64'", "('latin1'), 'utf8'"))],
    kills: ['message.utf8.invalid', 'message.binary.exact'],
  },
  {
    name: 'empty-vanishes',
    breaks: 'An empty publish is acknowledged, and nothing comes of it.',
    edits: [
      edit(
        part.handler,
        "refusal('text', 400, 'body: is empty; an empty message cannot be told from nothing')",
        "contentAnswer(200, textType, 'ok')",
      ),
    ],
    kills: ['message.empty.defined'],
  },
  {
    name: 'cuts-at-64k',
    breaks: 'Of a message only the first 65,535 bytes are kept.',
    edits: [
      edit(
        part.body,
        'const body = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, length);',
        'const body = Buffer.concat(chunks, length).subarray(0, 65_535);',
      ),
    ],
    kills: ['message.size.ladder'],
  },
  {
    name: 'message-ends-answer',
    breaks: 'A blank line in a message ends the answer; what follows it is read as the next one.',
    edits: [
      edit(
        part.answer,
        textAnswer,
        `const whole = contentAnswer(200, plainText, message.body, headers);
        const blank = Buffer.from(message.body).indexOf('\\r\\n\\r\\n');
        if (blank >= 0)
            return { ...whole, headers: whole.headers.with(-1, String(blank)) };
        ${textAnswer}`,
      ),
    ],
    profile: 'reference-article',
    kills: ['message.framing.safe'],
  },
  {
    name: 'message-is-a-page',
    breaks: 'Messages come as HTML, so that a script in them runs.',
    edits: [
      edit(
        part.answer,
        "return contentAnswer(200, 'application/json', json, applied);",
        "return contentAnswer(200, 'text/html;charset=utf-8', json, applied);",
      ),
    ],
    kills: ['message.markup.inert'],
  },
  {
    name: 'no-type',
    breaks: 'No answer says what type its content has.',
    edits: [
      edit(part.http, "const headers = ['Content-Type', type, ...always,", 'const headers = [...always,'),
    ],
    kills: ['message.type.declared', 'message.markup.inert'],
  },
  {
    name: 'callback-unchecked',
    breaks: 'Any text is taken for the name of a JSONP callback.',
    base: 'corner',
    profile: 'corner',
    edits: [edit(part.corner, '!callbackName.test(callback)', 'false')],
    kills: ['message.jsonp.callback'],
  },
];
