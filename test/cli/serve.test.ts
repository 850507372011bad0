import { expect, it } from 'vitest';
import { serve, serveOptionTable } from '../../src/cli/serve.ts';
import { defaultSettings } from '../../src/world/real/server/options.ts';

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, KiB: 1024, MiB: 1024 ** 2 };

it('has an option for every setting of the server, with the default that the server has', () => {
  const settings = defaultSettings();
  expect(serveOptionTable.map((option) => option.field).sort()).toEqual(Object.keys(settings).sort());
  for (const { name, field, kind, default: typed, choices } of serveOptionTable) {
    if (typed === undefined) continue;
    const [, digits, unit] = /^(\d+)([A-Za-z]+)$/.exec(typed) ?? [];
    const meant =
      kind === 'count' ? Number(typed) : unit === undefined ? typed : Number(digits) * units[unit]!;
    expect([name, meant]).toEqual([name, settings[field]]);
    if (kind === 'choice') expect(choices).toContain(typed);
  }
});

it('prints one line with the URL, serves, and ends with 0 when it is told to stop', async () => {
  const lines: string[] = [];
  const stop = new AbortController();
  const done = new Promise<string>((resolve) => {
    const io = {
      print: (line: string) => {
        lines.push(line);
        resolve(line);
      },
      signal: stop.signal,
    };
    void serve({ port: 0, semantics: 'article' }, io).then((code) => lines.push(`exit ${code}`));
  });
  const url = /http:\/\/127\.0\.0\.1:\d+$/.exec(await done)![0];
  const answer = await fetch(`${url}/healthz`);
  expect(await answer.text()).toBe('ok');
  stop.abort();
  await expect.poll(() => lines.at(-1), { timeout: 20_000 }).toBe('exit 0');
  expect(lines).toHaveLength(2);
  await expect(fetch(`${url}/healthz`)).rejects.toThrow();
});
