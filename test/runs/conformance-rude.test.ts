import { existsSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { judge } from './judged.ts';
import { manners, type RudeServer, rudeServer } from './rude-server.ts';

let server: RudeServer | undefined;
afterEach(() => server?.stop());

/** Far above what a run needs, far below what these servers pour. */
const boundBytes = 600 * 2 ** 20;
const rows = ['poll.answer', 'longpoll.hold.defers'];

/** What is told of each of them, and where it takes time how much. */
const told: Readonly<Record<keyof typeof manners, RegExp>> = {
  'never answers': /no whole answer came in time \(not a byte\)/,
  'answers garbage': /what came cannot be read as HTTP: /,
  'answers HTML with 200 to everything': /no JSON: <!doctype html>/,
  'resets what it is asked': /the connection ended \(rst\) before the head of an answer/,
  'sends a head without an end': /an answer 200 cannot be read as HTTP: a head or trailer without an end/,
  'answers a gibibyte': /an answer 200 is more than anybody would read: content above the 67108864 bytes/,
  'answers a gibibyte in chunks of one byte': /in time|more than anybody would read/,
  'closes in the middle of the content': /the connection ended \(fin\) in an answer 200/,
  'answers one byte at a time': /no ordinary request took less than \d+ ms, far too slow to be judged/,
};

describe('a server that', () => {
  it.concurrent.each(Object.entries(told))('%s has a valid report that says so', async (name, words) => {
    const rude = await rudeServer(manners[name as keyof typeof manners]);
    try {
      const { code, err, result, verdicts, peakBytes } = await judge([
        '-t',
        rude.url,
        '-p',
        'reference',
        ...rows,
      ]);
      expect(err).toMatch(words);
      expect(code).toBe(4);
      expect(verdicts).toEqual([
        'poll.answer.immediate INCONCLUSIVE',
        'poll.answer.empty-form INCONCLUSIVE',
        'longpoll.hold.defers INCONCLUSIVE',
      ]);
      expect(result.summary.exit).toBe(4);
      expect(result.rows[0]!.reason).toMatch(words);
      expect(peakBytes).toBeLessThan(boundBytes);
    } finally {
      await rude.stop();
    }
  });
});

describe('a server that is not there', () => {
  it('is said at once, in plain words, and leaves nothing', async () => {
    const { code, out, err, ms, report } = await judge([
      '-t',
      'http://127.0.0.1:1',
      '-p',
      'reference',
      ...rows,
    ]);
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(
      /^error: cannot reach http:\/\/127\.0\.0\.1:1 \(connection refused\)\. Is the server running\? Try: npm run serve$/m,
    );
    expect(ms).toBeLessThan(3000);
    expect(existsSync(report)).toBe(false);
  });

  it('or resets every connection at once', async () => {
    server = await rudeServer((socket) => void socket.resetAndDestroy());
    const { code, err, report } = await judge(['-t', server.url, '-p', 'reference', ...rows]);
    // Whether the reset comes before the connection counts as made is up to the kernel.
    expect([3, 4]).toContain(code);
    expect(err).toMatch(/the connection was reset|the connection ended \(rst\)/);
    expect(existsSync(report)).toBe(code === 4);
  });
});
