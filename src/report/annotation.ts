/** A remark that GitHub shows beside the run of a workflow. */
export interface Annotation {
  readonly title: string;
  readonly text: string;
}

/** GitHub shows so many annotations of one kind for a step, and drops the others in silence. */
const mostOfOneKind = 10;

/**
 * Workflow commands, one line each; where there are more than GitHub shows, the last says how many.
 * @param rest what the ones left out are: `rows`
 */
export function annotationLines(
  kind: 'error' | 'warning',
  annotations: readonly Annotation[],
  rest: string,
): string[] {
  const over = annotations.length > mostOfOneKind;
  const told = annotations.slice(0, over ? mostOfOneKind - 1 : mostOfOneKind).map(({ title, text }) => {
    return `::${kind} title=${escapeProperty(title.slice(0, 200))}::${escapeData(text.slice(0, 1_000))}`;
  });
  if (over)
    told.push(
      `::${kind}::${annotations.length - told.length} more ${rest}; the step summary has all of them`,
    );
  return told;
}

/** Nothing in it may end the line, or steer who reads the log. */
function escapeData(text: string): string {
  return text
    .replaceAll('%', '%25')
    .replaceAll('\r', '%0D')
    .replaceAll('\n', '%0A')
    .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replace(/\p{Surrogate}/gu, '\ufffd');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
