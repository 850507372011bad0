import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerOptions } from '../../../src/world/real/server/options.ts';
import type { ServerReport, ServerStats } from '../../../src/world/real/server/server-process.ts';

const dist = new URL('../../../dist/', import.meta.url);

/** A server in a process of its own, as the build left it. */
export class ServerChild implements AsyncDisposable {
  readonly process: ChildProcess;
  readonly reports: ServerReport[] = [];
  /** Exit code and signal. */
  readonly exit: Promise<readonly [number | null, NodeJS.Signals | null]>;

  private constructor(options: ServerOptions) {
    const onSignal = 'data:text/javascript,process.on("SIGUSR2",()=>gc())';
    const execArgv = ['--expose-gc', '--import', onSignal];
    this.process = fork(new URL('world/real/server/server-process.js', dist), { stdio: 'inherit', execArgv });
    this.exit = once(this.process, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
    this.process.on('message', (report) => {
      if ((report as ServerReport).type !== 'ready') this.reports.push(report as ServerReport);
    });
    this.process.send({ type: 'start', options: { port: 0, ...options } });
  }

  /** Comes back once it listens or says that it cannot. */
  static async start(options: ServerOptions = {}): Promise<ServerChild> {
    const child = new ServerChild(options);
    while (child.reports.length === 0) await once(child.process, 'message');
    return child;
  }

  get port(): number {
    const report = this.reports.find((r) => r.type === 'listening');
    return Number(new URL(report!.url).port);
  }

  /** The next statistics, which it tells once a second. */
  async stats(): Promise<ServerStats> {
    for (;;) {
      const [report] = (await once(this.process, 'message')) as [ServerReport];
      if (report.type === 'stats') return report;
    }
  }

  /** Statistics after the garbage was collected: what is left then is in use. */
  async tidyStats(): Promise<ServerStats> {
    this.process.kill('SIGUSR2');
    await this.stats();
    return this.stats();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // It may be ending by itself just now, and then nobody hears this.
    if (this.process.connected) this.process.send('shutdown', () => {});
    await this.exit;
  }
}

/** `pollmark serve` by hand: a process that calls `serve`, and the line that it printed. */
export async function serveChild(options: ServerOptions): Promise<{ process: ChildProcess; line: string }> {
  const program = `
    import { serve } from ${JSON.stringify(new URL('cli/serve.js', dist).href)};
    process.exitCode = await serve(${JSON.stringify(options)}, { print: console.log });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [chunk] = (await once(child.stdout!, 'data')) as [Buffer];
  return { process: child, line: chunk.toString() };
}
