import { rowStyle } from './page-style.ts';

/** The matrix of several targets. */
export const matrixStyle = `${rowStyle}
main, body > header, body > footer { max-width: 84rem; }
.targets { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: 1rem; align-items: start; }
.targets article { border: 1px solid var(--line); border-radius: .5rem; padding: .8rem 1rem; min-width: 0; }
.targets article:target { border-color: var(--soft); }
.targets h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
.targets .meta { margin: .25rem 0 0; font-size: .8125rem; }
.tallies { margin: .6rem 0 .4rem; font-size: .9375rem; display: flex; flex-wrap: wrap; gap: 0 1.1rem; font-variant-numeric: tabular-nums; }
.targets details { font-size: .875rem; }
.targets summary { color: var(--soft); }
.targets table { width: 100%; margin-top: .4rem; font-size: .8125rem; }
.targets td { padding-top: .2rem; padding-bottom: .2rem; }
.matrix { overflow: auto; max-height: 88vh; border: 1px solid var(--line); border-radius: .5rem; }
.matrix table { border-collapse: separate; border-spacing: 0; width: max-content; min-width: 100%; }
.matrix th, .matrix td { padding: 0; border-bottom: 1px solid var(--line); }
.matrix thead th { position: sticky; top: 0; z-index: 2; background: var(--ground); padding: .6rem .7rem; text-align: center; font-size: .8125rem; vertical-align: bottom; max-width: 10rem; min-width: 5rem; line-height: 1.35; overflow-wrap: anywhere; }
.matrix thead th a { color: var(--ink); font-weight: 600; text-decoration-color: var(--line); }
.matrix thead th span { display: block; font-size: .71875rem; font-weight: 400; }
.matrix thead th.corner { left: 0; z-index: 3; }
.matrix th[scope="row"] { position: sticky; left: 0; z-index: 1; background: var(--ground); font-weight: 400; font-size: .875rem; padding: .3rem .9rem; width: 19rem; max-width: 19rem; border-right: 1px solid var(--line); }
.matrix th[scope="row"] summary { overflow-wrap: anywhere; }
.matrix th details[open] { padding-bottom: .4rem; }
.matrix th .requires, .matrix th .because { font-size: .8125rem; font-weight: 400; margin-top: .25rem; }
.matrix th .duties { font-size: .75rem; font-weight: 400; }
.matrix tr.group th { background: var(--raised); }
.matrix tr.group small { color: var(--soft); font-weight: 400; margin-left: .5em; }
.matrix tr.group div { position: sticky; left: 0; width: max-content; padding: .4rem .9rem; font-weight: 650; font-size: .875rem; }
.matrix tbody:last-child tr:last-child > * { border-bottom: 0; }
.matrix td { text-align: center; vertical-align: middle; }
.matrix td button, .matrix td .plain { display: block; width: 100%; font: inherit; font-weight: 600; line-height: 1.3; padding: .3rem .5rem; border: 0; background: none; color: inherit; position: relative; }
.matrix td button { cursor: pointer; }
.matrix td button:hover { background: var(--raised); }
.matrix sup { position: absolute; margin-left: .1em; font-size: .7em; line-height: 1; }
td.v-pass { color: var(--good); } td.v-lenient, td.v-info { color: var(--two); }
td.v-fail, td.v-open { color: var(--one); } td.v-na { color: var(--soft); }
.matrix td.v-na button { font-weight: 400; }
td.v-fail.l-must, td.xpass { color: var(--bad); background: var(--bad-wash); }
.cell { max-width: 46rem; }
.cell[popover] { width: min(46rem, calc(100vw - 2rem)); max-height: 85vh; overflow: auto; color: var(--ink); background: var(--ground); border: 1px solid var(--line); border-radius: .6rem; padding: 1.1rem 1.3rem 1.3rem; box-shadow: 0 1rem 3rem rgb(0 0 0 / .18); }
.cell[popover]::backdrop { background: rgb(0 0 0 / .18); }
.cell h3 { margin: 0 0 .25rem; overflow-wrap: anywhere; }
.key { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: .15rem 1.5rem; padding: 0; list-style: none; font-size: .875rem; color: var(--soft); }
@media (max-width: 40rem) {
  .matrix th[scope="row"] { width: 10.5rem; max-width: 10.5rem; font-size: .8125rem; padding: .3rem .5rem; }
  .matrix thead th { min-width: 4rem; padding: .5rem .4rem; }
}
@media print {
  .matrix { overflow: visible; max-height: none; border: 0; }
  .matrix thead th, .matrix th[scope="row"] { position: static; }
  .cell[popover] { display: block; position: static; border: 0; border-top: 1px solid var(--line); border-radius: 0; box-shadow: none; max-height: none; width: auto; padding: .6rem 0; margin: 0; overflow: visible; break-inside: avoid-page; }
}
`;
