/** What the live page wears on top of the chat page's style. */
export const liveStyle = `
#where { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); margin-bottom: 1rem; }
#own { grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); }
#age { color: var(--accent); }
dd.small { font-size: .85rem; font-weight: 400; color: var(--soft); }
section dl { grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); }
.sparkline svg { display: block; width: 100%; height: 2.25rem; margin-top: .25rem; }
.sparkline .line { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.sparkline .ground { fill: none; stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
#finished { padding: 0; margin: 0; list-style: none; }
#finished li { padding: .5rem .75rem; margin: 0 0 .5rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
#finished h3 { font-size: 1rem; margin: 0; }
#finished p { margin: .15rem 0; }
`;
