import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { SessionServer, sessionProfileText } from '../world/real/session-server.ts';
import { folderWith, pollmark, printed, result, short } from './pollmark.ts';

const adapter = `
export default ({ own, names }) => ({
  publish: (body, nonce) => {
    const request = own.publish(body, nonce);
    return { ...request, headers: { ...request.headers, 'X-Signed-By': names.client } };
  },
});
`;
const folder = folderWith({
  'short.yaml': short,
  'sessions.yaml': `${sessionProfileText}adapter: ./sign.mjs
untried: true
vars: { key: "\${env:KEY}" }
headers: { X-Key: "\${env:KEY}" }
`,
  'sign.mjs': adapter,
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a server with sessions', () => {
  it('is measured in both modes, by the profile alone and its adapter', async () => {
    await using server = await SessionServer.start();
    const args = [
      'bench',
      '-S',
      './short.yaml',
      '-t',
      server.origin,
      '-p',
      './sessions.yaml',
      '--no-progress',
      '--json',
      '-o',
      'out',
    ];
    const { code, out, err } = await pollmark(args, { cwd: folder, env: { KEY: 'hush-a-key' } });
    expect([err, code === 0 || code === 4]).toEqual([expect.any(String), true]);
    const { status, modes } = result(printed(out));
    // A busy machine may make the numbers untrustworthy, but nothing may have gone wrong.
    expect(status === 'partial' ? err : '').toBe('');
    for (const mode of modes) {
      const { messages } = mode.repetitions[0]!;
      expect(messages.published).toBeGreaterThan(5);
      expect(messages.delivered).toBe(messages.expected);
      expect([messages.refused, messages.lost, messages.duplicates]).toEqual([0, 0, 0]);
    }
    expect(err).toContain('note: the profile sessions is from documentation, and was never tried');
    expect(server.complaints).toEqual([]);
    // Four clients and a publisher in each mode, and everybody has left.
    expect(server.opened).toHaveLength(10);
    expect(server.left).toHaveLength(10);
    expect(server.pongs).toBeGreaterThan(0);
    expect(server.signed).toEqual(new Set(server.opened.filter((name) => name.includes('publisher'))));
    expect(readFileSync(join(folder, 'out', 'result.json'), 'utf8')).not.toContain('hush');
  });
});
