import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { due, folderWith, pollmark, printed, result, short } from './pollmark.ts';

const hasScript = spawnSync('script', ['--version']).status === 0;
const failing = `${short.replace('name: short', 'name: failing')}thresholds: [ long.requests.per_s < 1/d ]\n`;
const folder = folderWith({
  'short.yaml': `${short}thresholds: [ "*.lost == 0" ]\n`,
  'failing.yaml': failing,
  'slow.yaml': short
    .replace('duration: 1s', 'duration: 6s')
    .replace('rate: 20/s', 'process: fixed, rate: 10/s'),
  'few.yaml': `${failing.replace('< 1/d', '< 1/d, long.delivery.p99 < 1s')}`,
  'endless.yaml': short.replace('duration: 1s', 'duration: 10m'),
  'wrong.yaml': `version: 1
name: wrong
duration: 10 sec
clients: { count: 0 }
modes:
  - { kind: long, hold: 30s, requestTimeout: 10s }
arrivel: { rate: 1/s }
thresholds:
  - long.delivry.p99 < 500ms
`,
});
afterAll(() => rmSync(folder, { recursive: true }));
const drafts = (name: string): string[] =>
  readdirSync(folder).filter((each) => each.startsWith(`${name}.draft`));
const has = (text: string, wanted: RegExp): void => expect(text).toMatch(wanted);

describe('a target that cannot be reached', () => {
  it.each([
    'http://127.0.0.1:1',
    'http://[::1]:1',
    'http://no-such-host.invalid',
    'https://127.0.0.1:1',
  ])('%s is told within three seconds, with 3', async (url) => {
    const args = ['bench', '-S', './short.yaml', '-t', url, '-p', 'reference', '-q'];
    const { code, out, err, ms } = await pollmark(args, { cwd: folder });
    expect([code, out]).toEqual([3, '']);
    has(err, /^error: cannot reach [^\n]+ \([a-z ]+\)\. Is the server running\? Try: npm run serve\n$/);
    expect(ms).toBeLessThan(3000);
  });

  it('because it lets nobody in is told in time as well', async () => {
    // Its queue holds two, and this process does not take them out.
    const program = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
      require('fs').writeSync(1, String(this.address().port));
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20000);
    })`;
    const deaf = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const port = Number(await new Promise((resolve) => deaf.stdout.once('data', resolve)));
    const fill = Array.from({ length: 4 }, () => connect(port, '127.0.0.1').on('error', () => {}));
    try {
      const args = ['bench', '-S', './short.yaml', '-t', `http://127.0.0.1:${port}`, '-p', 'reference', '-q'];
      const { code, err, ms } = await pollmark(args, { cwd: folder });
      expect(code).toBe(3);
      has(err, /^error: cannot reach .* \(no answer\)/);
      expect(ms).toBeLessThan(3000);
    } finally {
      for (const socket of fill) socket.destroy();
      deaf.kill('SIGKILL');
    }
  });
});

describe('what is asked for wrongly', () => {
  it('is told all at once, each with its place', async () => {
    const { code, out, err } = await pollmark(['bench', '-S', './wrong.yaml'], { cwd: folder });
    expect([code, out]).toEqual([2, '']);
    const lines = err.trimEnd().split('\n');
    for (const line of lines) has(line, /^error: wrong\.yaml:\d+:\d+ {2}/);
    const places = lines.map((line) => line.slice('error: wrong.yaml:'.length).split('  ')[0]);
    expect(places).toEqual(expect.arrayContaining(['3:11', '4:19', '7:1', '9:5']));
    has(err, /"10 sec" is not a duration; write 10s/);
    has(err, /unknown key "arrivel"; did you mean "arrivals"\?/);
    has(err, /did you mean "delivery.p99"\?/);
  });

  it('a port that is taken is one line, and 2', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const { port } = taken.address() as AddressInfo;
    const { code, out, err } = await pollmark(['serve', '--port', String(port)]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe(
      `error: port: 127.0.0.1:${port} is in use by another program; choose another with --port, or 0 for any\n`,
    );
    await new Promise((resolve) => taken.close(resolve));
  });
});

