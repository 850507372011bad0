import { describe, expect, it } from 'vitest';
import { conformanceMarkdown, githubAnnotations } from '../../src/report/conformance/github.ts';
import { cellText } from '../../src/report/markdown/text.ts';
import { conformanceSample, goodSample, poisonedSample, sampleRow } from './conformance-sample.ts';

const sample = conformanceSample();

describe('annotations', () => {
  it('are errors for MUST and unexpected passes, warnings for the rest, and nothing for what is known', () => {
    expect(githubAnnotations(sample)).toEqual([
      '::error title=MUST http.method.head::no complete answer within 250 ms (not a byte); expected: an answer to HEAD within 250 ms, without content, and no message used up by it',
      '::error title=MUST http.target.hostile::GET /%2500 ended the connection (fin) before any byte of an answer; then nobody listened any more; expected: odd paths give 4xx, and the server lives',
      '::error title=MUST longpoll.hold.answers-on-message::passed, and is listed as a known failure',
      '::warning title=SHOULD delivery.gap.no-loss::the second message was acknowledged and never came; 100 ms passed between answer and request; expected: a message that was published between an answer and the next request is delivered',
    ]);
    expect(githubAnnotations(goodSample())).toEqual([]);
  });

  it('are one line each, and not more than GitHub shows', () => {
    const rows = Array.from({ length: 25 }, (_, i) =>
      sampleRow(`a.b,c:${i}`, { verdict: 'FAIL', actual: 'one\r\n::error::two' }),
    );
    const lines = githubAnnotations(conformanceSample({ rows }));
    expect(lines).toHaveLength(10);
    expect(lines[0]).toMatch(/^::error title=MUST a\.b%2Cc%3A0::one%0D%0A::error::two; expected: /);
    expect(lines[9]).toBe('::error::16 more rows; the step summary has all of them');
    for (const line of lines) expect(line).not.toMatch(/[\r\n]/);
  });
});

describe('the step summary', () => {
  it('has verdict, table, failures with their command, constants and reasons', () => {
    const text = conformanceMarkdown(sample);
    for (const part of [
      '## Conformance: article-demo 1.0 on node-static 0.7.11',
      '**2 MUST rows failed',
      '| MUST | 6 of 8 | 0 | 2 | 0 | 0 | 0 | 2 |',
      '* **MUST `http.target.hostile` CRASHED**: GET /%00',
      'npm run conformance -- --target http://127.0.0.1:8080',
      '| K | idle keep-alive | 5.01 s |',
      '* no regular polling: `poll.answer.immediate`, `poll.answer.empty-form`',
    ])
      expect(text, part).toContain(part);
  });

  it('fits into a comment, and says what did not', () => {
    const rows = Array.from({ length: 400 }, (_, i) =>
      sampleRow(`a.b.${i}`, { verdict: 'FAIL', actual: 'x'.repeat(5_000) }),
    );
    const text = conformanceMarkdown(conformanceSample({ rows }));
    expect(text.length).toBeLessThan(65_000);
    const told = Number(/and (\d+) more failed rows/.exec(text)![1]);
    expect([...text.matchAll(/^\* \*\*MUST `a\.b/gm)]).toHaveLength(400 - told);
    expect(text).toContain('Measured constants');
  });

  it('has no markup but its own', () => {
    expect(cellText('a|b\n<script> *c* [d](e) `f` @ann &amp;')).toBe(
      'a\\|b \\<script\\> \\*c\\* \\[d\\](e) \\`f\\` @\u2060ann &amp;amp;',
    );
    const text = conformanceMarkdown(poisonedSample('|\n# <script>x</script>'));
    expect(text).not.toMatch(/^# /m);
    expect(text.replace(/```sh[\s\S]*?```|`[^`\n]*`/g, '')).not.toContain('<script>');
  });
});
