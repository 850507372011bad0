import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadProfile, runConformance, startServer } from '../../src/index.ts';
import type { RunningServer } from '../../src/world/real/server/server.ts';

describe('runConformance in somebody’s own tests', () => {
  let server: RunningServer;
  beforeAll(async () => {
    server = await startServer({ port: 0 });
  });
  afterAll(() => server.close());

  it('judges a server that runs in the same process, prints nothing, and leaves nothing running', async () => {
    const spies = [
      ...(['log', 'info', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name)),
      vi.spyOn(process.stdout, 'write'),
      vi.spyOn(process.stderr, 'write'),
      vi.spyOn(process, 'exit'),
    ];
    const listeners = process.listenerCount('SIGINT');
    const phases: string[] = [];
    const result = await runConformance({
      profile: loadProfile('reference', process.cwd()),
      target: server.url,
      rows: ['poll.answer', 'poll.batch.all-since-last'],
      progress: ({ kind }) => phases.push(kind),
    });
    for (const spy of spies) {
      expect(spy).not.toHaveBeenCalled();
      spy.mockRestore();
    }
    expect(result.rows.map(({ verdict }) => verdict)).toEqual(['PASS', 'PASS', 'PASS']);
    expect(result.summary.exit).toBe(0);
    expect(result.constants.sources['settle_ms']?.from).toBe('measured');
    expect(phases.slice(0, 3)).toEqual(['planned', 'calibrating', 'playing']);
    expect(process.listenerCount('SIGINT')).toBe(listeners);
    expect(server.counts().held).toBe(0);
  });

  it('ends by a signal with what has a verdict by then', async () => {
    const stop = new AbortController();
    const result = await runConformance({
      profile: loadProfile('reference', process.cwd()),
      target: server.url,
      rows: ['poll.answer.immediate', 'longpoll.hold.minimum'],
      signal: stop.signal,
      progress: (state) => {
        if (state.kind === 'playing' && state.phase === 'slow' && state.playing.length > 0) stop.abort();
      },
    });
    expect(result.rows.map(({ id, verdict }) => [id, verdict])).toEqual([['poll.answer.immediate', 'PASS']]);
    expect([result.summary.exit, result.status]).toEqual([130, 'partial']);
  });
});