describe('a scenario that is fine', () => {
  it('ends with 0: a picture of 80 columns without colour, a folder, a log that CI can show', async () => {
    const args = ['bench', '-S', './short.yaml', '-o', 'fine'];
    const { code, out, err } = await pollmark(args, { cwd: folder, env: { CI: 'true' } });
    const kept = result(JSON.parse(readFileSync(join(folder, 'fine', 'result.json'), 'utf8')));
    expect(code).toBe(due(0, [kept]));
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    has(out, /report: fine\/index\.html\n$/);
    expect(readdirSync(join(folder, 'fine')).sort()).toEqual([
      'charts',
      'events.ndjson.gz',
      'index.html',
      'junit.xml',
      'result.json',
      'scenario.yaml',
      'summary.md',
    ]);
    for (const phase of ['start', 'join', 'measure', 'cool-down', 'stop'])
      expect(err.split('\n').filter((line) => line.includes(` ${phase} `))).toHaveLength(1);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be there
    expect(out + err).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  });
});

describe.concurrent('two scenarios with --json', () => {
  it('give one JSON on stdout and nothing else there; the worst verdict is the exit code', async () => {
    const args = ['bench', '-S', './short.yaml', '-S', './failing.yaml', '-o', 'two', '--json'];
    const { code, out, err } = await pollmark(args, { cwd: folder });
    const [first, second] = (printed(out) as unknown[]).map(result);
    expect([first!.scenario, second!.scenario]).toMatchObject([{ name: 'short' }, { name: 'failing' }]);
    expect(first!.thresholds.map(({ ok }) => ok)).toEqual([true, true]);
    expect(second!.thresholds.map(({ ok }) => ok)).toEqual([false]);
    expect(code).toBe(due(99, [first!, second!]));
    has(err, /^short: short\nexpected time /);
    for (const [name, told] of Object.entries({ short: first, failing: second })) {
      const kept = JSON.parse(readFileSync(join(folder, 'two', name, 'result.json'), 'utf8'));
      expect(result(kept)).toEqual(told);
    }
  });
});

describe.concurrent('a threshold that nobody can judge', () => {
  it('ends with 4, before the one that failed, and FORCE_COLOR paints it', async () => {
    const args = ['bench', '-S', './few.yaml', '-o', 'few', '-q'];
    const { code, out, err } = await pollmark(args, { cwd: folder, env: { FORCE_COLOR: '1' } });
    expect([code, err]).toEqual([4, '']);
    expect(out).toContain('\u001b[');
    const { thresholds, warnings } = result(
      JSON.parse(readFileSync(join(folder, 'few', 'result.json'), 'utf8')),
    );
    expect(thresholds.map(({ ok }) => ok)).toEqual([false, null]);
    expect(warnings.map(({ code }) => code)).toContain('too-few-samples');
  });
});

describe.skipIf(!hasScript).concurrent('a terminal of 60 columns', () => {
  it('is never overrun, and NO_COLOR is obeyed there', async () => {
    const main = join(import.meta.dirname, '../../dist/cli/main.js');
    const command = `stty cols 60; ${process.execPath} ${main} bench -S ./short.yaml -m long -o narrow 2>/dev/null; true`;
    const { stdout } = await promisify(execFile)('script', ['-qec', command, '/dev/null'], {
      cwd: folder,
      env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', NO_COLOR: '1' },
    });
    const lines = stdout.split('\r\n');
    expect(lines.length).toBeGreaterThan(10);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(stdout).not.toContain('\u001b[');
  });
});

