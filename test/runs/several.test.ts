import { lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { program } from '../../src/cli/program.ts';
import type { Result } from '../../src/measure/result.ts';
import { startServer } from '../../src/world/real/server/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'several-'));
afterAll(() => rmSync(folder, { recursive: true }));

for (const shelf of ['scenarios', 'profiles']) mkdirSync(join(folder, shelf));
writeFileSync(
  join(folder, 'scenarios', 'brief.yaml'),
  `
version: 1
name: brief
duration: 1s
cooldown: 400ms
clients: { count: 2 }
modes: [ { kind: regular, every: 200ms } ]
arrivals: { rate: 10/s }
`,
);
const reference = readFileSync(new URL('../../profiles/reference.yaml', import.meta.url), 'utf8');
writeFileSync(
  join(folder, 'profiles', 'secretive.yaml'),
  `${reference}
headers: { Authorization: Bearer swordfish, Cookie: "a=\${env:BISCUIT}", X-Team: blue }
`,
);

describe('several scenarios against a target', () => {
  it('tells what it measured before the target went away, and no secret', async () => {
    const server = await startServer({ port: 0 });
    let out = '';
    let err = '';
    let gone: Promise<void> | undefined;
    const code = await program(
      ['bench', '-S', 'brief', '-S', 'brief', '-t', server.url, '-p', 'secretive', '--json', '-o', 'out'],
      {
        cwd: folder,
        env: { BISCUIT: 'crumb' },
        columns: 80,
        outIsTty: false,
        errIsTty: false,
        out: (text) => {
          out += text;
        },
        err: (text) => {
          err += text;
          if (text.includes(' stop ')) gone ??= server.close();
        },
      },
    );
    await gone;
    expect(err).toContain(`error: cannot reach ${server.url} (connection refused)`);
    expect(code).toBe(3);
    const results = JSON.parse(out) as Result[];
    expect(results).toHaveLength(1);
    expect(results[0]!.modes[0]!.repetitions).toHaveLength(1);
    expect(results[0]!.target!.profile).toMatchObject({
      headers: { Authorization: '(redacted)', Cookie: `a=\${env:BISCUIT}`, 'X-Team': 'blue' },
    });
    const written = readFileSync(join(folder, 'out', 'brief', 'result.json'), 'utf8');
    expect(written + out + err).not.toMatch(/swordfish|crumb/);
    // `latest` belongs among the reports; here it would be somebody else's.
    expect(lstatSync(join(folder, 'out', 'latest'), { throwIfNoEntry: false })).toBeUndefined();
  });
});
