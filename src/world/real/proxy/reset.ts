import type { Socket } from 'node:net';

/**
 * Drops a connection with a RST, and what was not sent with it. One that is still being connected cannot be reset, and
 * one that is just ending its half must not be: the platform would refuse, and leave the descriptor open.
 */
export function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.connecting || (socket.writableEnded && !socket.writableFinished)) socket.destroy();
  else socket.resetAndDestroy();
}

/**
 * Whether what was reported as an ordinary end is a reset: one that is read together with the last bytes before it
 * looks like an end, but the kernel has no peer any more. (Nor has it one when this side had ended first.)
 */
export function isReset(socket: Socket): boolean {
  return !socket.writableEnded && socket.remoteAddress === undefined;
}
