import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { loadProfile } from '../../../../src/scenario/find.ts';
import { monotonicClock } from '../../../../src/world/real/clock.ts';
import { readRecords } from '../../../../src/world/real/load/record.ts';
import { canWatchPresence, PresenceWatch } from '../../../../src/world/real/stage/presence-watch.ts';
import { until } from '../raw.ts';
import { answer, ScriptServer } from '../script.ts';

const folder = mkdtempSync(join(tmpdir(), 'presence-'));
afterAll(() => rmSync(folder, { recursive: true }));
const profile = loadProfile('reference', process.cwd());
const clock = monotonicClock();

describe('watching who is online', () => {
  it('records who comes up and who goes; a look that fails changes nothing', async () => {
    const lists: Record<string, (string[] | null)[]> = {
      a: [['r-0', 'r-1', 'r-presence', 'other-7'], null, ['r-1'], ['r-1']],
      b: [[], ['r-2'], ['r-2', 'r-0'], ['r-0']],
    };
    const looks = { a: 0, b: 0 };
    await using server = await ScriptServer.start(({ target, say }) => {
      const channel = target.endsWith('=a') ? 'a' : 'b';
      const list = lists[channel]![Math.min(looks[channel]++, 3)]!;
      say(
        list === null ? answer('', 'HTTP/1.1 503 Busy') : answer(JSON.stringify({ online: list, held: 1 })),
      );
    });
    const target = { origin: server.origin, profile, headers: {}, tls: {} };
    const watch = new PresenceWatch(target, { clock, folder, run: 'r', channels: ['a', 'b'] });
    const began = clock.now();
    expect(watch.since).toBeNull();
    await watch.begin();
    expect([looks.a, looks.b]).toEqual([1, 1]);
    const { since } = watch;
    expect(since).toBeGreaterThanOrEqual(began);
    await until(() => looks.b > 4);
    await watch.end();
    expect(watch.since).toBe(since);
    const events = [...readRecords([watch.records])()].map((event) =>
      'client' in event ? `${event.kind} ${event.client}` : event.kind,
    );
    // Client 0 has moved from a to b: for the moment between two looks it is on neither list.
    expect(events).toEqual(['shown 0', 'shown 1', 'shown 2', 'hidden 0', 'shown 0', 'hidden 2']);
    expect(server.connections).toBe(1);
  });

  it('knows who is new only once it was told of every channel', async () => {
    let open = false;
    await using server = await ScriptServer.start(({ target, say }) => {
      const busy = target.endsWith('=b') && !open;
      say(busy ? answer('', 'HTTP/1.1 503 Busy') : answer(JSON.stringify({ online: [], held: 0 })));
    });
    const target = { origin: server.origin, profile, headers: {}, tls: {} };
    const watch = new PresenceWatch(target, { clock, folder, run: 's', channels: ['a', 'b'] });
    await watch.begin();
    expect(watch.since).toBeNull();
    open = true;
    const opened = clock.now();
    await until(() => watch.since !== null);
    expect(watch.since).toBeGreaterThanOrEqual(opened);
    await watch.end();
  });

  it('needs a profile that says how to ask, and not too many channels', () => {
    const channels = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);
    expect(canWatchPresence(profile, channels(20))).toBe(true);
    expect(canWatchPresence(profile, channels(21))).toBe(false);
    expect(canWatchPresence(loadProfile('nchan', process.cwd()), ['a'])).toBe(false);
  });
});
