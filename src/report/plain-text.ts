/** Every line as plain ASCII: what a scenario or a server may have put into names and texts included. */
export function toAscii(line: string): string {
  return line.replace(/[^\x20-\x7e]/g, '?');
}

/**
 * Names and reasons come from files and servers: nothing in a line of them may steer the terminal, turn the direction of
 * writing, or be a command to the runner of a workflow, which reads what is printed.
 */
export function harmless(line: string): string {
  return (
    line
      .replace(/[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu, ' ')
      .replace(/\p{Surrogate}/gu, '\ufffd')
      // GitHub's runner obeys `::command::` at the start of a line, and `##[command]` anywhere in it.
      .replace(/^\s*::+/, (run) => run.replaceAll('::', ': '))
      .replace(/##(?=\[)/g, '# ')
  );
}
