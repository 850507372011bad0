import type { LadderResult, Result } from '../../measure/result.ts';
import type { Markup } from '../html/markup.ts';
import { formatCount, formatMs, none } from '../numbers.ts';
import type { Drawing } from './drawing.ts';
import { drawShades, nameShades, shadesOf } from './fault-shade.ts';
import { bottomAxis, verticals, wholeSvg, width } from './frame.ts';
import { compared, type DrawnMode, drawnModes, leftOut, listed } from './modes.ts';
import { type Box, fitted } from './place.ts';
import { type Rung, rungsOf } from './rung.ts';
import { roundMs, type Scale, timeScale } from './scale.ts';
import { svg } from './svg.ts';
import { dataTable } from './table.ts';

const id = 'ladder';
const title = 'One client, its browser and the server';
const left = 72;
const right = width - 18;
const headHeight = 34;
const apart = 58;
/** A delivery is stamped a little before its poll is over. */
const closeMs = 5;
const blockHeight = headHeight + apart + 32;

interface Panel extends DrawnMode {
  readonly ladder: LadderResult;
}

function panelsOf(result: Result): Panel[] {
  return drawnModes(result).flatMap((drawn) => {
    const [ladder] = drawn.mode.ladder;
    return ladder === undefined || !(ladder.to_ms > ladder.from_ms) ? [] : [{ ...drawn, ladder }];
  });
}

const failed: ReadonlySet<string | null> = new Set(['refused', 'broken', 'timeout']);

/** Arrow heads need room; where polls are dense the slant alone says the way. */
function head(x: number, y: number, down: boolean, colour: string): Markup {
  const back = down ? -8 : 8;
  return svg`<path class="mark head ${colour}" d="M${x} ${y}l-4.2 ${back}h6.4z"/>`;
}

/** All arrows of a panel: sent, answered with something, answered without, failed, each in one path. */
function arrows(rungs: readonly Rung[], browser: number, server: number): Markup[] {
  const isSparse = rungs.length <= 60;
  const paths: Record<'down' | 'got' | 'empty' | 'failed' | 'hold', string> = {
    down: '',
    got: '',
    empty: '',
    failed: '',
    hold: '',
  };
  const heads: Markup[] = [];
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  for (const { poll, down, hold, up } of rungs) {
    if (down !== null) {
      paths.down += `M${tenth(down[0])} ${browser}L${tenth(down[1])} ${server}`;
      if (isSparse) heads.push(head(down[1], server - 0.5, true, 'ink'));
    }
    if (hold[1] - hold[0] >= 0.3) paths.hold += `M${tenth(hold[0])} ${server}H${tenth(hold[1])}`;
    if (up === null) continue;
    const how = failed.has(poll.end) ? 'failed' : poll.messages > 0 ? 'got' : 'empty';
    paths[how] += `M${tenth(up[0])} ${server}L${tenth(up[1])} ${browser}`;
    if (isSparse)
      heads.push(
        head(up[1], browser + 0.5, false, how === 'failed' ? 'bad' : how === 'got' ? 'two' : 'soft'),
      );
  }
  const drawn = (path: string, colour: string, dash: string, kind: string): Markup[] =>
    path === '' ? [] : [svg`<path class="line ${kind} ${colour}" stroke-dasharray="${dash}" d="${path}"/>`];
  return [
    ...drawn(paths.hold, 'two', 'none', 'hold'),
    ...drawn(paths.down, 'ink', 'none', 'thin'),
    ...drawn(paths.empty, 'soft', '3 2.5', 'thin'),
    ...drawn(paths.failed, 'bad', '6 2', 'thin'),
    ...drawn(paths.got, 'two', 'none', ''),
    ...heads,
  ];
}

