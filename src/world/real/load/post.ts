import type { Order, Report } from './messages.ts';
import { warmUp } from './warm-up.ts';

/** Tells the coordinator; silently nothing once it is gone, for then this process is about to end too. */
export function report(message: Report): void {
  if (process.connected) process.send!(message, undefined, {}, () => {});
}

/**
 * The life of a measuring child: warms up, says that it is ready, and obeys orders until the coordinator is gone. A terminal sends Ctrl-C to the whole
 * group; it is the coordinator that decides what it means, so children do not hear it.
 */
export function obey(handle: (order: Order) => void | Promise<void>): void {
  const waiting: Order[] = [];
  let busy = false;
  /** Orders are obeyed in turn, and at once where nothing has to be waited for. */
  const take = (order: Order): void => {
    if (busy) {
      waiting.push(order);
      return;
    }
    const work = handle(order);
    if (work === undefined) return;
    busy = true;
    void work.then(() => {
      busy = false;
      while (!busy && waiting.length > 0) take(waiting.shift()!);
    });
  };
  process.on('SIGINT', () => {});
  process.on('disconnect', () => process.exit(0));
  // A promise that fails is told here, too: Node makes an uncaught exception of it.
  process.on('uncaughtException', (error) => {
    const { code } = error as NodeJS.ErrnoException;
    report({ type: 'failed', code: code ?? 'CRASH', text: error.stack ?? error.message });
    setImmediate(() => process.exit(1));
  });
  process.on('message', (order) => take(order as Order));
  void warmUp().then(() => report({ type: 'ready' }));
}
