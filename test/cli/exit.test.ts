import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { exitCodes, worstExit } from '../../src/cli/exit.ts';
import { schemaTexts } from '../../src/cli/schemas.ts';
import { root } from './run.ts';

describe('exit codes', () => {
  it('has one for each kind of end', () => {
    expect(Object.values(exitCodes)).toEqual([0, 1, 2, 3, 4, 99, 130]);
  });

  it('takes the worst by one order', () => {
    expect(worstExit([])).toBe(0);
    expect(worstExit([0, 0])).toBe(0);
    const order = [2, 3, 130, 1, 4, 99, 0];
    for (const [i, code] of order.entries()) expect(worstExit(order.slice(i).toReversed())).toBe(code);
    expect(worstExit([99, 7])).toBe(1);
  });
});

describe('the built program', () => {
  const main = join(root, 'dist', 'cli', 'main.js');
  const exec = promisify(execFile);

  it('can be run by its shebang', () => {
    expect(readFileSync(main, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  it('ends with the code and writes errors to stderr only', async () => {
    const failed = exec(process.execPath, [main, 'bench', '--scenaro', 'x'], { cwd: root });
    await expect(failed).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: 'error: unknown option --scenaro; did you mean --scenario?\n',
    });
    const { stdout, stderr } = await exec(process.execPath, [main, 'list', '--json'], { cwd: root });
    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ name: 'quick', question: 'delivery' }),
    );
    expect(stderr).toBe('');
  });

  it('completes options', async () => {
    const args = [main, '--get-yargs-completions', 'pollmark', 'bench', '--sc'];
    const { stdout } = await exec(process.execPath, args, { cwd: root });
    expect(stdout.split('\n')).toContain('--scenario');
  });
});

describe('schemas', () => {
  it.each([...schemaTexts()])('%s is current (npm run schemas)', (name, text) => {
    expect(readFileSync(join(root, 'schemas', name), 'utf8')).toBe(text);
  });
});