/** Publishes below the server's line, each with how long its message lay there; deliveries on the browser's. */
function messages(
  { ladder }: Panel,
  rungs: readonly Rung[],
  x: Scale,
  browser: number,
  server: number,
): Markup[] {
  const { from_ms: from, to_ms: to } = ladder;
  const came = new Map(ladder.deliveries.map(({ message, at_ms }) => [message, at_ms]));
  // More of them than this would be a bar, in which none is seen.
  const every = Math.max(1, Math.ceil(Math.max(ladder.publishes.length, ladder.deliveries.length) / 150));
  const published = ladder.publishes.filter((_, i) => i % every === 0);
  const row = server + 15;
  /** Where the answer that brought it leaves the server, and where it is at the browser. */
  const wayOf = (at: number): readonly [number, number] => {
    const rung = rungs.find(
      ({ poll, up }) => up !== null && at >= poll.sent_ms && at <= poll.ended_ms! + closeMs,
    );
    return rung?.up ?? [x.at(at - from), x.at(at - from)];
  };
  const waits = published.map(({ message, at_ms }) => {
    const [at, end] = [x.at(at_ms - from), wayOf(came.get(message) ?? to)[0]];
    return end - at < 1 ? '' : `M${Math.round(at * 10) / 10} ${row - 4}H${Math.round(end * 10) / 10}`;
  });
  const path = waits.join('');
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  const triangles = published
    .map(({ at_ms }) => `M${tenth(x.at(at_ms - from))} ${server + 4}l4 9h-8z`)
    .join('');
  const dots = ladder.deliveries
    .filter((_, i) => i % every === 0)
    .map(({ at_ms }) => `M${tenth(wayOf(at_ms)[1])} ${browser}h.01`)
    .join('');
  return [
    ...(path === '' ? [] : [svg`<path class="line thin one" stroke-dasharray="2 2" d="${path}"/>`]),
    ...(triangles === '' ? [] : [svg`<path class="mark one" d="${triangles}"/>`]),
    ...(dots === '' ? [] : [svg`<path class="line dot two" d="${dots}"/>`]),
  ];
}

function legend(y: number): Markup[] {
  const items: readonly (readonly [Markup, string])[] = [
    [svg`<path class="line thin ink" d="M0 -6L10 5"/>`, 'request'],
    [svg`<path class="line hold two" d="M0 0h18"/>`, 'held'],
    [svg`<path class="line two" d="M0 5L10 -6"/>`, 'answer with messages'],
    [svg`<path class="line thin soft" stroke-dasharray="3 2.5" d="M0 5L10 -6"/>`, 'empty'],
    [svg`<path class="line thin bad" stroke-dasharray="6 2" d="M0 5L10 -6"/>`, 'failed'],
    [svg`<path class="mark one" d="M4 -5l4 9h-8z"/>`, 'published'],
    [svg`<path class="line thin one" stroke-dasharray="2 2" d="M0 0h16"/>`, 'message waits'],
    [svg`<path class="line dot two" d="M4 0h.01"/>`, 'delivered'],
  ];
  let x = 14;
  return items.map(([sign, text]) => {
    const item = svg`<g transform="translate(${x} ${y})">${sign}<text class="soft small" x="22" y="4">${text}</text></g>`;
    x += 38 + text.length * 6.2;
    return item;
  });
}

/**
 * The picture by which long polling is explained, from what one client of each mode really did in the same half minute:
 * requests go down, the connection hangs along the server's line, answers go up. Null where no client was drawn.
 */
