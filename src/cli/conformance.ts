import type { ConformanceProgress } from '../conformance/options.ts';
import type { ConformanceResult } from '../conformance/result.ts';
import { runConformance } from '../conformance/run.ts';
import { drawConformance } from '../report/conformance/files.ts';
import { conformanceMarkdown, githubAnnotations } from '../report/conformance/github.ts';
import { drawTree } from '../report/conformance/tree.ts';
import { harmless } from '../report/plain-text.ts';
import { RunFolder } from '../scenario/folder.ts';
import { UsageError } from '../wire/usage.ts';
import { uniqueMark } from '../world/real/clock.ts';
import { plain } from '../world/real/disk.ts';
import { loadAdapter } from '../world/real/load/adapter.ts';
import type { ConformanceCommand } from './conformance-options.ts';
import { exitCodes, worstExit } from './exit.ts';
import { tellGithub } from './github.ts';
import { interruption } from './interrupt.ts';
import { look } from './look.ts';
import { defaultFolder, outFolders } from './out.ts';
import { type Io, printErrors, printJson, printWarnings, tell } from './print.ts';
import { roughTime } from './show.ts';
import { SuiteProgress } from './suite-progress.ts';
import { tellIgnoredProxy } from './target.ts';

/**
 * `pollmark conformance`: judges a server, and reports.
 * @returns the exit code
 * @throws UsageError when something that was asked for cannot be done, or the target cannot be reached
 */
export async function conformance(command: ConformanceCommand, io: Io): Promise<number> {
  const { options, json } = command;
  const name = `conformance-${options.profile.name.replace(/[^\w.-]+/g, '-')}`;
  const place = outFolders(command.out, [name], io.cwd)?.[0] ?? defaultFolder(name, io.cwd);
  tellIgnoredProxy(io);
  const adapter = command.adapter === undefined ? undefined : await adapterAt(command.adapter);
  const folder = new RunFolder(place, uniqueMark());
  const progress = new SuiteProgress(io, { quiet: command.quiet || !command.progress });
  const stop = interruption(io);
  let result: ConformanceResult;
  try {
    result = await runConformance({
      ...options,
      adapter,
      signal: stop.signal,
      progress: (state) => {
        if (!command.quiet) announce(state, command, io);
        progress.tell(state);
      },
    });
  } catch (error) {
    folder.discard();
    throw error;
  } finally {
    progress.end();
    stop.end();
  }
  const written = write(result, folder, io);
  tellGithub(githubAnnotations(result), conformanceMarkdown(result), io);
  if (json) printJson(io, result);
  else io.out(drawTree(result, look(command, io, written ? folder.path : null)));
  printErrors(io, troubleOf(result));
  if (result.summary.exit === exitCodes.usage)
    printErrors(io, ['no row was played: none that was chosen applies to this target']);
  return worstExit([result.summary.exit, written ? exitCodes.ok : exitCodes.crash]);
}

/** Why less was judged than was asked for. */
function troubleOf({ warnings }: ConformanceResult): string[] {
  const grave = ['calibration', 'target-lost', 'target-died'];
  return warnings.filter(({ code }) => grave.includes(code)).map(({ text }) => text);
}

/** What the person wants to know before he waits. */
function announce(state: ConformanceProgress, { options }: ConformanceCommand, io: Io): void {
  if (state.kind === 'starting') tell(io, harmless(`starting the target: ${state.command.join(' ')}`));
  if (state.kind !== 'planned') return;
  const { name, untried } = options.profile;
  const words = untried === true ? ' (written from documentation, never tried)' : '';
  tell(
    io,
    harmless(`${state.rows} row${state.rows === 1 ? '' : 's'} against ${state.target} as ${name}${words}`),
  );
  io.err(`expected time ${roughTime(state.expectedMs)}, seed ${options.seed}\n`);
  printWarnings(io, state.notes);
}

/** @returns false when the report could not be written; what was found is shown all the same */
function write(result: ConformanceResult, folder: RunFolder, io: Io): boolean {
  try {
    folder.write('conformance.json', `${JSON.stringify(result, null, 2)}\n`);
    for (const [name, text] of drawConformance(result)) folder.write(name, text);
    folder.finish();
    return true;
  } catch (error) {
    printErrors(io, [`the report could not be written: ${plain(error)}`]);
    folder.discard();
    return false;
  }
}

async function adapterAt(path: string): ReturnType<typeof loadAdapter> {
  try {
    return await loadAdapter(path);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
