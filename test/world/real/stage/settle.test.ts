import { describe, expect, it } from 'vitest';
import { loadProfile } from '../../../../src/scenario/find.ts';
import { type Profile, readProfile } from '../../../../src/wire/profile.ts';
import { monotonicClock } from '../../../../src/world/real/clock.ts';
import { Patience } from '../../../../src/world/real/stage/patience.ts';
import { heldOn } from '../../../../src/world/real/stage/reach.ts';
import { type Settling, settle } from '../../../../src/world/real/stage/settle.ts';
import { answer, type Script, ScriptServer } from '../script.ts';

const clock = monotonicClock();
const nchan = loadProfile('nchan', process.cwd());
const reference = loadProfile('reference', process.cwd());
const never = new AbortController().signal;

async function settled(script: Script, profile: Profile, more: Partial<Settling> = {}, patienceMs = 10_000) {
  await using server = await ScriptServer.start(script);
  const target = { origin: server.origin, profile, headers: {}, tls: {} };
  const settling: Settling = {
    ...{ clock, target, run: 'r', long: true, wanted: 3, channels: ['a', 'b'], held: undefined },
    ...more,
  };
  const how = await settle(settling, new Patience(), patienceMs, never);
  return { how, heard: server.heard.map(({ method, target: path, body }) => `${method} ${path} ${body}`) };
}

describe('waiting until the first polls are held', () => {
  it('asks until there are enough, adding up the channels', async () => {
    const counts = [0, 1, 1, 1, 2, 1];
    const { how, heard } = await settled(
      ({ say }, n) => say(answer(`{"held":${counts[n] ?? 9}}`)),
      reference,
    );
    expect(how).toBe('held');
    expect(heard).toHaveLength(6);
    expect(heard[0]).toBe('GET /presence?channel=a ');
  });

  it('publishes a mark where only the answer to a publish tells it', async () => {
    const counts = [1, 1, 2, 1];
    const { how, heard } = await settled(
      ({ say }, n) =>
        say(
          answer(`queued messages: 0\r\nactive subscribers: ${counts[n] ?? 9}\r\n`, 'HTTP/1.1 201 Created'),
        ),
      nchan,
    );
    expect(how).toBe('held');
    expect(heard).toEqual([
      'POST /pub/a pm:r:settle',
      'POST /pub/b pm:r:settle',
      'POST /pub/a pm:r:settle',
      'POST /pub/b pm:r:settle',
    ]);
  });

  it('says how many there were when there are never enough', async () => {
    expect((await settled(({ say }) => say(answer('{"held":1}')), reference, {}, 200)).how).toBe(2);
  });

  it.each([
    ['regular polls are never held', reference, { long: false }],
    ['a first poll may be answered at once', { ...reference, firstPollHeld: false }, {}],
    ['nobody can tell', { ...nchan, presence: undefined } as unknown as Profile, {}],
  ])('only gives them time where %s', async (_, profile, more) => {
    const { how, heard } = await settled(({ say }) => say(answer('{"held":0}')), profile, more);
    expect([how, heard]).toEqual(['held', []]);
  });

  it('is satisfied with a server that does not say it after all', async () => {
    const { how } = await settled(({ say }) => say(answer('{"online":[]}')), reference);
    expect(how).toBe('held');
  });
});

describe('asking a target what it holds', () => {
  it('counts a list, and asks nobody whose publisher needs a session', async () => {
    await using server = await ScriptServer.start(({ say }) => say(answer('{"polls":["x","y"]}')));
    const listed = readProfile(
      `name: x
subscribe: { url: /s }
publish: { url: /p, as: session }
messages: { format: whole }
hold: { kind: server }
presence: { url: "/who/{channel}", held: polls }
`,
      'x',
    );
    const target = { origin: server.origin, headers: {}, tls: {} };
    expect(await heldOn({ ...target, profile: listed }, ['a'])).toBe(2);
    const told = { ...listed, presence: { fromPublishAnswer: '(\\d+)' } };
    expect(await heldOn({ ...target, profile: told }, ['a'])).toBeUndefined();
    expect(server.heard).toHaveLength(1);
  });
});
