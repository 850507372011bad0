import { type ConformanceResult, conformanceResultSchema, tallies } from '../../src/conformance/result.ts';

type Row = ConformanceResult['rows'][number];

/** A row that passed; everything else is said by `changes`. */
export function sampleRow(id: string, changes: Partial<Row> = {}): Row {
  return {
    id,
    level: 'MUST',
    duties: [{ level: 'MUST', authority: 'SEED' }],
    phase: 'ordinary',
    verdict: 'PASS',
    expected: null,
    actual: null,
    outcome: null,
    attempts: 1,
    crashed: false,
    flaky: null,
    reason: null,
    duration_ms: 62,
    endings: [{ connection: 0, ending: 'kept-alive' }],
    transcript: [],
    requires: `What ${id} demands.`,
    because: '',
    tags: [],
    dependsOn: [],
    outcomeText: null,
    contested: null,
    xfail: null,
    attemptDetails: [],
    alive_ms: null,
    ...changes,
  };
}

const head = (start: string, ...fields: string[]): string => [start, ...fields, '', ''].join('\r\n');

const gapLoss: Row['transcript'] = [
  { at_ms: 0, connection: 0, direction: '-', bytes: 'opened' },
  {
    at_ms: 0.4,
    connection: 0,
    direction: '>',
    bytes: head('GET /subscribe?random=0.41 HTTP/1.1', 'Host: 127.0.0.1:8080', 'Authorization: (redacted)'),
  },
  { at_ms: 50.9, connection: 1, direction: '-', bytes: 'opened, while 0 is held' },
  {
    at_ms: 51.3,
    connection: 1,
    direction: '>',
    bytes: `${head('POST /publish HTTP/1.1', 'Host: 127.0.0.1:8080', 'Content-Length: 12')}first caf\u00c3\u00a9`,
  },
  {
    at_ms: 52.8,
    connection: 0,
    direction: '<',
    bytes: `${head(
      'HTTP/1.1 200 OK',
      'Content-Type: text/plain;charset=utf-8',
      'Cache-Control: no-cache, must-revalidate',
      'Content-Length: 12',
    )}first caf\u00c3\u00a9`,
  },
  { at_ms: 53.1, connection: 1, direction: '<', bytes: `${head('HTTP/1.1 200 OK', 'Content-Length: 2')}ok` },
  { at_ms: 53.6, connection: 1, direction: '>', bytes: head('POST /publish HTTP/1.1', 'Content-Length: 6') },
  { at_ms: 53.7, connection: 1, direction: '>', bytes: 'second' },
  { at_ms: 54.9, connection: 1, direction: '<', bytes: `${head('HTTP/1.1 200 OK', 'Content-Length: 2')}ok` },
  {
    at_ms: 154.2,
    connection: 0,
    direction: '>',
    bytes: head('GET /subscribe?random=0.93 HTTP/1.1', 'Host: 127.0.0.1:8080'),
  },
  { at_ms: 404.4, connection: 0, direction: '-', bytes: 'still held, nothing came within 250 ms' },
];

