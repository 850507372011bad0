import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/protocol/random.ts';
import {
  type Ask,
  channelSetup,
  type Dialogue,
  type HttpRequest,
  OpeningFailed,
  presenceRequest,
  type Steps,
  startDialogue,
} from '../../src/wire/dialogue.ts';
import type { Answer } from '../../src/wire/extract.ts';
import { type Profile, readProfile } from '../../src/wire/profile.ts';

const answer = (text = '', headers: Answer['headers'] = {}, status = 200): Answer => ({
  status,
  text,
  headers,
});
const usual = `
name: x
subscribe: { url: "/sub?c={cursor}&w={wait}&m={max}&n={nonce}" }
publish: { url: /pub, body: "{message}" }
messages: { format: json, items: m, value: "" }
cursor: [ { var: cursor, from: json, path: c } ]
empty: [ { noMessages: true } ]
hold: { kind: requested, unit: ms }
`;

function made(text: string, more: Record<string, unknown> = {}): Profile {
  const base = Object.entries(more).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const overridden = new Set(Object.keys(more));
  const kept = text.split('\n').filter((line) => !overridden.has(line.split(':')[0]!));
  return readProfile([...kept, ...base].join('\n'), 'x.yaml');
}

function dialogue(profile: Profile, options: Partial<Parameters<typeof startDialogue>[2]> = {}): Dialogue {
  const names = { channel: 'c 1', client: 'ann' };
  return startDialogue(profile, names, { regular: false, random: seededRandom('dialogue'), ...options });
}

const ask = (more: Partial<Ask> = {}): Ask => ({
  place: undefined,
  waitMs: 2000,
  regular: false,
  nonce: '7',
  ...more,
});

/** Goes through steps with answers given beforehand; the requests that were sent. */
function walk(steps: Steps<void>, answers: readonly Answer[]): HttpRequest[] {
  const sent: HttpRequest[] = [];
  let next = steps.next();
  for (const each of answers) {
    if (next.done === true) throw new Error('more answers than requests');
    sent.push(next.value);
    next = steps.next(each);
  }
  expect(next.done).toBe(true);
  return sent;
}

describe('a poll', () => {
  it('carries its place, its wait and its bound, and leaves out what is unset', () => {
    const one = dialogue(made(usual));
    expect(one.isOpen).toBe(true);
    expect(one.poll(ask())).toEqual({ method: 'GET', path: '/sub?w=2000&n=7', headers: {}, body: undefined });
    expect(one.poll(ask({ place: { cursor: 'a&b' }, max: 3 })).path).toBe('/sub?c=a%26b&w=2000&m=3&n=7');
    expect(dialogue(made(usual, { hold: { kind: 'requested' } })).poll(ask()).path).toContain('w=2&');
  });

  it('begins where a client begins, and at nothing when that is asked for', () => {
    const one = dialogue(
      made(usual.replace('&n={nonce}', '&from={mode}'), { starts: { now: { cursor: 'tip', mode: 'live' } } }),
    );
    expect(one.poll(ask()).path).toBe('/sub?c=tip&w=2000&from=live');
    expect(one.poll(ask({ place: {} })).path).toBe('/sub?w=2000&from=live');
    expect(one.poll(ask({ place: { cursor: '9' } })).path).toBe('/sub?c=9&w=2000&from=live');
  });

  it('in regular mode differs in what the profile says, constants too', () => {
    const profile = made(usual, {
      vars: { pace: 'slow' },
      subscribe: { url: '/sub?p={pace}' },
      regular: { url: '/quick?p={pace}', headers: { X: '1' }, vars: { pace: 'fast' } },
    });
    expect(dialogue(profile).poll(ask()).path).toBe('/sub?p=slow');
    expect(dialogue(profile, { regular: true }).poll(ask({ regular: true }))).toMatchObject({
      path: '/quick?p=fast',
      headers: { X: '1' },
    });
  });

  it('may have a form or a structured body, and goes to another base', () => {
    const profile = made(usual, {
      bases: { other: 'https://{channel}.example:8443/api/' },
      subscribe: { url: '/sub', method: 'POST', base: 'other', form: { a: '1 +{client}', b: '{cursor}' } },
      regular: { body: { who: '{client}', cursor: '{cursor}', n: [1, true, '"{client}"'] }, base: 'other' },
    });
    const one = startDialogue(
      profile,
      { channel: 'news', client: 'ann' },
      { regular: false, random: () => 0 },
    );
    expect(one.poll(ask())).toEqual({
      method: 'POST',
      path: '/api/sub',
      base: 'https://news.example:8443',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'a=1+%2Bann',
    });
    expect(one.poll(ask({ regular: true }))).toMatchObject({
      headers: { 'Content-Type': 'application/json' },
      body: '{"who":"ann","n":[1,true,"\\"ann\\""]}',
    });
  });
});

