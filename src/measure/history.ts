import { once } from 'node:events';
import { createReadStream, createWriteStream, type WriteStream } from 'node:fs';
import { constants, createGunzip, createGzip, type Gzip } from 'node:zlib';
import type { RunEvent } from '../protocol/event.ts';
import {
  eventLine,
  type HistoryHeader,
  type HistoryLine,
  headerLine,
  type RunLine,
  runLine,
} from './lines.ts';

/** A history could not be written or read. The message names the file, what went wrong and what to do. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
}

const chunkLength = 64 * 1024;
/** The last line of a whole history: without it the file was cut short. */
const endLine = '{"kind":"end"}';

function explain(path: string, cause: NodeJS.ErrnoException): HistoryError {
  const why =
    cause.code === 'ENOSPC' || cause.code === 'EDQUOT'
      ? 'the disk is full; free space, or run with --no-events'
      : cause.code === 'EFBIG'
        ? 'the file became larger than this process may write (ulimit -f); raise it, or run with --no-events'
        : cause.code === 'EACCES' || cause.code === 'EROFS'
          ? `not allowed to write there (${cause.code}); choose another folder with --out`
          : cause.message;
  return new HistoryError(`cannot write the events to ${path}: ${why}`, { cause });
}

/**
 * Writes a history as gzipped NDJSON: a header, then for each run a line that describes it and its
 * events, and a line that says that it is whole.
 * The first error of the disk is kept and told once, by `close`; everything after it is dropped, so that a
 * full disk costs the events and not the measurement.
 */
export class HistoryWriter {
  readonly path: string;
  readonly #file: WriteStream;
  readonly #gzip: Gzip;
  readonly #finished: Promise<void>;
  #pending = '';
  #failure: HistoryError | null = null;

  /** `file` stands in for the disk in tests. */
  constructor(path: string, header: Omit<HistoryHeader, 'schema' | 'version'>, file?: WriteStream) {
    this.path = path;
    this.#file = file ?? createWriteStream(path);
    this.#gzip = createGzip({ level: constants.Z_BEST_SPEED });
    this.#finished = new Promise((resolve) => {
      const fail = (error: Error): void => {
        this.#failure ??= explain(path, error);
        this.#gzip.destroy();
        this.#file.destroy();
        resolve();
      };
      this.#gzip.on('error', fail);
      this.#file.on('error', fail);
      this.#file.on('finish', resolve);
    });
    this.#gzip.pipe(this.#file);
    this.#line({ ...header, schema: 'pollmark/events', version: 1 });
  }

  /** What the disk said, as soon as it has said it. */
  get failure(): HistoryError | null {
    return this.#failure;
  }

  /** Writes the line that describes a run, then its events, no faster than the disk takes them. */
  async append(run: Omit<RunLine, 'kind'>, events: Iterable<RunEvent>): Promise<void> {
    this.#line({ kind: 'run', ...run });
    for (const event of events) {
      if (this.#failure !== null) return;
      this.#line(event);
      if (this.#pending.length >= chunkLength) await this.#flush();
    }
    await this.#flush();
  }

  /** Ends the file. Throws the one `HistoryError` of this history, if there was one. */
  async close(): Promise<void> {
    this.#pending += `${endLine}\n`;
    await this.#flush();
    if (this.#failure === null) this.#gzip.end();
    await this.#finished;
    if (this.#failure !== null) throw this.#failure;
  }

  #line(line: object): void {
    this.#pending += `${JSON.stringify(line)}\n`;
  }

  async #flush(): Promise<void> {
    const text = this.#pending;
    this.#pending = '';
    if (this.#failure !== null || text === '') return;
    if (this.#gzip.write(text)) return;
    const stop = new AbortController();
    await Promise.race([
      once(this.#gzip, 'drain', { signal: stop.signal }).catch(() => undefined),
      this.#finished,
    ]);
    stop.abort();
  }
}

function parseLine(path: string, text: string, count: number): HistoryLine {
  const place = `${path}, line ${count}`;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HistoryError(`${place}: not JSON`);
  }
  const version = (value as { version?: unknown } | null)?.version;
  if (count === 1 && typeof version === 'number' && version > 1)
    throw new HistoryError(`${place}: events of version ${version}; this program reads version 1`);
  const kind = (value as { kind?: unknown } | null)?.kind;
  const schema = count === 1 ? headerLine : kind === 'run' ? runLine : eventLine;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const expected = count === 1 ? 'a pollmark/events header' : 'a run or an event';
  throw new HistoryError(
    `${place}: not ${expected}: ${issue?.path.join('.') || 'the line'}: ${issue?.message ?? 'unreadable'}`,
  );
}

/** The lines of a gzipped text. The end of a file that was cut short is given as far as it goes. */
async function* linesOf(path: string): AsyncGenerator<string, void> {
  const file = createReadStream(path);
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  file.on('error', (error) => gunzip.destroy(error)).pipe(gunzip);
  gunzip.setEncoding('utf8');
  let rest = '';
  try {
    for await (const chunk of gunzip) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    const why = cause.code === 'ENOENT' ? 'no such file' : cause.message;
    throw new HistoryError(`cannot read the events in ${path}: ${why}`, { cause });
  } finally {
    file.destroy();
    gunzip.destroy();
  }
  if (rest !== '') yield rest;
}

/**
 * Reads a history line by line: the header, then runs and events in the order of the file. A file that was
 * cut short (a killed process, a full disk) gives every whole line first and then throws a `HistoryError`.
 */
export async function* readHistory(path: string): AsyncGenerator<HistoryLine, void> {
  let count = 0;
  let next: string | null = null;
  for await (const text of linesOf(path)) {
    if (next !== null) yield parseLine(path, next, ++count);
    next = text;
  }
  if (next === null) throw new HistoryError(`${path}: empty; expected a pollmark/events header`);
  if (next !== endLine)
    throw new HistoryError(`${path}: cut short after line ${count}; what came before is whole`);
}

/** One run of a history, in memory, so that a summary may pass over it more than once. */
export interface KeptRun {
  readonly run: RunLine;
  readonly events: readonly RunEvent[];
}

/** The runs of a history one after another, each whole; only one is in memory at a time. */
export async function* readRuns(path: string): AsyncGenerator<KeptRun, void> {
  let run: RunLine | null = null;
  let events: RunEvent[] = [];
  for await (const line of readHistory(path)) {
    if (!('kind' in line)) continue;
    if (line.kind === 'run') {
      if (run !== null) yield { run, events };
      run = line as RunLine;
      events = [];
    } else {
      if (run === null) throw new HistoryError(`${path}: an event before the first run`);
      events.push(line as RunEvent);
    }
  }
  if (run !== null) yield { run, events };
}
