/** How verdicts, facts and transcripts look, on the page of one target and on the matrix. */
export const rowStyle = `
.verdict { white-space: nowrap; font-weight: 550; }
.sign { display: inline-block; width: 1.1em; text-align: center; }
.v-pass .verdict { color: var(--good); }
.v-lenient .verdict, .v-info .verdict { color: var(--two); }
.v-fail .verdict { color: var(--one); }
.v-fail.l-must .verdict, .xpass .verdict { color: var(--bad); }
.v-open .verdict { color: var(--one); }
.v-na .verdict { color: var(--soft); font-weight: 400; }
.tag { font-size: .6875rem; font-weight: 600; letter-spacing: .03em; color: var(--soft); border: 1px solid var(--line); border-radius: .25rem; padding: .03rem .3rem; white-space: nowrap; vertical-align: .06em; }
.requires { margin: 0 0 .25rem; }
.because { margin: 0 0 .25rem; color: var(--soft); font-size: .9375rem; }
.duties { margin: .25rem 0 .25rem; padding: 0; list-style: none; color: var(--soft); font-size: .875rem; display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
.duties b { font-weight: 600; }
dl { margin: .75rem 0 .25rem; display: grid; gap: .4rem; font-size: .9375rem; }
dl > div { display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: .75rem; }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.seen dd { font-weight: 550; }
.again { user-select: all; background: var(--raised); border-radius: .3rem; padding: .25rem .45rem; display: inline-block; overflow-wrap: anywhere; }
.attempts { margin: 0; padding-left: 1.2em; }
.transcript { margin-top: .75rem; font-size: .875rem; }
.transcript > summary { color: var(--two); width: max-content; }
.transcript ol { list-style: none; margin: .5rem 0 0; padding: 0; border-top: 1px solid var(--line); }
.transcript li { display: grid; grid-template-columns: 11rem minmax(0, 1fr); gap: .75rem; padding: .5rem 0; border-bottom: 1px solid var(--line); }
.transcript li.gap { display: block; }
.transcript .when { color: var(--soft); font-variant-numeric: tabular-nums; font-size: .8125rem; display: grid; grid-template-columns: 4.2rem 1.8rem auto; gap: .2rem; align-items: baseline; }
.transcript time { text-align: right; padding-right: .35rem; }
.transcript pre { overflow-x: auto; }
.transcript .sent pre { color: var(--two); }
.transcript .received pre { color: var(--ink); }
.transcript .note > span:last-child { color: var(--soft); font-style: italic; }
.transcript li details { margin-top: .3rem; color: var(--soft); font-size: .8125rem; }
.transcript li details pre { color: var(--soft) !important; margin-top: .25rem; }
.gap { color: var(--soft); font-style: italic; margin: .25rem 0; font-size: .8125rem; }
@media (max-width: 40rem) {
  dl > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .transcript li { grid-template-columns: minmax(0, 1fr); gap: .25rem; }
  .transcript .when { grid-template-columns: auto auto 1fr; }
  .transcript time { text-align: left; }
}
`;

