/** One figure for Prometheus, with a value for each set of labels. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly values: readonly {
    readonly labels?: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

/** Prometheus' text format 0.0.4. Label values must not need escapes: ours are routes and status codes. */
export function metricsText(metrics: readonly Metric[]): string {
  let text = '';
  for (const { name, type, help, values } of metrics) {
    text += `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
    for (const { labels = {}, value } of values) {
      const pairs = Object.entries(labels).map(([label, word]) => `${label}="${word}"`);
      text += `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
    }
  }
  return text;
}