/** Every verdict and every modifier; most rows as the article's own demo does. */
const rows: Row[] = [
  ...['immediate', 'empty-form'].map((name) =>
    sampleRow(`poll.answer.${name}`, { verdict: 'N/A', reason: 'no regular polling', duration_ms: 0 }),
  ),
  sampleRow('poll.presence.expires', {
    level: 'SHOULD',
    phase: 'slow',
    verdict: 'N/A',
    reason: 'no way to ask how many are held or who is online',
    duration_ms: 0,
  }),
  sampleRow('longpoll.hold.defers', {
    duties: [
      { level: 'MUST', authority: 'SEED' },
      { level: 'SHOULD', authority: 'RFC 6202 §2.1' },
    ],
    requires: 'With nothing to send, the request stays pending.',
    because: 'A server that answers at once is a busy loop disguised as long polling (Grizzly#217).',
    duration_ms: 5003,
  }),
  sampleRow('longpoll.hold.minimum', {
    level: 'SHOULD',
    phase: 'slow',
    tags: ['slow'],
    duties: [{ level: 'SHOULD', authority: 'RFC 6202 §5.5' }],
    verdict: 'LENIENT',
    outcome: 'short',
    outcomeText: 'answered between 5 and 20 s',
    actual: 'the first answer came after 12.0 s',
    requires: 'The hold is long enough to save requests.',
    duration_ms: 12_004,
  }),
  sampleRow('longpoll.hold.answers-on-message', {
    requires: 'A message ends the hold.',
    xfail: { state: 'XPASS', why: 'the older build answered only when the hold ended' },
  }),
  sampleRow('longpoll.timeout.status', {
    level: 'SHOULD',
    verdict: 'LENIENT',
    outcome: '408',
    outcomeText: 'an idle hold ends with 408',
    contested: 'some proxies retry a 408 on their own',
    duration_ms: 30_021,
  }),
  sampleRow('fanout.all.receive', { requires: 'Every held subscriber gets the message.', duration_ms: 118 }),
  sampleRow('fanout.same-client.starvation', {
    level: 'OBSERVE',
    duties: [{ level: 'OBSERVE', authority: 'RFC 6202 §5.1' }],
    verdict: 'INFO',
    outcome: 'all-held',
    outcomeText: 'all six tabs of one browser were held',
    requires: 'Several tabs of one browser are not all held.',
  }),
  sampleRow('delivery.gap.no-loss', {
    level: 'SHOULD',
    duties: [
      { level: 'SHOULD', authority: 'PRACTICE' },
      { level: 'MUST', authority: 'CLAIM', whenClaimed: 'resume' },
    ],
    verdict: 'FAIL',
    expected: 'a message that was published between an answer and the next request is delivered',
    actual: 'the second message was acknowledged and never came; 100 ms passed between answer and request',
    requires: 'A message published between an answer and the next request is delivered.',
    because:
      'Every client asks again after an answer, and in that moment nobody listens (Atmosphere#1820, devicehive PR 184).',
    attempts: 3,
    attemptDetails: [
      { verdict: 'FAIL', settleFactor: 1, alone: false, actual: 'lost', duration_ms: 410 },
      { verdict: 'FAIL', settleFactor: 1, alone: true, actual: 'lost', duration_ms: 405 },
      { verdict: 'FAIL', settleFactor: 10, alone: true, actual: 'lost', duration_ms: 871 },
    ],
    duration_ms: 1686,
    endings: [
      { connection: 0, ending: 'left-hanging' },
      { connection: 1, ending: 'kept-alive' },
    ],
    transcript: gapLoss,
  }),
  sampleRow('delivery.gap.under-rate', {
    level: 'SHOULD',
    verdict: 'BLOCKED',
    reason: 'delivery.gap.no-loss failed',
    dependsOn: ['delivery.gap.no-loss'],
    duration_ms: null,
  }),
  sampleRow('delivery.order.one-publisher', {
    verdict: 'PASS',
    flaky: { passed: 2, of: 3 },
    attempts: 3,
    actual: 'the first attempt ran beside other rows',
  }),
  sampleRow('delivery.publish.idempotent-retry', {
    level: 'MAY',
    duties: [{ level: 'MAY', authority: 'CLAIM', whenClaimed: 'dedupe' }],
    verdict: 'N/A',
    reason: 'no idempotent publishing',
    duration_ms: 0,
  }),
  sampleRow('message.utf8.roundtrip', { requires: 'Text survives, byte for byte.', duration_ms: 88 }),
  sampleRow('message.empty.defined', {
    level: 'SHOULD',
    duties: [{ level: 'SHOULD', authority: 'PRACTICE' }],
    verdict: 'FAIL',
    expected: 'an empty publish is refused, or told apart from "nothing"',
    actual: '200 with an empty body, the same as the answer at shutdown',
    because: 'A client takes the empty message for the end of the hold.',
    xfail: { state: 'XFAIL', why: 'the article does not say what an empty message is' },
    transcript: [{ at_ms: 0.2, connection: 0, direction: '<', bytes: '\u0000\u0001\u00fe\u00ff<b>&amp;' }],
  }),
  sampleRow('http.headers.date', { duties: [{ level: 'MUST', authority: 'RFC 9110 §6.6.1' }] }),
  sampleRow('http.method.head', {
    duties: [{ level: 'MUST', authority: 'RFC 9110 §9.3.2, §15.3.5' }],
    verdict: 'FAIL',
    expected: 'an answer to HEAD within 250 ms, without content, and no message used up by it',
    actual: 'no complete answer within 250 ms (not a byte)',
    requires: 'HEAD is answered promptly, has no content, consumes no message.',
    because: 'Health checkers send HEAD, and their requests pile up.',
    attempts: 3,
    duration_ms: 832,
    endings: [{ connection: 0, ending: 'left-hanging' }],
    transcript: [
      { at_ms: 0, connection: 0, direction: '-', bytes: 'opened' },
      {
        at_ms: 0.3,
        connection: 0,
        direction: '>',
        bytes: head('HEAD /subscribe HTTP/1.1', 'Host: 127.0.0.1:8080'),
      },
      { at_ms: 250.6, connection: 0, direction: '-', bytes: 'silent for 250 ms; closed by us' },
    ],
  }),
  sampleRow('http.conn.half-close', {
    level: 'OBSERVE',
    duties: [{ level: 'OBSERVE', authority: 'RFC 9112 §9.6' }],
    verdict: 'INFO',
    outcome: 'gone',
    outcomeText: 'the subscriber is treated as gone',
    endings: [{ connection: 0, ending: 'fin' }],
  }),
  sampleRow('http.compress.no-delay', {
    level: 'SHOULD',
    verdict: 'INCONCLUSIVE',
    reason: 'our own event loop was 72 ms late in the window',
    attempts: 3,
  }),
  sampleRow('http.target.hostile', {
    phase: 'hostile',
    tags: ['hostile'],
    duties: [{ level: 'MUST', authority: 'PRACTICE' }],
    verdict: 'FAIL',
    crashed: true,
    expected: 'odd paths give 4xx, and the server lives',
    actual: 'GET /%00 ended the connection (fin) before any byte of an answer; then nobody listened any more',
    because: 'One request from anywhere ends the server for everybody (CVE-2025-11149).',
    endings: [{ connection: 0, ending: 'fin' }],
    transcript: [
      {
        at_ms: 0.1,
        connection: 0,
        direction: '>',
        bytes: head('GET /%00 HTTP/1.1', 'Host: 127.0.0.1:8080'),
      },
      { at_ms: 4.2, connection: 0, direction: '-', bytes: 'the target closed the connection (FIN)' },
    ],
  }),
  sampleRow('limits.held.refusal', {
    level: 'SHOULD',
    phase: 'hostile',
    verdict: 'HARNESS-ERROR',
    reason: 'the row threw: cannot read the status of undefined\n    at run (refusal.js:12:7)',
  }),
  sampleRow('shutdown.held.answered', {
    level: 'SHOULD',
    phase: 'process',
    verdict: 'N/A',
    reason: 'no way to ask how many are held or who is online',
  }),
];

