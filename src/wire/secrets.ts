/**
 * Fills `${env:NAME}` in. The value goes to the processes that send it, and nowhere else: reports and logs
 * show what was written, never what it stood for.
 * @param complain told of a variable that is not set
 */
export function fillSecrets(
  text: string,
  env: Readonly<Record<string, string | undefined>>,
  complain: (problem: string) => void,
): string {
  return text.replace(/\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
    const value = env[name];
    if (value === undefined) complain(`the environment has no ${name}`);
    return value ?? '';
  });
}

/** The same names with other texts. */
export function mapTexts(
  texts: Readonly<Record<string, string>>,
  change: (text: string, name: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, change(text, name)]));
}
