import type { ConformanceRow, Phase, Verdict } from '../../conformance/result.ts';

/** How a verdict is shown: never by colour alone. */
export interface Sign {
  readonly symbol: string;
  /** The same where only ASCII is to be had. */
  readonly ascii: string;
  readonly word: string;
  /** For class names. */
  readonly slug: string;
}

/** In the order in which a reader wants them counted. */
export const signs: Readonly<Record<Verdict, Sign>> = {
  PASS: { symbol: '✓', ascii: '+', word: 'pass', slug: 'pass' },
  LENIENT: { symbol: '≈', ascii: '~', word: 'lenient', slug: 'lenient' },
  FAIL: { symbol: '✗', ascii: 'x', word: 'fail', slug: 'fail' },
  INFO: { symbol: 'i', ascii: 'i', word: 'info', slug: 'info' },
  BLOCKED: { symbol: '⊘', ascii: '#', word: 'blocked', slug: 'blocked' },
  INCONCLUSIVE: { symbol: '?', ascii: '?', word: 'inconclusive', slug: 'inconclusive' },
  'HARNESS-ERROR': { symbol: '!', ascii: '!', word: 'our error', slug: 'harness' },
  'N/A': { symbol: '–', ascii: '-', word: 'n/a', slug: 'na' },
};

/** What a reader is told of a verdict in the key of a page. */
export const meanings: Readonly<Record<Verdict, string>> = {
  PASS: 'the preferred outcome',
  LENIENT: 'a second-best outcome that the row lists beforehand',
  FAIL: 'none of the accepted outcomes',
  INFO: 'no right answer; what was seen is recorded',
  BLOCKED: 'a row that this one builds upon failed',
  INCONCLUSIVE: 'a precondition was not met, or the harness was too noisy',
  'HARNESS-ERROR': 'a defect of the suite; never counted against the target',
  'N/A': 'the profile does not declare what the row needs',
};

export const groupTitles: Readonly<Record<string, string>> = {
  poll: 'regular polling',
  longpoll: 'holding and releasing',
  fanout: 'many subscribers',
  delivery: 'guarantees',
  message: 'bodies',
  http: 'protocol hygiene',
  cors: 'other origins',
  presence: 'who is there',
  proxy: 'through intermediaries',
  limits: 'bounds',
  shutdown: 'the end of the server',
};

export const phaseTitles: Readonly<Record<Phase, string>> = {
  ordinary: 'ordinary',
  slow: 'slow',
  load: 'under load',
  hostile: 'hostile',
  process: 'with the process of the target',
};

type Modified = Pick<ConformanceRow, 'crashed' | 'flaky' | 'xfail' | 'contested'>;

/** What qualifies a verdict, such as `FLAKY 1/3`; upper case, the gravest first. */
export function modifiers({ crashed, flaky, xfail, contested }: Modified): string[] {
  return [
    ...(crashed ? ['CRASHED'] : []),
    ...(flaky === null ? [] : [`FLAKY ${flaky.passed}/${flaky.of}`]),
    ...(xfail === null ? [] : [xfail.state]),
    ...(contested === null ? [] : ['CONTESTED']),
  ];
}

/** Without the stack of a defect of ours. */
export function firstLine(text: string): string {
  return text.split('\n', 1)[0]!;
}

/** The reason or the observation that stands behind a row in a list; empty when there is nothing to say. */
export function remark(row: ConformanceRow): string {
  switch (row.verdict) {
    case 'PASS':
      return row.xfail?.state === 'XPASS' ? 'was expected to fail' : '';
    case 'FAIL':
      return row.actual ?? '';
    case 'LENIENT':
    case 'INFO':
      return row.outcomeText ?? row.actual ?? row.outcome ?? '';
    default:
      return firstLine(row.reason ?? row.actual ?? '');
  }
}