/** A realistic result, through the schema; `changes` replace whole fields. */
export function conformanceSample(changes: Partial<ConformanceResult> = {}): ConformanceResult {
  const judged = changes.rows ?? rows;
  return conformanceResultSchema.parse({
    schema: 'pollmark/conformance',
    version: 1,
    suite: { version: '0.2.0', catalogueHash: '5b7c1e9f02aa4d31', commit: null },
    target: 'http://127.0.0.1:8080',
    profile: {
      name: 'article-demo',
      version: '1.0 on node-static 0.7.11',
      note: 'Default configuration; listens on loopback only.',
      claims: { resume: false },
    },
    seed: 42,
    startedAt: '2026-03-14T09:26:53.589Z',
    duration_ms: 48_211,
    constants: {
      settle_ms: 50,
      delivery_budget_ms: 250,
      hold_ms: null,
      keepalive_ms: 5006,
      delivery_p50_ms: 1.4,
      delivery_p99_ms: 6.2,
      loss_curve: [
        { spacing_ms: 0, sent: 300, lost: 299 },
        { spacing_ms: 1, sent: 300, lost: 49 },
        { spacing_ms: 5, sent: 300, lost: 2 },
        { spacing_ms: 20, sent: 300, lost: 2 },
      ],
      release_ms: 1000,
      interval_ms: 10_000,
      request_p99_ms: 3.1,
      largest_body_bytes: 1_048_576,
      header_bytes_per_message: 214,
      fanout_skew: [
        { subscribers: 50, skew_ms: 2.1 },
        { subscribers: 1000, skew_ms: 38 },
      ],
      sources: {
        settle_ms: { from: 'profile', measured: 31 },
        hold_ms: { from: 'measured', note: 'still held after 65.0 s' },
        interval_ms: { from: 'default' },
      },
    },
    rows: judged,
    summary: { ...tallies(judged), exit: 1 },
    environment: { node: 'v20.20.2', platform: 'linux', cores: 2 },
    invocation: {
      profile: 'article-demo',
      overrides: ['timing.settle=50ms'],
      headers: [`Authorization: \${env:TOKEN}`],
    },
    warnings: [{ code: 'loop-late', text: 'our own event loop was late 3 times' }],
    ...changes,
  });
}

