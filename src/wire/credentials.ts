import type { Profile } from './profile.ts';
import { fillSecrets, mapTexts } from './secrets.ts';

/** What requests are sent with, every `${env:NAME}` filled in. */
export interface Filled {
  readonly headers: Readonly<Record<string, string>>;
  readonly vars: Readonly<Record<string, string>>;
  /** Texts that nobody but the target may see. */
  readonly secrets: readonly string[];
  readonly problems: readonly string[];
}

const credential = /authorization|cookie|api-?key|token|secret|password/i;

/** Fills secrets in, and remembers them, so that no report shows what they stand for. */
export function fillCredentials(
  profile: Profile | null,
  given: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string | undefined>>,
): Filled {
  const problems: string[] = [];
  const secrets = new Set<string>();
  const watched = new Proxy(env, {
    get(target, name) {
      const value = target[String(name)];
      if (value !== undefined) secrets.add(value);
      return value;
    },
  });
  const fill = (texts: Readonly<Record<string, string>>, where: string): Record<string, string> =>
    mapTexts(texts, (text, name) => {
      const value = fillSecrets(text, watched, (problem) => problems.push(`${where}${name}: ${problem}`));
      if (credential.test(name)) secrets.add(value);
      return value;
    });
  return {
    headers: { ...fill(profile?.headers ?? {}, `${profile?.name}: headers.`), ...fill(given, '--header ') },
    vars: fill(profile?.vars ?? {}, `${profile?.name}: vars.`),
    secrets: [...secrets].filter((secret) => secret !== ''),
    problems,
  };
}
