import { join, relative } from 'node:path';
import type { TerminalOptions } from '../report/terminal.ts';
import type { colorChoices } from './bench-table.ts';
import { type Io, textWidth } from './print.ts';

/** How the end of a run is to look on this terminal. @param folder where the report lies, when there is one */
export function look(
  options: { readonly color: (typeof colorChoices)[number]; readonly ascii: boolean },
  io: Io,
  folder: string | null,
): TerminalOptions {
  const forced = (io.env['FORCE_COLOR'] ?? '') !== '' && io.env['FORCE_COLOR'] !== '0';
  const wanted = forced || (io.outIsTty && (io.env['NO_COLOR'] ?? '') === '');
  const locale = io.env['LC_ALL'] || io.env['LC_CTYPE'] || io.env['LANG'] || 'C.UTF-8';
  return {
    width: io.outIsTty ? textWidth(io) : 80,
    color: options.color === 'always' || (options.color === 'auto' && wanted),
    ascii: options.ascii || !/utf-?8/i.test(locale),
    ...(folder !== null && { report: join(shownPath(folder, io.cwd), 'index.html') }),
  };
}

function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short.startsWith('..') ? path : short;
}
