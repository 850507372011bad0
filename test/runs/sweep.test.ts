import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Result } from '../../src/measure/result.ts';
import { due, folderWith, pollmark, printed, result, short } from './pollmark.ts';

const folder = folderWith({
  'short.yaml': short,
  'swept.yaml': `${short.replace('rate: 20/s', 'rate: 10/s')}sweep: { field: arrivals.rate, values: [2/s, 20/s] }
thresholds: [ "*.lost == 0", { expr: long.requests.per_s < 30/s, at: [20/s] } ]
`,
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The results of the points, each from its own folder. */
function pointsOf(whole: Result, out: string): Result[] {
  return whole.sweep!.map((point) => {
    const file = join(folder, out, point.folder!, 'result.json');
    return result(JSON.parse(readFileSync(file, 'utf8')));
  });
}

describe('a sweep on real sockets', () => {
  it('is run by bench, each point whole, and a threshold that fails at one of them has failed', async () => {
    const { code, out, err } = await pollmark(['bench', '-S', './swept.yaml', '--json', '-o', 'bench'], {
      cwd: folder,
    });
    const whole = result(printed(out));
    expect(code).toBe(due(99, [whole]));
    expect(whole.world).toBe('real');
    expect(whole.sweep!.map(({ value, at }) => [value, at])).toEqual([
      ['2/s', 2],
      ['20/s', 20],
    ]);
    expect(whole.thresholds.at(-1)).toMatchObject({ ok: false, note: 'failed at 20/s' });
    const points = pointsOf(whole, 'bench');
    expect(points.map(({ scenario }) => (scenario as { arrivals: { rate: string } }).arrivals.rate)).toEqual([
      '2/s',
      '20/s',
    ]);
    // The rate of the room decides: four clients at about 2 and at about 20 messages a second.
    const [few, many] = points.map(({ modes }) => modes[1]!.repetitions[0]!.requests.total);
    expect(many!).toBeGreaterThan(2 * few!);
    expect(existsSync(join(folder, 'bench', 'points', '1-2-per-s', 'events.ndjson.gz'))).toBe(true);
    expect(err).toContain('point 2/2 at 20/s, regular + long');
  });

  it('is what pollmark sweep makes of any scenario, and draws where both modes meet', async () => {
    const args = ['sweep', '-S', './short.yaml', '--vary', 'arrivals.rate=1/s..40/s', '--points', '3'];
    const { code, out } = await pollmark([...args, '-o', 'swept', '--ascii', '-q'], { cwd: folder });
    const whole = result(JSON.parse(readFileSync(join(folder, 'swept', 'result.json'), 'utf8')));
    expect(code).toBe(due(0, [whole]));
    expect(whole.sweep!.map(({ value }) => value)).toEqual(['1/s', '6.32/s', '40/s']);
    expect(whole.overrides).toEqual(['--vary arrivals.rate=1/s..40/s']);
    expect(out).toContain('messages per client and second');
    expect(out).toMatch(/^6\.32\/s/m);
    expect(out).toMatch(/They meet at one message per client every|do not meet/);
  });

  it('that is interrupted keeps the points that are whole', async () => {
    const args = ['sweep', '-S', './short.yaml', '--vary', 'arrivals.rate=10/s,20/s,30/s', '-o', 'cut'];
    let sent = false;
    const { code } = await pollmark(args, {
      cwd: folder,
      onErr(err, group) {
        if (sent || !/point 2\/3 at 20\/s[^\n]* measure/.test(err)) return;
        sent = true;
        process.kill(-group, 'SIGINT');
      },
    });
    expect(code).toBe(130);
    const whole = result(JSON.parse(readFileSync(join(folder, 'cut', 'result.json'), 'utf8')));
    expect(whole.status).toBe('partial');
    expect(whole.sweep!.map(({ value }) => value)).toEqual(['10/s']);
  });

  it('in virtual time makes no connection, and no option of a server', async () => {
    const args = ['sweep', '-S', './short.yaml', '--vary', 'clients.count=2..50', '--virtual', '--json'];
    const { code, out } = await pollmark([...args, '-o', 'virtual', '-q'], { cwd: folder });
    const whole = result(printed(out));
    expect(code).toBe(0);
    expect(whole.sweep!.map(({ at, world }) => [at, world])).toContainEqual([50, 'virtual']);
    const refused = await pollmark([...args, '--insecure'], { cwd: folder });
    expect([refused.code, refused.out]).toEqual([2, '']);
    expect(refused.err).toContain('--insecure has no meaning with --virtual');
  });

  it('says everything that is wrong with the command at once', async () => {
    const { code, err } = await pollmark(
      ['sweep', '-S', './short.yaml', '--vary', 'arrivals.rte=1/s..9/s', '--seeed', '1'],
      { cwd: folder },
    );
    expect(code).toBe(2);
    expect(err).toBe('error: unknown option --seeed; did you mean --seed?\n');
    const field = await pollmark(['sweep', '-S', './short.yaml', '--vary', 'arrivals.rte=1/s..9/s'], {
      cwd: folder,
    });
    expect(field.err).toContain('unknown key "rte"; did you mean "rate"?');
    const none = await pollmark(['sweep', '-S', './short.yaml'], { cwd: folder });
    expect(none.err).toContain('scenario "short" has no sweep');
  });
});
