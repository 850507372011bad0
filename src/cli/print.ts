import { harmless } from '../report/plain-text.ts';

/** What a command knows of the terminal that it runs in. Results go to `out`; everything else goes to `err`. */
export interface Io {
  /** The command line, without node and the script; set once it is known. */
  readonly args?: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Of stdout; 80 when it is no terminal. */
  readonly columns: number;
  readonly outIsTty: boolean;
  readonly errIsTty: boolean;
  out(text: string): void;
  err(text: string): void;
}

/** Help and tables are never wider than this. */
export function textWidth(io: Io): number {
  return Math.min(100, Math.max(60, io.columns));
}

/** One line for each complaint: `error: ...`. */
export function printErrors(io: Io, complaints: readonly string[]): void {
  for (const complaint of complaints) tell(io, `error: ${complaint}`);
}

export function printWarnings(io: Io, texts: readonly string[]): void {
  for (const text of texts) tell(io, `warning: ${text}`);
}

/** Text that may hold what files, other servers and other people wrote; its lines stay lines. */
export function tell(io: Io, text: string, to: 'out' | 'err' = 'err'): void {
  for (const line of text.split('\n')) io[to](`${harmless(line)}\n`);
}

/** For `--json`: the value and a line end on stdout, and nothing else there. */
export function printJson(io: Io, value: unknown): void {
  io.out(`${JSON.stringify(value, null, 2)}\n`);
}

/** Words broken into lines of at most `width` characters; a longer word has a line of its own. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
