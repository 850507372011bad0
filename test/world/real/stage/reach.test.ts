import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { loadProfile } from '../../../../src/scenario/find.ts';
import { Child } from '../../../../src/world/real/stage/child.ts';
import { heldOn } from '../../../../src/world/real/stage/reach.ts';

const profile = loadProfile('reference', process.cwd());

describe('asking a target what it holds', () => {
  it('adds up its channels, and gives up on a target that does not answer', async () => {
    const server = createServer((request, response) => {
      if (request.url !== '/presence?channel=mute') response.end('{"online":[],"held":2}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const target = { origin, profile, headers: {}, tls: {} };
    try {
      expect(await heldOn(target, ['a', 'b'])).toBe(4);
      expect(await heldOn(target, ['a', 'mute'], { patienceMs: 100 })).toBeUndefined();
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });
});

describe('a process that cannot be started', () => {
  const { execPath } = process;
  afterEach(() => {
    process.execPath = execPath;
  });

  it('has ended, with the reason as its last words', async () => {
    process.execPath = '/nowhere/node';
    const child = new Child('the server', 'server/server-process');
    await expect(child.next('ready')).rejects.toThrow(/^the server ended: .*ENOENT/);
    expect(child.alive).toBe(false);
    await child.end();
  });
});
