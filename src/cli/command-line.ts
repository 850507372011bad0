/** The command line as it can be shown: values of headers stay with the person. */
export function commandOf(args: readonly string[]): string {
  const shown = args.map((arg, i) => {
    if (/^(-H|--header)$/.test(args[i - 1] ?? '')) return arg.replace(/:.*/s, ': ...');
    return /^(-H|--header=)/.test(arg) ? arg.replace(/:.*/s, ': ...') : arg;
  });
  const quoted = shown.map((arg) =>
    /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`,
  );
  return ['pollmark', ...quoted].join(' ');
}
