import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ServerChild } from '../world/real/child.ts';
import { RawClient, until } from '../world/real/raw.ts';

const many = 10_000;
const request = Buffer.from('GET /poll?wait=600 HTTP/1.1\r\nHost: a\r\n\r\n');

/** Many clients that all hold, and that count what they are given. */
class Crowd {
  readonly #sockets: Socket[] = [];
  readonly #port: number;
  #wanted = '';
  #missing = 0;
  #done: (() => void) | undefined;
  /** What came and was not the message. */
  readonly surprises: string[] = [];

  constructor(port: number) {
    this.#port = port;
  }

  /** Opens connections, a hundred at a time, each with one request. */
  async gather(count: number): Promise<void> {
    for (let i = 0; i < count; i += 100) {
      await Promise.all(Array.from({ length: Math.min(100, count - i) }, () => this.#join()));
    }
  }

  /** Resolves when everybody has been given `message` once. */
  expects(message: string): Promise<void> {
    this.#wanted = `"body":"${message}"`;
    this.#missing = this.#sockets.length;
    return new Promise((resolve) => {
      this.#done = resolve;
    });
  }

  askAgain(): void {
    for (const socket of this.#sockets) socket.write(request);
  }

  leave(): void {
    for (const socket of this.#sockets.splice(0)) socket.resetAndDestroy();
  }

  #join(): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port: this.#port, host: '127.0.0.1' }, () => {
        this.#sockets.push(socket);
        socket.write(request, () => resolve());
      });
      socket.on('error', (error) => {
        this.surprises.push(error.message);
        reject(error);
      });
      // An answer is far smaller than a segment of the loopback, and comes in one piece.
      socket.on('data', (bytes) => {
        const text = bytes.toString('latin1');
        if (!text.startsWith('HTTP/1.1 200 ') || !text.includes(this.#wanted)) this.surprises.push(text);
        else if (--this.#missing === 0) this.#done?.();
      });
    });
  }
}

/** What the server tells of itself. */
async function figure(client: RawClient, name: string): Promise<number> {
  const { text } = await client.ask('GET', '/metrics').answer();
  return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)![1]);
}

describe.skipIf(process.platform !== 'linux')('ten thousand held requests', () => {
  it('are all answered, several times over, and leave neither descriptors nor memory behind', async () => {
    await using child = await ServerChild.start({ holdMs: 600_000 });
    const descriptors = (): number => readdirSync(`/proc/${child.process.pid}/fd`).length;
    const publisher = await RawClient.open(child.port);
    const held = (count: number): Promise<void> =>
      until(async () => (await figure(publisher, 'pollmark_held_requests')) === count);
    await held(0);
    const before = { ...(await child.tidyStats()), descriptors: descriptors() };
    const crowd = new Crowd(child.port);
    const leftBytes: number[] = [];
    let delivered = 0;
    for (let round = 1; round <= 3; round++) {
      await crowd.gather(many);
      await held(many);
      if (round === 1) {
        const perHold = ((await child.tidyStats()).rssBytes - before.rssBytes) / many / 1024;
        console.log(`memory per held request: ${perHold.toFixed(1)} KB`);
        // Ten times what it is, so that only a new kind of waste is an error.
        expect(perHold).toBeLessThan(150);
      }
      const lasts: string[] = [];
      const cpuS = await figure(publisher, 'process_cpu_seconds_total');
      for (let message = 0; message < 3; message++) {
        const body = `round ${round} message ${message}`;
        const all = crowd.expects(body);
        const start = performance.now();
        publisher.ask('POST', '/publish', { body });
        await all;
        lasts.push(`${(performance.now() - start).toFixed(0)} ms`);
        expect((await publisher.answer()).status).toBe(200);
        delivered += many;
        expect(await figure(publisher, 'pollmark_delivered_messages_total')).toBe(delivered);
        expect(await figure(publisher, 'pollmark_held_requests')).toBe(0);
        crowd.askAgain();
        await held(many);
      }
      const eachUs = (((await figure(publisher, 'process_cpu_seconds_total')) - cpuS) * 1e6) / (3 * many);
      console.log(`to the last of ${many}: ${lasts.join(', ')}; ${eachUs.toFixed(0)} µs of server time each`);
      crowd.leave();
      await held(0);
      leftBytes.push((await child.tidyStats()).rssBytes);
      expect(descriptors()).toBeLessThanOrEqual(before.descriptors + 5);
    }
    const megabytes = [before.rssBytes, ...leftBytes].map((bytes) => `${(bytes / 2 ** 20).toFixed(0)} MB`);
    console.log(`memory before, and after each round: ${megabytes.join(', ')}`);
    expect(crowd.surprises).toEqual([]);
    // Every round makes 40,000 requests on 10,000 connections: 2 KB left over by each would show.
    expect(leftBytes[0]! - before.rssBytes).toBeLessThan(200 * 2 ** 20);
    expect(leftBytes[2]! - leftBytes[0]!).toBeLessThan(80 * 2 ** 20);
    publisher.close();
  }, 180_000);
});
