/**
 * The look of every page: system fonts, the checked palette, light and dark by the reader's setting, and a
 * print style. Sizes are relative, so that a reader's own font size holds.
 */
export const baseStyle = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f6f8fa; --line: #d8dee4; --ink: #1f2328; --soft: #59636e;
  --one: #b35900; --two: #0b57d0; --bad: #cf222e; --good: #1a7f37;
  --bad-wash: #fff3f2; --focus: #0b57d0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0d1117; --raised: #151b23; --line: #30363d; --ink: #e6edf3; --soft: #9da7b3;
    --one: #f0a35e; --two: #79b8ff; --bad: #ff7b72; --good: #56d364;
    --bad-wash: #2a1517; --focus: #79b8ff;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
main, body > header, body > footer { max-width: 64rem; margin: 0 auto; padding: 0 1.25rem; }
body > header { padding-top: 2.75rem; }
main { padding-bottom: 2rem; }
body > footer { padding-bottom: 3rem; color: var(--soft); font-size: .875rem; }
h1 { font-size: 1.75rem; line-height: 1.25; margin: 0 0 .25rem; font-weight: 650; letter-spacing: -.01em; overflow-wrap: anywhere; }
.eyebrow { color: var(--soft); font-size: .875rem; margin: 0 0 .35rem; }
h2 { font-size: 1.2rem; margin: 3rem 0 .75rem; font-weight: 650; letter-spacing: -.005em; }
h3 { font-size: .95rem; margin: 2rem 0 .5rem; font-weight: 650; }
h3 small, h2 small { color: var(--soft); font-weight: 400; font-size: .875rem; margin-left: .5em; letter-spacing: 0; }
p { margin: .5rem 0; max-width: 46rem; }
a { color: var(--two); text-underline-offset: .15em; text-decoration-thickness: .06em; }
:focus-visible { outline: .14rem solid var(--focus); outline-offset: .14rem; border-radius: .2rem; }
code, pre, .mono { font-family: ui-monospace, SFMono-Regular, "SF Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: .84em; }
pre { margin: 0; overflow-x: auto; white-space: pre; line-height: 1.5; }
.soft { color: var(--soft); }
.meta { color: var(--soft); font-size: .875rem; max-width: none; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .4rem .9rem .4rem 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--soft); font-weight: 500; font-size: .8125rem; }
tbody th { font-weight: 500; }
td.n, th.n { text-align: right; padding-right: .4rem; padding-left: .9rem; }
.scroll { overflow-x: auto; }
details > summary { cursor: pointer; }
summary::marker { color: var(--soft); }
figure { margin: 0; }
figcaption { color: var(--soft); font-size: .875rem; margin-bottom: .4rem; max-width: 46rem; }
svg { display: block; max-width: 100%; height: auto; }
.banner { border-left: .2rem solid var(--one); background: var(--raised); padding: .6rem .9rem; border-radius: 0 .4rem .4rem 0; margin: 1rem 0; max-width: 46rem; font-size: .9375rem; }
.away { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 40rem) {
  body > header { padding-top: 1.5rem; }
  h1 { font-size: 1.4rem; }
  h2 { margin-top: 2.25rem; }
}
@media print {
  :root { --ground: #fff; --raised: #fff; --ink: #000; --soft: #444; --line: #bbb; --bad-wash: #fff; }
  html { font-size: 9.5pt; }
  main, body > header, body > footer { max-width: none; padding: 0; }
  h2, h3 { break-after: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  .no-print { display: none !important; }
}
`;
