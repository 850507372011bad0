import type { Io } from './print.ts';

/** Ctrl-C, once: stop and keep what there is. Twice: at once. */
export function interruption(io: Io): { readonly signal: AbortSignal; end(): void } {
  const stop = new AbortController();
  const onSignal = (): void => {
    if (stop.signal.aborted) process.exit(130);
    io.err('\nstopping; what was measured so far is kept (Ctrl-C again: stop at once)\n');
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: stop.signal,
    end() {
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