export function drawLadder(result: Result): Drawing | null {
  const panels = panelsOf(result);
  if (panels.length === 0) return null;
  const lengthMs = Math.max(...panels.map(({ ladder }) => ladder.to_ms - ladder.from_ms));
  const x = timeScale(lengthMs, [left, right]);
  const top = 26;
  const drawn = panels.map((panel, i) => {
    const { ladder, label, mode } = panel;
    const browser = top + i * blockHeight + headHeight;
    const server = browser + apart;
    const box: Box = { left, right, top: browser - 8, bottom: server + 22 };
    const { rungs, crowded } = rungsOf(ladder, x);
    const shades = shadesOf(result, mode);
    const isLast = i === panels.length - 1;
    const { names } = nameShades(shades, x, { ...box, left: left + 150 }, 1);
    const image = svg`${drawShades(shades, x, box)}<text class="strong" x="14" y="${browser - 18}">${fitted(label, 200)}</text>${names}<text class="soft end" x="${left - 8}" y="${browser + 4}">Browser</text><text class="soft end" x="${left - 8}" y="${server + 4}">Server</text>${isLast ? bottomAxis(x, box, 'time from the beginning of the measurement') : verticals(x, box)}<path class="axis" d="M${left},${browser}H${right}M${left},${server}H${right}"/>${arrows(rungs, browser, server)}${messages(panel, rungs, x, browser, server)}`;
    return { image, crowded };
  });
  const crowded = drawn.reduce((sum, one) => sum + one.crowded, 0);
  const description = `${panels.length} ${panels.length === 1 ? 'panel' : 'panels'}, one for each mode, over ${roundMs(lengthMs)}: two horizontal lines, the browser of one client above and the server below; each request goes down, hangs along the server's line while it is held, and goes up with its answer. Messages are marked where they were published and where they were delivered.`;
  const image = wholeSvg({ id, title, description }, top + panels.length * blockHeight + 34, [
    ...legend(12),
    ...drawn.map((one) => one.image),
  ]);
  const notes = [
    'The slant of the arrows is schematic: the real way takes too little time to be seen.',
    crowded > 0
      ? `Not drawn: ${formatCount(crowded)} of the polls, begun so soon after another one that both would be the same stroke.`
      : null,
    panels.some(({ ladder }) => Math.max(ladder.publishes.length, ladder.deliveries.length) > 150)
      ? 'Of very many messages only every so many-th has its marks.'
      : null,
    leftOut(result),
  ];
  return {
    id,
    title,
    finding: findingOf(panels, lengthMs),
    description,
    svg: image,
    table: tableOf(panels, notes),
  };
}

/** Polls that began in the stretch, and those of them that were answered without anything. */
function countsOf({ ladder }: Panel): { sent: number; empty: number; lost: number } {
  const sent = ladder.polls.filter(({ sent_ms }) => sent_ms >= ladder.from_ms);
  return {
    sent: sent.length,
    empty: sent.filter(({ end }) => end === 'empty').length,
    lost: sent.filter(({ end }) => failed.has(end)).length,
  };
}

function findingOf(panels: readonly Panel[], lengthMs: number): string {
  if (panels.length > 4) {
    const sent = compared(
      panels.map((panel) => ({ label: panel.label, value: countsOf(panel).sent })),
      (value) => formatCount(value ?? 0),
    );
    return `Within the same ${roundMs(lengthMs)} the requests of one client were ${sent}. The slant of the arrows is schematic.`;
  }
  const told = panels.map((panel) => {
    const { sent, empty, lost } = countsOf(panel);
    const got = panel.ladder.deliveries.length;
    const bad = lost > 0 ? `, ${formatCount(lost)} failed` : '';
    const what = (count: number, noun: string): string =>
      `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
    return `${what(sent, 'request')} for ${what(got, 'message')} (${panel.label}; ${formatCount(empty)} answered empty${bad})`;
  });
  const same = panels.length > 1 ? 'the same ' : '';
  return `Within ${same}${roundMs(lengthMs)} one client sent ${listed(told)}. The slant of the arrows is schematic.`;
}

function tableOf(panels: readonly Panel[], notes: readonly (string | null)[]): Drawing['table'] {
  const rows = panels.flatMap(({ label, ladder }) =>
    ladder.polls.map(({ sent_ms, ended_ms, end, messages }) => [
      label,
      String(ladder.client),
      formatMs(sent_ms - ladder.from_ms),
      ended_ms === null ? none : formatMs(ended_ms - sent_ms),
      end ?? 'still open',
      String(messages),
    ]),
  );
  return dataTable(['Mode', 'Client', 'Sent at', 'Took', 'Ended', 'Messages'], rows, notes);
}
