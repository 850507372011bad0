import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Lines } from '../../../../src/world/real/server/line.ts';

/** A connection and one answer on it, whose ends are told by hand. */
function exchange(state: { destroyed?: boolean; errored?: Error }) {
  const socket = Object.assign(new EventEmitter(), { destroyed: false, errored: null, ...state });
  const response = new EventEmitter();
  const told: string[] = [];
  new Lines().join({
    request: { socket: socket as unknown as Socket } as IncomingMessage,
    response: response as ServerResponse,
    written: () => told.push('written'),
    cut: () => told.push('cut'),
  });
  return { socket, response, told };
}

describe('what became of an answer', () => {
  it('is written when Node has finished with it', () => {
    const { socket, response, told } = exchange({});
    response.emit('finish');
    socket.emit('close');
    expect(told).toEqual(['written']);
  });

  // Node finishes an answer whose writing failed before the socket counts as destroyed.
  it.each([
    { destroyed: true },
    { errored: new Error('write EPIPE') },
  ])('is cut when the connection is %o', (state) => {
    const { socket, response, told } = exchange(state);
    response.emit('finish');
    socket.emit('close');
    expect(told).toEqual(['cut']);
  });
});
