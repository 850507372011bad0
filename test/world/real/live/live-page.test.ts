import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { LivePage } from '../../../../src/world/real/live/live-page.ts';
import type { LiveState } from '../../../../src/world/real/server/page/live-state.ts';
import { until } from '../raw.ts';
import { Reader } from './reader.ts';

const first: LiveState = {
  ...{ scenario: 's', title: '<b>t</b>', phase: 'measure', playing: 'long', repetition: 1, repetitions: 1 },
  ...{ elapsedMs: 0, phaseMs: 1000, etaMs: 1000, modes: [], finished: [], over: false },
};
const at = (elapsedMs: number): LiveState => ({ ...first, elapsedMs });

/** Whether nobody listens there any more. */
async function isGone(url: string): Promise<boolean> {
  return fetch(url, { headers: { connection: 'close' } }).then(
    () => false,
    () => true,
  );
}

describe('the live page', () => {
  const pages: LivePage[] = [];
  const deaths: string[] = [];
  const start = async (): Promise<LivePage> => {
    const page = await LivePage.start((why) => deaths.push(why));
    pages.push(page);
    return page;
  };
  afterEach(async () => {
    for (const page of pages) page.end({ ...first, over: 'ended' });
    for (const { url } of pages.splice(0)) await until(() => isGone(url));
    deaths.length = 0;
  });

  it('tells every state in order, and a late reader all of the last minutes at once', async () => {
    const page = await start();
    expect(page.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const early = await Reader.open(page.url);
    const seen: LiveState[] = [];
    // In two halves, because fewer than 200 are remembered.
    for (const until of [100, 200]) {
      for (let i = seen.length; i < until; i++) page.tell(at(i));
      while (seen.length < until) seen.push(...(await early.news()));
    }
    expect(seen.map(({ elapsedMs }) => elapsedMs)).toEqual(Array.from({ length: 200 }, (_, i) => i));
    const late = await Reader.open(page.url);
    // Without waiting: it is there already.
    const remembered = (await late.poll(0)).map(({ elapsedMs }) => elapsedMs);
    expect(remembered).toEqual(Array.from({ length: 150 }, (_, i) => 50 + i));
  });

  it('answers an open long poll with the last word, and ends though the connection stays open', async () => {
    const page = await start();
    const reader = await Reader.open(page.url);
    page.tell(at(1));
    expect(await reader.news()).toEqual([at(1)]);
    const held = reader.news();
    // The hold is at the server when its own count says so.
    await until(async () =>
      (await (await fetch(`${page.url}/metrics`)).text()).includes('pollmark_held_requests 1'),
    );
    const over: LiveState = { ...at(2), over: 'ended' };
    page.end(over);
    expect(await held).toEqual([over]);
    await until(() => isGone(page.url));
    expect(deaths).toEqual([]);
  });

  it('says that it has gone when it is killed, and what is told then goes nowhere', async () => {
    const page = await start();
    process.kill(page.pid, 'SIGKILL');
    await until(() => deaths.length > 0);
    expect(deaths).toEqual(['SIGKILL']);
    page.tell(at(1));
  });

  it('shows its page with scripts of its own alone, and takes messages from nobody else', async () => {
    const page = await start();
    const answer = await fetch(page.url);
    const policy = answer.headers.get('content-security-policy')!;
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const text = await answer.text();
    expect(text).not.toMatch(/https?:\/\//);
    for (const name of ['browser.js', 'polling.js', 'figures.js', 'sparkline.js']) {
      const script = await fetch(`${page.url}/${name}`);
      expect([name, script.status]).toEqual([name, 200]);
    }
    expect((await fetch(`${page.url}/chat.js`)).status).toBe(404);
    const foreign = await fetch(`${page.url}/publish`, { method: 'POST', body: 'hello' });
    expect(foreign.status).toBe(413);
    const reader = await Reader.open(page.url);
    expect(await reader.poll(0)).toEqual([]);
  });

  it.each([
    ['evil.example', 421],
    ['localhost', 200],
  ] as const)('is for this machine alone: %s in Host gets %i', async (name, wanted) => {
    const page = await start();
    const { port } = new URL(page.url);
    const status = await new Promise<number>((resolve, reject) => {
      const headers = { host: `${name}:${port}` };
      request({ host: '127.0.0.1', port, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode!);
      })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(wanted);
  });
});
