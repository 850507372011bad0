import { expect, it } from 'vitest';
import { type Random, seededRandom } from '../../../../src/protocol/random.ts';
import { Bench, bodies, RawClient, until } from '../raw.ts';

const sound = [
  'GET /poll?wait=0.01&client=ann HTTP/1.1\r\nHost: a\r\nPrefer: wait=0\r\n\r\n',
  'GET /subscribe?channel=fuzz&cursor=now HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /publish?channel=fuzz HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  'POST /publish?channel=fuzz HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
  'POST /publish?channel=fuzz HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello',
  'OPTIONS /poll HTTP/1.1\r\nHost: a\r\nOrigin: http://x\r\nAccess-Control-Request-Method: GET\r\n\r\n',
  'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET http://a/metrics HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /presence?channel=fuzz HTTP/1.0\r\n\r\n',
];
const odd = [
  '\r\n',
  '\n',
  '\0',
  ' ',
  '%',
  '%00',
  '?',
  '&',
  '#',
  ':',
  ',',
  '"',
  '\xff',
  '-1',
  '4294967296',
  '//',
  '=',
  'é',
];
const heads = [
  'Content-Length: 3',
  'Transfer-Encoding: gzip',
  'Host: b',
  'Expect: x',
  'Connection: Upgrade, close',
];

/** A request in which a few things were changed; some come out sound again, and that is fine. */
function mutated(random: Random): Buffer {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  let text = pick(sound);
  for (let changes = 1 + Math.floor(random() * 4); changes > 0; changes--) {
    const at = Math.floor(random() * text.length);
    const to = at + Math.floor(random() * 8);
    switch (Math.floor(random() * 7)) {
      case 0:
        text = text.slice(0, at) + text.slice(to);
        break;
      case 1:
        text = text.slice(0, at) + pick(odd) + text.slice(at);
        break;
      case 2:
        text = text.slice(0, at) + String.fromCharCode(Math.floor(random() * 256)) + text.slice(at + 1);
        break;
      case 3:
        text = text.slice(0, at);
        break;
      case 4:
        text = text.replace('\r\n', `\r\n${pick(heads)}\r\n`);
        break;
      case 5:
        text += pick(sound);
        break;
      default:
        text = text.slice(0, at) + text.slice(at, to).repeat(1 + Math.floor(random() * 40)) + text.slice(to);
    }
  }
  return Buffer.from(text, 'latin1');
}

it('lives through 2,000 malformed requests, answers none with 5xx but 501, and is correct afterwards', async () => {
  await using bench = await Bench.start({ holdMs: 20 });
  const witness = await bench.hold('/subscribe?channel=witness', 1);
  const statuses = new Map<number, number>();
  const one = async (number: number): Promise<void> => {
    const random = seededRandom('malformed request', number);
    const client = await RawClient.open(bench.port);
    const bytes = mutated(random);
    // Some come in two pieces, and some are left by their client before any answer.
    const cut = Math.floor(random() * bytes.length);
    client.send(bytes.subarray(0, cut)).send(bytes.subarray(cut));
    if (random() < 0.1) return client.close();
    client.socket.end();
    await client.ended;
    for (const [, status] of client.unread.matchAll(/^HTTP\/1\.1 (\d{3}) /gm)) {
      statuses.set(Number(status), (statuses.get(Number(status)) ?? 0) + 1);
    }
    client.close();
  };
  for (let i = 0; i < 2000; i += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, k) => one(i + k)));
  }
  const told = [...statuses].sort(([a], [b]) => a - b).map(([status, count]) => `${status}: ${count}`);
  console.log(`answers to malformed requests: ${told.join(', ')}`);
  expect([...statuses.keys()].filter((status) => status >= 500 && status !== 501)).toEqual([]);
  expect(statuses.get(400)).toBeGreaterThan(100);

  await until(() => bench.server.handler.counts().held === 1);
  await bench.publish('still here', '?channel=witness');
  expect((await witness.answer()).text).toBe('still here');
  const kept = bodies(await bench.ask('GET', '/poll?channel=witness&cursor=oldest'));
  expect(kept).toEqual(['still here']);
  const { held } = JSON.parse((await bench.ask('GET', '/presence?channel=fuzz')).text);
  expect(held).toBe(0);
});
