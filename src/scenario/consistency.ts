import type { z } from 'zod';
import { formatDuration } from '../wire/units.ts';
import { UsageError } from '../wire/usage.ts';
import { honestCooldownMs, leastCooldownMs, slowestDelivery } from './cooldown.ts';
import { checkFaults } from './fault-check.ts';
import { checkGroups } from './group-check.ts';
import { resolveGroup } from './group-file.ts';
import { loadReplay, type ReadFile, resolveMode, resolveNetwork, resolveThreshold } from './resolve.ts';
import type { ScenarioFile } from './schema.ts';
import { checkAt } from './sweep/check.ts';
import { parseThreshold } from './thresholds.ts';

/** Policies whose waits do not grow. */
const capless: readonly string[] = ['article', 'article-repaired', 'immediate', 'fixed'];

/**
 * What no single field can say. Runs also when other parts of the file are wrong, on those that are right, so
 * that one look at the complaints is enough.
 */
export function crossCheck(
  file: ScenarioFile,
  context: z.core.$RefinementCtx<ScenarioFile>,
  readFile: ReadFile | undefined,
  varied: boolean,
): void {
  // A list at the top is no map of fields, and there is nothing more to say about it.
  if (context.issues.some(({ code, path }) => code === 'invalid_type' && (path ?? []).length === 0)) return;
  const wrong = new Set(context.issues.map((issue) => issue.path?.[0]));
  const right = (...keys: (keyof ScenarioFile)[]): boolean => keys.every((key) => !wrong.has(key));
  const complain = (path: (string | number)[], message: string, quote?: string): void => {
    context.addIssue({
      code: 'custom',
      path,
      message,
      ...(quote === undefined ? {} : { params: { quote } }),
    });
  };
  if (right('arrivals') && typeof file.arrivals.process === 'object') {
    const { replay } = file.arrivals.process;
    if (replay !== undefined && replay.at === undefined) {
      try {
        loadReplay(replay.file, readFile);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        for (const line of error.complaints) complain(['arrivals', 'process', 'replay', 'file'], line);
      }
    }
  }
  const durationMs = right('duration') ? file.duration : null;
  if (right('clients')) {
    const { count, channels } = file.clients;
    const groups = file.clients.groups.map((group) => resolveGroup(group, count));
    checkGroups({ groups, clients: count, channels, durationMs }, complain);
  }
  if (right('faults')) {
    const around = {
      durationMs,
      modes: right('modes') ? file.modes.map((mode) => resolveMode(mode).name) : null,
      groups: right('clients') ? file.clients.groups.map(({ name }) => name) : null,
    };
    checkFaults(file.faults, around, complain);
  }
  if (right('sweep', 'thresholds') && !varied) checkAt(file, complain);
  if (!right('modes')) return;
  const modes = file.modes.map(resolveMode);
  const names = modes.map((mode) => mode.name);
  for (const [i, mode] of modes.entries()) {
    if (names.indexOf(mode.name) < i) complain(['modes', i, 'name'], `there is another mode "${mode.name}"`);
    const longest = mode.kind === 'long' ? mode.holdMs + mode.jitterMs : 0;
    if (longest >= mode.requestTimeoutMs) {
      complain(
        ['modes', i, 'requestTimeout'],
        `must be longer than the hold of ${formatDuration(longest)}; write ${formatDuration(longest + 5000)}`,
      );
    }
    // The first poll of a client is never held, and even its answer would come too late; a run would wait for ever.
    const roundTrip = right('network') ? 2 * resolveNetwork(file.network).oneWayMs : 0;
    if (roundTrip >= mode.requestTimeoutMs) {
      complain(
        ['modes', i, 'requestTimeout'],
        `${formatDuration(mode.requestTimeoutMs)} is not longer than a round trip of ${formatDuration(roundTrip)}, so no poll would ever be answered; write ${formatDuration(longest + roundTrip + 5000)}`,
      );
    }
    if (mode.kind === 'regular' && mode.jitterMs >= mode.everyMs) {
      complain(['modes', i, 'jitter'], `must be shorter than every, ${formatDuration(mode.everyMs)}`);
    }
    if (!capless.includes(mode.retry.policy) && mode.retry.baseMs > mode.retry.capMs)
      complain(['modes', i, 'retry', 'base'], 'must not exceed cap');
  }
  if (right('thresholds')) {
    for (const [i, entry] of file.thresholds.entries()) {
      const { expr } = resolveThreshold(entry);
      const threshold = parseThreshold(expr, names);
      if (typeof threshold === 'string') complain(['thresholds', i], threshold, expr);
    }
  }
  if (right('network', 'cooldown') && file.cooldown !== undefined) {
    const network = resolveNetwork(file.network);
    if (file.cooldown < leastCooldownMs(modes, network)) {
      const slowest = slowestDelivery(modes, network);
      complain(
        ['cooldown'],
        `${formatDuration(file.cooldown)} is too short: in mode ${slowest.mode} a message may honestly take ${formatDuration(slowest.ms)}; write ${formatDuration(honestCooldownMs(modes, network))}`,
      );
    }
  }
}
