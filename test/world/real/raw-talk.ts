import { monotonicClock } from '../../../src/world/real/clock.ts';
import { type Cut, isCut, type RawAnswer } from '../../../src/world/real/raw/answer.ts';
import { RawConnection } from '../../../src/world/real/raw/connection.ts';
import { Transcript } from '../../../src/world/real/raw/transcript.ts';
import { answer, type Script, ScriptServer } from './script.ts';

export const clock = monotonicClock();
export const get = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n';
export const ok = answer('hello');

/** A connection to a server that says what the script says. */
export async function talk(script: Script, more: { receiveWindow?: number } = {}) {
  const server = await ScriptServer.start(script);
  const transcript = new Transcript();
  const connection = await RawConnection.open(
    { origin: server.origin, tls: {} },
    { clock, transcript, ...more },
  );
  return {
    server,
    transcript,
    connection,
    async [Symbol.asyncDispose]() {
      connection.reset();
      await server[Symbol.asyncDispose]();
    },
  };
}

export function whole(given: RawAnswer | Cut): RawAnswer {
  if (isCut(given)) throw new Error(`cut: ${JSON.stringify(given)}`);
  return given;
}
