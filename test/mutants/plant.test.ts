import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { part } from './defect.ts';
import { defects } from './defects/index.ts';
import { plant, tryEdits } from './plant.ts';

describe('a plant', () => {
  it('refuses a piece that is not there, or is there twice, naming file and text', async () => {
    const edits = (find: string) => [{ file: part.hub, find, replace: '' }];
    await expect(plant({ name: 'a', edits: edits('no such words') })).rejects.toThrow(
      'a: protocol/hub.js must hold this piece exactly once, and holds it 0 times: no such words',
    );
    await expect(plant({ name: 'b', edits: edits('room.release(hold)') })).rejects.toThrow(
      /^b: protocol\/hub\.js .* holds it [2-9] times: room\.release\(hold\)$/,
    );
  });

  it('leaves nothing behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pollmark-mutants-test-'));
    const before = process.env['TMPDIR'];
    process.env['TMPDIR'] = folder;
    try {
      await expect(
        plant({ name: 'a', edits: [{ file: part.hub, find: '?', replace: '' }] }),
      ).rejects.toThrow();
      const planted = await plant({ name: 'b', edits: [] });
      expect(readdirSync(folder)).toHaveLength(1);
      await planted.remove();
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
  });

  it('says why a server did not start', async () => {
    const planted = await plant({
      name: 'stillborn',
      edits: [{ file: part.handler, find: 'export class Handler {', replace: 'export class Handler { {' }],
    });
    await expect(planted.start()).rejects.toThrow(/^stillborn ended before it listened: .*handler\.js/s);
    await planted.remove();
  });
});

describe.concurrent('a mutant of each base', () => {
  const bases = ['reference', 'corner'].map(
    (base) => defects.find((one) => (one.base ?? 'reference') === base)!,
  );

  it.each(
    bases.map((defect) => [defect.name, defect] as const),
  )('starts, answers and can be stopped: %s', async (_name, defect) => {
    const planted = await plant(defect);
    try {
      const server = await planted.start();
      try {
        // A publish needs all of the server's parts; whether it is acknowledged is not asked here.
        const headers = { 'Accept-Encoding': 'identity' };
        const path = defect.base === 'corner' ? '/events' : '/publish';
        const answer = await fetch(server.url + path, { method: 'POST', body: 'hello', headers });
        expect(answer.status).toBe(200);
        await answer.text();
      } finally {
        await server.stop();
      }
      await expect(fetch(server.url)).rejects.toThrow();
    } finally {
      await planted.remove();
    }
  });
});

// Whether each starts is seen where each is judged (`npm run mutants:check`).
it('finds the pieces of every mutant in the compiled server', async () => {
  await expect(
    tryEdits({ name: 'a', edits: [{ file: part.hub, find: 'no such words', replace: '' }] }),
  ).rejects.toThrow(/^a: protocol.hub\.js must hold this piece exactly once/);
  for (const defect of defects) await tryEdits(defect);
});
