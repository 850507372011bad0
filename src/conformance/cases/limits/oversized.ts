import type { Probe } from '../../probe/probe.ts';
import { Violation } from '../../verify.ts';
import { bodyOf, chunkedHead, headFor } from '../request-parts.ts';

const pieceBytes = 64 * 1024;
/** A server that neither answers nor reads on is not waited for any longer. */
const lastsAtMostMs = 15_000;
const filler = 'x';

/** What a publish above the limit led to. */
export interface Refusal {
  /** Undefined: the connection was closed without an answer. */
  readonly status: number | undefined;
  /** How much of the body had been written by then. */
  readonly sentBytes: number;
  /** Part of the text that was to be published, and of no other. */
  readonly name: string;
}

interface Oversized {
  readonly head: string;
  readonly before: Uint8Array;
  readonly fillerBytes: number;
  readonly after: Uint8Array;
}

/** A publish of so many bytes of message, without its filler: valid in whatever format messages are published. */
async function oversized(probe: Probe, name: string, size: number): Promise<Oversized> {
  const text = `${name} oversized`;
  // A session may die of it; those of others must live on.
  const as = probe.profile.publish.as === 'session' ? await probe.reader() : undefined;
  const { head, body } = bodyOf(await probe.encodePublish(text, { as }));
  const place = body.indexOf('oversized');
  const at = place < 0 ? body.length : place;
  return { head, before: body.subarray(0, at), fillerBytes: size - text.length, after: body.subarray(at) };
}

/**
 * Sends a publish of so many bytes piece by piece, until the server says something.
 * @throws Violation when it takes it all, or does not read on, and says nothing
 */
export async function sendOversized(probe: Probe, size: number, chunked: boolean): Promise<Refusal> {
  const name = probe.newName();
  const { head, before, fillerBytes, after } = await oversized(probe, name, size);
  const wholeBytes = before.length + fillerBytes + after.length;
  const connection = await probe.connect();
  const exchange = connection.expect('POST');
  connection.write(chunked ? chunkedHead(head) : headFor(head, wholeBytes));
  const write = (bytes: Uint8Array): void => {
    if (bytes.length === 0) return;
    if (chunked) connection.write(`${bytes.length.toString(16)}\r\n`);
    connection.write(bytes);
    if (chunked) connection.write('\r\n');
  };
  const piece = Buffer.alloc(pieceBytes, filler);
  const end = probe.clock.now() + lastsAtMostMs;
  const goesOn = (): boolean =>
    !connection.isClosed && exchange.state === 'silent' && probe.clock.now() < end;
  let sentBytes = before.length;
  write(before);
  while (sentBytes < before.length + fillerBytes && goesOn()) {
    const part = piece.subarray(0, Math.min(pieceBytes, before.length + fillerBytes - sentBytes));
    write(part);
    sentBytes += part.length;
    await probe.pace.within(Promise.race([connection.flushed(), exchange.answer]), end - probe.clock.now());
    await new Promise((resolve) => setImmediate(resolve));
  }
  const whole = sentBytes === before.length + fillerBytes;
  if (whole) {
    write(after);
    if (chunked) connection.write('0\r\n\r\n');
  }
  const answer = await exchange.within(10 * probe.budgetMs);
  if (answer === undefined) {
    const seen = whole
      ? `no answer after all ${wholeBytes} bytes`
      : `no answer, and ${sentBytes} bytes of ${wholeBytes} were taken within ${lastsAtMostMs / 1000} s`;
    throw new Violation('an oversized publish to be refused', seen, { timeless: whole });
  }
  return { status: answer.status, sentBytes, name };
}
