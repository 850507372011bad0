import { stringify } from 'yaml';
import { HistoryError, HistoryWriter } from '../measure/history.ts';
import type { Result } from '../measure/result.ts';
import { plain } from '../world/real/disk.ts';
import type { RunFolder } from './folder.ts';
import type { CountedHistory } from './measured.ts';

/** What is drawn from a result to lie beside it: texts by file name. Reports are none of this room's business. */
export type Draw = (result: Result) => ReadonlyMap<string, string>;

/**
 * Writes the folder of a run. A disk that is full costs what does not fit, the events first, then what is drawn, for it
 * can be drawn again: what could not be kept is told in the result's own warnings.
 * @param counted the histories to keep; null: none
 * @param draw what else the folder is to hold; left out: nothing
 * @returns where the folder is; null when not even the result could be written
 */
export async function keep(
  folder: RunFolder,
  result: Result,
  counted: readonly (readonly CountedHistory[])[] | null,
  draw?: Draw,
): Promise<string | null> {
  if (counted !== null) await keepEvents(folder, result, counted);
  if (draw !== undefined) keepDrawn(folder, result, draw);
  try {
    folder.write('scenario.yaml', stringify(result.scenario));
    folder.write('result.json', `${JSON.stringify(result, null, 2)}\n`);
    folder.finish();
    return folder.path;
  } catch (error) {
    folder.discard();
    result.warnings.push({
      code: 'not-written',
      text: `cannot write to ${folder.path}: ${plain(error)}; what you see here is all that is left of this run.`,
      invalidates: true,
    });
    return null;
  }
}

/** What was measured is kept, whatever becomes of its pictures. */
function keepDrawn(folder: RunFolder, result: Result, draw: Draw): void {
  const names: string[] = [];
  try {
    for (const [name, text] of draw(result)) {
      names.push(name);
      folder.write(name, text);
    }
  } catch (error) {
    for (const name of names) folder.remove(name);
    result.warnings.push({
      code: 'not-drawn',
      text: `the files for reading could not be written: ${plain(error)}; pollmark report draws them again.`,
    });
  }
}

async function keepEvents(
  folder: RunFolder,
  result: Result,
  counted: readonly (readonly CountedHistory[])[],
): Promise<void> {
  const name = 'events.ndjson.gz';
  const { tool, startedAt } = result;
  const writer = new HistoryWriter(folder.draft(name), {
    tool,
    scenario: String((result.scenario as { name?: unknown }).name),
    // The same virtual run has the same history, byte for byte, whenever it was played.
    startedAt: result.world === 'virtual' ? new Date(0).toISOString() : startedAt,
  });
  try {
    for (const [m, mode] of result.modes.entries()) {
      for (const { facts, frame, history } of counted[m]!) {
        const { index, order, seed } = facts;
        const { clients, channels, window, endedAt, resume, silences, honestMs, faults } = frame;
        await writer.append(
          {
            mode: mode.name,
            repetition: index,
            order,
            seed,
            clients,
            channels,
            windowFrom: window.from,
            windowTo: window.to,
            endedAt,
            resume,
            silences: silences.map(({ from, to }) => ({ from, to })),
            honestMs,
            transitMs: frame.transitMs ?? 0,
            slowedMs: frame.slowedMs ?? 0,
            presenceEveryMs: frame.presenceEveryMs ?? null,
            presenceChannels: frame.presenceChannels ?? null,
            presenceFrom: frame.presenceFrom ?? null,
            lanes: frame.lanes,
            faults: faults.map((fault) => ({
              ...fault,
              clients: fault.clients === null ? null : [...fault.clients],
            })),
          },
          history(),
        );
      }
    }
    await writer.close();
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    folder.remove(name);
    result.warnings.push({ code: 'events-not-kept', text: error.message });
  }
}