/** The reference: everything holds, some rows are lenient; another suite than the first sample's on demand. */
export function goodSample(changes: Partial<ConformanceResult> = {}): ConformanceResult {
  const good = rows.map((row) =>
    ['FAIL', 'BLOCKED', 'INCONCLUSIVE', 'HARNESS-ERROR'].includes(row.verdict)
      ? sampleRow(row.id, { level: row.level, requires: row.requires })
      : { ...row, xfail: null, flaky: null },
  );
  const base = conformanceSample({ rows: good });
  return {
    ...base,
    target: 'http://127.0.0.1:8181',
    profile: { name: 'reference', version: '0.2.0', claims: { resume: true } },
    summary: { ...base.summary, exit: 0 },
    warnings: [],
    ...changes,
  };
}

/** The sample with this text in every place that a target, a profile or a case can fill. */
export function poisonedSample(text: string): ConformanceResult {
  const sample = conformanceSample();
  return {
    ...sample,
    target: text,
    targetVersion: text,
    profile: { name: text, version: text, note: text, untried: true },
    suite: { version: text, catalogueHash: text, commit: text },
    environment: { [text]: text },
    invocation: { ...sample.invocation, profile: text, overrides: [text], headers: [text], options: [text] },
    warnings: [{ code: text, text }],
    constants: {
      ...sample.constants,
      sources: { hold_ms: { from: 'measured', measured: 1, note: text } },
    },
    rows: sample.rows.map((row, i) => ({
      ...row,
      id: i % 2 === 0 ? row.id : `${row.id}${text}`,
      duties: [{ level: row.level, authority: text, whenClaimed: text }],
      expected: text,
      actual: text,
      outcome: text,
      outcomeText: text,
      reason: text,
      requires: text,
      because: text,
      dependsOn: [text],
      contested: text,
      xfail: row.xfail === null ? null : { ...row.xfail, why: text },
      attemptDetails: row.attemptDetails.map((each) => ({ ...each, actual: text })),
      transcript: [
        { at_ms: 0, connection: 0, direction: '-', bytes: text },
        { at_ms: 1, connection: 0, direction: '<', bytes: Buffer.from(text).toString('latin1') },
      ],
    })),
  };
}
