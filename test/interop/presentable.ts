import type { ConformanceResult, TranscriptLine } from '../../src/conformance/result.ts';

/** Of each transcript so many lines at either end, and of each line so many bytes: ten targets make one page. */
const linesKept = 2;
const bytesKept = 110;

/** A result for a page in the repository: what was said in short, and nothing of the folders of this machine. */
export function presentable(result: ConformanceResult): ConformanceResult {
  const { invocation, rows } = result;
  return {
    ...result,
    // How the server is started again stands in the profile; in the command it would name folders.
    invocation: {
      ...invocation,
      overrides: invocation.overrides.filter((each) => !each.startsWith('process=')),
    },
    rows: rows.map((row) => ({
      ...row,
      transcript: row.verdict === 'FAIL' ? shortened(row.transcript) : [],
      // How connections ended is told where it may explain something.
      ...(row.verdict !== 'FAIL' && { endings: [], dependsOn: [] }),
    })),
  };
}

function shortened(lines: readonly TranscriptLine[]): TranscriptLine[] {
  const short = lines.map((line): TranscriptLine => {
    const left = line.bytes.length - bytesKept;
    if (left <= 0) return line;
    return { ...line, bytes: line.bytes.slice(0, bytesKept), elided: (line.elided ?? 0) + left };
  });
  const out = short.length - 2 * linesKept;
  const next = short[linesKept];
  if (out <= 0 || next === undefined) return short;
  const gap: TranscriptLine = {
    at_ms: next.at_ms,
    connection: next.connection,
    direction: '-',
    bytes: `${out} lines are left out here`,
  };
  return [...short.slice(0, linesKept), gap, ...short.slice(-linesKept)];
}
