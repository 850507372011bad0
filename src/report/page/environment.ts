import { stringify } from 'yaml';
import type { Result } from '../../measure/result.ts';
import { html, type Markup } from '../html/markup.ts';
import { scenarioField } from '../label.ts';
import { formatBytes, formatNumber } from '../numbers.ts';

const machine: readonly (readonly [string, string])[] = [
  ['node', 'Node'],
  ['cpu', 'processor'],
  ['cores', 'cores'],
  ['memory_bytes', 'memory'],
  ['kernel', 'kernel'],
  ['platform', 'system'],
  ['arch', 'architecture'],
  ['load_average_1m', 'load before the end'],
];

/** A scenario with a replayed log could be of any length. */
const longestScenario = 40_000;

/** On what it ran, how to run it again, and the files beside this page. */
export function environmentMarkup(result: Result, charts: readonly string[]): Markup {
  const { tool, environment, target, overrides, startedAt, finishedAt, fingerprint } = result;
  const { command } = environment;
  const profile = (target?.profile as { name?: unknown } | null | undefined)?.name;
  const seed = scenarioField(result, 'seed');
  const facts: readonly (readonly [string, unknown])[] = [
    ['pollmark', `${tool.version}${tool.commit === null ? '' : `, commit ${tool.commit.slice(0, 12)}`}`],
    [
      'target',
      target === null ? (result.world === 'virtual' ? 'none: virtual time' : 'our own server') : target.url,
    ],
    ['profile', profile],
    ['seed', seed],
    ['changed', overrides.length === 0 ? null : overrides.join(' ')],
    ...machine.map(([key, words]) => [words, told(key, environment[key])] as const),
    ['begun', startedAt],
    ['ended', finishedAt],
    ['fingerprint', fingerprint],
  ];
  const yaml = stringify(result.scenario);
  return html`<section aria-labelledby="environment"><h2 id="environment">Environment</h2>
${typeof command === 'string' ? html`<pre class="command" tabindex="0" aria-label="The command to repeat it"><code>${command}</code></pre>` : null}
<dl class="facts">${facts.map(([name, value]) =>
    value === null || value === undefined ? null : html`<div><dt>${name}</dt><dd>${String(value)}</dd></div>`,
  )}</dl>
<details><summary>The scenario, with all that it leaves out filled in</summary><pre tabindex="0" aria-label="The scenario"><code>${yaml.slice(0, longestScenario)}</code></pre>${
    yaml.length > longestScenario ? html`<p class="soft">The rest is in scenario.yaml.</p>` : null
  }</details>
<p>Files beside this page: ${['result.json', 'summary.md', 'junit.xml', 'scenario.yaml', ...charts].map(
    (name, i) => html`${i === 0 ? '' : ', '}<a href="${name}">${name}</a>`,
  )}; and <code>events.ndjson.gz</code>, where events were kept. <code>pollmark report</code> draws all but the results anew.</p></section>`;
}

function told(key: string, value: unknown): unknown {
  if (typeof value !== 'number') return typeof value === 'string' ? value : null;
  return key === 'memory_bytes'
    ? formatBytes(value)
    : key === 'load_average_1m'
      ? formatNumber(value)
      : value;
}
