import { describe, expect, it } from 'vitest';
import { matrixOf } from '../../src/report/conformance/matrix.ts';
import { drawMatrixMarkdown } from '../../src/report/conformance/matrix-markdown.ts';
import { drawMatrixPage } from '../../src/report/conformance/matrix-page.ts';
import { conformanceSample, goodSample, poisonedSample, sampleRow } from './conformance-sample.ts';

const demo = conformanceSample();
const reference = goodSample();
const untried = goodSample({
  profile: { name: 'telegram', untried: true },
  suite: { version: '0.3.0', catalogueHash: 'ffff0000aaaa1111', commit: null },
  rows: [sampleRow('poll.answer.immediate'), sampleRow('poll.answer.later')],
});
const results = [demo, reference, untried];

describe('the matrix', () => {
  it('has every row of any target, and a hole where one was not run', () => {
    const { groups } = matrixOf(results);
    const rows = groups.flatMap((group) => group.rows);
    expect(rows).toHaveLength(23);
    expect(groups[0]!.rows.map(({ id }) => id)).toEqual([
      ...['poll.answer.immediate', 'poll.answer.empty-form', 'poll.presence.expires', 'poll.answer.later'],
    ]);
    const verdicts = (id: string) => rows.find((row) => row.id === id)!.cells.map((cell) => cell?.verdict);
    expect(verdicts('http.method.head')).toEqual(['FAIL', 'PASS', undefined]);
    expect(verdicts('poll.answer.later')).toEqual([undefined, undefined, 'PASS']);
  });

  it('says where catalogue, suite or end of a run differ, and nothing where they do not', () => {
    expect(matrixOf([demo, reference]).differences).toEqual([]);
    const cut = goodSample({ status: 'partial' });
    const told = matrixOf([...results, cut]).differences;
    expect(told).toHaveLength(3);
    expect(told[0]).toContain('5b7c1e9f02aa (article-demo, reference, reference); ffff0000aaaa (telegram)');
    expect(told[1]).toContain('0.2.0 (article-demo, reference, reference); 0.3.0 (telegram)');
    expect(told[2]).toBe('reference: the run did not come to its end.');
    for (const text of [drawMatrixPage([...results, cut]), drawMatrixMarkdown([...results, cut])]) {
      expect(text).toContain('The catalogue differs: ');
      expect(text).toContain('The version of the suite differs: ');
    }
  });

  it('shows each target with version, profile, configuration and date', () => {
    for (const text of [drawMatrixPage(results), drawMatrixMarkdown(results)]) {
      for (const part of [
        '1.0 on node-static 0.7.11',
        'Default configuration; listens on loopback only.',
        '2026-03-14',
        'telegram',
        'version not stated'.replace(text.startsWith('<') ? '' : 'version ', ''),
      ])
        expect(text, part).toContain(part);
      expect(text.toLowerCase()).toContain('untried profile');
    }
  });

  it('gives every sign a word, and what stands behind it in the page itself', () => {
    const page = drawMatrixPage(results);
    expect(page).toContain('<span aria-hidden="true">✗</span><span class="away">fail MUST</span>');
    const targets = [...page.matchAll(/popovertarget="([^"]+)"/g)].map(([, id]) => id!);
    expect(targets.length).toBeGreaterThan(10);
    for (const id of targets) expect(page.split(`popover id="${id}"`), id).toHaveLength(2);
    const cell = page.slice(page.indexOf('popover id="c1.http.method.head"'));
    const body = cell.slice(0, cell.indexOf('</article>'));
    for (const part of ['an answer to HEAD', 'not a byte', 'HEAD /subscribe HTTP/1.1', 'npm run conformance'])
      expect(body).toContain(part);
    expect(page).not.toMatch(/\ssrc=|<link|<script|url\(/);
  });

  it('escapes and stays bounded with many targets', () => {
    const bad = '"><script>x</script>';
    expect(drawMatrixPage([poisonedSample(bad), demo])).not.toContain('<script');
    const rows = Array.from({ length: 121 }, (_, i) =>
      sampleRow(`a.b.${i}`, {
        verdict: 'FAIL',
        actual: 'x'.repeat(300),
        transcript: [{ at_ms: 0, connection: 0, direction: '<', bytes: 'y'.repeat(65_536) }],
      }),
    );
    const many = Array.from({ length: 10 }, () => conformanceSample({ rows }));
    expect(drawMatrixPage(many).length).toBeLessThan(5_000_000);
  });

  it('is tables for a document', () => {
    const text = drawMatrixMarkdown(results);
    expect(text).toContain('| row | article-demo | reference | telegram |\n| --- | :-: | :-: | :-: |');
    expect(text).toContain('| `http.target.hostile` | ✗ fail MUST CRASHED | ✓ pass |  |');
    expect(text).toContain('* `message.empty.defined` (SHOULD, XFAIL): 200 with an empty body');
    expect(text).toContain(
      '| article-demo | 1.0 on node-static 0.7.11 | 2026-03-14 | 0.2.0 | `5b7c1e9f02aa` | 6 of 8 | 2 of 7 | not known | 5.01 s | 250 ms |',
    );
  });
});
