import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { Result } from '../../src/measure/result.ts';
import { readScenario } from '../../src/scenario/file.ts';
import { ownProfile } from '../../src/scenario/find.ts';
import { runScenario } from '../../src/scenario/run.ts';
import type { Target } from '../../src/scenario/staging.ts';
import { short } from './pollmark.ts';
import { ScriptedServer, scriptedProfile } from './scripted-server.ts';

async function run(target: Target, order: string): Promise<Result> {
  const { result } = await runScenario({
    scenario: readScenario(short.replace('order: together', `order: ${order}`), 'ceiling.yaml'),
    overrides: [],
    timeScale: 1,
    target,
    modes: null,
    ceiling: true,
    out: null,
    events: false,
    interrupted: new AbortController().signal,
  });
  return result;
}

const own: Target = { url: null, profile: ownProfile('buffered'), headers: {}, tls: {} };
const codes = ({ warnings }: Result): string[] => warnings.map(({ code }) => code);

/** A way to a scripted server that lets at most so many requests a second through to a channel of the ceiling. */
async function throttled<T>(url: string, perS: number, act: (url: string) => Promise<T>): Promise<T> {
  let next = performance.now();
  const server = createServer((incoming, outgoing) => {
    const now = performance.now();
    next = Math.max(next, now) + 1000 / perS;
    const onward = (): void => {
      const onwards = request(`${url}${incoming.url}`, { method: incoming.method! }, (answer) => {
        outgoing.writeHead(answer.statusCode!);
        answer.pipe(outgoing);
      });
      onwards.on('error', () => outgoing.destroy());
      outgoing.on('close', () => onwards.destroy());
      incoming.pipe(onwards);
    };
    if (incoming.url!.includes('-ceiling')) setTimeout(onward, next - now);
    else onward();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await act(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

describe.concurrent('the ceiling', () => {
  it('of our own server is found and kept with each repetition', async () => {
    const result = await run(own, 'together');
    for (const { repetitions } of result.modes) {
      // So slow is no machine: 92 requests a second of the modes are far below.
      expect(repetitions[0]!.server.ceiling_rps).toBeGreaterThan(500);
    }
    expect(codes(result)).not.toContain('together-near-ceiling');
  });

  it('of a slow target makes modes that run together a doubtful comparison', async () => {
    const server = new ScriptedServer(() => ({ delayMs: 0, times: 1 }));
    await server.start();
    try {
      const result = await throttled(server.url, 100, (url) =>
        run({ url, profile: scriptedProfile, headers: {}, tls: {} }, 'together'),
      );
      const rps = result.modes[0]!.repetitions[0]!.server.ceiling_rps!;
      expect(rps).toBeGreaterThan(20);
      expect(rps).toBeLessThan(200);
      const told = result.warnings.find(({ code }) => code === 'together-near-ceiling')!;
      expect(told.invalidates).toBe(true);
      expect(told.text).toContain(`at most about ${rps}/s`);
    } finally {
      await server.stop();
    }
  });

  it('is unknown where no poll is answered at once', async () => {
    const target = { ...own, profile: ownProfile('article') };
    const article = readScenario(`${short}server: { semantics: article }\n`, 'article.yaml');
    const { result } = await runScenario({
      scenario: article,
      overrides: [],
      timeScale: 1,
      target,
      modes: null,
      ceiling: true,
      out: null,
      events: false,
      interrupted: new AbortController().signal,
    });
    expect(result.modes[1]!.repetitions[0]!.server.ceiling_rps).toBeNull();
  });
});
