/** A JUnit report, as CI servers read it. Names must not hold numbers that vary, or their history breaks. */
export interface JunitReport {
  readonly name: string;
  /** ISO time. */
  readonly timestamp: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly suites: readonly JunitSuite[];
}

export interface JunitSuite {
  readonly name: string;
  readonly cases: readonly JunitCase[];
}

export interface JunitCase {
  readonly name: string;
  /** Mode or section. */
  readonly className: string;
  readonly seconds: number;
  readonly end: JunitEnd;
  /** Printed by CI servers beneath the case. */
  readonly output?: string;
}

/** `error`: the harness failed, not what it judges. */
export type JunitEnd =
  | { readonly kind: 'passed' }
  | { readonly kind: 'skipped'; readonly reason: string }
  | {
      readonly kind: 'failure' | 'error';
      readonly type: string;
      readonly message: string;
      readonly text: string;
    };

/** The report as XML. */
export function drawJunit({ name, timestamp, properties, suites }: JunitReport): string {
  const all = suites.flatMap(({ cases }) => cases);
  const given = Object.entries(properties).map(
    ([key, value]) => `      <property${attributes({ name: key, value })}/>`,
  );
  const described = given.length === 0 ? [] : ['    <properties>', ...given, '    </properties>'];
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name, ...countsOf(all) })}>`,
    ...suites.flatMap((suite) => [
      `  <testsuite${attributes({ name: suite.name, ...countsOf(suite.cases), timestamp })}>`,
      ...described,
      ...suite.cases.flatMap(caseLines),
      '  </testsuite>',
    ]),
    '</testsuites>',
    '',
  ].join('\n');
}

function countsOf(cases: readonly JunitCase[]): Record<string, string> {
  const count = (kind: JunitEnd['kind']): string =>
    String(cases.filter(({ end }) => end.kind === kind).length);
  return {
    tests: String(cases.length),
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    time: cases.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(3),
  };
}

function caseLines({ name, className, seconds, end, output }: JunitCase): string[] {
  const start = `    <testcase${attributes({ name, classname: className, time: seconds.toFixed(3) })}`;
  const inside = [
    ...(end.kind === 'skipped' ? [`      <skipped${attributes({ message: end.reason })}/>`] : []),
    ...(end.kind === 'failure' || end.kind === 'error'
      ? [
          `      <${end.kind}${attributes({ message: end.message, type: end.type })}>${escapeXml(end.text)}</${end.kind}>`,
        ]
      : []),
    ...(output === undefined ? [] : [`      <system-out>${escapeXml(output)}</system-out>`]),
  ];
  return inside.length === 0 ? [`${start}/>`] : [`${start}>`, ...inside, '    </testcase>'];
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(
      ([name, value]) => ` ${name}="${escapeXml(value).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')}"`,
    )
    .join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** XML 1.0 cannot hold most control characters at all, not even escaped: they become U+FFFD. */
function escapeXml(text: string): string {
  return (
    text
      .replace(/\p{Surrogate}/gu, '\ufffd')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('\r', '\n')
      .replace(/[&<>"]/g, (char) => entities[char]!)
  );
}