describe.concurrent('Ctrl-C', () => {
  const interrupted = (out: string, times: number) => {
    let sent = 0;
    return pollmark(['bench', '-S', './endless.yaml', '-o', out], {
      cwd: folder,
      // As a terminal does it: to the whole group.
      onErr: (err, group) => {
        const due = /measure 00:0[0-9]/.test(err) ? (err.includes('Ctrl-C again') ? 2 : 1) : 0;
        if (sent >= Math.min(due, times)) return;
        sent++;
        setTimeout(() => process.kill(-group, 'SIGINT'), sent === 1 ? 1500 : 0);
      },
    });
  };

  it('once: what was measured is written, drawn and marked; nobody stays behind', async () => {
    const { code, out, err } = await interrupted('once', 1);
    expect(code).toBe(130);
    has(err, /stopping; what was measured so far is kept \(Ctrl-C again: stop at once\)/);
    const { status, modes } = result(JSON.parse(readFileSync(join(folder, 'once', 'result.json'), 'utf8')));
    expect(status).toBe('partial');
    expect(modes[1]!.repetitions[0]!.messages.delivered).toBeGreaterThan(0);
    has(out, /PARTIAL/);
    has(out, /report: once\/index\.html\n$/);
  });

  it('twice: at once, with nothing written and nothing half-written', async () => {
    const { code, out } = await interrupted('twice', 2);
    expect([code, out]).toEqual([130, '']);
    expect(existsSync(join(folder, 'twice'))).toBe(false);
    expect(drafts('twice')).toEqual([]);
  });
});

describe.concurrent('a disk that is full', () => {
  it('costs what does not fit: the report is drawn, says so, and no half folder is left', async () => {
    const wish = { cwd: folder, before: 'ulimit -f 8' };
    const { code, out, err } = await pollmark(['bench', '-S', './short.yaml', '-o', 'full', '-q'], wish);
    expect([code, err]).toEqual([4, '']);
    const text = out.replace(/\s+/g, ' ');
    has(
      text,
      /warning not-written: cannot write to \S+full: a file became larger than this process may write/,
    );
    has(text, /warning cut-short: long: its records could not be written: a file became larger/);
    // Whether a delivery fits into eight KiB is the machine's business; that the report is drawn is ours.
    has(text, /PARTIAL: the run did not come to its end .* p50 p90 p99 max .* thresholds /);
    expect(text).not.toMatch(/EFBIG|defect/);
    expect(existsSync(join(folder, 'full'))).toBe(false);
    expect(drafts('full')).toEqual([]);
  });

  it('makes no loss of what could not be recorded: the numbers end where the records do', async () => {
    const wish = { cwd: folder, before: 'ulimit -f 12' };
    const args = ['bench', '-S', './slow.yaml', '-m', 'long', '-q', '--json', '-o', 'gaps'];
    const { code, out } = await pollmark(args, wish);
    expect(code).toBe(4);
    const { modes, warnings } = result(printed(out));
    expect(warnings.map(({ code }) => code)).toContain('cut-short');
    const { messages } = modes[1]!.repetitions[0]!;
    // Of sixty, as many as fit; one may have been on its way to the four clients when the records ended.
    expect(messages.delivered).toBeGreaterThan(0);
    expect(messages.published).toBeLessThan(40);
    expect([messages.lost, messages.undelivered <= 4]).toEqual([0, true]);
  });

  it('is told as what it is', async (context) => {
    const disk = join(folder, 'disk');
    mkdirSync(disk);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'tmpfs', disk]).status !== 0)
      return context.skip('this user may not mount a small disk');
    try {
      const args = ['bench', '-S', './short.yaml', '-m', 'long', '-o', 'disk/out', '-q'];
      const { code, out, err } = await pollmark(args, { cwd: folder });
      expect([code, err]).toEqual([4, '']);
      has(out.replace(/\s+/g, ' '), /warning not-written: cannot write to \S+disk\/out: the disk is full;/);
      has(out, /^long /m);
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      spawnSync('umount', [disk]);
    }
  });
});