describe('an answer', () => {
  it('of one cursor leaves the other as it was', () => {
    const cursor = [
      { var: 'a', from: 'json', path: 'a' },
      { var: 'b', from: 'json', path: 'b', on: 'message' },
    ];
    const one = dialogue(
      made(usual, {
        subscribe: { url: '/s?{&a}{&b}'.replace('{&a}', 'a={a}').replace('{&b}', '&b={b}') },
        cursor,
      }),
    );
    one.poll(ask({ place: { a: '1', b: '1' } }));
    expect(one.read(answer('{"m":[],"a":2,"b":9}')).outcome).toMatchObject({ cursor: { a: '2', b: '1' } });
    one.poll(ask({ place: { a: '2', b: '1' } }));
    expect(one.read(answer('{"m":["x"],"b":3}')).outcome).toMatchObject({ cursor: { a: '2', b: '3' } });
  });

  it('tells the end of channel, session and stream whatever its status, before anything else', () => {
    const one = dialogue(
      made(usual, {
        gone: [{ json: { path: 'g', exists: true } }],
        lost: [{ json: { path: 'l', exists: true } }],
        end: [{ json: { path: 'e', exists: true } }],
      }),
    );
    expect(one.read(answer('{"m":["x"],"g":1,"l":1}'))).toMatchObject({
      session: 'gone',
      outcome: { kind: 'refused', status: 200 },
    });
    expect(one.read(answer('{"m":["x"],"e":1}'))).toMatchObject({
      session: 'ended',
      outcome: { kind: 'messages', messages: ['x'] },
    });
    expect(one.isOpen).toBe(true);
    expect(one.read(answer('{"m":["x"],"l":1}'))).toMatchObject({
      session: 'lost',
      outcome: { kind: 'refused' },
      ids: [],
    });
    expect(one.isOpen).toBe(false);
  });

  it('calls for replies and acknowledgements, each message with its id', () => {
    const one = dialogue(
      made(usual, {
        messages: { format: 'json', items: 'm', value: 't', id: 'i' },
        reply: [
          { when: { json: { path: 'ping', exists: true } }, request: { url: '/pong?{&n=nonce}', body: '3' } },
        ],
        ack: { method: 'DELETE', url: '/m/{id}' },
      }),
    );
    const reading = one.read(answer('{"ping":1,"m":[{"t":"x","i":1},{"t":"y"},{"t":"z","i":"k/2"}]}'));
    expect(reading.ids).toEqual(['1', undefined, 'k/2']);
    expect(reading.followUps.map(({ method, path }) => `${method} ${path.replace(/=\d+/, '=N')}`)).toEqual([
      'POST /pong?n=N',
      'DELETE /m/1',
      'DELETE /m/k%2F2',
    ]);
    expect(one.read(answer('{"m":[]}')).followUps).toEqual([]);
  });
});

const session = {
  counters: { rid: { start: 10 }, sid: { random: 1_000_000 } },
  open: [
    {
      url: '/a?r={rid++}&s={sid}',
      require: { json: { path: 'ok', equals: true } },
      capture: [
        { var: 'token', from: 'json', path: 't', strip: 'id:' },
        { var: 'server', from: 'header', name: 'X-Server' },
        { var: 'key', from: 'regex', pattern: '"k":"(\\w+)"' },
      ],
    },
    { url: '/b/{token}?r={rid++}&k={key}', ok: [201], capture: [{ var: 'all', from: 'body' }] },
  ],
  bases: { own: 'http://{server}' },
  subscribe: { url: '/sub?r={rid++}&again={rid}&t={token}', base: 'own' },
  close: [{ url: '/bye?{&t=token}' }],
};
const opened = [
  answer('{"ok":true,"t":"id:T","k":"K"}', { 'x-server': '127.0.0.1:9' }),
  answer('raw', {}, 201),
];

