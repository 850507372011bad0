import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { instantOf, pollEnds, type RunEvent } from '../../../../src/protocol/event.ts';
import { Recorder, readRecords } from '../../../../src/world/real/load/record.ts';

const folder = mkdtempSync(join(tmpdir(), 'record-'));
afterAll(() => rmSync(folder, { recursive: true }));

const at = fc.integer({ min: 0, max: 1_000_000 }).map((n) => n / 8);
const small = fc.nat(50_000);
const status = fc.option(fc.integer({ min: 100, max: 599 }));
const event: fc.Arbitrary<RunEvent> = fc.oneof(
  fc.record({
    kind: fc.constant('published' as const),
    message: small,
    channel: small,
    intendedAt: at,
    sentAt: at,
    acknowledgedAt: fc.option(at),
    status,
  }),
  fc.record({ kind: fc.constant('poll-sent' as const), at, client: small, poll: small, waits: fc.boolean() }),
  fc.record({
    kind: fc.constant('poll-ended' as const),
    at,
    client: small,
    poll: small,
    sentAt: at,
    end: fc.constantFrom(...pollEnds),
    status,
    messages: small,
    reason: fc.option(fc.constantFrom('ECONNRESET', 'timeout', 'UND_ERR_SOCKET')),
    bytesIn: fc.nat(2 ** 26 - 1),
    bytesOut: fc.nat(2 ** 26 - 1),
  }),
  fc.record({ kind: fc.constant('delivered' as const), at, client: small, poll: small, message: small }),
  fc.record({ kind: fc.constant('late-stamps' as const), at, deliveries: small }),
  fc.record({
    kind: fc.constantFrom(
      'subscribed' as const,
      'stopped' as const,
      'skipped' as const,
      'connected' as const,
      'disconnected' as const,
      'foreign' as const,
    ),
    at,
    client: small,
    count: small,
  }),
);

describe('records', () => {
  it('come back as they went in, ordered by their instants over all processes', () => {
    let run = 0;
    fc.assert(
      fc.property(fc.array(fc.array(event, { maxLength: 40 }), { minLength: 1, maxLength: 3 }), (parts) => {
        run++;
        const files = parts.map((events, i) => {
          const file = join(folder, `${run}-${i}`);
          const reasons: string[] = [];
          const recorder = new Recorder(file, (code, text) => {
            reasons[code] = text;
          });
          for (const [n, e] of events.entries()) {
            recorder.add(e);
            if (n % 7 === 0) recorder.flush();
          }
          recorder.close();
          return { file, reasons };
        });
        const read = readRecords(files);
        const expected = parts.flat().sort((a, b) => instantOf(a) - instantOf(b));
        const seen = [...read()];
        expect(seen.map(instantOf)).toEqual(expected.map(instantOf));
        const key = (e: RunEvent): string => JSON.stringify(Object.entries(e).sort());
        expect(seen.map(key).sort()).toEqual(expected.map(key).sort());
        expect([...read()]).toEqual(seen);
      }),
      { numRuns: 60 },
    );
  });
});
