import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { conformanceResultSchema } from '../../src/conformance/result.ts';
import { judge, unstartable } from './judged.ts';

/** The process of this group that serves. */
function served(group: number): number {
  const table = execFileSync('ps', ['-eo', 'pid=,pgid=,args='], { encoding: 'utf8' });
  const lines = table.split('\n').map((line) => line.trim().split(/\s+/));
  const found = lines.find((words) => words[1] === String(group) && words.includes('serve'));
  return Number(found?.[0]);
}

/** Does something once, when the first rows are being played. */
function atFirstRow(act: (group: number) => void): (err: string, group: number) => void {
  let done = false;
  return (err, group) => {
    if (done || !/^(ordinary|slow) /m.test(err)) return;
    done = true;
    act(group);
  };
}

// Every run here waits until its whole process group is gone: a target left behind would make it hang.
describe('a target that the profile can start', () => {
  it('is started where none is given, judged, and stopped', async () => {
    const { code, err, result, verdicts } = await judge(['-p', 'reference', 'poll.answer']);
    expect(err).toMatch(/^starting the target: node dist\/cli\/main\.js serve --port \{port\}$/m);
    expect(err).toContain(`\n2 rows against ${result.target} as reference\n`);
    expect([code, verdicts]).toEqual([0, ['poll.answer.immediate PASS', 'poll.answer.empty-form PASS']]);
    expect(result.invocation.startsTarget).toBe(true);
  });

  it('is started anew when it dies', async () => {
    const rows = ['poll.batch', 'longpoll.hold', 'longpoll.hold.defers'];
    const { code, err, result } = await judge(['-p', 'reference', ...rows], {
      onErr: atFirstRow((group) => process.kill(served(group), 'SIGKILL')),
    });
    const blamed = result.rows.filter(({ crashed }) => crashed);
    expect([blamed.length, code]).toEqual(blamed.length === 0 ? [0, 4] : [1, 1]);
    if (blamed.length === 0) expect(err).toMatch(/^error: the target died while .* started anew/m);
    const verdicts = result.rows.filter(({ crashed }) => !crashed).map(({ verdict }) => verdict);
    expect(verdicts).toEqual(verdicts.map(() => 'PASS'));
    expect(result.status).toBe('ok');
  });

  it('is stopped by Ctrl-C, once with what there is', async () => {
    const words = ['-p', 'reference', 'poll.answer', 'longpoll.hold.minimum', '--json'];
    const { code, out, err, result } = await judge(words, {
      onErr: (text, group) => {
        if (/^slow /m.test(text) && !text.includes('stopping')) process.kill(group, 'SIGINT');
      },
    });
    expect([code, result.summary.exit, result.status]).toEqual([130, 130, 'partial']);
    expect(result.rows.map(({ id }) => id)).toEqual(['poll.answer.immediate', 'poll.answer.empty-form']);
    expect(err).toContain('stopping; what was measured so far is kept');
    expect(conformanceResultSchema.parse(JSON.parse(out))).toEqual(result);
  });

  it('is stopped by Ctrl-C twice too, at once and without a report', async () => {
    const { code, report, ms } = await judge(['-p', 'reference', 'longpoll.hold.minimum'], {
      onErr: atFirstRow((group) => {
        process.kill(group, 'SIGINT');
        process.kill(group, 'SIGINT');
        setTimeout(() => {
          try {
            process.kill(group, 'SIGINT');
          } catch {
            // It is gone, as it should be.
          }
        }, 50);
      }),
    });
    // Where it has just ended of itself nobody listens to signals any more: the last one then kills it, which a shell calls 130.
    expect([130, null]).toContain(code);
    expect(ms).toBeLessThan(20_000);
    expect(existsSync(`${report}/index.html`)).toBe(existsSync(report));
  });

  it('and does not start is told with its last words', async () => {
    const start = 'process={start: [node, -e, "console.error(`no such luck`); process.exit(1)"]}';
    const { code, out, err, report } = await judge(['-p', 'reference', '-s', start, 'poll.answer']);
    expect([code, out, existsSync(report)]).toEqual([3, '', false]);
    expect(err).toMatch(
      /^error: the target could not be started .*: it ended before it was ready: no such luck$/m,
    );
  });

  it('is missed where there is neither', async () => {
    const { code, out, err } = await judge(['-p', unstartable(), 'poll.anser']);
    expect([code, out]).toEqual([2, '']);
    expect(err.split('\n')).toEqual([
      'error: no row "poll.anser"; did you mean "poll.answer"?   (pollmark conformance --list shows all)',
      'error: --target is missing, and the profile reference does not say how its server is started (process.start); write for example --target http://127.0.0.1:8080',
      '',
    ]);
  });
});
