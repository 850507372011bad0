import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellGithub } from '../../src/cli/github.ts';
import { conformanceMarkdown, githubAnnotations } from '../../src/report/conformance/github.ts';
import { conformanceSample } from '../report/conformance-sample.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pollmark-github-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const sample = conformanceSample();

function told(env: Readonly<Record<string, string>>): { out: string; err: string } {
  let [out, err] = ['', ''];
  tellGithub(githubAnnotations(sample), conformanceMarkdown(sample), {
    ...{ cwd: folder, env, columns: 80, outIsTty: false, errIsTty: false },
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { out, err };
}

describe('within a GitHub workflow', () => {
  it('annotates on stderr, and leaves stdout alone', () => {
    const { out, err } = told({ GITHUB_ACTIONS: 'true' });
    expect([out, err]).toEqual(['', `${githubAnnotations(sample).join('\n')}\n`]);
  });

  it('adds to the step summary, and takes nothing away from it', () => {
    const file = join(folder, 'summary.md');
    writeFileSync(file, 'before\n');
    expect(told({ GITHUB_STEP_SUMMARY: file })).toEqual({ out: '', err: '' });
    expect(readFileSync(file, 'utf8')).toBe(`before\n${conformanceMarkdown(sample)}\n`);
  });

  it('says when the summary cannot be written, and nothing elsewhere', () => {
    expect(told({ GITHUB_STEP_SUMMARY: join(folder, 'no', 'such') }).err).toBe(
      'warning: the step summary cannot be written (ENOENT)\n',
    );
    expect(told({})).toEqual({ out: '', err: '' });
  });
});
