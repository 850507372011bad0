import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rfcAddress } from '../../src/report/conformance/authority.ts';
import { excerpt } from '../../src/report/conformance/excerpt.ts';
import { drawConformance } from '../../src/report/conformance/files.ts';
import { hexDump, readable } from '../../src/report/conformance/octets.ts';
import { drawConformancePage } from '../../src/report/conformance/page.ts';
import { escapeHtml, html } from '../../src/report/html/markup.ts';
import { conformanceSample, goodSample, poisonedSample, sampleRow } from './conformance-sample.ts';

const sample = conformanceSample();
const page = drawConformancePage(sample);

/** What would make a browser load something, in whatever element. */
function resources(text: string): string[] {
  const found = text.match(
    /\s(?:src|srcset|data|poster|background|action|formaction|ping|manifest)\s*=|<(?:link|script|iframe|object|embed|img|base)\b|url\(|@import/gi,
  );
  return found ?? [];
}

/** The part of the page that belongs to one row. */
function rowOf(id: string, text = page): string {
  const start = text.indexOf(`id="${id}"`);
  expect(start, id).toBeGreaterThan(0);
  return text.slice(start, text.indexOf('<details class="row', start + 1) >>> 0);
}

describe('the page', () => {
  it('loads nothing and runs nothing', () => {
    expect(resources(page)).toEqual([]);
    expect(resources('<img src="x">')).toHaveLength(2);
    expect(page).toContain(`content="default-src &#39;none&#39;; style-src &#39;unsafe-inline&#39;`);
    // Links that a reader may follow are the RFCs', and nothing else.
    for (const [, address] of page.matchAll(/href="([^"]*)"/g))
      expect(address).toMatch(/^(#|https:\/\/www\.rfc-editor\.org\/rfc\/rfc\d+(#section-[\d.]+)?$)/);
    expect(page).toContain(`href="${rfcAddress('9110', '15.3.5')}"`);
    expect(page).toContain(`href="${rfcAddress('6202', '5.5')}"`);
  });

  it('links each section to its own RFC', () => {
    const authority = 'RFC 9110 §15.1, §15.3; RFC 9111 §4.2 and §5' as const;
    const rows = [sampleRow('a.b.c', { duties: [{ level: 'MUST', authority }] })];
    const links = [...drawConformancePage(conformanceSample({ rows })).matchAll(/href="(https[^"]+)"/g)];
    expect(links.map(([, address]) => address)).toEqual([
      rfcAddress('9110', '15.1'),
      rfcAddress('9110', '15.3'),
      rfcAddress('9111', '4.2'),
      rfcAddress('9111', '5'),
    ]);
  });

  it('shows constants, then the summary, then the rows', () => {
    const order = [
      'Measured constants',
      '>5.01 s<',
      '1.4 ms / 6.2 ms',
      '299 of 300 at 0 ms',
      '<svg',
      'Summary',
      '<b>6</b> of 8',
      'What failed',
      'id="poll.answer.immediate"',
      'id="shutdown.held.answered"',
      'How to read this',
    ];
    const places = order.map((part) => page.indexOf(part));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);
  });

  it('opens each failed row with what a person needs of it', () => {
    const row = rowOf('delivery.gap.no-loss');
    expect(row).toMatch(/^id="[^"]+" open>/);
    for (const part of [
      'fail SHOULD',
      'Atmosphere#1820',
      'Expected',
      'the second message was acknowledged',
      'settle time × 10',
      'left-hanging',
      'npm run conformance -- --target',
      'Transcript, 11 entries',
      'POST /publish HTTP/1.1',
      'first café',
      '50 4f 53 54 20 2f 70 75  62 6c 69 73 68 20 48 54',
    ])
      expect(row, part).toContain(part);
    expect(rowOf('longpoll.hold.defers')).not.toMatch(/^id="[^"]+" open>/);
    expect(rowOf('message.empty.defined')).toMatch(/^id="[^"]+">/);
    expect(rowOf('message.empty.defined')).toContain('XFAIL');
  });

  it('is a pure function of the result, and without a percentage or a certificate', () => {
    expect(drawConformancePage(conformanceSample())).toBe(page);
    const words = page
      .replace(/<style>[\s\S]*?<\/style>|<svg[\s\S]*?<\/svg>|%00/g, '')
      .replace(/passing every row is no certificate/, '');
    expect(words).not.toMatch(/\d ?%(?!<\/td>)|certif/i);
  });

  it('escapes whatever a target can say', () => {
    const bad = `"><script>alert(1)</script><img src=x onerror='y'>&lt;\u0000`;
    const text = drawConformancePage(poisonedSample(bad));
    expect(text).not.toMatch(/<script|<img|onerror='y'/);
    expect(text).toContain('&quot;&gt;&lt;script&gt;');
    // Every attribute is still inside of its quotes: no tag has a quote left over.
    for (const [tag] of text.matchAll(/<[a-z][^>]*>/g))
      expect(tag.match(/"/g)?.length ?? 0).toSatisfy((n: number) => n % 2 === 0);
  });

  it('stays bounded, however much was said', () => {
    const huge = Array.from({ length: 121 }, (_, i) =>
      sampleRow(`http.huge.row-${i}`, {
        verdict: 'FAIL',
        actual: 'x'.repeat(1_000_000),
        transcript: Array.from({ length: 3_000 }, (_, at) => ({
          at_ms: at,
          connection: 0,
          direction: '<' as const,
          bytes: 'y'.repeat(64),
        })),
      }),
    );
    expect(drawConformancePage(conformanceSample({ rows: huge })).length).toBeLessThan(2_500_000);
  });

  it('does without constants, curve, transcripts and rows', () => {
    const base = goodSample();
    const bare = drawConformancePage({
      ...base,
      rows: [],
      constants: { ...base.constants, loss_curve: [], delivery_p50_ms: null, delivery_p99_ms: null },
    });
    expect(bare).toContain('No row was run');
    expect(bare).not.toContain('<svg');
    expect(bare).not.toMatch(/undefined|null|NaN/);
  });

  it('is written with everything else of the folder', () => {
    const files = drawConformance(sample);
    expect([...files.keys()]).toEqual(['junit.xml', 'summary.md', 'index.html']);
    expect(files.get('index.html')).toBe(drawConformancePage(sample));
  });
});

describe('markup', () => {
  it('escapes every hole but markup', () => {
    expect(
      html`<b title="${'"<'}">${html`<i>${'&'}</i>`}${['a', html`<br>`]}${null}${false}${0}</b>`.text,
    ).toBe('<b title="&quot;&lt;"><i>&amp;</i>a<br>0</b>');
    expect(escapeHtml(`'\ud800`)).toBe('&#39;\ufffd');
  });
});

describe('bytes', () => {
  it('are read as UTF-8, with what cannot be seen made visible', () => {
    expect(readable('a\r\nb\nc\rd\te\u0000')).toBe('a\nb␊\nc␍d␉e␀');
    expect(readable(Buffer.from('é\u202e\ufeff\u2028').toString('latin1'))).toBe('é⟨U+202E⟩⟨U+FEFF⟩⟨U+2028⟩');
    expect(readable('\u00ff')).toBe('\ufffd');
  });

  it('are exact in hexadecimal', () => {
    expect(hexDump('0123456789abcdef\u00ff\u0000z')).toBe(
      '0000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef\n' +
        '0010  ff 00 7a                                          ..z',
    );
    expect(hexDump('')).toBe('');
  });
});

describe('an excerpt', () => {
  const entries = fc.array(
    fc.record({
      at_ms: fc.nat(),
      connection: fc.nat(3),
      direction: fc.constantFrom('>', '<', '-'),
      bytes: fc.nat(5_000).map((size) => 'x'.repeat(size)),
      elided: fc.nat(3),
    }),
    { maxLength: 200 },
  );

  it('counts every byte and entry that it leaves out, and keeps to its room', () => {
    fc.assert(
      fc.property(entries, fc.integer({ min: 500, max: 20_000 }), (transcript, room) => {
        const { lines, gap } = excerpt(transcript, room);
        expect(lines.length + (gap?.entries ?? 0)).toBe(transcript.length);
        const after = gap?.after ?? transcript.length;
        const kept = [...transcript.slice(0, after), ...transcript.slice(after + (gap?.entries ?? 0))];
        for (const [i, { parts, elided }] of lines.entries())
          expect(parts.join('').length + elided).toBe(kept[i]!.bytes.length + kept[i]!.elided);
        const shown = lines.reduce((sum, { parts }) => sum + parts.join('').length, 0);
        // The least of each entry is shown even where there is no room for it.
        expect(shown).toBeLessThanOrEqual(Math.max(room, lines.length * 64));
      }),
    );
  });

  it('leaves alone what fits', () => {
    const { transcript } = sample.rows.find(({ id }) => id === 'delivery.gap.no-loss')!;
    const { lines, gap } = excerpt(transcript, 12_000);
    expect(gap).toBeNull();
    expect(lines.map(({ parts }) => parts)).toEqual(transcript.map(({ bytes }) => [bytes]));
  });
});
