/** How many bytes a text takes in a file. */
function bytesOf(text: string): number {
  return Buffer.byteLength(text);
}

/** What is left out of a part that has too little room, in words: `and 12 more thresholds`. */
export type Rest = (left: number) => string;

/**
 * As many lines, from the first, as fit into so many bytes, with their line ends; where some are left out, the last one
 * says how many.
 */
export function fitting(lines: readonly string[], room: number, rest: Rest): string[] {
  const whole = lines.reduce((sum, line) => sum + bytesOf(line) + 1, 0);
  if (whole <= room) return [...lines];
  let left = room - bytesOf(rest(lines.length)) - 1;
  const kept: string[] = [];
  for (const line of lines) {
    left -= bytesOf(line) + 1;
    if (left < 0) break;
    kept.push(line);
  }
  return [...kept, rest(lines.length - kept.length)];
}
