import { describe, expect, it } from 'vitest';
import { drawConformanceJunit } from '../../src/report/conformance/junit.ts';
import { conformanceSample, poisonedSample } from './conformance-sample.ts';

const sample = conformanceSample();
const xml = drawConformanceJunit(sample);
const caseOf = (id: string): string =>
  new RegExp(`<testcase name="${id}"[\\s\\S]*?(?:/>|</testcase>)\n {2,4}<(?:testcase|/testsuite)`).exec(
    xml,
  )![0];

describe('junit.xml', () => {
  it('has a suite for each group and a case for each row, and adds up', () => {
    const suites = [...xml.matchAll(/<testsuite name="(\w+)" tests="(\d+)"/g)];
    expect(suites.map(([, name]) => name)).toEqual([
      'poll',
      'longpoll',
      'fanout',
      'delivery',
      'message',
      'http',
      'limits',
      'shutdown',
    ]);
    expect(suites.reduce((sum, [, , tests]) => sum + Number(tests), 0)).toBe(sample.rows.length);
    expect([...xml.matchAll(/<testcase /g)]).toHaveLength(sample.rows.length);
    for (const kind of ['failure', 'error', 'skipped'] as const) {
      const told = Number(
        new RegExp(`<testsuites [^>]*${kind === 'skipped' ? kind : `${kind}s`}="(\\d+)"`).exec(xml)![1],
      );
      expect([...xml.matchAll(new RegExp(`<${kind} `, 'g'))], kind).toHaveLength(told);
    }
  });

  it('tells a failure with expected, actual and the command, and the level as its type', () => {
    const head = caseOf('http.method.head');
    expect(head).toContain('classname="http.method"');
    expect(head).toContain('message="no complete answer within 250 ms (not a byte)" type="FAIL/MUST"');
    expect(head).toContain('expected: an answer to HEAD');
    expect(head).toContain('http.method.head</failure>');
    expect(caseOf('delivery.gap.no-loss')).toContain('type="FAIL/SHOULD"');
    expect(caseOf('http.target.hostile')).toContain('CRASHED');
  });

  it('skips with the reason what was not judged, and what is known to fail', () => {
    expect(caseOf('poll.answer.immediate')).toContain('<skipped message="N/A: no regular polling"/>');
    expect(caseOf('delivery.gap.under-rate')).toContain('BLOCKED: delivery.gap.no-loss failed');
    expect(caseOf('http.compress.no-delay')).toContain('INCONCLUSIVE: our own event loop');
    expect(caseOf('message.empty.defined')).toContain('<skipped message="known failure: the article');
  });

  it('fails an unexpected pass, and calls our own defect an error', () => {
    expect(caseOf('longpoll.hold.answers-on-message')).toContain('<failure message="passed, and is listed');
    expect(caseOf('limits.held.refusal')).toContain('<error message="the row threw');
    expect(caseOf('delivery.order.one-publisher')).toContain('FLAKY 2/3');
    expect(caseOf('longpoll.hold.defers')).not.toMatch(/<(failure|error|skipped|system-out)/);
  });

  it('carries what is needed to run it again', () => {
    for (const [name, value] of [
      ['seed', '42'],
      ['suite.version', '0.2.0'],
      ['suite.catalogueHash', '5b7c1e9f02aa4d31'],
      ['profile', 'article-demo 1.0 on node-static 0.7.11'],
      ['target', 'http://127.0.0.1:8080'],
    ])
      expect(xml).toContain(`<property name="${name}" value="${value}"/>`);
  });

  it('holds no character that XML cannot hold, and nothing that escapes', () => {
    const odd = drawConformanceJunit(poisonedSample('\u0000\u001b]]><x a="&\ud800\ufffe\r\n'));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML cannot hold
    expect(odd).not.toMatch(/[\u0000-\u0008\u000b\u000c\r\u000e-\u001f\u007f-\u009f\ufffe\uffff]/);
    expect(odd).not.toMatch(/\p{Surrogate}/u);
    expect(odd).not.toContain('<x');
    expect(odd).not.toContain(']]>');
  });
});