/** The page of one target. */
export const pageStyle = `${rowStyle}
.ending { font-size: 1.125rem; line-height: 1.5; margin: 1.1rem 0 0; padding-left: .85rem; border-left: .2rem solid var(--soft); max-width: 46rem; }
.ending.good { border-color: var(--good); }
.ending.bad { border-color: var(--bad); }
.constants { display: grid; grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; margin: 0 0 1.5rem; gap: 0; }
.constants > div { display: flex; flex-direction: column; gap: .05rem; box-shadow: 1px 0 var(--line), 0 1px var(--line), 1px 1px var(--line); padding: .7rem .9rem .75rem; }
.constants dt { order: 2; font-size: .8125rem; }
.constants dd { order: 1; font-size: 1.1875rem; font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: -.01em; }
.constants .unknown dd { color: var(--soft); font-weight: 400; }
.constants dd.source { order: 3; font-size: .75rem; font-weight: 400; color: var(--soft); letter-spacing: 0; line-height: 1.4; }
.constants i { font-style: normal; font-weight: 600; color: var(--ink); margin-right: .3em; }
.axis { font-size: 11px; fill: var(--soft); font-family: inherit; }
.axis.end { text-anchor: end; } .axis.mid { text-anchor: middle; }
.grid { stroke: var(--line); stroke-width: 1; }
.curve { fill: none; stroke: var(--one); stroke-width: 2; stroke-linejoin: round; }
.dot { fill: var(--ground); stroke: var(--one); stroke-width: 2; }
.levels td { white-space: nowrap; }
.levels td.n.zero { color: var(--soft); opacity: .55; }
.levels .bad { color: var(--bad); font-weight: 600; }
.levels .warn { color: var(--one); font-weight: 600; }
.reasons { margin: 1rem 0 0; font-size: .9375rem; padding: 0; list-style: none; max-width: 46rem; }
.reasons li { padding: .15rem 0; }
.reasons summary span { color: var(--soft); }
.reasons ul { margin: .1rem 0 .4rem; padding-left: 1.1rem; list-style: none; color: var(--soft); font-size: .875rem; }
.failed { padding: 0; margin: 0; list-style: none; }
.failed li { padding: .35rem 0; display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: .75rem; border-bottom: 1px solid var(--line); }
.failed .told { color: var(--soft); display: block; font-size: .9375rem; overflow-wrap: anywhere; }
.filter { border: 0; margin: 0 0 .5rem; padding: 0; display: flex; flex-wrap: wrap; gap: .4rem; }
.filter input { position: absolute; opacity: 0; pointer-events: none; }
.filter label { font-size: .875rem; color: var(--soft); border: 1px solid var(--line); border-radius: 2rem; padding: .12rem .75rem; cursor: pointer; }
.filter input:checked + label { color: var(--ink); border-color: var(--soft); background: var(--raised); }
.filter input:focus-visible + label { outline: .14rem solid var(--focus); outline-offset: .1rem; }
.row { border-bottom: 1px solid var(--line); }
.row > summary { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr) auto; gap: 0 .75rem; padding: .42rem 0; align-items: baseline; list-style: none; }
.row > summary::-webkit-details-marker { display: none; }
.row > summary:hover .id { text-decoration: underline; text-underline-offset: .2em; text-decoration-color: var(--line); }
.row .id { overflow-wrap: anywhere; }
.row .told { color: var(--soft); font-size: .9rem; grid-column: 2; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.row[open] > summary .told { display: none; }
.row .took { color: var(--soft); font-size: .8125rem; font-variant-numeric: tabular-nums; }
.row > .body { padding: .35rem 0 1.2rem 9.25rem; }
.row.v-fail.l-must[open], .row.xpass[open] { background: linear-gradient(to right, var(--bad-wash), transparent 60%); margin: 0 -.75rem; padding: 0 .75rem; border-radius: .3rem; }
.row:target > summary .id { background: var(--raised); outline: .2rem solid var(--raised); }
${['fail', 'lenient', 'open', 'info', 'na', 'pass']
  .map(
    (kind) =>
      `body:has(#show-${kind}:checked) .row:not(.v-${kind}), body:has(#show-${kind}:checked) .group:not(:has(.v-${kind})) { display: none; }`,
  )
  .join('\n')}
.key { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); gap: .15rem 1.5rem; padding: 0; list-style: none; font-size: .875rem; color: var(--soft); }
@media (max-width: 40rem) {
  .row > summary, .failed li { grid-template-columns: minmax(0, 1fr) auto; }
  .row > summary > :first-child, .failed li > :first-child { grid-column: 1 / -1; }
  .row .told { grid-column: 1 / -1; white-space: normal; }
  .failed li > div { grid-column: 1 / -1; }
  .row > .body { padding-left: 0; }
  .constants { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
@media print {
  .row .told { white-space: normal; }
  .row.v-fail.l-must[open], .row.xpass[open] { margin: 0; padding: 0; }
}
`;
