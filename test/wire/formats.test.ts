import { describe, expect, it } from 'vitest';
import { type Answer, bytesOf, readAnswer } from '../../src/wire/extract.ts';
import { type Profile, readProfile } from '../../src/wire/profile.ts';

const answer = (text: string, headers: Answer['headers'] = {}, status = 200): Answer => ({
  status,
  text,
  headers,
});

function profile(messages: string, more = ''): Profile {
  return readProfile(
    `
name: format
subscribe: { url: /sub }
publish: { url: /pub }
messages: ${messages}
hold: { kind: server }
${more}
`,
    'format.yaml',
  );
}

const texts = (given: Profile, said: Answer): readonly string[] | string => {
  const outcome = readAnswer(given, said);
  return outcome.kind === 'messages' ? outcome.messages : outcome.kind;
};
const json = (value: unknown): Answer => answer(JSON.stringify(value));

describe('messages in JSON', () => {
  it('stand at a path, are told apart by tests, and may be no texts', () => {
    const given = profile(
      '{ format: json, items: "a.list", value: v, where: [ { path: kind, equals: m }, { path: v, exists: true } ] }',
    );
    const list = [
      { kind: 'm', v: 'one' },
      { kind: 'x', v: 'no' },
      { kind: 'm' },
      { kind: 'm', v: 2 },
      { kind: 'm', v: null },
    ];
    expect(texts(given, json({ a: { list } }))).toEqual(['one', '2', 'null']);
  });

  it('are gathered from everywhere by a star, in a map or a list', () => {
    const given = profile(
      '{ format: json, items: "rooms.*.events", value: "" }',
      'empty: [ { noMessages: true } ]',
    );
    const rooms = { a: { events: ['1', '2'] }, b: {}, c: { events: ['3'] } };
    expect(texts(given, json({ rooms }))).toEqual(['1', '2', '3']);
    expect(texts(given, json({ next: 1 }))).toBe('empty');
    expect(texts(given, answer('<html>'))).toBe('refused');
    const single = profile('{ format: json, items: "boxes.*", value: text }');
    expect(texts(single, json({ boxes: { x: { text: 'p' }, y: { text: 'q' } } }))).toEqual(['p', 'q']);
  });

  it('may be in base64, item by item, and keep their bytes', () => {
    const given = profile('{ format: json, items: "", value: b, encoding: { path: e, base64: b64 } }');
    const said = json([
      { b: '/wA=', e: 'b64' },
      { b: '/wA=', e: 'utf8' },
      { b: '77u/eA==', e: 'b64' },
    ]);
    expect(bytesOf(given, said).map((bytes) => [...bytes])).toEqual([
      [255, 0],
      [...new TextEncoder().encode('/wA=')],
      [0xef, 0xbb, 0xbf, 0x78],
    ]);
    // A byte order mark belongs to the message.
    expect(texts(given, said)[2]).toBe('\ufeffx');
  });
});

describe('other formats', () => {
  it('frames: those with the prefix, between separators', () => {
    const given = profile(
      '{ format: frames, separator: "\\u001e", prefix: "4" }',
      'empty: [ { body: "2" }, { noMessages: true } ]',
    );
    expect(texts(given, answer('4one\u001e2\u001e4two'))).toEqual(['one', 'two']);
    expect(texts(given, answer('4'))).toEqual(['']);
    expect(texts(given, answer('2'))).toBe('empty');
    expect(texts(given, answer(''))).toBe('empty');
    expect(texts(given, answer('4one', {}, 500))).toBe('refused');
  });

  it('prefixed JSON: only behind its prefix', () => {
    const given = profile('{ format: prefixed-json, prefix: a }', 'empty: [ { body: "h\\n" } ]');
    expect(texts(given, answer('a["g1","h\\"1"]\n'))).toEqual(['g1', 'h"1']);
    expect(texts(given, answer('h\n'))).toBe('empty');
    expect(texts(given, answer('c[2010,"Another connection still open"]\n'))).toBe('refused');
    expect(texts(given, answer('a[not json'))).toBe('refused');
    const deep = profile('{ format: prefixed-json, prefix: "for(;;);", items: ms, value: t }');
    expect(texts(deep, answer('for(;;);{"ms":[{"t":"x"}]}'))).toEqual(['x']);
  });

  it('a regular expression: group 1 of every match, XML undone', () => {
    const pattern = "'<body>(.*?)</body>'";
    const given = profile(
      `{ format: regex, pattern: ${pattern}, unescape: xml }`,
      'empty: [ { noMessages: true } ]',
    );
    const said = answer(
      '<m><body>1 &lt; 2 &amp; &#x263a;&#9731; &amp;lt; &nope;</body></m><m><body></body></m>',
    );
    expect(texts(given, said)).toEqual(['1 < 2 & \u263a\u2603 &lt; &nope;', '']);
    expect(texts(given, answer('<m/>'))).toBe('empty');
    expect(texts(profile(`{ format: regex, pattern: ${pattern} }`), said)).toContain('');
    expect(texts(profile(`{ format: regex, pattern: ${pattern} }`), said)[0]).toContain('&lt;');
  });

  it('multipart: the exact bytes of each part; an answer of another type is one message', () => {
    const given = profile('{ format: multipart }');
    const latin1 = [
      'preamble\r\n--B',
      'Content-Type: text/plain\r\n\r\none\r\n--not a line of its own--B\r\n--B  ',
      '\r\n\xff\x00\r\n--B',
      'Content-Length: 0\r\n\r\n\r\n--B--\r\nepilogue',
    ].join('\r\n');
    const bytes = new Uint8Array(Buffer.from(latin1, 'latin1'));
    const said = {
      ...answer(Buffer.from(bytes).toString(), { 'content-type': 'multipart/mixed; boundary="B"' }),
      bytes,
    };
    expect(bytesOf(given, said).map((part) => Buffer.from(part).toString('latin1'))).toEqual([
      'one\r\n--not a line of its own--B',
      '\xff\x00',
      '',
    ]);
    expect(texts(given, answer('alone', { 'content-type': 'text/plain' }))).toEqual(['alone']);
    // A boundary that never ends is no list of parts.
    expect(
      texts(given, answer('--B\r\n\r\nx', { 'content-type': 'multipart/mixed; boundary=B' })),
    ).toHaveLength(1);
  });

  it('whole: the bytes as they came, or those of the text', () => {
    const given = profile('{ format: whole }');
    expect(bytesOf(given, { ...answer('\ufffd'), bytes: new Uint8Array([255]) })).toEqual([
      new Uint8Array([255]),
    ]);
    expect(bytesOf(given, answer('é'))).toEqual([new TextEncoder().encode('é')]);
    expect(bytesOf(given, answer('no', {}, 404))).toEqual([]);
  });
});

