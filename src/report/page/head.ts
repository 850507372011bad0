import type { Result } from '../../measure/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { modeLabel, scenarioField } from '../label.ts';
import { bannerLines } from '../notes.ts';
import { formatCount, formatMs } from '../numbers.ts';
import { answerSentence } from '../sentence.ts';
import { theoryLine } from '../theory.ts';
import { measuredModes } from './modes.ts';

/** A comparison within fewer repetitions may be chance. */
const enoughRepetitions = 5;
/** One is enough to distrust the numbers. */
const mostDoubts = 12;

export function titleOf(result: Result): string {
  const found = [scenarioField(result, 'title'), scenarioField(result, 'name')].find(
    (each) => typeof each === 'string' && each !== '',
  );
  return String(found ?? result.id);
}

/** What was run, and the answer; above it whatever is to be known before it is believed. */
export function headMarkup(result: Result): Markup {
  const name = scenarioField(result, 'name');
  const seed = scenarioField(result, 'seed');
  const repetitions = Math.max(0, ...result.modes.map((mode) => mode.repetitions.length));
  const duration = scenarioField(result, 'duration');
  const facts = [
    typeof name === 'string' ? name : null,
    result.startedAt.slice(0, 16).replace('T', ' '),
    repetitions === 0
      ? null
      : `${formatCount(repetitions)} ${repetitions === 1 ? 'repetition' : 'repetitions'}${typeof duration === 'string' ? ` of ${duration}` : ''}`,
    seed === undefined ? null : `seed ${String(seed)}`,
    result.target === null
      ? result.world === 'virtual'
        ? 'virtual time'
        : 'our own server'
      : result.target.url,
  ].filter((fact) => fact !== null);
  const theory = theoryLine(result, measuredModes(result));
  return html`<p class="eyebrow">pollmark ${result.world === 'virtual' ? 'simulation' : (result.sweep ?? []).length > 0 ? 'sweep' : 'bench'}</p>
<h1>${titleOf(result)}</h1>
<p class="meta">${facts.join(' · ')}</p>
${bannerMarkup(result, repetitions)}
<p class="ending" id="answer">${answerSentence(result)}</p>
${intervalMarkup(result)}
${theory === null ? null : html`<p class="soft">${theory.charAt(0).toUpperCase()}${theory.slice(1)}.</p>`}`;
}

function bannerMarkup(result: Result, repetitions: number): Markup | null {
  const doubts = result.warnings.filter(({ invalidates }) => invalidates === true);
  const strong = bannerLines(result);
  const weak = [
    ...(result.world === 'virtual' ? ['Simulated in virtual time: nothing here was measured.'] : []),
    ...(result.world === 'real' && repetitions < enoughRepetitions && measuredModes(result).length > 1
      ? [
          `${repetitions === 1 ? 'One repetition' : `${repetitions} repetitions`}: a small difference may be chance. Five or more give intervals (--repetitions 5).`,
        ]
      : []),
  ];
  return html`${
    strong.length === 0
      ? null
      : html`<div class="banner bad">${strong.map((line) => html`<p><b>${line}</b></p>`)}${
          doubts.length === 0
            ? null
            : html`<ul>${doubts.slice(0, mostDoubts).map(({ code, text }) => html`<li><b>${code}</b> ${text}</li>`)}${
                doubts.length > mostDoubts
                  ? html`<li>and ${formatCount(doubts.length - mostDoubts)} more, in result.json</li>`
                  : null
              }</ul>`
        }</div>`
  }${weak.map((line) => html`<p class="banner">${line}</p>`)}`;
}

/** How far the middle of the modes may be off, where there were repetitions enough. */
function intervalMarkup(result: Result): Markup | null {
  const told = measuredModes(result).flatMap((mode) => {
    const interval = mode.summary['delivery.p50']?.ci95 ?? null;
    return interval === null
      ? []
      : [`${modeLabel(result, mode)} ${formatMs(interval[0])} to ${formatMs(interval[1])}`];
  });
  return told.length === 0
    ? null
    : html`<p class="soft">Median delivery, 95 % interval over the repetitions: ${told.join('; ')}.</p>`;
}
