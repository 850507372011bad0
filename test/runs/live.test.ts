import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { LiveState } from '../../src/world/real/server/page/live-state.ts';
import { Reader } from '../world/real/live/reader.ts';
import { until } from '../world/real/raw.ts';
import { due, type Finished, folderWith, members, pollmark, printed, result, short } from './pollmark.ts';

const folder = folderWith({
  'short.yaml': short,
  'long.yaml': short.replace('duration: 1s', 'duration: 60s'),
});

interface Watched {
  /** What the bench came to. */
  readonly finished: Promise<Finished>;
  readonly group: number;
  /** A page that long polls from the beginning on, and everything that it is told. */
  readonly told: Promise<LiveState[]>;
  /** The last thing that it was told until now. */
  readonly phase: () => string | null | undefined;
}

/** Starts a bench with a live page, and opens that page. */
async function watched(file: string, args: readonly string[] = []): Promise<Watched> {
  let opened: (found: { url: string; group: number }) => void = () => {};
  const open = new Promise<{ url: string; group: number }>((resolve) => {
    opened = resolve;
  });
  const finished = pollmark(['bench', '-S', `./${file}`, '--live', '--json', '--no-events', ...args], {
    cwd: folder,
    onErr(err, group) {
      const url = /^live: (http:\S+)$/m.exec(err)?.[1];
      if (url !== undefined) opened({ url, group });
    },
  });
  const { url, group } = await open;
  const reader = await Reader.open(url);
  const all: LiveState[] = [];
  const told = (async () => {
    while (all.length === 0 || all.at(-1)!.over === false) all.push(...(await reader.news()));
    return all;
  })();
  told.catch(() => {});
  return { finished, group, told, phase: () => all.at(-1)?.phase };
}

/** The process of the page in a group. */
function pageOf(group: number): number {
  const table = execFileSync('ps', ['-eo', 'pgid=,pid=,args='], { encoding: 'utf8' });
  const found = table.split('\n').find((line) => new RegExp(`^ *${group} .*live-process`).test(line));
  return Number(found!.trim().split(/ +/)[1]);
}

const isLate = (phase: string | null | undefined): boolean => phase === 'measure' || phase === 'cool-down';

describe('bench --live', () => {
  it('tells a page of every phase, and of the result at the end', async () => {
    const run = await watched('short.yaml');
    const { code, out, err } = await run.finished;
    const told = await run.told;
    const all = result(printed(out));
    expect(code).toBe(due(0, [all]));
    expect(err).not.toContain('live page');
    expect(all.environment['live']).toBe(true);
    const phases = told.map(({ phase }) => phase).filter((phase, i, list) => phase !== list[i - 1]);
    expect(phases).toEqual([null, 'start', 'check', 'join', 'measure', 'cool-down', 'stop', null]);
    const measured = told.findLast(({ phase }) => phase === 'cool-down')!;
    expect(measured.modes.map(({ name }) => name)).toEqual(['regular', 'long']);
    const last = told.at(-1)!;
    expect([last.over, last.scenario, last.finished.length]).toEqual(['ended', 'short', 1]);
    expect(last.finished[0]!.status).toBe(all.status);
  });

  it('without it the result says nothing of a page', async () => {
    const { out, err } = await pollmark(['bench', '-S', './short.yaml', '--json', '--no-events'], {
      cwd: folder,
    });
    expect(result(printed(out)).environment).not.toHaveProperty('live');
    expect(err).not.toContain('live:');
  });

  it('ends though the page stands still: nobody waits for it', async () => {
    const run = await watched('short.yaml');
    await until(() => isLate(run.phase()));
    const page = pageOf(run.group);
    process.kill(page, 'SIGSTOP');
    try {
      // The bench is gone, and the page alone is left of its group.
      await until(() => members(run.group).every((line) => line.includes('live-process')));
    } finally {
      process.kill(page, 'SIGKILL');
    }
    const { code, out } = await run.finished;
    expect(code).toBe(due(0, [result(printed(out))]));
  });

  it('goes on without a page that was killed, and says so', async () => {
    const run = await watched('short.yaml');
    await until(() => run.phase() === 'measure');
    process.kill(pageOf(run.group), 'SIGKILL');
    const { code, out, err } = await run.finished;
    expect(code).toBe(due(0, [result(printed(out))]));
    expect(
      err.match(/^warning: the live page has gone \(SIGKILL\); the run goes on without it$/gm),
    ).toHaveLength(1);
  });

  it('goes on without a page that finds no port, and says so', async () => {
    const preload = join(folder, 'no-port.cjs');
    writeFileSync(
      preload,
      `if (process.argv[1]?.includes('live-process')) require('node:net').Server.prototype.listen = function () {
         process.nextTick(() => this.emit('error', Object.assign(new Error('listen EACCES'), { code: 'EACCES' })));
       };`,
    );
    const args = ['bench', '-S', './short.yaml', '--live', '--json', '--no-events'];
    const { code, out, err } = await pollmark(args, {
      cwd: folder,
      env: { NODE_OPTIONS: `--require ${preload}` },
    });
    const all = result(printed(out));
    expect(code).toBe(due(0, [all]));
    expect(err).toContain('warning: the live page cannot be had (listen EACCES); the run goes on without it');
    expect(all.environment).not.toHaveProperty('live');
  });

  it('ends with Ctrl-C, and tells the page what was measured', async () => {
    const run = await watched('long.yaml');
    await until(() => run.phase() === 'measure');
    process.kill(-run.group, 'SIGINT');
    const { code } = await run.finished;
    expect(code).toBe(130);
    const last = (await run.told).at(-1)!;
    expect([last.over, last.finished.map(({ status }) => status)]).toEqual(['ended', ['partial']]);
  });

  it('takes the page along when it is killed, and the page says so', async () => {
    const run = await watched('long.yaml');
    await until(() => run.phase() === 'measure');
    process.kill(run.group, 'SIGKILL');
    await run.finished;
    expect((await run.told).at(-1)!.over).toBe('cut');
  });
});
