import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Answer, readAnswer } from '../../src/wire/extract.ts';
import {
  firstPollWaits,
  hasChannels,
  type Profile,
  pollTemplate,
  readProfile,
} from '../../src/wire/profile.ts';

function shipped(name: string): Profile {
  const file = `profiles/${name}.yaml`;
  return readProfile(readFileSync(file, 'utf8'), file);
}
const answer = (status: number, text = '', headers: Answer['headers'] = {}): Answer => ({
  status,
  text,
  headers,
});

describe('the poll face of the reference server', () => {
  const profile = shipped('reference');

  it('carries messages in a list, and the cursor beside it', () => {
    const text = JSON.stringify({
      cursor: 'c2',
      messages: [
        { id: '1', body: 'a' },
        { id: '2', body: '' },
      ],
    });
    expect(readAnswer(profile, answer(200, text))).toEqual({
      kind: 'messages',
      messages: ['a', ''],
      cursor: { cursor: 'c2' },
      behind: false,
    });
  });

  it('is empty when the list is, and says when the client fell behind', () => {
    expect(readAnswer(profile, answer(200, '{"cursor":"c","messages":[]}'))).toEqual({
      kind: 'empty',
      cursor: { cursor: 'c' },
      behind: false,
    });
    expect(readAnswer(profile, answer(200, '{"cursor":"c","messages":[],"behind":true}'))).toMatchObject({
      kind: 'empty',
      behind: true,
    });
  });

  it.each([
    ['an error', answer(400, '{"title":"no"}')],
    ['something that is no JSON', answer(200, '<html>')],
    ['JSON without a list', answer(200, '{"messages":null}')],
  ])('takes %s for a refusal, never for nothing', (_, given) => {
    expect(readAnswer(profile, given)).toMatchObject({ kind: 'refused', status: given.status });
  });

  it('has regular polls that ask for no wait, and first polls that need not wait', () => {
    expect(pollTemplate(profile, true).url).not.toContain('wait');
    expect(pollTemplate(profile, false).url).toContain('wait={wait}');
    expect(firstPollWaits(profile)).toBe(false);
    expect(hasChannels(profile)).toBe(true);
  });
});

describe('the article face', () => {
  it('takes every 200 for a message, an empty one too, and knows no channels', () => {
    const profile = shipped('article');
    expect(readAnswer(profile, answer(200, ''))).toMatchObject({ kind: 'messages', messages: [''] });
    expect(readAnswer(profile, answer(502))).toMatchObject({ kind: 'refused', status: 502 });
    expect(firstPollWaits(profile)).toBe(true);
    expect(hasChannels(profile)).toBe(false);
    expect(profile.regular).toBeUndefined();
  });

  it('with a cursor has it in a header, on messages and on 204 alike', () => {
    const profile = shipped('reference-article');
    const headers = { 'poll-cursor': 'k' };
    expect(readAnswer(profile, answer(200, 'hi', headers))).toMatchObject({
      kind: 'messages',
      cursor: { cursor: 'k' },
    });
    expect(readAnswer(profile, answer(204, '', headers))).toEqual({
      kind: 'empty',
      cursor: { cursor: 'k' },
      behind: false,
    });
    expect(readAnswer(profile, answer(200, 'hi', { ...headers, 'poll-behind': 'true' }))).toMatchObject({
      behind: true,
    });
  });
});

describe('a refusal', () => {
  const profile = shipped('article');

  it.each([
    ['seconds', { 'retry-after': '7' }, 7000],
    [
      "a date, held against the answer's own",
      { 'retry-after': 'Sun, 06 Nov 1994 08:49:47 GMT', date: 'Sun, 06 Nov 1994 08:49:37 GMT' },
      10_000,
    ],
    [
      'a date in the past',
      { 'retry-after': 'Sun, 06 Nov 1994 08:49:27 GMT', date: 'Sun, 06 Nov 1994 08:49:37 GMT' },
      0,
    ],
  ])('says when to come back in %s', (_, headers, retryAfterMs) => {
    expect(readAnswer(profile, answer(503, '', headers))).toEqual({
      kind: 'refused',
      status: 503,
      retryAfterMs,
    });
  });

  it.each([
    [{ 'retry-after': 'soon' }],
    [{ 'retry-after': 'Sun, 06 Nov 1994 08:49:37 GMT' }],
    [{}],
  ])('says nothing with %j', (headers) => {
    expect(readAnswer(profile, answer(503, '', headers))).toEqual({ kind: 'refused', status: 503 });
  });
});

describe('cursor sources', () => {
  const text = (on: string): string => `
name: two
subscribe: { url: /sub, headers: { If-None-Match: "{etag}" } }
publish: { url: /pub }
messages: { format: whole }
cursor: [ { var: etag, from: header, name: Etag, on: ${on} } ]
empty: [ { status: 408 } ]
gone: [ { status: 410 } ]
hold: { kind: server }
`;
  it('taken on messages only are not overwritten by an empty answer', () => {
    const empty = answer(408, '', { etag: '0' });
    expect(readAnswer(readProfile(text('message'), 'x'), empty)).toMatchObject({
      kind: 'empty',
      cursor: undefined,
    });
    expect(readAnswer(readProfile(text('any'), 'x'), empty)).toMatchObject({ cursor: { etag: '0' } });
  });

  it('do not matter once the channel is gone', () => {
    expect(readAnswer(readProfile(text('any'), 'x'), answer(410))).toMatchObject({
      kind: 'refused',
      status: 410,
    });
  });
});

describe('a wrong profile', () => {
  it('is told all its faults at once, each at its place', () => {
    const text = [
      'name: bad',
      'subscribe: { url: "/sub?c={curser}", metod: GET }',
      'publish: { url: pub }',
      'messages: { format: whole }',
      'hold: { kind: forever, time: 5 sec }',
    ].join('\n');
    expect(() => readProfile(text, 'bad.yaml')).toThrow(
      /bad\.yaml:2:.*metod[\s\S]*bad\.yaml:3:[\s\S]*bad\.yaml:5:/,
    );
  });

  it('is told about a variable that nothing sets', () => {
    const text =
      'name: bad\nsubscribe: { url: "/sub?c={curser}" }\npublish: { url: /pub }\nmessages: { format: whole }\nhold: { kind: server }\n';
    expect(() => readProfile(text, 'bad.yaml')).toThrow(/\{curser\}/);
  });
});
