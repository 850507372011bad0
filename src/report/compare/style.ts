/** What a comparison adds to the common look. Base and new are told apart by dashes too, not by colour alone. */
export const compareStyle = `
.eyebrow { color: var(--soft); font-size: .875rem; margin: 0 0 .35rem; }
.ending { font-size: 1.1rem; font-weight: 600; max-width: 46rem; overflow-wrap: anywhere; }
.ending.worse, td.worse { color: var(--bad); font-weight: 600; }
.ending.better, td.better { color: var(--good); font-weight: 600; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: 1.5rem 2rem; align-items: start; }
.charts svg { width: 100%; }
.charts details { font-size: .875rem; margin-top: .3rem; }
.charts summary { color: var(--soft); }
.grid { stroke: var(--line); }
.zero { stroke: var(--soft); }
.axis { fill: var(--soft); font: 12px system-ui, sans-serif; }
.axis.mid { text-anchor: middle; }
.axis.end { text-anchor: end; }
.curve { fill: none; stroke: var(--two); stroke-width: 2; }
.curve.base { stroke: var(--one); stroke-dasharray: 6 4; }
.dot { fill: var(--two); }
.band { fill: var(--two); opacity: .18; }
.key svg { display: inline-block; vertical-align: middle; margin-right: .4rem; }
.key span { margin-right: 1.2rem; }
`;
