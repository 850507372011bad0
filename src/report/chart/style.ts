/** What a chart has colours for; the names are those of the page's style. */
const names = ['ground', 'line', 'ink', 'soft', 'one', 'two', 'bad', 'good'] as const;
type Name = (typeof names)[number];

const palettes: Readonly<Record<'light' | 'dark', Readonly<Record<Name, string>>>> = {
  light: {
    ground: '#ffffff',
    line: '#d8dee4',
    ink: '#1f2328',
    soft: '#59636e',
    one: '#b35900',
    two: '#0b57d0',
    bad: '#cf222e',
    good: '#1a7f37',
  },
  dark: {
    ground: '#0d1117',
    line: '#30363d',
    ink: '#e6edf3',
    soft: '#9da7b3',
    one: '#f0a35e',
    two: '#79b8ff',
    bad: '#ff7b72',
    good: '#56d364',
  },
};

/** Sizes are in the units of a drawing; it is 760 wide, and so drawn one to one on a wide screen. */
function rules(colour: (name: Name) => string): string {
  const series = (['one', 'two', 'ink', 'bad', 'soft', 'good'] as const)
    .map(
      (name) =>
        `.chart text.${name},.chart .mark.${name}{fill:${colour(name)}}` +
        `.chart .line.${name},.chart .bar.${name},.chart .open.${name}{stroke:${colour(name)}}`,
    )
    .join('\n');
  return `
.chart text { font: 12.5px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; fill: ${colour('ink')}; font-variant-numeric: tabular-nums; }
.chart text.soft { fill: ${colour('soft')}; font-size: 12px; }
.chart text.small { font-size: 11.5px; }
.chart text.strong { font-weight: 600; }
.chart .middle { text-anchor: middle; }
.chart .end { text-anchor: end; }
.chart .grid { stroke: ${colour('line')}; fill: none; shape-rendering: crispEdges; }
.chart .axis { stroke: ${colour('soft')}; fill: none; shape-rendering: crispEdges; }
.chart .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.chart .bar { fill: none; }
.chart .thin { stroke-width: 1.1; }
.chart .hold { stroke-width: 5; stroke-opacity: .75; }
.chart .theory { stroke-width: 7; stroke-opacity: .27; stroke-linecap: round; }
.chart .fault { fill: ${colour('bad')}; fill-opacity: .11; }
.chart .mark { stroke: ${colour('ground')}; stroke-width: 1; }
.chart .dot { stroke-width: 7.5; stroke-linecap: round; }
.chart .head { stroke: none; }
.chart .open { stroke-width: 2.2; fill: none; }
.chart .got { fill: none; stroke: ${colour('ink')}; stroke-linecap: round; }
.chart .halo { paint-order: stroke; stroke: ${colour('ground')}; stroke-width: 3px; stroke-linejoin: round; }
${series}`;
}

/**
 * The classes of charts in a page, on the colours of its own style. Below 42 rem a chart keeps that width, at which its
 * smallest text is 10 px high, and the figure around it is to scroll: made narrower, it would lose its labels or their sizes.
 */
export const chartStyle = `${rules((name) => `var(--${name})`)}
svg.chart { width: 100%; min-width: 42rem; max-width: 48rem; }
`;

/** The same with the colours of a theme filled in. */
export function themeStyle(theme: 'light' | 'dark'): string {
  return rules((name) => palettes[theme][name]);
}

export function groundOf(theme: 'light' | 'dark'): string {
  return palettes[theme].ground;
}
