/** How the page of a run looks, on top of the common style and that of charts. */
export const benchStyle = `
.ending { font-size: 1.2rem; line-height: 1.45; margin: 1.1rem 0 .6rem; padding-left: .85rem; border-left: .2rem solid var(--two); max-width: 46rem; overflow-wrap: anywhere; }
.banner.bad { border-color: var(--bad); background: var(--bad-wash); }
.banner ul, main ul:not([class]), footer ul { padding-left: 1.2rem; margin: .5rem 0; max-width: 46rem; }
p, li, dt, summary, figcaption { overflow-wrap: anywhere; }
main li, footer li { margin: .25rem 0; }
h2, h3, caption { overflow-wrap: anywhere; }
caption { text-align: left; color: var(--soft); font-size: .875rem; padding-bottom: .3rem; max-width: 46rem; }
details { margin: .6rem 0; }
details > summary { color: var(--soft); font-size: .875rem; }
table.wide { min-width: min(100%, 46rem); }
.none { color: var(--soft); }
.verdicts { list-style: none; padding: 0; margin: 0; max-width: 52rem; }
.verdicts li { display: grid; grid-template-columns: 7rem minmax(0, 1fr) auto; gap: 0 .75rem; padding: .35rem 0; margin: 0; border-bottom: 1px solid var(--line); align-items: baseline; }
.verdicts .word { font-weight: 550; white-space: nowrap; }
.verdicts .good .word { color: var(--good); }
.verdicts .bad .word { color: var(--bad); }
.verdicts .open .word { color: var(--one); }
.verdicts .values { color: var(--soft); font-size: .9rem; }
.verdicts .note { grid-column: 2 / -1; color: var(--soft); font-size: .875rem; }
.mode h3 { margin: 1.1rem 0 .4rem; overflow-wrap: anywhere; }
.tiles { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .75rem; }
.tiles > div { background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem .75rem; }
.tiles > .bad { border-color: var(--bad); }
.tiles p { margin: 0; }
.tiles .what, .tiles .ratio { color: var(--soft); font-size: .8125rem; }
.tiles .value { font-size: 1.5rem; font-weight: 600; line-height: 1.35; font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.tiles .value.less { font-size: 1.05rem; font-weight: 550; }
.tiles .bad .value:has([value]:not([value="0"])) { color: var(--bad); }
.tiles small { font-size: .8125rem; font-weight: 400; color: var(--soft); letter-spacing: 0; }
.tiles .ratio { margin-top: .3rem; overflow-wrap: anywhere; }
.interval { display: block; color: var(--soft); white-space: nowrap; }
.drawn .data { font-size: .8125rem; }
.drawn .data td, .drawn .data th { padding-right: 1.2rem; white-space: nowrap; }
.costs { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .75rem; margin: 0; }
.costs > div { background: var(--raised); border: 1px solid var(--line); border-radius: .5rem; padding: .6rem .9rem .7rem; }
.costs dt { color: var(--soft); font-size: .8125rem; margin-bottom: .2rem; }
.costs dd { margin: 0; display: flex; justify-content: space-between; gap: 1rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.costs dd > :first-child { font-weight: 400; overflow-wrap: anywhere; min-width: 0; }
.costs dd > :last-child { white-space: nowrap; }
.fields { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: .75rem; margin: 1rem 0; }
.fields label { display: block; font-size: .875rem; margin-bottom: .2rem; }
.fields small { color: var(--soft); }
.fields input { width: 100%; font: inherit; font-variant-numeric: tabular-nums; color: inherit; background: var(--ground); border: 1px solid var(--soft); border-radius: .35rem; padding: .35rem .55rem; }
.fields input[readonly] { background: var(--raised); }
.fields input[aria-invalid="true"] { border-color: var(--bad); }
.problem { color: var(--bad); font-size: .8125rem; margin: .2rem 0 0; }
tr.part th { padding-left: 1.2rem; font-weight: 400; }
pre.command { background: var(--raised); border: 1px solid var(--line); border-radius: .4rem; padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(14rem, 1fr)); gap: .3rem 1.5rem; margin: .9rem 0; font-size: .9rem; }
.facts dt { color: var(--soft); font-size: .8125rem; }
.facts dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  .tiles { grid-template-columns: minmax(0, 1fr); gap: .5rem; }
  .verdicts li { grid-template-columns: 5.2rem minmax(0, 1fr); }
  .verdicts .values { grid-column: 2; }
}
@media print {
  main { display: flex; flex-direction: column; }
  main > * { order: 2; break-inside: avoid; }
  main > .first { order: 0; }
  main > .ladder { order: 1; break-before: page; }
  h1 { font-size: 1.4rem; }
  h2 { font-size: 1.05rem; margin: .7rem 0 .25rem; }
  p, figcaption { margin: .2rem 0; }
  .banner { margin: .3rem 0; padding: .2rem .6rem; }
  .mode h3 { margin: .4rem 0 .2rem; }
  .ending { font-size: 1.1em; margin: .4rem 0; }
  .tiles > div, .costs > div { padding: .25rem .5rem; }
  .tiles .value { font-size: 1.1rem; }
  .tiles .value.less { font-size: .9rem; }
  .verdicts li { padding: 0; font-size: .9rem; }
  td, th { padding-top: .1rem; padding-bottom: .1rem; }
  body > header { padding: 0; }
  svg.chart { min-width: 0; max-height: 8.5cm; }
  .first svg.chart { max-height: 6.6cm; }
  .scroll { overflow: visible; }
  main details:not([open]), .fields { display: none; }
}
`;