describe('a session', () => {
  it('is opened in order, keeps what it is given, and counts its requests', () => {
    const one = dialogue(made(usual, session));
    expect(one.isOpen).toBe(false);
    expect(() => one.poll(ask())).toThrow('unset variable');
    const sent = walk(one.opening(), opened).map(({ path }) => path);
    expect(one.isOpen).toBe(true);
    expect(sent).toEqual([expect.stringMatching(/^\/a\?r=10&s=\d+$/), '/b/T?r=11&k=K']);
    const first = one.poll(ask());
    expect([first.base, first.path]).toEqual([
      'http://127.0.0.1:9',
      expect.stringMatching(/^\/sub\?r=\d+&again=\d+&t=T$/),
    ]);
  });

  it('sends the same question once more with the same numbers, and then goes on', () => {
    const one = dialogue(made(usual, session));
    walk(one.opening(), opened);
    const numbers = (more: Partial<Ask> = {}): string => /r=(\d+)/.exec(one.poll(ask(more)).path)![1]!;
    const first = Number(numbers());
    expect(
      [numbers({ again: true }), numbers({ again: true }), numbers(), numbers({ again: true })].map(Number),
    ).toEqual([first, first, first + 1, first + 1]);
  });

  it('begins anew when it was lost: other numbers drawn, nothing of the old one kept', () => {
    const one = dialogue(made(usual, { ...session, lost: [{ status: 404 }] }));
    const [first] = walk(one.opening(), opened);
    one.poll(ask());
    expect(one.read(answer('', {}, 404)).session).toBe('lost');
    const [second] = walk(one.opening(), opened);
    expect(second!.path).toMatch(/^\/a\?r=10&/);
    expect(second!.path).not.toBe(first!.path);
    expect(walk(one.closing(), [answer('', {}, 500)])[0]!.path).toBe('/bye?t=T');
    expect(walk(one.closing(), [])).toEqual([]);
  });

  it.each([
    ['status 200', answer('', {}, 503), 'open[0]'],
    ['JSON with ok = true', answer('{"ok":false}'), 'open[0]'],
    ['JSON with t (for {token})', answer('{"ok":true}'), 'open[0]'],
    ['the header X-Server (for {server})', answer('{"ok":true,"t":1}'), 'open[0]'],
    [
      String.raw`a body that matches /"k":"(\w+)"/ (for {key})`,
      answer('{"ok":true,"t":1}', { 'x-server': 'x' }),
      'open[0]',
    ],
  ])('does not open without %s', (expected, said, step) => {
    const one = dialogue(made(usual, session));
    const steps = one.opening();
    steps.next();
    let failure: unknown;
    try {
      steps.next(said);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(OpeningFailed);
    expect(failure).toMatchObject({ step, expected, answer: said });
    expect(one.isOpen).toBe(false);
  });

  it('may be a matter of cookies', () => {
    const one = dialogue(made(usual, { identity: { kind: 'cookie' } }));
    expect(one.poll(ask()).headers).toEqual({});
    one.read(answer('{"m":[]}', { 'set-cookie': ['a=1; Path=/; HttpOnly', 'b="x y"'] }));
    expect(one.poll(ask()).headers).toEqual({ Cookie: 'a=1; b="x y"' });
    one.published(answer('', { 'set-cookie': 'a=; Max-Age=0' }));
    expect(one.publish('m', '1').headers).toEqual({ Cookie: 'b="x y"' });
  });
});

describe('a publish', () => {
  it('sends text and bytes as they are, and any other body as text', () => {
    const one = dialogue(made(usual));
    expect(one.publish('é{x}', 'n')).toEqual({ method: 'POST', path: '/pub', headers: {}, body: 'é{x}' });
    const bytes = new Uint8Array([0, 255]);
    expect(one.publish(bytes, 'n').body).toBe(bytes);
    const wrapped = dialogue(
      made(usual, { publish: { url: '/p', body: { b: '{message|base64}', n: '{nonce}' } } }),
    );
    expect(wrapped.publish(bytes, 'n').body).toBe('{"b":"AP8=","n":"n"}');
    expect(wrapped.publish('é', 'n').body).toBe('{"b":"w6k=","n":"n"}');
    const xml = dialogue(
      made(usual, {
        publish: { url: '/p?{&m=message}', body: '<a b="{message|xml}">{message|json}{message|url}</a>' },
      }),
    );
    expect(xml.publish(`"<'&`, 'n')).toMatchObject({
      path: "/p?m=%22%3C'%26",
      body: `<a b="&quot;&lt;&apos;&amp;">"\\"<'&"%22%3C'%26</a>`,
    });
  });

  it('without a body template is the message itself, with the type and the name that it was given', () => {
    const one = dialogue(
      made(usual, {
        publish: { url: '/p', type: 'text/x-mine' },
        claims: { dedupe: { header: 'Idempotency-Key' } },
      }),
    );
    expect(one.publish('m', 'k1')).toMatchObject({
      body: 'm',
      headers: { 'Content-Type': 'text/x-mine', 'Idempotency-Key': 'k1' },
    });
  });

  it('is acknowledged by status and by what the answer says', () => {
    const publish = {
      url: '/p',
      ok: [200, 202],
      require: { json: { path: 'ok', equals: true } },
      id: { from: 'json', path: 'n' },
    };
    const one = dialogue(made(usual, { publish, presence: { fromPublishAnswer: 'active: (\\d+)' } }));
    expect(one.published(answer('{"ok":true,"n":5,"x":"active: 12"}', {}, 202))).toEqual({
      acknowledged: true,
      why: undefined,
      subscribers: 12,
      id: '5',
    });
    expect(one.published(answer('{"ok":true}', {}, 500))).toMatchObject({
      acknowledged: false,
      why: 'status 500, not 200 or 202',
    });
    expect(one.published(answer('{"ok":false}'))).toMatchObject({
      acknowledged: false,
      why: 'the answer has not JSON with ok = true',
      subscribers: undefined,
      id: undefined,
    });
  });
});

describe('besides', () => {
  it('a channel is set up by its own requests, and presence is asked for', () => {
    const profile = made(usual, {
      vars: { db: 'main' },
      channelSetup: [
        { method: 'PUT', url: '/{db}/{channel}' },
        { url: '/open/{channel}', ok: [200] },
      ],
      presence: { url: '/who?{&channel}', held: 'n' },
    });
    expect(
      walk(channelSetup(profile, 'c 1'), [answer('', {}, 409), answer()]).map(({ path }) => path),
    ).toEqual(['/main/c%201', '/open/c%201']);
    const steps = channelSetup(profile, 'c');
    steps.next();
    expect(() => steps.next(answer('', {}, 500))).toThrow(
      'channelSetup[0]: expected status 200 or 201 or 204 or 409; got status 500',
    );
    expect(presenceRequest(profile, 'c')?.path).toBe('/who?channel=c');
    expect(presenceRequest(made(usual), 'c')).toBeUndefined();
  });

  it('an adapter takes over what it defines', () => {
    let open = false;
    const one = dialogue(made(usual), {
      adapter: ({ own, names, profile }) => ({
        get isOpen() {
          return open;
        },
        *opening() {
          const said = yield {
            method: 'GET',
            path: `/${names.client}/${profile.name}`,
            headers: {},
            body: undefined,
          };
          open = said.status === 200;
        },
        poll: (given) => ({ ...own.poll(given), headers: { Signature: 'mine' } }),
      }),
    });
    expect(one.isOpen).toBe(false);
    expect(walk(one.opening(), [answer()])[0]!.path).toBe('/ann/x');
    expect(one.isOpen).toBe(true);
    expect(one.poll(ask())).toMatchObject({ path: '/sub?w=2000&n=7', headers: { Signature: 'mine' } });
    expect(one.publish('m', '1')).toMatchObject({ path: '/pub' });
  });
});
