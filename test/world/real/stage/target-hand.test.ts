import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { type RestartPatience, TargetHand } from '../../../../src/world/real/stage/target-hand.ts';
import { until } from '../raw.ts';
import { answer, ScriptServer } from '../script.ts';

const folder = mkdtempSync(join(tmpdir(), 'target-'));
afterAll(() => rmSync(folder, { recursive: true }));
const never = new AbortController().signal;
const due = Promise.resolve();

function handOn(
  origin: string,
  command: string | null,
  pid?: number,
  patience?: RestartPatience,
): TargetHand {
  return new TargetHand({ origin, tls: {} }, { command, pid, folder }, patience);
}

describe('a target that is restarted by a command', () => {
  it('is back when the command has ended and the target answers', async () => {
    await using server = await ScriptServer.start(({ say }) => say(answer('')));
    const mark = join(folder, 'ran');
    expect(await handOn(server.origin, `sleep 0.2; echo done > ${mark}`).restart('term', due, never)).toBe(
      true,
    );
    expect(readFileSync(mark, 'utf8')).toBe('done\n');
  });

  it('is a trouble when the command fails, in its own words', async () => {
    const hand = handOn('http://127.0.0.1:1', 'echo starting; echo no such unit >&2; exit 5');
    await expect(hand.restart('term', due, never)).rejects.toThrow(
      'the restart command failed (exit 5): starting / no such unit',
    );
    await expect(handOn('http://127.0.0.1:1', null).restart('term', due, never)).rejects.toThrow(
      'no command',
    );
  });

  it('that was not back when the run ended is told, for nobody else will see to it', async () => {
    const cut = AbortSignal.abort();
    await expect(handOn('http://127.0.0.1:1', 'true').restart('term', due, cut)).rejects.toThrow(
      'the target was not back at http://127.0.0.1:1 when the run ended (connection refused)',
    );
  });

  it.each([
    ['', 300, 60_000, 'did not end within 0.3 s'],
    ['that will not hear', 300, 60_000, 'did not end within 0.3 s'],
    ['at the end', 60_000, 300, 'was still under way when the run ended'],
  ])('by a command that hangs %s is a trouble, and the command is ended', async (how, restart, atEnd, word) => {
    const pid = join(folder, `pid-${how}`);
    const deaf = how === 'that will not hear' ? "trap '' TERM; " : '';
    const command = `${deaf}echo waiting; echo $$ > '${pid}'; sleep 60; true`;
    const hand = handOn('http://127.0.0.1:1', command, undefined, { restart, atEnd, kill: 100 });
    const cut = new AbortController();
    if (how === 'at the end') cut.abort();
    await expect(hand.restart('term', due, cut.signal)).rejects.toThrow(
      `the restart command failed (it ${word}): waiting`,
    );
    const shell = readFileSync(pid, 'utf8').trim();
    await until(() => !existsSync(`/proc/${shell}`));
  });
});

describe('a target that stands still', () => {
  let child: ChildProcess | undefined;
  afterEach(() => child?.kill('SIGKILL'));

  it('is stopped and let go on by its process id', async () => {
    child = spawn('sleep', ['60']);
    const state = (): string =>
      /^State:\s+(\w)/m.exec(readFileSync(`/proc/${child!.pid}/status`, 'utf8'))![1]!;
    const hand = handOn('http://127.0.0.1:1', null, child.pid);
    await until(() => state() === 'S');
    hand.freeze();
    await until(() => state() === 'T');
    hand.thaw();
    await until(() => state() === 'S');
  });

  it('has to have a process that is there', () => {
    expect(() => handOn('http://127.0.0.1:1', null).freeze()).toThrow('process.pid');
    expect(() => handOn('http://127.0.0.1:1', null, 2 ** 22 + 1).freeze()).toThrow(
      'cannot be stopped (ESRCH)',
    );
  });
});