describe('matchers', () => {
  const said = answer('{"a":{"b":[1,null]},"ok":true}', { 'x-face': 'poll' }, 410);
  const matches = (matcher: string, given = said): boolean =>
    readAnswer(profile('{ format: whole, status: [200, 410] }', `gone: [ ${matcher} ]`), given).kind ===
    'refused';

  it.each([
    ['{ status: 410 }', true],
    ['{ status: 409 }', false],
    ['{ status: [409, 410] }', true],
    ['{ status: [409] }', false],
    ['{ bodyPrefix: "{" }', true],
    ['{ bodyPrefix: a }', false],
    ['{ bodyPattern: \'"ok":true\' }', true],
    ["{ bodyPattern: '^ok' }", false],
    ['{ json: { path: ok, equals: true } }', true],
    ['{ json: { path: ok, equals: "true" } }', false],
    ['{ json: { path: a.b, exists: true } }', true],
    ['{ json: { path: a.c, exists: true } }', false],
    ['{ json: { path: a.c, exists: false } }', true],
    ['{ json: { path: a.b, exists: false } }', false],
    ['{ json: { path: "a.b.*", equals: null } }', true],
    ['{ json: { path: "a.b.*", equals: 2 } }', false],
    ['{ header: { name: X-Face } }', true],
    ['{ header: { name: X-Face, equals: poll } }', true],
    ['{ header: { name: X-Face, equals: pol } }', false],
    ['{ header: { name: X-Fac } }', false],
    ['{ status: 410, json: { path: ok, equals: false } }', false],
    ['{ status: 409 }, { bodyPrefix: "{" }', true],
  ])('%s: %s', (matcher, expected) => {
    expect(matches(matcher)).toBe(expected);
  });

  it('with a pattern say the same of the same answer, again and again', () => {
    expect([1, 2, 3].map(() => matches("{ bodyPattern: 'ok' }"))).toEqual([true, true, true]);
  });

  it('about JSON fit nothing else', () => {
    for (const test of ['exists: true', 'exists: false', 'equals: null'])
      expect(matches(`{ json: { path: a, ${test} } }`, answer('<html>'))).toBe(false);
  });

  it('whole bodies are compared to the letter', () => {
    expect(matches('{ body: "x" }', answer('x'))).toBe(true);
    expect(matches('{ body: "x" }', answer('x\n'))).toBe(false);
  });
});

describe('cursors', () => {
  const cursor = (list: string, said: Answer): unknown => {
    const outcome = readAnswer(
      profile(
        '{ format: json, items: m, value: v, where: [ { path: v, exists: true } ] }',
        `cursor: ${list}\nempty: [ { noMessages: true } ]`,
      ),
      said,
    );
    return 'cursor' in outcome ? outcome.cursor : outcome;
  };

  it('may be the greatest number of the list, with one added, whatever its size, messages or not', () => {
    const m = [{ id: 7, v: 'x' }, { id: '9007199254740993' }, { id: 'z' }, {}];
    expect(cursor('[ { var: o, from: max, path: id, add: 1 } ]', json({ m }))).toEqual({
      o: '9007199254740994',
    });
    expect(cursor('[ { var: o, from: max, path: id } ]', json({ m: [] }))).toBeUndefined();
    const unread = [{ id: 4 }];
    expect(cursor('[ { var: o, from: max, path: id, add: 1 } ]', json({ m: unread }))).toEqual({ o: '5' });
    expect(
      cursor('[ { var: o, from: max, path: id, add: 1, on: message } ]', json({ m: unread })),
    ).toBeUndefined();
  });

  it('may stand in the body, in a header or at a path, and be counted on', () => {
    const said = answer('{"m":[],"n":3,"t":"abc"}', { 'x-n': '-4' });
    expect(cursor(`[ { var: a, from: regex, pattern: '"n":(\\d+)' } ]`, said)).toEqual({ a: '3' });
    expect(cursor('[ { var: a, from: header, name: X-N, add: 5 } ]', said)).toEqual({ a: '1' });
    expect(
      cursor('[ { var: a, from: json, path: n, add: -1 }, { var: b, from: json, path: t } ]', said),
    ).toEqual({
      a: '2',
      b: 'abc',
    });
    // What is no number cannot be counted on.
    expect(cursor('[ { var: b, from: json, path: t, add: 1 } ]', said)).toBeUndefined();
  });
});
